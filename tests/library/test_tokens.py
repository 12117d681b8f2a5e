"""Tokens: shown once, kept as digests, compared in constant time, taken back at once and from other processes."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from library_songs import LOAD, add, load_toys, song

from songkin.errors import QueryError
from songkin.library import Library
from songkin.library import tokens as module
from songkin.library.tokens import Owner, Tokens
from songkin.store.state import Decision, State


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("tokens") / "L"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(*LOAD, load_toys)
        add(place, [song(0)])
    return place


@pytest.fixture
def library(made: Path, tmp_path: Path) -> Library:
    return Library.open(shutil.copytree(made, tmp_path / "L"))


def test_a_token_asks_in_the_name_it_was_made_for_and_a_wrong_one_in_none(library: Library) -> None:
    tokens = library.tokens
    assert not tokens.any()
    assert tokens.owner("") is None
    phone, tablet = tokens.create("phone", user="anna"), tokens.create("tablet")
    assert tokens.any()
    assert tokens.owner(phone.token) == Owner("phone", "anna")
    assert tokens.owner(tablet.token) == Owner("tablet", "")
    for wrong in ("", phone.token[:-1], phone.token.upper(), "é", "\ud800", "x" * 100_000):
        assert tokens.owner(wrong) is None


def test_neither_the_token_nor_more_than_its_digest_is_on_the_disk(library: Library) -> None:
    made = library.tokens.create("phone", user="anna")
    rested = b"".join(path.read_bytes() for path in (Path(library.store.tables.place) / "state.lance").rglob("*.lance"))
    assert made.token.encode() not in rested
    assert made.token.removeprefix("songkin_").encode() not in rested
    value = json.loads(State(library.store.tables).read("token")[0].value)
    assert len(value["sha256"]) == 64
    assert value["password"] is None


def test_tokens_are_256_random_bits_and_no_two_are_alike(library: Library) -> None:
    made = [library.tokens.create(f"t{number}").token for number in range(4)]
    assert len(set(made)) == 4
    assert {len(token) for token in made} == {len("songkin_") + 43}  # 32 bytes in base64 without padding


def test_a_name_is_taken_whoever_has_it(library: Library) -> None:
    first = library.tokens.create(" phone ", user="anna")
    with pytest.raises(QueryError, match="a token is called 'phone' already; songkin token revoke 'phone'"):
        library.tokens.create("phone", user="bert")
    assert library.tokens.owner(first.token) == Owner("phone", "anna")
    assert [token.name for token in library.tokens.all()] == ["phone"]


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "\x1b[31m", "x" * 101, "\ud800"], ids=ascii)
def test_a_name_that_cannot_be_shown_is_refused(library: Library, name: str) -> None:
    with pytest.raises(QueryError, match="names no token; give 1 to 100 letters"):
        library.tokens.create(name)
    assert library.tokens.all() == []


def test_of_two_who_take_a_name_at_once_one_has_it(library: Library) -> None:
    def create(user: str) -> str | None:
        try:
            return Tokens(library.store).create("phone", user=user).user
        except QueryError:
            return None

    with ThreadPoolExecutor(4) as pool:
        made = [user for user in pool.map(create, ("anna", "bert", "carl", "dora")) if user]
    assert len(made) == 1
    assert [token.user for token in library.tokens.all()] == made


def test_a_revoked_token_is_refused_at_once_here_and_within_a_second_elsewhere(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    made, elsewhere = library.tokens.create("phone"), Library.open(library.store.tables.place).tokens
    assert elsewhere.owner(made.token) is not None
    assert library.tokens.revoke("phone").name == "phone"
    assert library.tokens.owner(made.token) is None
    now[0] += module.STALE_S
    assert elsewhere.owner(made.token) is None
    assert not elsewhere.any()


def test_asking_does_not_read_the_disk_each_time_and_never_writes(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = library.tokens.create("phone")
    now, read = [100.0], []
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(State, "read", lambda self, kind, own=State.read: read.append(kind) or own(self, kind))
    before = sorted((Path(library.store.tables.place) / "state.lance").rglob("*"))
    for _ in range(50):
        library.tokens.owner(made.token)
    assert len(read) == 1
    assert sorted((Path(library.store.tables.place) / "state.lance").rglob("*")) == before


def test_revoking_what_is_not_there_names_what_is(library: Library) -> None:
    with pytest.raises(QueryError, match="no token is called 'phone'; there are none"):
        library.tokens.revoke("phone")
    library.tokens.create("tablet")
    with pytest.raises(QueryError, match="no token is called 'phone'; there are 'tablet'"):
        library.tokens.revoke("phone")


def test_a_player_has_a_password_of_its_own_that_is_no_token(library: Library) -> None:
    stereo = library.tokens.create("stereo", user="anna", players=True)
    library.tokens.create("phone")
    secret = library.tokens.player("stereo")
    assert secret is not None
    assert (secret.user, secret.password) == ("anna", stereo.password)
    assert library.tokens.owner(secret.password) is None
    assert library.tokens.player("phone") is None
    assert library.tokens.player("nobody") is None
    assert [(token.name, token.players) for token in library.tokens.all()] == [("stereo", True), ("phone", False)]
    library.tokens.revoke("stereo")
    assert library.tokens.player("stereo") is None


@pytest.mark.parametrize(
    "value", ["", "{", "null", "[]", "{}", '{"user": 1, "sha256": "x"}', '{"user":"","sha256":""}']
)
def test_a_damaged_token_admits_nobody_and_can_be_revoked(library: Library, value: str) -> None:
    State(library.store.tables).keep(Decision("", "token", "broken", value))
    good = library.tokens.create("phone")
    assert library.tokens.owner("") is None
    assert library.tokens.owner(good.token) == Owner("phone", "")
    library.tokens.revoke("phone")
    assert not library.tokens.any()
    library.tokens.revoke("broken")
    assert library.tokens.all() == []
