"""What players ask, against the specification: the fields and types of every answer, the code of every refusal."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from player_songs import TYPES, make, wrong
from starlette.testclient import TestClient

from songkin.library import Library
from songkin.serve.http.app import application
from songkin.serve.http.guard import Guard
from songkin.serve.http.held import Held
from songkin.serve.subsonic.routing import METHODS
from songkin.testing import ToyEncoder

Ask = Callable[..., dict[str, Any]]
BASE = {"u": "anybody", "p": "x", "v": "1.16.1", "c": "test", "f": "json"}
ODD = "../odd &?#%+ id"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("songkin.library.encoding.load", lambda name=None, **how: ToyEncoder())
        return make(tmp_path_factory.mktemp("players"))


@pytest.fixture(scope="module")
def shared(made: Path) -> Iterator[TestClient]:
    """A server that tests only read."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("songkin.library.encoding.load", lambda name=None, **how: ToyEncoder())
        with TestClient(application(Held(made), guard=Guard(rate=None)), base_url="http://127.0.0.1") as opened:
            yield opened


@pytest.fixture
def client(made: Path, tmp_path: Path) -> Iterator[TestClient]:
    """A server of a library of one's own."""
    place = shutil.copytree(made, tmp_path / "L")
    with TestClient(application(Held(place), guard=Guard(rate=None)), base_url="http://127.0.0.1") as opened:
        yield opened


def inside(client: TestClient, method: str, base: Any = BASE, **params: Any) -> dict[str, Any]:
    """Return what stands in the envelope of an answer, which must be one."""
    answer = client.get(f"/rest/{method}?{urlencode({**base, **params}, doseq=True)}")
    assert answer.status_code == 200, answer.text[:300]
    assert answer.headers["content-type"].startswith("application/json")
    found: dict[str, Any] = answer.json()["subsonic-response"]
    head = {name: value for name, value in found.items() if name in TYPES["Response"]}
    assert wrong(head, "Response") == []
    assert (found["version"], found["type"], found["openSubsonic"]) == ("1.16.1", "songkin", True)
    return found


def met(client: TestClient, method: str, **params: Any) -> dict[str, Any]:
    found = inside(client, method, **params)
    assert found["status"] == "ok", found
    return found


def code(client: TestClient, method: str, base: Any = BASE, **params: Any) -> int:
    found = inside(client, method, base, **params)
    assert found["status"] == "failed"
    assert wrong(found["error"], "Error") == []
    assert "\n" not in found["error"]["message"]
    return int(found["error"]["code"])


# -- the table: method, parameters, the element of the answer, its type ------------------------------------------------

ALBUMS = ("alphabeticalByName", "alphabeticalByArtist", "newest", "random", "frequent", "recent", "highest", "starred")
TABLE: list[tuple[str, dict[str, Any], str | None, str]] = [
    ("ping", {}, None, ""),
    ("getLicense", {}, "license", "License"),
    ("getOpenSubsonicExtensions", {}, "openSubsonicExtensions", "Extension[]"),
    ("getScanStatus", {}, "scanStatus", "ScanStatus"),
    ("tokenInfo", {}, "tokenInfo", "TokenInfo"),
    ("getMusicFolders", {}, "musicFolders", "Folders"),
    ("getArtists", {}, "artists", "Artists"),
    ("getGenres", {}, "genres", "Genres"),
    ("getSong", {"id": "s0"}, "song", "Child"),
    ("getSong", {"id": "s2"}, "song", "Child"),
    ("getSong", {"id": "bare"}, "song", "Child"),
    ("getSong", {"id": ODD}, "song", "Child"),
    *[("getAlbumList2", {"type": order}, "albumList2", "AlbumList2") for order in ALBUMS],
    ("getAlbumList2", {"type": "byYear", "fromYear": 1990, "toYear": 1995}, "albumList2", "AlbumList2"),
    ("getAlbumList2", {"type": "byGenre", "genre": "Folk"}, "albumList2", "AlbumList2"),
    ("getRandomSongs", {}, "randomSongs", "Songs"),
    ("getRandomSongs", {"genre": "jazz", "fromYear": 1992, "size": 2}, "randomSongs", "Songs"),
    ("getSongsByGenre", {"genre": "jazz"}, "songsByGenre", "Songs"),
    ("getSongsByGenre", {"genre": 'no "such" thing'}, "songsByGenre", "Songs"),
    ("getStarred2", {}, "starred2", "Starred2"),
    ("search3", {"query": ""}, "searchResult3", "SearchResult3"),
    ("search3", {"query": "water"}, "searchResult3", "SearchResult3"),
    ("search3", {"query": "zzz \u2603 ' \" \\ %"}, "searchResult3", "SearchResult3"),
    ("getSimilarSongs", {"id": "s3"}, "similarSongs", "Songs"),
    ("getSimilarSongs2", {"id": "s3"}, "similarSongs2", "Songs"),
    ("getSonicSimilarTracks", {"id": "s3"}, "sonicMatch", "SonicMatch[]"),
    ("getSonicSimilarTracks", {"id": "bare"}, "sonicMatch", "SonicMatch[]"),
    ("findSonicPath", {"startSongId": "s3", "endSongId": "s8"}, "sonicMatch", "SonicMatch[]"),
    ("getLyricsBySongId", {"id": "s0"}, "lyricsList", "LyricsList"),
    ("getLyricsBySongId", {"id": "s1"}, "lyricsList", "LyricsList"),
    ("getLyricsBySongId", {"id": "s2", "enhanced": "true"}, "lyricsList", "LyricsList"),
    ("getLyrics", {"artist": "Artist 3", "title": "The Kitchen Song 3"}, "lyrics", "Lyrics"),
    ("getLyrics", {"title": "No such song"}, "lyrics", "Lyrics"),
    ("getPlaylists", {}, "playlists", "Playlists"),
    ("scrobble", {"id": "s1", "submission": "false"}, None, ""),
]


@pytest.mark.parametrize(("method", "params", "element", "kind"), TABLE)
def test_an_answer_has_the_fields_and_types_of_the_specification(
    shared: TestClient, method: str, params: dict[str, Any], element: str | None, kind: str
) -> None:
    found = met(shared, method, **params)
    assert set(found) == set(TYPES["Response"]) | ({element} if element else set())
    if element:
        assert wrong(found[element], kind, element) == []


REFUSED: list[tuple[str, dict[str, Any], int]] = [
    *[(name, {}, 10) for name in ("getSong", "getAlbum", "getArtist", "getSimilarSongs", "getSimilarSongs2")],
    *[(name, {}, 10) for name in ("getSonicSimilarTracks", "findSonicPath", "getLyricsBySongId", "getPlaylist")],
    *[(name, {}, 10) for name in ("createPlaylist", "updatePlaylist", "deletePlaylist", "stream", "download")],
    *[(name, {}, 10) for name in ("star", "unstar", "setRating", "scrobble", "getAlbumList2", "getSongsByGenre")],
    ("findSonicPath", {"startSongId": "s1"}, 10),
    ("setRating", {"id": "s1"}, 10),
    ("getAlbumList2", {"type": "byYear"}, 10),
    ("getAlbumList2", {"type": "byGenre"}, 10),
    *[(name, {"id": "nowhere"}, 70) for name in ("getSong", "getAlbum", "getArtist", "getSimilarSongs", "stream")],
    *[(name, {"id": "nowhere"}, 70) for name in ("getSonicSimilarTracks", "getLyricsBySongId", "getPlaylist", "star")],
    ("getSong", {"id": "The Water Song 0"}, 70),  # a title is no id
    ("findSonicPath", {"startSongId": "s1", "endSongId": "nowhere"}, 70),
    ("createPlaylist", {"name": "x", "songId": ["s1", "nowhere"]}, 70),
    ("createPlaylist", {"playlistId": "nowhere", "songId": "s1"}, 70),
    ("getCoverArt", {"id": "s1"}, 70),
    ("getAlbumList2", {"type": "byMagic"}, 0),
    ("setRating", {"id": "s1", "rating": 6}, 0),
    ("setRating", {"id": "s1", "rating": "five"}, 0),
    ("search3", {"query": "", "songCount": "many"}, 0),
    ("search3", {"query": "", "songCount": "9" * 30}, 0),
    ("search3", {"query": "", "songCount": "٣"}, 0),
    ("getPodcasts", {}, 0),
    ("../../etc/passwd", {}, 0),
]


@pytest.mark.parametrize(("method", "params", "wanted"), REFUSED)
def test_what_cannot_be_met_is_refused_by_the_codes_of_the_specification(
    shared: TestClient, method: str, params: dict[str, Any], wanted: int
) -> None:
    if "/" in method:
        assert shared.get(f"/rest/{method}?{urlencode(BASE)}").status_code == 404
    else:
        assert code(shared, method, **params) == wanted


@pytest.mark.parametrize("method", sorted(METHODS))
def test_every_method_survives_no_parameter_empty_ones_and_hostile_ones(shared: TestClient, method: str) -> None:
    hostile = "\x00'\"<>&;%s{{7*7}}\u202e" + "x" * 500
    names = ("id", "name", "query", "type", "genre", "songId", "playlistId", "rating", "count", "size", "songCount")
    for params in ({}, dict.fromkeys(names, ""), dict.fromkeys(names, hostile), {"id": ["s1", hostile, ""]}):
        if method in ("star", "setRating") and "s1" in params.get("id", ()):
            continue  # the shared library is only read
        for form in ("json", "xml"):
            answer = shared.get(f"/rest/{method}?{urlencode({**BASE, **params, 'f': form}, doseq=True)}")
            assert answer.status_code == 200
            if form == "xml":
                ElementTree.fromstring(answer.content)


# -- signing in --------------------------------------------------------------------------------------------------------


@pytest.fixture
def guarded(made: Path, tmp_path: Path) -> Iterator[tuple[TestClient, Any]]:
    """A server that answers only who signs in, and a token with a password."""
    place = shutil.copytree(made, tmp_path / "L")
    token = Library.open(place).tokens.create("phone", user="anna", players=True)
    app = application(Held(place), guard=Guard(require_token=True, rate=None))
    with TestClient(app, base_url="http://127.0.0.1") as opened:
        yield opened, token


HEAD = {"v": "1.16.1", "c": "test", "f": "json"}


def signed(password: str, salt: str = "c19b2d", user: str = "phone") -> dict[str, str]:
    return {**HEAD, "u": user, "t": hashlib.md5(f"{password}{salt}".encode()).hexdigest(), "s": salt}


def test_every_way_to_sign_in_leads_in(guarded: tuple[TestClient, Any]) -> None:
    client, token = guarded
    hexed = f"enc:{token.password.encode().hex()}"
    ways = [
        signed(token.password),
        {**signed(token.password), "t": signed(token.password)["t"].upper()},
        {**HEAD, "u": "phone", "p": token.password},
        {**HEAD, "u": "phone", "p": hexed},
        {**HEAD, "apiKey": token.token},
    ]
    for way in ways:
        assert inside(client, "ping", way)["status"] == "ok"
        assert inside(client, "tokenInfo", way)["tokenInfo"] == {"username": "phone"}


def test_every_wrong_way_is_refused_by_its_own_code(guarded: tuple[TestClient, Any]) -> None:
    client, token = guarded
    right = signed(token.password)
    wrong_ones = [
        (HEAD, 10),
        ({**HEAD, "u": "phone"}, 10),
        ({**HEAD, "u": "phone", "t": right["t"]}, 10),
        ({**HEAD, "u": "phone", "s": "c19b2d"}, 10),
        ({**HEAD, "u": "", "p": "x"}, 10),
        (signed("guess"), 40),
        ({**right, "s": "other"}, 40),
        ({**right, "t": ""}, 10),
        (signed(token.password, user="nobody"), 40),
        (signed(token.token), 40),
        ({**HEAD, "u": "phone", "p": "guess"}, 40),
        ({**HEAD, "u": "phone", "p": "enc:zz"}, 40),
        ({**HEAD, "u": "phone", "p": "enc:ff"}, 40),
        ({**HEAD, "apiKey": "guess"}, 44),
        ({**HEAD, "apiKey": token.password}, 44),
        ({**HEAD, "apiKey": token.token, "u": "phone"}, 43),
        ({**right, "apiKey": token.token}, 43),
        ({**right, "p": token.password}, 43),
    ]
    for way, wanted in wrong_ones:
        assert code(client, "ping", way) == wanted, way


def test_a_server_whose_tokens_have_no_passwords_says_which_way_to_take(made: Path, tmp_path: Path) -> None:
    place = shutil.copytree(made, tmp_path / "L")
    Library.open(place).tokens.create("program")
    app = application(Held(place), guard=Guard(require_token=True, rate=None))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        assert code(client, "ping", signed("x")) == 41
        assert code(client, "ping", {**HEAD, "u": "program", "p": "x"}) == 42


def test_a_revoked_token_is_refused(guarded: tuple[TestClient, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    client, token = guarded
    monkeypatch.setattr("songkin.library.tokens.STALE_S", 0.0)
    assert inside(client, "ping", signed(token.password))["status"] == "ok"
    Library.open(client.app.state.held.place).tokens.revoke("phone")  # type: ignore[attr-defined]
    assert code(client, "ping", {**HEAD, "apiKey": token.token}) == 44
    assert code(client, "ping", signed(token.password)) in (40, 41)


def test_the_extensions_are_told_to_everybody(guarded: tuple[TestClient, Any]) -> None:
    client, _ = guarded
    told = inside(client, "getOpenSubsonicExtensions", {"f": "json"})["openSubsonicExtensions"]
    assert {one["name"] for one in told} == {"apiKeyAuthentication", "formPost", "songLyrics", "sonicSimilarity"}
    assert client.get("/rest/getOpenSubsonicExtensions").status_code == 200
    assert code(client, "search3", HEAD) == 10


def test_on_this_machine_any_name_asks_as_nobody_and_a_known_one_must_prove_itself(client: TestClient) -> None:
    token = Library.open(client.app.state.held.place).tokens.create("phone", user="anna", players=True)  # type: ignore[attr-defined]
    assert inside(client, "ping", signed("whatever", user="somebody"))["status"] == "ok"
    assert code(client, "ping", signed("guess")) == 40
    assert code(client, "ping", HEAD) == 10
    met(client, "star", id="s1")
    assert inside(client, "getStarred2", signed(str(token.password)))["starred2"]["song"] == []


@pytest.mark.parametrize(
    ("version", "wanted"),
    [("0.9", 20), ("2.0", 30), ("1.17", 30), ("1.16.9", None), ("1", None), ("1.8.0", None), ("", 10), ("one", 0),
     ("1.1.1.1", 0), ("-1.0", 0)],
)  # fmt: skip
def test_a_version_we_do_not_speak_is_refused(shared: TestClient, version: str, wanted: int | None) -> None:
    base = {**BASE, "v": version}
    if wanted is None:
        assert inside(shared, "ping", base)["status"] == "ok"
    else:
        assert code(shared, "ping", base) == wanted


def test_a_page_of_another_site_cannot_ask_as_a_player(shared: TestClient) -> None:
    asked = f"/rest/star?{urlencode({**BASE, 'id': 's1'})}"
    for mode in ("navigate", "no-cors"):
        answer = shared.get(asked, headers={"sec-fetch-site": "cross-site", "sec-fetch-mode": mode})
        assert answer.status_code == 403 or answer.json()["subsonic-response"]["error"]["code"] == 50


# -- forms -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["ping", "ping.view"])
@pytest.mark.parametrize("how", ["get", "form", "both"])
def test_a_method_is_asked_by_address_by_form_and_with_or_without_its_ending(
    shared: TestClient, method: str, how: str
) -> None:
    if how == "get":
        answer = shared.get(f"/rest/{method}", params=BASE)
    elif how == "form":
        answer = shared.post(f"/rest/{method}", data=BASE)
    else:
        answer = shared.post(f"/rest/{method}?f=json&v=1.16.1", data={k: BASE[k] for k in ("u", "p", "c")})
    assert answer.json()["subsonic-response"]["status"] == "ok"


def test_xml_is_the_default_and_says_the_same_as_json(shared: TestClient) -> None:
    asked = {k: v for k, v in BASE.items() if k != "f"} | {"id": "s0"}
    answer = shared.get("/rest/getSong", params=asked)
    assert answer.headers["content-type"].startswith("application/xml")
    root = ElementTree.fromstring(answer.content)
    space = "{http://subsonic.org/restapi}"
    assert (root.tag, root.get("status"), root.get("openSubsonic")) == (f"{space}subsonic-response", "ok", "true")
    [song] = root
    told = met(shared, "getSong", id="s0")["song"]
    assert song.get("title") == told["title"]
    assert (song.get("duration"), song.get("isDir")) == (str(told["duration"]), "false")
    assert [one.get("name") for one in song.findall(f"{space}genres")] == [one["name"] for one in told["genres"]]
    assert [one.text for one in song.findall(f"{space}isrc")] == told["isrc"]


def test_lyrics_in_xml_are_the_text_of_their_lines(shared: TestClient) -> None:
    answer = shared.get("/rest/getLyricsBySongId", params={**BASE, "f": "xml", "id": "s0"})
    lines = list(ElementTree.fromstring(answer.content).iter("{http://subsonic.org/restapi}line"))
    assert (lines[0].text, lines[0].get("start")) == ("Lanterns on the water", "1000")


def test_an_error_in_xml_has_its_code(shared: TestClient) -> None:
    answer = shared.get("/rest/getSong", params={**BASE, "f": "xml", "id": "nowhere"})
    [error] = ElementTree.fromstring(answer.content)
    assert error.get("code") == "70"


@pytest.mark.parametrize("form", ["jsonp", "yaml", "JSON"])
def test_another_form_is_refused_in_xml(shared: TestClient, form: str) -> None:
    answer = shared.get("/rest/ping", params={**BASE, "f": form, "callback": "alert"})
    [error] = ElementTree.fromstring(answer.content)
    assert error.get("code") == "0"
    assert "alert" not in answer.text


def test_too_much_is_refused_and_the_server_lives_on(shared: TestClient) -> None:
    many = shared.post("/rest/ping", data={**BASE, "songId": ["s1"] * 30_000})
    assert many.status_code in (200, 413)
    assert "failed" in many.text or many.status_code == 413
    assert shared.post(
        "/rest/ping", content=b"u=" + b"x" * 2_000_000, headers={"content-type": "application/x-www-form-urlencoded"}
    ).status_code in (200, 413)
    assert shared.get("/rest/ping", params={**BASE, "x": "y" * 20_000}).status_code in (200, 413, 414)
    met(shared, "ping")


def test_a_library_that_is_gone_is_a_refusal_in_the_envelope(client: TestClient) -> None:
    met(client, "ping")
    place = Path(client.app.state.held.place)  # type: ignore[attr-defined]
    place.rename(place.with_name("away"))
    assert code(client, "search3", query="") == 0
    place.with_name("away").rename(place)
    met(client, "search3", query="")
