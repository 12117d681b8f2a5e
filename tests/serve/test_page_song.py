"""A song's page and its music file: what is known and what is predicted, the heat map, and ranges of bytes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from http_serving import client_of
from page_songs import EVIL, Seen, make
from starlette.testclient import TestClient

from songkin.encoders.heat import Read, Word
from songkin.library.heating import Heat, Heated, Part, Warm
from songkin.serve.page.heat import warm_parts
from songkin.serve.page.links import audio_link, local, song_link
from songkin.serve.page.song import features, labels
from songkin.testing import ToyEncoder
from songkin.types import Query, Song


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A server that is only read."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("songkin.library.encoding.load", lambda name=None, **how: ToyEncoder())
        place = make(tmp_path_factory.mktemp("song"))
        with client_of(place) as opened:
            yield opened


def see(client: TestClient, address: str, *, status: int = 200) -> Seen:
    answer = client.get(address)
    assert answer.status_code == status, answer.text[:300]
    seen = Seen(answer.text)
    assert seen.running == []
    return seen


# -- the page ----------------------------------------------------------------------------------------------------------


def test_a_song_shows_its_words_its_numbers_and_what_is_near(client: TestClient) -> None:
    seen = see(client, "/songs/rain-1")
    assert "Rain on Tin" in seen.text
    assert "melancholic" in seen.text
    assert "energy" in seen.text
    assert "Show all 2 lines" in seen.text
    assert "Umbrella Parade" in seen.text


def test_held_against_a_request_it_says_its_rank_and_why(client: TestClient) -> None:
    seen = see(client, "/songs/rain-1?against=rain+on+the+tin")
    assert "Rank 1 of 12 songs" in seen.text
    assert [own["value"] for own in seen.all("input", name="against")] == ["rain on the tin"]
    assert [own["href"] for own in seen.all("a") if own.get("href") == "/?q=rain+on+the+tin"]


def test_a_song_that_is_not_here_is_a_page_that_says_so(client: TestClient) -> None:
    assert "no song here has the id 'nobody'" in see(client, "/songs/nobody", status=404).text
    see(client, "/songs/", status=404)
    see(client, "/songs/a/b/../c%00", status=404)


def test_an_address_where_nothing_is_is_a_page_for_readers_and_json_for_programs(client: TestClient) -> None:
    answer = client.get("/nowhere", headers={"accept": "text/html"})
    assert answer.status_code == 404
    assert "There is no such page" in Seen(answer.text).text
    for address, accept in (("/nowhere", "*/*"), ("/api/v1/nowhere", "text/html")):
        assert client.get(address, headers={"accept": accept}).headers["content-type"].startswith("application/json")


def test_a_hostile_song_is_only_text(client: TestClient) -> None:
    answer = client.get(song_link(EVIL.id, "<script>rain</script>"))
    assert answer.status_code == 200
    seen = Seen(answer.text)
    assert seen.running == []
    assert EVIL.title in seen.text
    assert "<u>rain</u>" in seen.text
    assert "predicted" in seen.text


def test_a_request_that_cannot_be_held_against_is_said(client: TestClient) -> None:
    assert see(client, "/songs/rain-1?against=%E2%80%8D").of_class("problem")


def test_what_is_given_comes_before_what_is_predicted() -> None:
    song = Song("a", genres=("folk",), tags={"slow": 0.3, "sad": 0.9}, explicit=False,
                predicted={"happy": 0.2, "genre:rock": 0.5, "also:pop": 0.3, "theme:sea": 0.6})  # fmt: skip
    told = [(one.name, one.value, one.predicted) for one in labels(song)]
    assert told == [
        ("genre", "folk", False), ("tag", "sad", False), ("tag", "slow", False), ("explicit", "no", False),
        ("mood", "sad", True), ("theme", "sea", True), ("genre", "rock", True), ("genre", "pop", True),
    ]  # fmt: skip
    assert labels(Song("b")) == []


def test_a_tag_says_how_much_it_weighs_only_where_it_is_not_simply_given() -> None:
    song = Song("a", tags={"slow": 0.3, "sad": 1.0}, language="sv")
    assert [(one.value, one.share) for one in labels(song)] == [("sad", None), ("slow", 0.3), ("Swedish", None)]


def test_a_predicted_feature_is_marked_and_a_given_one_is_not() -> None:
    song = Song("a", features={"energy": 0.5, "tempo_bpm": 120.0}, predicted={"energy": 0.9, "valence": 0.25})
    assert [(one.name, one.value, one.share, one.predicted) for one in features(song)] == [
        ("energy", "0.5", 0.5, False), ("tempo", "120 bpm", None, False), ("valence", "0.25", 0.25, True),
    ]  # fmt: skip


# -- the heat map ------------------------------------------------------------------------------------------------------


def heated(matrix: list[list[float]], request: str = "old rain", song: str = "rain, so cold") -> Heated:
    def read(text: str) -> Read:
        words, at = [], 0
        for word in text.split():
            start = text.index(word, at)
            words.append(Word(word, start, start + len(word)))
            at = start + len(word)
        return Read(text, tuple(words), np.arange(len(words)), len(text))

    view = Heat(read(request), read(song), np.array(matrix))
    return Heated(Song("a"), Query(request), (Warm(Part("lyrics", song, 1500), view),))


def test_words_are_shaded_by_what_they_add_and_nothing_of_the_text_is_lost() -> None:
    # rows: old, rain, the rest; columns: rain, so, cold, the rest
    (part,) = warm_parts(heated([[0.0, 0.0, -0.2, 0.0], [0.5, 0.1, 0.0, 0.0], [0.0, 0.0, 0.0, 0.3]]))
    assert "".join(one.text for one in part.text) == "rain, so cold"
    assert [(one.text, one.shade) for one in part.text if one.text.strip()] == [("rain,", 5), ("so", 1), ("cold", -2)]
    assert [(one.text, one.shade) for one in part.request if one.text.strip()] == [("old", -2), ("rain", 5)]
    assert part.columns == ("old", "rain")
    assert [row.word for row in part.table] == ["rain,", "so", "cold"]
    assert [[cell.shade for cell in row.cells] for row in part.table] == [[0, 5], [0, 1], [-2, 0]]


def test_a_part_without_any_likeness_has_no_shade() -> None:
    (part,) = warm_parts(heated([[0.0] * 4] * 3))
    assert {one.shade for one in part.text} == {0}


# -- links -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a", "a b", "a/b", "?x=1", "#", ".", "%2e%2e", "ü", "a&b", "\\", "a+b"])
def test_an_id_survives_its_link(client: TestClient, name: str) -> None:
    said = see(client, song_link(name), status=404).text
    assert f"no song here has the id '{name}'" in said
    assert client.get(audio_link(name)).status_code == 404


@pytest.mark.parametrize(
    ("address", "leads"), [("/x?a=1", "/x?a=1"), ("", "/"), ("x", "/"), ("//x", "/"), ("/\\x", "/"), ("/\n", "/")]
)
def test_only_addresses_of_this_page_are_followed(address: str, leads: str) -> None:
    assert local(address) == leads


# -- the music file ----------------------------------------------------------------------------------------------------


def test_a_local_song_can_be_listened_to(client: TestClient) -> None:
    (player,) = see(client, "/songs/heard").all("audio")
    whole = client.get(str(player["src"]))
    assert whole.status_code == 200
    assert whole.headers["content-type"] == "audio/wav"
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in whole.headers["content-security-policy"]
    assert whole.content[:4] == b"RIFF"
    assert "content-encoding" not in whole.headers


@pytest.mark.parametrize(
    ("asked", "told", "size"),
    [
        ("bytes=0-3", "bytes 0-3/8044", 4),
        ("bytes=8000-", "bytes 8000-8043/8044", 44),
        ("bytes=-44", "bytes 8000-8043/8044", 44),
        ("bytes=8040-9999", "bytes 8040-8043/8044", 4),
    ],
)
def test_a_player_gets_the_stretch_it_asks_for(client: TestClient, asked: str, told: str, size: int) -> None:
    part = client.get("/audio/heard", headers={"Range": asked})
    assert (part.status_code, part.headers["content-range"], len(part.content)) == (206, told, size)
    assert client.head("/audio/heard", headers={"Range": asked}).status_code == 206


@pytest.mark.parametrize(
    "asked", ["bytes=9000-", "bytes=5-3", "bytes=-0", "bytes=x-y", "lines=1-2", "bytes", "bytes=-", "bytes=,,"]
)
def test_a_stretch_that_is_none_is_416(client: TestClient, asked: str) -> None:
    told = client.get("/audio/heard", headers={"Range": asked})
    assert told.status_code == 416
    assert told.headers["content-range"] == "bytes */8044"


def test_a_changed_file_is_sent_whole(client: TestClient) -> None:
    assert client.get("/audio/heard", headers={"Range": "bytes=0-3", "If-Range": '"other"'}).status_code == 200
    tag = client.head("/audio/heard").headers["etag"]
    assert client.get("/audio/heard", headers={"Range": "bytes=0-3", "If-Range": tag}).status_code == 206


@pytest.mark.parametrize(
    "name", ["text", "linked", "gone", "rain-1", "nobody", "../heard", "heard/../text", "/etc/passwd"]
)
def test_only_a_songs_own_music_is_handed_out(client: TestClient, name: str) -> None:
    told = client.get(audio_link(name))
    assert told.status_code == 404
    assert b"not for ears" not in told.content


def test_paths_in_an_address_open_nothing(client: TestClient) -> None:
    for address in (
        "/audio/%2Fetc%2Fpasswd",
        "/audio/..%2f..%2fsecret.txt",
        "/assets/..%2Ftemplates%2Fbase.html",
        "/assets/templates",
        "/assets/map.html",
        "/assets/__init__.py",
    ):
        assert client.get(address).status_code == 404


# -- the page's own files ----------------------------------------------------------------------------------------------


def test_own_files_are_kept_by_their_digest_and_asked_for_again_without(client: TestClient) -> None:
    seen = see(client, "/")
    (sheet,) = [own["href"] for own in seen.all("link", rel="stylesheet")]
    kept = client.get(str(sheet))
    assert "immutable" in kept.headers["cache-control"]
    assert kept.headers["content-type"].startswith("text/css")
    bare = client.get("/assets/page.css?v=old")
    assert bare.headers["cache-control"] == "no-cache"
    assert client.get("/assets/page.css", headers={"If-None-Match": bare.headers["etag"]}).status_code == 304
    plain = client.get("/assets/page.css", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == bare.text


def test_the_licence_of_what_is_not_ours_lies_beside_it(client: TestClient) -> None:
    assert "Zero-Clause BSD" in client.get("/assets/htmx.LICENSE.txt").text


# -- signing in --------------------------------------------------------------------------------------------------------


def test_a_token_signs_a_browser_in_and_out(client: TestClient) -> None:
    token = client.app.state.held.library.tokens.create("browser", user="anna").token  # type: ignore[attr-defined]
    wrong = client.post("/signin", data={"token": "guess", "to": "/library"}, follow_redirects=False)
    assert wrong.status_code == 401
    assert "set-cookie" not in wrong.headers
    told = client.post("/signin", data={"token": token, "to": "/?q=rain"}, follow_redirects=False)
    assert (told.status_code, told.headers["location"]) == (303, "/?q=rain")
    cookie = told.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert token not in cookie
    out = client.post("/signout", headers={"Origin": "http://127.0.0.1"}, follow_redirects=False)
    assert out.status_code == 303
    assert 'songkin_session=""' in out.headers["set-cookie"]
    client.cookies.clear()


def test_signing_in_leads_nowhere_else(client: TestClient) -> None:
    assert see(client, "/signin?to=https://evil.example").all("input", name="to")[0]["value"] == "/"
