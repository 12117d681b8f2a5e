"""A library in an object store, from the street: every command of a user, and several servers that read one library."""

from __future__ import annotations

import json
import re
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from command_line import COMMAND, ROWS, InProcess, write_rows

from bucket_server import SECRET, names_in
from songkin.errors import StoreError
from songkin.library import Library, Reading
from songkin.library.watching import Watch
from songkin.serve.http.held import Held
from songkin.store.bucket import LOOK_S

PATIENCE_S = 60  # on a loaded machine


@pytest.fixture
def own(bucket: str, tmp_path: Path) -> str:
    """A library in an object store."""
    Library.add(Reading.of([write_rows(tmp_path / "songs.jsonl", ROWS)]).songs(), bucket)
    return bucket


def added(place: str, tmp_path: Path, number: int) -> None:
    new = {"id": f"new-{number}", "title": f"Comet {number}", "lyrics": "a comet over the harbour wall"}
    Library.add(Reading.of([write_rows(tmp_path / f"{number}.jsonl", [new])]).songs(), place)


# -- one server --------------------------------------------------------------------------------------------------------


def test_a_server_looks_at_the_store_now_and_then_and_sees_what_others_added(own: str, tmp_path: Path) -> None:
    held = Held(own)
    first = held.now()
    looks: list[Any] = []
    at = held._watch._at
    standing = at.standing
    at.standing = lambda: (looks.append(1), standing())[1]  # type: ignore[method-assign]
    held._watch.look()
    for _ in range(50):
        assert held.now() is first
    assert len(looks) <= 2, "a request is no reason to look, unless the last look is too old"
    added(own, tmp_path, 1)
    held._watch._until = 0.0  # as after LOOK_S
    until = time.monotonic() + PATIENCE_S
    while held.now() is first and time.monotonic() < until:
        time.sleep(0.05)
    assert held.library.store.counts().songs == len(ROWS) + 1
    assert held.etag() != first.etag
    assert held.renewals == 2


def test_a_user_sees_at_once_what_they_decided_and_others_a_look_later(own: str) -> None:
    held, other = Held(own), Held(own)
    tag, tag_of_other = held.etag(), other.etag()
    assert tag == tag_of_other, "all servers tell a library by the same tag"
    held.library.exclude("genre:jazz", user="ann")
    assert held.etag() != tag
    other._watch._until = 0.0  # as after LOOK_S
    assert other.etag() == held.etag()
    assert [one.where for one in other.library.exclusions(user="ann")] == ["genre:jazz"]
    assert held.renewals == other.renewals == 1, "a decision needs no new library"


def test_what_is_written_through_a_server_is_there_when_it_answers(own: str) -> None:
    held = Held(own)
    held.now()
    held.for_writing().edit("train-1", instrumental=True)
    held.renew()
    song = held.library.store.songs(held.library.store.keys(["train-1"]))[0]
    assert song is not None
    assert song.lyrics is not None
    assert song.lyrics.instrumental
    now = held.now()
    assert held.now() is now
    assert held.renewals == 2


def test_where_no_library_is_nothing_is_served(bucket: str) -> None:
    with pytest.raises(StoreError, match="no library here; make one with: songkin add"):
        Held(bucket).now()
    with pytest.raises(StoreError, match="no library here"):
        Watch(bucket).mark()


def test_a_command_says_in_one_line_that_the_store_cannot_be_reached(songkin: InProcess, bucket: str) -> None:
    said = songkin("search", "rain", "-L", f"{bucket}?endpoint=http://127.0.0.1:1&retries=0")
    assert said.code == 1
    assert said.out == ""
    assert said.err.startswith(
        f"songkin: {bucket} at http://127.0.0.1:1: the store cannot be reached; check the endpoint"
    )
    assert len(said.err.splitlines()) == 1


def test_a_place_that_was_meant_to_be_a_bucket_is_told(songkin: InProcess) -> None:
    for wrong in ("s3:/bucket/songs", "gs://bucket/songs"):
        said = songkin("search", "rain", "-L", wrong)
        assert said.code == 1
        assert "it takes a folder on this machine, or the text s3://BUCKET/PATH" in said.err


# -- every command -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_every_command_does_in_a_bucket_what_it_does_in_a_folder(
    songkin: InProcess, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("songkin.atlas.layout._umap", lambda vectors, seed: vectors[:, :2])  # in the time a test has
    write_rows(tmp_path / "songs.jsonl", ROWS)
    folder = str(tmp_path / "L")

    def both(*words: str) -> Any:
        """Say the same to a library in a folder and to one in a bucket, and return what both answer."""
        told = [songkin(*words, "-L", place, "--json") for place in (folder, bucket)]
        assert [one.code for one in told] == [0, 0], (words, told)
        here, there = (_undated(one.document) for one in told)
        assert json.dumps(here).replace(folder, "") == json.dumps(there).replace(bucket, ""), words
        return there

    assert both("add", "songs.jsonl")["added"] == len(ROWS)
    assert both("add", "songs.jsonl")["unchanged"] == len(ROWS)
    assert both("search", "rain at night")["hits"][0]["id"] == "rain-1"
    assert both("line", "all the words I never sad")["hits"][0]["id"] == "rain-1"
    assert both("similar", "rain-1", "--where", "genre:pop")["hits"][0]["id"] == "rain-2"
    both("playlist", "rain", "--minutes", "8", "--save", "wet")
    assert [one["name"] for one in both("playlist", "--list")["playlists"]] == ["wet"]
    both("exclude", "genre:jazz")
    assert "007" not in [hit["id"] for hit in both("search", "harbour lights")["hits"]]
    both("exclude", "--clear")
    both("edit", "train-1", "--instrumental")
    both("feedback", "--like", "rain-2")
    both("remove", "twin-b")
    both("explain", "rain-1", "--against", "rain")
    both("annotate")
    both("clusters")
    both("score", "rain-1", "rain-2")
    assert both("map", "--out", "map.html")["songs"] == len(ROWS) - 1
    assert songkin("tidy", "-L", bucket).code == 0
    exported = songkin("export", "-L", bucket, "--out", "backup.songkin", "--json")
    assert exported.document["songs"] == len(ROWS) - 1
    refused = songkin("import", "backup.songkin", "-L", f"{bucket}-again")
    assert refused.code == 1
    assert "import into a folder, and copy that to the object store" in refused.err
    assert both("info")["songs"] == len(ROWS) - 1
    assert all(one["ok"] for one in songkin("doctor", "-L", bucket, "--json").document)
    with Held(bucket).library.store.tables.at.open("themes/grains.npz") as kept:
        assert kept.read(2) == b"PK"
    assert not [name for name in names_in(bucket) if name.endswith((".lease", ".lock", ".part")) or "check." in name]


def _undated(document: Any) -> Any:
    """Return a document without moments, durations and room on a disk."""
    if isinstance(document, list):
        return [_undated(one) for one in document]
    if isinstance(document, dict):
        return {
            name: _undated(one)
            for name, one in document.items()
            if not re.search(r"_at$|seconds|took|_s$|^disk$", name)
        }
    return document


# -- servers of their own ----------------------------------------------------------------------------------------------


class Answer(NamedTuple):
    status: int
    etag: str
    body: Any


def asked(address: str, path: str, etag: str = "") -> Answer:
    request = urllib.request.Request(f"{address}/api/v1/{path}", headers={"If-None-Match": etag} if etag else {})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return Answer(answer.status, answer.headers["etag"], json.loads(answer.read()))
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.headers["etag"] or "", None)


@contextmanager
def started(place: str) -> Iterator[str]:
    command = [*COMMAND, "serve", "-L", place, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
            assert found, process.stderr and process.stderr.read()
            yield found[0]
        finally:
            process.kill()
            assert SECRET not in process.communicate()[1]


@pytest.mark.slow
def test_two_servers_see_what_a_third_process_adds_and_agree_on_what_they_tell(bucket: str, tmp_path: Path) -> None:
    write_rows(tmp_path / "songs.jsonl", ROWS)
    add = [*COMMAND, "add", "-L", bucket, "--no-encode"]
    subprocess.run([*add, "songs.jsonl"], check=True, capture_output=True)
    with ExitStack() as servers:
        both = [servers.enter_context(started(bucket)) for _ in range(2)]
        before = [asked(server, "search?q=comet") for server in both]
        assert [answer.body["hits"] for answer in before] == [[], []]
        assert before[0].etag == before[1].etag
        assert asked(both[1], "search?q=comet", before[0].etag).status == 304, "one's tag holds at the other"
        write_rows(tmp_path / "new.jsonl", [{"id": "new", "title": "Comet", "lyrics": "a comet over the wall"}])
        subprocess.run([*add, "new.jsonl"], check=True, capture_output=True)
        began, seen = time.monotonic(), dict[str, float]()
        while len(seen) < len(both) and time.monotonic() < began + PATIENCE_S:
            for server in both:
                if server not in seen and asked(server, "search?q=comet").body["hits"]:
                    seen[server] = time.monotonic() - began
            time.sleep(0.1)
        assert len(seen) == 2, f"not seen after {PATIENCE_S} s; a look is due every {LOOK_S:g} s"
        after = [asked(server, "search?q=comet", before[0].etag) for server in both]
        assert [answer.status for answer in after] == [200, 200]
        assert after[0].etag == after[1].etag != before[0].etag
        assert [answer.body["hits"][0]["id"] for answer in after] == ["new", "new"]
