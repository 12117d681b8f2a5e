"""A library held open: many threads ask while it grows, is decided about, replaced, and gone; the server lives on."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest
from command_line import ROWS, write_rows
from http_serving import client_of, error_of, running

from songkin.errors import StoreError
from songkin.library import Library, Reading
from songkin.serve.http.held import Held
from songkin.types import Song

THREADS = 8


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A library of one's own."""
    Library.add(Reading.of([write_rows(tmp_path / "songs.jsonl", ROWS)]).songs(), tmp_path / "L")
    return tmp_path / "L"


def until(true: Callable[[], bool], seconds: float = 20.0) -> bool:
    over = time.monotonic() + seconds
    while time.monotonic() < over:
        if true():
            return True
        time.sleep(0.02)
    return False


def songs_of(held: Held) -> int:
    return held.library.store.counts().songs


# -- one library for all -----------------------------------------------------------------------------------------------


def test_everybody_gets_the_same_library(own: Path) -> None:
    held = Held(own)
    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(lambda _: id(held.library), range(40)))
    assert len(set(found)) == 1
    assert held.renewals == 1


def test_a_changed_library_takes_the_others_place_and_the_other_still_answers(own: Path) -> None:
    held = Held(own)
    before, tag = held.library, held.etag()
    Library.add([Song(id="new", title="Lantern Song")], own)
    assert until(lambda: songs_of(held) == len(ROWS) + 1)
    assert held.library is not before
    assert held.etag() != tag
    assert before.search("rain").hits
    assert held.library.encoder is before.encoder
    assert held.library is held.library


def test_a_library_settles_once_it_is_served(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songkin.serve.http.held.SETTLED_S", 0.0)
    monkeypatch.setattr("songkin.serve.http.held.QUIET_S", 0.0)
    settled: list[Library] = []
    monkeypatch.setattr(Library, "settle", lambda library, go_on: settled.append(library) if go_on() else None)
    held = Held(own)
    first = held.library
    assert until(lambda: first in settled)
    Library.add([Song(id="new", title="Lantern Song")], own)
    assert until(lambda: songs_of(held) == len(ROWS) + 1)
    assert until(lambda: held.library in settled)


def test_a_library_that_changed_again_does_not_settle(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songkin.serve.http.held.SETTLED_S", 0.0)
    monkeypatch.setattr("songkin.serve.http.held.QUIET_S", 60.0)
    settled: list[Library] = []
    monkeypatch.setattr(Library, "settle", lambda library, go_on: settled.append(library))
    held = Held(own)
    first = held.library
    assert until(lambda: first in settled)
    Library.add([Song(id="new", title="Lantern Song")], own)
    assert until(lambda: songs_of(held) == len(ROWS) + 1)
    time.sleep(0.2)
    assert held.library not in settled, "it is waited for that nothing changes"


def test_what_is_written_here_shows_at_once(own: Path) -> None:
    held = Held(own)
    held.for_writing().edit("train-1", instrumental=True)
    assert held.renew() is held.library
    [song] = held.library.views.songs(["train-1"])
    assert song.lyrics
    assert song.lyrics.instrumental


def test_decisions_of_others_show_at_once_without_another_library(own: Path) -> None:
    held = Held(own)
    before, tag = held.library, held.etag()
    assert {hit.song.id for hit in held.library.search("rain").hits} >= {"rain-1"}
    Library.open(own).exclude("genre:folk")
    assert "rain-1" not in {hit.song.id for hit in held.library.search("rain").hits}
    assert held.library is before
    assert held.etag() != tag
    Library.open(own).opinions.tell("rain-2", "never")
    assert "rain-2" not in {hit.song.id for hit in held.library.search("rain").hits}


def test_a_library_that_is_not_there_is_an_error_until_it_is(own: Path, tmp_path: Path) -> None:
    held = Held(own)
    assert songs_of(held) == len(ROWS)
    own.rename(tmp_path / "aside")
    with pytest.raises(StoreError, match="no library here"):
        _ = held.library
    (tmp_path / "aside").rename(own)
    assert songs_of(held) == len(ROWS)


def test_another_library_in_its_place_is_served(own: Path, tmp_path: Path) -> None:
    held = Held(own)
    assert songs_of(held) == len(ROWS)
    Library.add([Song(id="other", title="Another Song")], tmp_path / "M")
    shutil.rmtree(own)
    (tmp_path / "M").rename(own)
    assert [hit.song.id for hit in held.library.search("another song").hits] == ["other"]


# -- the server lives on -----------------------------------------------------------------------------------------------


class Crowd:
    """Threads that ask for as long as something goes on, and note every answer."""

    def __init__(self, client: Any, path: str = "/api/v1/search?q=rain&k=3") -> None:
        self.statuses: list[int] = []
        self.bodies: list[str] = []
        self._client, self._path, self._over = client, path, threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(THREADS)]

    def __enter__(self) -> Crowd:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        while not self._over.is_set():
            answer = self._client.get(self._path)
            self.statuses.append(answer.status_code)
            if answer.status_code != 200:
                self.bodies.append(answer.text)


@pytest.fixture
def served(own: Path) -> Iterator[httpx2.Client]:
    with running(own) as address, httpx2.Client(base_url=address, timeout=30) as client:
        yield client


def test_no_search_fails_while_songs_are_added_and_decisions_made(served: httpx2.Client) -> None:
    with Crowd(served) as crowd:
        for number in range(3):
            rows = [{"id": f"n{number}-{at}", "title": f"Rain number {at}", "lyrics": f"rain {at}"} for at in range(20)]
            answer = served.post("/api/v1/adds", content="\n".join(map(json.dumps, rows)))
            assert json.loads(answer.text.splitlines()[-1])["added"] == 20
            where = {"where": f"id:n{number}-0"}
            assert served.post("/api/v1/exclusions", json=where).status_code == 201
            assert served.post("/api/v1/feedback", json={"song": f"n{number}-1", "verdict": "like"}).status_code == 201
            assert served.delete("/api/v1/exclusions", params=where).status_code == 200
    assert set(crowd.statuses) == {200}, crowd.bodies[:2]
    assert served.get("/api/v1/health").json()["songs"] == len(ROWS) + 60


def test_no_search_fails_while_the_map_page_and_playlists_are_asked_too(served: httpx2.Client) -> None:
    with Crowd(served) as crowd, ThreadPoolExecutor(4) as pool:
        bodies = [{"text": "rain", "songs": 3}, {"like": ["rain-1"], "songs": 2}] * 4
        made = list(pool.map(lambda body: served.post("/api/v1/playlist", json=body).status_code, bodies))
    assert set(made) == {200}
    assert set(crowd.statuses) == {200}, crowd.bodies[:2]


def test_a_library_replaced_under_a_running_server_is_told_and_then_served(
    served: httpx2.Client, own: Path, tmp_path: Path
) -> None:
    other = tmp_path / "M"
    Library.add([Song(id="other", title="Rain Elsewhere", description="rain")], other)
    with Crowd(served) as crowd:
        assert until(lambda: len(crowd.statuses) > THREADS)
        own.rename(tmp_path / "aside")
        assert until(lambda: 503 in crowd.statuses)
        other.rename(own)
        assert until(lambda: served.get("/api/v1/health").status_code == 200)
        time.sleep(0.2)
    assert set(crowd.statuses) == {200, 503}, crowd.bodies[:2]
    assert all(json.loads(body)["error"]["code"] == "library" for body in crowd.bodies)
    [hit] = served.get("/api/v1/search?q=rain").json()["hits"]
    assert hit["id"] == "other"


def test_a_library_that_is_gone_is_503_with_the_cure(own: Path) -> None:
    with client_of(own) as client:
        assert client.get("/api/v1/search?q=rain").status_code == 200
        shutil.rmtree(own)
        answer = client.get("/api/v1/search?q=rain")
        told = error_of(answer, 503)
        assert (told["code"], "songkin add" in told["message"]) == ("library", True)
        assert answer.headers["retry-after"]
        assert str(own) not in client.get("/api/v1/health").text
        assert client.get("/api/v1/health").status_code == 503
        assert client.get("/api/v1/metrics").status_code in (200, 503)


def test_who_goes_away_while_songs_are_added_stops_nothing(served: httpx2.Client) -> None:
    rows = [{"id": f"gone-{at}", "title": f"Gone {at}", "lyrics": f"gone {at} and on"} for at in range(300)]
    with served.stream("POST", "/api/v1/adds", content="\n".join(map(json.dumps, rows))) as answer:
        assert answer.status_code == 200
        next(answer.iter_lines())
    assert until(lambda: served.get("/api/v1/health").json()["songs"] == len(ROWS) + 300)
    assert served.get("/api/v1/search?q=gone").status_code == 200


@pytest.mark.slow
def test_another_process_adds_while_the_server_is_asked(own: Path, tmp_path: Path) -> None:
    rows = [{"id": f"p{at}", "title": f"Parcel {at}", "lyrics": f"rain on parcel {at}"} for at in range(3000)]
    listed = write_rows(tmp_path / "more.jsonl", rows)
    command = [sys.executable, "-m", "songkin", "add", "-L", str(own), "--no-encode", str(listed)]
    with running(own) as address, httpx2.Client(base_url=address, timeout=30) as client, Crowd(client) as crowd:
        subprocess.run(command, check=True, capture_output=True, timeout=200)
        assert until(lambda: client.get("/api/v1/health").json()["songs"] == len(ROWS) + 3000)
    assert set(crowd.statuses) == {200}, crowd.bodies[:2]
