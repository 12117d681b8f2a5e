"""Players as they are: a client library from PyPI, and songkin's own command, each against a server on a real port."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from command_line import COMMAND
from player_songs import make

from songkin.datasets import demo
from songkin.library import Library
from songkin.serve.http.app import application
from songkin.serve.http.guard import Guard
from songkin.serve.http.held import Held
from songkin.testing import ToyEncoder

pytestmark = pytest.mark.slow


class Noting:
    """An application, with a note of every method that was asked for."""

    def __init__(self, app: Any) -> None:
        self.app, self.asked = app, []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            self.asked.append(scope["path"].rpartition("/")[2].removesuffix(".view"))
        await self.app(scope, receive, send)


class Running:
    """A server at a port of this machine, for as long as it is not stopped."""

    def __init__(self, place: Path, *, require_token: bool = False) -> None:
        self.app = Noting(application(Held(place), guard=Guard(require_token=require_token, rate=None)))
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        config = uvicorn.Config(self.app, log_level="warning", ws="none", timeout_graceful_shutdown=1)
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.socket]}, daemon=True)
        self.thread.start()
        while not self.server.started:
            time.sleep(0.02)

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(10)
        self.socket.close()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("songkin.library.encoding.load", lambda name=None, **how: ToyEncoder())
    return make(tmp_path)


@pytest.fixture
def server(place: Path) -> Iterator[Running]:
    running = Running(place)
    yield running
    running.stop()


def songkin(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    own = {**os.environ, **environment, "OMP_NUM_THREADS": "1"}
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=300, env=own, check=False)


# -- py-opensonic ------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["token", "password", "key", "get"])
def player(request: pytest.FixtureRequest, place: Path) -> Iterator[Any]:
    libopensonic = pytest.importorskip("libopensonic", reason="the client library py-opensonic is not installed")
    token = Library.open(place).tokens.create("phone", user="anna", players=True)
    running = Running(place, require_token=True)
    how: dict[str, Any] = {"username": "phone", "password": token.password}
    how |= {"legacy_auth": True} if request.param == "password" else {}
    how |= {"use_get": True, "use_views": False} if request.param == "get" else {}
    how = {"api_key": token.token} if request.param == "key" else how
    connection = libopensonic.Connection("http://127.0.0.1", port=running.port, **how)
    yield connection
    connection.cleanup()
    connection._loop.close()  # which it leaves open
    running.stop()


def test_a_client_library_finds_its_way(player: Any) -> None:
    assert player.ping()
    assert {one.name for one in player.get_open_subsonic_extensions()} >= {"sonicSimilarity", "songLyrics", "formPost"}
    assert len(player.search3("", song_count=500).song) == 15
    song = player.get_song("s0")
    assert (song.title, song.explicit_status, song.isrc) == ("The Water Song 0", "explicit", ["USSM18300073"])
    letters = player.get_artists().index
    artist = next(one for letter in letters for one in letter.artist if one.name == "Artist 1")
    album = player.get_artist(artist.id).album[0]
    assert player.get_album(album.id).song
    assert player.get_album_list2("newest", size=3)
    assert player.get_genres()[0].song_count


def test_a_client_library_hears_what_is_alike_and_reads_words(player: Any) -> None:
    alike = player.get_sonic_similar_tracks("s3", count=4)
    assert len(alike) == 4
    assert all(0 <= one.similarity <= 1 for one in alike)
    path = player.find_sonic_path("s3", "s8", count=5)
    assert (path[0].entry.id, path[-1].entry.id) == ("s3", "s8")
    assert player.get_similar_songs("s3", count=3)
    assert player.get_similar_songs2("s3", count=3)
    [words] = player.get_lyrics_by_song_id("s0")
    assert (words.synced, words.line[0].value, words.line[0].start) == (True, "Lanterns on the water", 1000)


def test_a_client_library_writes_playlists_and_stars(player: Any) -> None:
    assert player.create_playlist(name="From a player", song_ids=["s1", "s4"])
    [kept] = player.get_playlists()
    assert [song.id for song in player.get_playlist(kept.id).entry] == ["s1", "s4"]
    assert player.update_playlist(kept.id, song_ids_to_add=["s5"])
    assert player.delete_playlist(kept.id)
    assert player.star(sids=["s2"])
    assert [song.id for song in player.get_starred2().song] == ["s2"]
    assert player.unstar(sids=["s2"])
    assert player.set_rating("s3", 4)
    assert player.scrobble("s3", True)


def test_a_client_library_is_told_what_is_not_there(player: Any) -> None:
    from libopensonic import errors

    with pytest.raises(errors.DataNotFoundError):
        player.get_song("nowhere")


# -- songkin itself ----------------------------------------------------------------------------------------------------


def test_songkin_takes_in_a_whole_server_and_the_second_time_asks_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {song.id: song for song in demo.songs()}
    there, here = tmp_path / "there", tmp_path / "here"
    Library.add(known.values(), there, encode=False)
    running = Running(there)
    address = f"subsonic://anna@127.0.0.1:{running.port}"
    how = ("add", address, "-L", str(here), "--no-encode", "--json")
    try:
        first = songkin(*how, SONGKIN_SUBSONIC_PASSWORD="sesame")
        assert first.returncode == 0, first.stderr
        assert json.loads(first.stdout)["added"] == len(known)
        assert running.app.asked.count("getLyricsBySongId") == len(known)
        running.app.asked.clear()
        again = songkin(*how, SONGKIN_SUBSONIC_PASSWORD="sesame")
        assert json.loads(again.stdout)["unchanged"] == len(known)
        assert running.app.asked.count("getLyricsBySongId") == 0
        assert "sesame" not in first.stdout + first.stderr + again.stdout + again.stderr
    finally:
        running.stop()
    own = Library.open(here)
    assert set(own.store.catalogue()[1].to_pylist()) == set(known)
    for song in own.store.songs(own.store.catalogue()[0], lyrics=True):
        assert song is not None
        told = known[song.id]
        assert (song.title, song.artists, song.genres) == (told.title, told.artists, told.genres)
        sung = own.players.words(song.id).lines
        ours = Library.open(there).players.words(song.id).lines
        assert [line.text for line in sung if line.text] == [line.text for line in ours if line.text]
        assert [line.start_ms for line in sung if line.text] == [line.start_ms for line in ours if line.text]


def test_songkin_asks_for_a_password_it_lacks_and_takes_none_from_the_command(tmp_path: Path, server: Running) -> None:
    asked = songkin("add", f"subsonic://anna@127.0.0.1:{server.port}", "-L", str(tmp_path / "new"))
    assert asked.returncode == 1
    assert "SONGKIN_SUBSONIC_PASSWORD" in asked.stderr
    given = songkin("add", f"subsonic://anna:sesame@127.0.0.1:{server.port}", "-L", str(tmp_path / "new"))
    assert given.returncode == 1
    assert "sesame" not in given.stderr
    assert given.stderr.count("\n") == 1


def test_a_playlist_made_here_is_read_back_there(tmp_path: Path, server: Running) -> None:
    address, here = f"subsonic://anna@127.0.0.1:{server.port}", str(tmp_path / "here")
    secret = {"SONGKIN_SUBSONIC_PASSWORD": "sesame"}
    assert songkin("add", address, "-L", here, "--no-encode", **secret).returncode == 0
    made = songkin("playlist", "water", "--songs", "3", "--to-player", address, "--save", "Rainy", "-L", here, **secret)
    assert made.returncode == 0, made.stderr
    there = Library.open(server.app.app.state.held.place).playlists.open("Rainy")
    assert there.ids == Library.open(here).playlists.open("Rainy").ids
    assert there.ids
