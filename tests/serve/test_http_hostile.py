"""Who means harm: connections held open, bodies in drops, requests from other sites, names that lead elsewhere."""

from __future__ import annotations

import contextlib
import gzip
import re
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from command_line import ROWS, write_rows
from http_serving import HERE, client_of, running
from starlette.testclient import TestClient

from songkin.library import Library, Reading
from songkin.serve.http import sizes
from songkin.serve.http.patience import Patient
from songkin.testing import ToyEncoder

PLAYER = "u=anna&p=x&v=1.16.1&c=test&f=json"
MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library made once, one of whose songs has markup wherever a song can have it."""
    folder = tmp_path_factory.mktemp("hostile")
    marked = {"id": MARKUP, "title": MARKUP, "artist": MARKUP, "album": MARKUP, "genre": [MARKUP], "lyrics": MARKUP}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("songkin.library.encoding.load", lambda name=None, **how: ToyEncoder())
        Library.add(Reading.of([write_rows(folder / "songs.jsonl", [*ROWS, marked])]).songs(), folder / "L")
    return folder / "L"


@pytest.fixture
def client(kept: Path) -> Iterator[TestClient]:
    with client_of(kept) as opened:
        yield opened


@contextlib.contextmanager
def line_to(address: str) -> Iterator[socket.socket]:
    place = urlsplit(address)
    with socket.create_connection((place.hostname, place.port or 80), timeout=10) as line:
        yield line


def everything(line: socket.socket) -> bytes:
    """Return what comes until the server closes the connection."""
    got = b""
    with contextlib.suppress(ConnectionResetError):
        while part := line.recv(65_536):
            got += part
    return got


def in_drops(line: socket.socket, said: bytes, *, size: int = 1, times: int = 1, pause: float = 0.05) -> None:
    for _ in range(times):
        for start in range(0, len(said), size):
            line.sendall(said[start : start + size])
            time.sleep(pause)


def whole(line: socket.socket) -> bytes:
    """Return an answer that is a JSON document."""
    got = b""
    while not got.endswith(b"}"):
        got += line.recv(65_536)
    return got


HEAD = b"GET /api/v1/health HTTP/1.1\r\nHost: 127.0.0.1\r\n"


@pytest.mark.parametrize("said", [b"", b"GET /", HEAD, HEAD + b"\r\n" + HEAD], ids=["none", "some", "most", "second"])
def test_a_connection_without_a_whole_head_is_closed(kept: Path, monkeypatch: pytest.MonkeyPatch, said: bytes) -> None:
    monkeypatch.setattr(Patient, "head_s", 0.3)
    with running(kept) as address, line_to(address) as line:
        line.sendall(said)
        got, began = everything(line), time.monotonic()
        assert got.count(b"HTTP/1.1 200") == said.count(b"\r\n\r\n")
        assert time.monotonic() - began < 5


def test_a_head_that_comes_in_drops_is_not_waited_for(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Patient, "head_s", 0.3)
    with running(kept) as address, line_to(address) as line, pytest.raises(ConnectionError):
        in_drops(line, b"G" * 50)


def test_what_follows_a_refused_body_does_not_keep_the_connection(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Patient, "head_s", 0.3)
    with running(kept) as address, line_to(address) as line:
        line.sendall(b"POST /api/v1/search HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999\r\n\r\n")
        assert line.recv(65_536).startswith(b"HTTP/1.1 413")
        with pytest.raises(ConnectionError):
            in_drops(line, b"a" * 50)


def test_an_answer_that_nobody_takes_is_given_up(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Patient, "taking_s", 0.3)
    with running(kept) as address, line_to(address) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.settimeout(3)
        with pytest.raises(ConnectionError):  # and no TimeoutError
            in_drops(line, HEAD.replace(b"health", b"openapi.json") + b"\r\n", size=80, times=4000, pause=0.001)


def test_a_slow_but_whole_exchange_is_served(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Patient, "head_s", 1.0)
    with running(kept) as address, line_to(address) as line:
        for _ in range(3):
            line.sendall(HEAD)
            time.sleep(0.5)
            line.sendall(b"\r\n")
            assert whole(line).startswith(b"HTTP/1.1 200")


def test_a_body_in_drops_is_given_up(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "SLOWEST", 1_000_000)
    with running(kept, pause_s=0.2) as address, line_to(address) as line:
        line.sendall(b"POST /api/v1/adds HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n")
        line.setblocking(False)
        got = b""
        for _ in range(100):
            time.sleep(0.05)
            with contextlib.suppress(BlockingIOError):
                got += line.recv(1000)
            if got:
                break
            line.send(b"{")
        assert got.startswith(b"HTTP/1.1 408")


# -- other sites, and players ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_no_other_page_writes_by_what_players_ask(client: TestClient, site: str) -> None:
    """Players write by GET, and a page of another port of this machine is of the same site."""
    address = f"/rest/star?{PLAYER}&id=s1"
    told = client.get(address, headers={"sec-fetch-site": site}).json()["subsonic-response"]
    assert (told["status"], "another site's page" in told["error"]["message"]) == ("failed", True)
    assert client.get("/api/v1/feedback").json()["opinions"] == []


def test_a_player_that_is_turned_away_is_told_in_the_envelope(kept: Path) -> None:
    with client_of(kept, rate=0.01, burst=1) as client:
        assert client.get(f"/rest/ping?{PLAYER}").json()["subsonic-response"]["status"] == "ok"
        answer = client.get(f"/rest/ping?{PLAYER}")
        assert (answer.status_code, answer.json()["subsonic-response"]["error"]["code"]) == (429, 0)
        assert int(answer.headers["retry-after"]) > 0
        answer = client.get(f"/rest/ping?{PLAYER}".replace("f=json", "f=xml"))
        assert (answer.status_code, b"<subsonic-response" in answer.content) == (429, True)


# -- names and markup --------------------------------------------------------------------------------------------------

ELSEWHERE = ["%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%5c..%5cetc", "%2fetc%2fpasswd", "%00", "%252e%252e", "C:%5cx"]


@pytest.mark.parametrize("view", ["/audio/", "/songs/", "/assets/", "/playlists/", "/api/v1/songs/", "/nowhere/"])
@pytest.mark.parametrize("name", ELSEWHERE)
def test_no_name_leads_to_a_file(client: TestClient, view: str, name: str) -> None:
    answer = client.get(view + name)
    assert answer.status_code == 404
    assert "root:" not in answer.text


@pytest.mark.parametrize("to", ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil", "/\r\nX: 1"])
def test_signing_in_leads_nowhere_else(kept: Path, to: str) -> None:
    library = Library.open(kept)
    token = library.tokens.create("someone").token
    try:
        with client_of(kept) as client:
            form = {"token": token, "to": to}
            answer = client.post("/signin", data=form, headers={"origin": HERE}, follow_redirects=False)
            assert (answer.status_code, answer.headers["location"]) == (303, "/")
    finally:
        library.tokens.revoke("someone")


PAGES = ["/", "/?q=", "/?q=rain&where=", "/?like=", "/?w.", "/songs/", "/playlists?text=", "/playlists?name=",
         "/playlists/", "/map?q=", "/library?x=", "/signin?to=", "/audio/", "/nowhere/", "/api/v1/search?where=",
         "/rest/ping?v="]  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_markup_stays_text_on_every_page(client: TestClient, page: str) -> None:
    from urllib.parse import quote

    answer = client.get(page + quote(MARKUP, safe=""), headers={"accept": "text/html,*/*"})
    assert answer.status_code < 500
    if "html" in answer.headers["content-type"]:
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text
    assert "unsafe" not in answer.headers["content-security-policy"]


NAMES = ["a\r\nX-Evil: 1", 'a"; filename="b', "../../x", MARKUP, "é世", "/", "\\"]


@pytest.mark.parametrize("name", NAMES)
def test_a_playlists_name_puts_nothing_into_headers(client: TestClient, name: str) -> None:
    form = {"text": "rain", "songs": "2", "name": name}
    saved = client.post("/playlists/save", data=form, headers={"origin": HERE}, follow_redirects=False)
    assert saved.status_code == 303
    sent = client.get(f"{saved.headers['location']}?file=m3u8")
    assert "x-evil" not in sent.headers
    said = re.compile(r'attachment; filename="[\x20-!#-.0-\[\]-~]+\.m3u8"; filename\*=UTF-8\'\'[\w%.!~*()-]+', re.ASCII)
    assert said.fullmatch(sent.headers["content-disposition"])


# -- documents ---------------------------------------------------------------------------------------------------------

DOCUMENTS = {
    "deep": b"[" * 100_000,
    "deep and whole": b"[" * 50_000 + b"]" * 50_000,
    "digits": b'{"text":"rain","k":' + b"9" * 5_000 + b"}",
    "no number": b'{"text":"rain","k":NaN,"variety":Infinity}',
    "half a pair": b'{"text":"\\ud800","like":["\\udfff"],"song":"\\ud800","where":"\\udc00"}',
    "nothing": b'{"text":"a\\u0000b","where":"genre:\\u0000","song":"\\u0000","verdict":"like"}',
    "another code": '{"text":"a"}'.encode("utf-16"),
    "no code": b'{"text":"\xff\xfe"}',
}
ROUTES = ["search", "line", "similar", "playlist", "playlists/read", "playlists/refresh", "score", "annotate",
          "exclusions", "feedback"]  # fmt: skip


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_hostile_document_is_refused_or_answered(client: TestClient, route: str, document: str) -> None:
    headers = {"content-type": "application/json"}
    answer = client.post(f"/api/v1/{route}", content=DOCUMENTS[document], headers=headers)
    assert answer.status_code < 500 or answer.json()["error"]["code"] == "extra", answer.text[:300]
    if answer.status_code >= 400:
        assert set(answer.json()["error"]) == {"status", "code", "message", "field"}


@pytest.mark.parametrize("route", ["search", "adds"])
def test_a_packed_body_is_not_unpacked(client: TestClient, route: str) -> None:
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    answer = client.post(f"/api/v1/{route}", content=gzip.compress(b" " * 10_000_000), headers=headers)
    assert (answer.status_code, answer.json()["error"]["field"]) == (415, "content-encoding")


# -- a library that goes -----------------------------------------------------------------------------------------------


def test_a_library_that_is_gone_is_told_and_not_begun_anew(kept: Path, tmp_path: Path) -> None:
    place = tmp_path / "L"
    shutil.copytree(kept, place)
    made = Library.open(place).tokens.create("phone").token
    with client_of(place) as client:
        assert client.get("/map").status_code == 200
        place.rename(tmp_path / "away")
        adds = client.post("/api/v1/adds?encode=false", content=b'{"id": "new", "title": "New"}\n')
        assert (adds.status_code, adds.json()["error"]["code"]) == (503, "library")
        assert not place.exists()
        for page in ("/?q=rain", "/map", "/playlists", "/library", "/songs/s1", "/audio/s1"):
            answer = client.get(page, headers={"accept": "text/html"})
            assert (answer.status_code, "html" in answer.headers["content-type"]) == (503, True), page
        stranger = client.get("/api/v1/songs", headers={"authorization": f"Bearer {made}"})
        assert (stranger.status_code, str(tmp_path) in stranger.text) == (503, False)
        (tmp_path / "away").rename(place)
        assert client.get("/?q=rain").status_code == 200


def test_a_damaged_library_is_the_servers_fault_on_the_page_too(kept: Path, tmp_path: Path) -> None:
    place = tmp_path / "L"
    shutil.copytree(kept, place)
    with client_of(place) as client:
        assert client.get("/?q=rain").status_code == 200
        shutil.rmtree(place / "passages.lance")
        assert client.get("/?q=sea").status_code == 503
        assert client.get("/api/v1/search?q=sea").status_code == 503
