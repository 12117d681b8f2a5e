"""The LRCLIB client against a server that speaks its API: what it takes and refuses, how patient and polite it is."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from little_lrclib import LrclibServer, serving, track
from songkin import __version__
from songkin.errors import RemoteError
from songkin.remote.lrclib import PAUSE_S, Lrclib
from songkin.types import Song

TRAM = Song("a", "Night Tram", ("Ada Moss",), album="Small Hours", duration_s=201.4)


@pytest.fixture
def server() -> Iterator[LrclibServer]:
    with serving() as own:
        own.tracks = [track(7, "Night Tram", "Ada Moss", 200)]
        yield own


class Nap:
    """A sleep that takes no time, and notes how long it was to be."""

    def __init__(self) -> None:
        self.naps: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.naps.append(seconds)


@pytest.fixture
def nap() -> Nap:
    return Nap()


@pytest.fixture
def client(server: LrclibServer, nap: Nap, tmp_path: Path) -> Iterator[Lrclib]:
    own = Lrclib(server.base, cache=tmp_path / "cache", sleep=nap)
    yield own
    own.close()


def test_timed_words_come_with_where_they_are_from_and_the_request_names_us(
    client: Lrclib, server: LrclibServer
) -> None:
    found = client.find(TRAM)
    assert found is not None
    assert found.source == "LRCLIB #7"
    assert found.text.startswith("[00:05.00] Night Tram")
    path, params = server.asked[0]
    assert path == "/api/get"
    assert params == {
        "track_name": "Night Tram",
        "artist_name": "Ada Moss",
        "album_name": "Small Hours",
        "duration": "201",
    }
    assert len(server.asked) == 1
    (agent,) = server.agents
    assert agent.startswith(f"songkin/{__version__} (https://")


def test_plain_words_are_taken_where_none_are_timed_and_instrumental_is_respected(
    client: Lrclib, server: LrclibServer
) -> None:
    server.tracks = [
        track(8, "Night Tram", "Ada Moss", 201, syncedLyrics=None),
        track(9, "Slow Tide", "Ada Moss", 90, instrumental=True, plainLyrics=None, syncedLyrics=None),
    ]
    plain, tide = client.find(TRAM), client.find(Song("b", "Slow Tide", ("Ada Moss",), duration_s=91))
    assert plain is not None
    assert plain.text.startswith("Night Tram is")
    assert tide is not None
    assert (tide.instrumental, tide.text, tide.source) == (True, "", "LRCLIB #9")


@pytest.mark.parametrize("away", [-2.1, 2.1, 30.0])
def test_a_song_of_another_length_is_not_taken_even_where_the_service_offers_it(
    client: Lrclib, server: LrclibServer, away: float
) -> None:
    server._fits = lambda own, params: True  # type: ignore[method-assign]
    server.tracks = [track(7, "Night Tram", "Ada Moss", 201.4 + away)]
    assert client.find(TRAM) is None


def test_without_a_length_a_title_or_an_artist_nothing_is_asked(client: Lrclib, server: LrclibServer) -> None:
    for song in (
        Song("a", "Night Tram", ("Ada Moss",)),
        Song("a", "Night Tram", ("Ada Moss",), duration_s=0.0),
        Song("a", "Night Tram", ("Ada Moss",), duration_s=float("nan")),
        Song("a", "Night Tram", duration_s=200),
        Song("a", " ", ("Ada Moss",), duration_s=200),
    ):
        assert client.find(song) is None
    assert server.asked == []


def test_a_subtitle_does_not_break_the_look_up(client: Lrclib, server: LrclibServer) -> None:
    found = client.find(Song("a", "Night Tram - 2011 Remaster", ("Ada Moss",), duration_s=200))
    assert found is not None
    assert found.source == "LRCLIB #7"
    assert [path for path, _ in server.asked] == ["/api/get", "/api/search"]


def test_another_song_or_artist_is_not_taken_whatever_the_service_says(client: Lrclib, server: LrclibServer) -> None:
    for answer in (track(7, "Day Tram", "Ada Moss", 201), track(7, "Night Tram", "Bob Fen", 201)):
        server.instead = [(200, {}, json.dumps(answer).encode()), (200, {}, json.dumps([answer]).encode())]
        assert Lrclib(server.base, sleep=lambda s: None).find(TRAM) is None


def test_what_was_called_wrong_is_passed_over_for_another(client: Lrclib, server: LrclibServer) -> None:
    server.tracks.append(track(8, "Night Tram", "Ada Moss", 202, plainLyrics="The night tram, the last one home"))
    found = client.find(TRAM, wrong={"LRCLIB #7"})
    assert found is not None
    assert found.source == "LRCLIB #8"
    assert client.find(TRAM, wrong={"LRCLIB #7", "LRCLIB #8"}) is None


def test_what_was_asked_once_is_not_asked_again_and_a_no_is_asked_again_after_a_while(
    server: LrclibServer, tmp_path: Path
) -> None:
    now = [1_000_000.0]

    def client() -> Lrclib:
        return Lrclib(server.base, cache=tmp_path, sleep=lambda s: None, clock=lambda: now[0])

    gone = Song("b", "Nobody Knows", ("Ada Moss",), duration_s=100)
    for _ in range(2):
        assert client().find(TRAM) is not None
        assert client().find(gone) is None
    assert len(server.asked) == 3  # the missing one by signature and by search
    now[0] += 15 * 86_400
    client().find(TRAM)
    client().find(gone)
    assert len(server.asked) == 5
    now[0] += 200 * 86_400
    client().find(TRAM)
    assert len(server.asked) == 6


@pytest.mark.parametrize("damaged", [b"", b"{", b"[]", b'{"asked_at": "x", "answer": 1}', b"\xff\xfe"])
def test_a_damaged_cache_is_asked_over(server: LrclibServer, tmp_path: Path, damaged: bytes) -> None:
    client = Lrclib(server.base, cache=tmp_path, sleep=lambda s: None)
    client.find(TRAM)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(damaged)
    assert client.find(TRAM) is not None
    assert len(server.asked) == 2
    assert [path.suffix for path in tmp_path.iterdir()] == [".json"]


def test_a_folder_that_cannot_be_written_costs_the_memory_not_the_answer(server: LrclibServer, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert Lrclib(server.base, cache=tmp_path / "file" / "x", sleep=lambda s: None).find(TRAM) is not None


def test_requests_are_apart_and_a_busy_service_is_left_alone_as_long_as_it_asks(
    client: Lrclib, server: LrclibServer, nap: Nap
) -> None:
    server.instead = [(429, {"Retry-After": "7"}, b"{}"), (503, {}, b"busy")]
    assert client.find(TRAM) is not None
    assert any(7 <= pause < 30 for pause in nap.naps)
    assert len(server.asked) == 3
    client.find(Song("b", "Nobody Knows", ("Ada Moss",), duration_s=100))
    assert any(PAUSE_S / 2 < pause <= PAUSE_S for pause in nap.naps)


def test_a_service_that_wants_an_hour_of_peace_gets_it(client: Lrclib, server: LrclibServer, nap: Nap) -> None:
    server.instead = [(429, {"Retry-After": "3600"}, b"{}")]
    with pytest.raises(RemoteError, match="asked too often"):
        client.find(TRAM)
    assert len(server.asked) == 1
    assert max(nap.naps) < 3600


def test_a_service_that_goes_on_failing_is_an_error_and_is_not_remembered(client: Lrclib, server: LrclibServer) -> None:
    server.instead = [(500, {}, b"")] * 4
    with pytest.raises(RemoteError, match=r"it fails \(HTTP 500\); try again later"):
        client.find(TRAM)
    assert client.find(TRAM) is not None


HOSTILE: dict[str, Any] = {
    "no object": [],
    "a number": 7,
    "null": None,
    "no fields": {},
    "no id": track(7, "Night Tram", "Ada Moss", 201) | {"id": None},
    "id a truth": track(7, "Night Tram", "Ada Moss", 201) | {"id": True},
    "id a text": track(7, "Night Tram", "Ada Moss", 201) | {"id": "7; rm"},
    "id huge": track(7, "Night Tram", "Ada Moss", 201) | {"id": 10**40},
    "length a text": track(7, "Night Tram", "Ada Moss", 201) | {"duration": "201"},
    "length no number": track(7, "Night Tram", "Ada Moss", 201) | {"duration": float("nan")},
    "length a truth": track(7, "Night Tram", "Ada Moss", 201) | {"duration": True},
    "words a list": track(7, "Night Tram", "Ada Moss", 201) | {"syncedLyrics": ["x"], "plainLyrics": {"a": 1}},
    "words endless": track(7, "Night Tram", "Ada Moss", 201) | {"syncedLyrics": "x" * 200_000, "plainLyrics": ""},
    "words blank": track(7, "Night Tram", "Ada Moss", 201) | {"syncedLyrics": " \n", "plainLyrics": None},
    "title a list": track(7, "Night Tram", "Ada Moss", 201) | {"trackName": ["Night Tram"]},
    "instrumental a text": track(7, "Night Tram", "Ada Moss", 201, instrumental="no", plainLyrics="", syncedLyrics=""),
}


@pytest.mark.parametrize("answer", HOSTILE.values(), ids=HOSTILE)
def test_an_answer_of_another_shape_is_none(server: LrclibServer, answer: Any) -> None:
    body = json.dumps(answer).encode()
    server.instead = [(200, {}, body), (200, {}, body)]
    assert Lrclib(server.base, sleep=lambda s: None).find(TRAM) is None


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((200, {}, b"<html>"), "no answer of LRCLIB"),
        ((200, {}, b"\xff\xfe"), "no answer of LRCLIB"),
        ((200, {}, b"[" * 100_000), "no answer of LRCLIB"),
        ((200, {"Content-Encoding": "gzip"}, b"not gzip at all"), "broke off|cannot be reached|no answer"),
        ((200, {}, b" " * (5 << 20)), "longer than 4 MB"),
        ((301, {"Location": "http://169.254.169.254/latest"}, b""), "not followed"),
        ((302, {"Location": "file:///etc/passwd"}, b""), "not followed"),
        ((418, {}, b""), r"fails \(HTTP 418\)"),
    ],
    ids=["html", "no unicode", "nested", "no gzip", "endless", "elsewhere", "a file", "teapot"],
)
def test_a_broken_answer_is_one_line(server: LrclibServer, answer: Any, said: str) -> None:
    server.instead = [answer] * 4
    with pytest.raises(RemoteError, match=said) as error:
        Lrclib(server.base, sleep=lambda s: None).find(TRAM)
    assert "\n" not in str(error.value)


def test_a_halved_character_is_asked_for_and_answered_without_harm(client: Lrclib, server: LrclibServer) -> None:
    odd = Song("a", "Tram \ud83d", ("Ada Moss",), duration_s=200)
    assert client.find(odd) is None
    server.tracks = [track(7, "Night Tram", "Ada Moss", 201, syncedLyrics="[00:01.00] la \ud83d la")]
    found = Lrclib(server.base, sleep=lambda s: None).find(TRAM)
    assert found is not None
    found.text.encode("utf-8")


def test_no_service_is_an_error(nap: Nap) -> None:
    with serving() as server:
        base = server.base
    with pytest.raises(RemoteError, match="is the server running"):
        Lrclib(base, sleep=nap).find(TRAM)


@pytest.mark.parametrize(
    "base", ["", "lrclib.net", "ftp://lrclib.net", "https://user:pw@lrclib.net", "http://[::1", "https://x/?a=1"]
)
def test_what_is_no_address_is_refused(base: str) -> None:
    with pytest.raises(RemoteError, match=r"is no address of a lyrics server; write https://lrclib.net"):
        Lrclib(base)


def test_neither_what_is_asked_nor_what_is_sung_is_logged(
    client: Lrclib, server: LrclibServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    server.instead = [(503, {}, b"")]
    client.find(TRAM)
    assert "Tram" not in caplog.text
