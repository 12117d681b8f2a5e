"""The map as a view of the page, without a browser: its songs and their tag, and what to do where there is no map."""

from __future__ import annotations

import gzip
import re
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from page_songs import Seen, songs
from starlette.testclient import TestClient

from songkin.library import Library
from songkin.serve.http.app import application
from songkin.serve.http.held import Held
from songkin.serve.page import map_routes
from songkin.serve.page.map_laying import Laying
from songkin.testing import ToyEncoder
from songkin.types import Song

FEW = 8  # songs, so that their two main directions are the map
Serve = Callable[..., TestClient]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of few songs, whose map is kept, and one of many, whose map needs a layout."""
    folder = tmp_path_factory.mktemp("mapped")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("songkin.library.encoding.load", lambda name=None, **how: ToyEncoder())
        all_songs = songs(folder)
        Library.add(all_songs[:FEW], folder / "few")
        Library.add([*all_songs, Song("more", "More")], folder / "many")
    return folder


@pytest.fixture
def serve(made: Path, tmp_path: Path) -> Iterator[Serve]:
    """Serve a copy of a library."""
    opened: list[TestClient] = []

    def serving(name: str = "few", *, laid_out: bool = True) -> TestClient:
        place = Path(shutil.copytree(made / name, tmp_path / name))
        if laid_out:
            Library.open(place).map()
        opened.append(TestClient(application(Held(place)), base_url="http://127.0.0.1"))
        return opened[-1].__enter__()

    yield serving
    for client in opened:
        client.__exit__(None, None, None)


def see(client: TestClient, address: str, *, status: int = 200) -> Seen:
    answer = client.get(address)
    assert answer.status_code == status, answer.text[:400]
    seen = Seen(answer.text)
    assert seen.running == []
    return seen


def library_of(client: TestClient) -> Library:
    library: Library = client.app.state.held.library  # type: ignore[attr-defined]
    return library


def test_the_map_is_shown_and_its_songs_are_the_librarys(serve: Serve) -> None:
    client = serve()
    assert see(client, "/map").all("div", id="songs", data_from="/map/songs.json")
    told = client.get("/map/songs.json")
    held = {str(name) for name in library_of(client).store.catalogue()[1]}
    assert told.json()["ids"]
    assert set(told.json()["ids"]) <= held
    assert "audio" not in told.json()["columns"]
    assert "<" not in told.text


def test_a_browser_that_has_the_songs_is_told_nothing_new(serve: Serve) -> None:
    client = serve()
    told = client.get("/map/songs.json")
    again = client.get("/map/songs.json", headers={"if-none-match": told.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_what_is_decided_elsewhere_makes_no_song_anew(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    client = serve()
    before = client.get("/map/songs.json")
    library_of(client).tokens.create("phone")
    monkeypatch.setattr(Library, "map", None)  # whoever asks for it fails
    assert client.get("/map/songs.json").content == before.content


def test_the_songs_travel_compressed_only_where_that_is_understood(serve: Serve) -> None:
    client = serve()
    plain = client.get("/map/songs.json", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    packed = client.get("/map/songs.json", headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content
    assert int(packed.headers["content-length"]) == len(gzip.compress(plain.content, 5, mtime=0))


def test_what_is_excluded_is_not_on_the_map(serve: Serve) -> None:
    client = serve()
    before = client.get("/map/songs.json")
    gone = before.json()["ids"][-1]
    library_of(client).exclude(f'id:"{gone}"')
    after = client.get("/map/songs.json")
    assert gone not in after.json()["ids"]
    assert after.headers["etag"] != before.headers["etag"]


def test_a_user_with_a_token_sees_the_map_without_what_is_hidden_from_them(serve: Serve) -> None:
    client = serve()
    everything = client.get("/map/songs.json").json()["ids"]
    library = library_of(client)
    token = library.tokens.create("phone", user="anna").token
    library.opinions.tell(everything[0], "never", user="anna")
    hers = client.get("/map/songs.json", headers={"authorization": f"Bearer {token}"}).json()["ids"]
    assert hers == everything[1:]
    assert client.get("/map/songs.json").json()["ids"] == everything


def test_a_map_that_was_never_made_offers_a_button_and_the_command(serve: Serve) -> None:
    client = serve("many", laid_out=False)
    seen = see(client, "/map")
    assert seen.all("form", action="/map/make", method="post")
    assert "songkin map" in seen.text
    answer = client.get("/map/songs.json")
    assert answer.status_code == 409
    assert "not laid out yet" in answer.json()["error"]["message"]


def test_a_missing_package_is_named_with_its_cure(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "umap", None)
    seen = see(serve("many", laid_out=False), "/map")
    assert "pip install 'songkin[map]'" in seen.text
    assert not seen.all("form", action="/map/make")


def test_a_layout_that_fails_says_why(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    client = serve("many", laid_out=False)
    monkeypatch.setitem(sys.modules, "umap", None)
    monkeypatch.setattr(map_routes, "QUICK_S", 20.0)
    answer = client.post("/map/make")
    assert "It did not work" in Seen(answer.text).text


def test_a_layout_under_way_is_told_and_looked_at_again(serve: Serve) -> None:
    client, done = serve("many", laid_out=False), threading.Event()
    laying = client.app.state.laying = Laying()  # type: ignore[attr-defined]
    laying.start(done.wait)
    seen = see(client, "/map")
    assert seen.all("meta", http_equiv="refresh")
    assert "is being laid out" in seen.text
    done.set()
    assert laying.wait(5)


def test_only_one_layout_is_under_way(serve: Serve) -> None:
    laying, done, began = Laying(), threading.Event(), list[int]()
    laying.start(done.wait)
    laying.start(lambda: began.append(1))
    done.set()
    assert laying.wait(5)
    assert began == []


def test_an_error_nobody_foresaw_is_told_without_its_words() -> None:
    def broken() -> None:
        raise ValueError("words of a song")

    laying = Laying()
    laying.start(broken)
    assert laying.wait(5)
    assert laying.failed
    assert "words of a song" not in laying.failed


def test_the_map_shows_the_very_modules_of_the_page_that_opens_from_disk(serve: Serve) -> None:
    client = serve()
    links = see(client, "/map").all("link", rel="modulepreload")
    assert len(links) == len(map_routes.SCRIPTS)
    for own in links:
        for name in re.findall(r'from "(\./map\.[\w.]+)"', client.get(str(own["href"])).text):
            assert client.get(urljoin("/assets/", name)).status_code == 200


def test_an_empty_library_says_how_songs_come(tmp_path: Path) -> None:
    place = tmp_path / "empty"
    Library.add([Song("one", "One")], place, encode=False)
    Library.remove(["one"], place)
    with TestClient(application(Held(place)), base_url="http://127.0.0.1") as client:
        see(client, "/map")
        assert client.get("/map/songs.json").json()["ids"] == []
        assert "There is no song here yet" in see(client, "/library").text
        assert "Nothing is saved yet" in see(client, "/playlists").text
