"""songkin token, from the command line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from command_line import InProcess, fails_plainly

from songkin.library import Library


@pytest.fixture(autouse=True)
def own(shared_place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(shared_place, tmp_path / "own")
    monkeypatch.setenv("SONGKIN_LIBRARY", str(tmp_path / "own"))
    return tmp_path / "own"


def test_a_token_is_printed_once_and_then_only_its_name(songkin: InProcess, own: Path) -> None:
    assert songkin("token", "list").out == "There are no tokens.\n"
    said = songkin("token", "create", "phone", "--user", "anna")
    assert said.code == 0
    token = said.out.strip()
    assert token.startswith("songkin_")
    assert "never shown again" in said.err
    owner = Library.open(own).tokens.owner(token)
    assert owner is not None
    assert owner.user == "anna"
    listed = songkin("token", "list")
    assert "phone" in listed.out
    assert "anna" in listed.out
    assert token not in listed.out
    assert songkin("token", "revoke", "phone").out == "revoked: phone\n"
    assert Library.open(own).tokens.owner(token) is None


def test_a_players_password_comes_with_a_warning(songkin: InProcess, own: Path) -> None:
    said = songkin("token", "create", "stereo", "--players")
    assert "password for players, user name 'stereo': " in said.out
    assert "kept in the open" in said.err
    secret = Library.open(own).tokens.player("stereo")
    assert secret is not None
    assert secret.password in said.out


def test_json_is_one_document(songkin: InProcess) -> None:
    made = songkin("token", "create", "phone", "--user", "anna", "--players", "--json")
    assert made.err == ""
    assert set(made.document) == {"name", "user", "token", "password"}
    (listed,) = songkin("token", "--json").document["tokens"]
    assert (listed["name"], listed["user"], listed["players"]) == ("phone", "anna", True)
    assert songkin("token", "revoke", "phone", "--json").document == {"revoked": "phone"}


@pytest.mark.parametrize(
    "wrong",
    [
        ("create",),
        ("revoke",),
        ("list", "phone"),
        ("make", "phone"),
        ("list", "--players"),
        ("revoke", "x", "--user", "a"),
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2(songkin: InProcess, wrong: tuple[str, ...]) -> None:
    said = songkin("token", *wrong)
    assert said.code == 2
    assert said.out == ""


def test_a_name_that_is_taken_or_not_there_is_one_line(songkin: InProcess) -> None:
    songkin("token", "create", "phone")
    assert "already" in fails_plainly(songkin("token", "create", "phone"))
    assert "there are 'phone'" in fails_plainly(songkin("token", "revoke", "fone"))
