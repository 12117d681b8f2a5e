"""The guard: who may ask, by which name, from which page, how much, how often and how long."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from command_line import ROWS, write_rows
from http_serving import HERE, client_of, error_of, running
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from songkin.library import Library, Reading
from songkin.serve.http.errors import Refusal
from songkin.serve.http.guard import Guard
from songkin.serve.http.hosts import LOCAL_NAMES
from songkin.serve.http.rates import Rates
from songkin.serve.http.sessions import COOKIE, Sessions
from songkin.testing import ToyEncoder

SEARCH = "/api/v1/search?q=rain"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that has a token of nobody's own, made once."""
    folder = tmp_path_factory.mktemp("guarded")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("songkin.library.encoding.load", lambda name=None, **how: ToyEncoder())
        Library.add(Reading.of([write_rows(folder / "songs.jsonl", ROWS)]).songs(), folder / "L")
    return folder / "L"


@pytest.fixture
def client(kept: Path) -> Iterator[TestClient]:
    with client_of(kept) as opened:
        yield opened


def connected(address: str) -> contextlib.closing[http.client.HTTPConnection]:
    return contextlib.closing(http.client.HTTPConnection(urlsplit(address).netloc, timeout=20))


def status_of(line: http.client.HTTPConnection) -> int:
    answer = line.getresponse()
    answer.read()
    return answer.status


# -- names and pages ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:80", "[::1]:9", "192.168.1.7", "songkin.localhost"])
def test_the_server_answers_to_its_own_names(client: TestClient, host: str) -> None:
    assert client.get("/api/v1/health", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "", "localhost:x", "a b"]
)
def test_a_name_that_was_pointed_here_is_refused(client: TestClient, host: str) -> None:
    told = error_of(client.get(SEARCH, headers={"host": host}), 421)
    assert told["code"] == "host"
    assert "--allow-host" in told["message"]


def test_a_name_can_be_allowed(kept: Path) -> None:
    with client_of(kept, hosts=LOCAL_NAMES | {"music.example"}) as client:
        assert client.get(SEARCH, headers={"host": "Music.Example:443"}).status_code == 200


BODY = {"where": "genre:polka"}


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "http://["},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"cookie": "songkin_session=x"},
        {"cookie": "songkin_session=x", "referer": "https://evil.example/"},
    ],
)
def test_another_sites_page_changes_nothing(client: TestClient, headers: dict[str, str]) -> None:
    assert error_of(client.post("/api/v1/exclusions", json=BODY, headers=headers), 403)["code"] == "origin"
    assert client.get("/api/v1/exclusions").json()["exclusions"] == []


@pytest.mark.parametrize("headers", [{}, {"origin": HERE}, {"sec-fetch-site": "same-origin", "origin": HERE}])
def test_our_own_page_and_programs_may(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/api/v1/exclusions", json=BODY, headers=headers).status_code == 201
    assert client.delete("/api/v1/exclusions", params=BODY, headers=headers).status_code == 200


def test_another_site_reads_nothing_but_may_link_here(client: TestClient) -> None:
    cross = {"sec-fetch-site": "cross-site"}
    assert error_of(client.get(SEARCH, headers={**cross, "sec-fetch-mode": "no-cors"}), 403)["code"] == "origin"
    assert client.get(SEARCH, headers={**cross, "sec-fetch-mode": "navigate"}).status_code == 200
    assert "access-control-allow-origin" not in client.get(SEARCH, headers={"origin": "https://x.example"}).headers


@pytest.mark.parametrize("path", [SEARCH, "/api/v1/health", "/nowhere", "/api/v1/docs", "/api/v1/search?k=0"])
def test_every_answer_says_what_a_browser_may_do_with_it(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "server" not in headers


# -- how much ----------------------------------------------------------------------------------------------------------


def test_a_long_address_is_refused(client: TestClient) -> None:
    assert error_of(client.get(SEARCH + "a" * 20_000), 414)["code"] == "length"


def test_an_address_of_a_megabyte_is_refused_by_a_real_server_too(kept: Path) -> None:
    with running(kept) as address, connected(address) as line:
        line.request("GET", SEARCH + "a" * 1_000_000)
        answer = line.getresponse()
        assert (answer.status, b'"length"' in answer.read()) == (414, True)
        line.request("GET", "/api/v1/health")
        assert status_of(line) == 200


def test_a_text_of_a_megabyte_is_refused(client: TestClient) -> None:
    assert error_of(client.post("/api/v1/search", json={"text": "a" * 1_000_000}), 422)["field"] == "text"
    assert error_of(client.post("/api/v1/search", json={"text": "a" * 1_100_000}), 413)["code"] == "size"


def test_a_body_without_a_length_is_counted_as_it_comes(client: TestClient) -> None:
    def parts() -> Iterator[bytes]:
        yield b'{"text": "'
        for _ in range(40):
            yield b"a" * 65_536
        yield b'"}'

    headers = {"content-type": "application/json"}
    assert error_of(client.post("/api/v1/search", content=parts(), headers=headers), 413)["code"] == "size"


def test_a_length_that_is_none_is_refused(client: TestClient) -> None:
    told = error_of(client.post("/api/v1/search", json={}, headers={"content-length": "many"}), 400)
    assert told["field"] == "content-length"


def test_an_upload_of_songs_has_a_limit_of_its_own(kept: Path) -> None:
    with client_of(kept, adds=1000) as client:
        assert error_of(client.post("/api/v1/adds", content=b"x" * 1001), 413)["code"] == "size"


# -- how often and how long --------------------------------------------------------------------------------------------


def test_who_asks_too_often_is_told_when_to_come_back(kept: Path) -> None:
    with client_of(kept, rate=0.5, burst=3) as client:
        assert [client.get("/api/v1/exclusions").status_code for _ in range(4)] == [200, 200, 200, 429]
        answer = client.get("/api/v1/exclusions")
        assert error_of(answer, 429)["code"] == "rate"
        assert 1 <= int(answer.headers["retry-after"]) <= 2
        assert client.get("/api/v1/health").status_code == 200


def scope_of(host: str) -> dict[str, Any]:
    return {"type": "http", "client": (host, 1)}


def test_clients_have_buckets_of_their_own_and_households_of_ipv6_one() -> None:
    rates = Rates(1.0, 1)
    for host in ("10.0.0.1", "10.0.0.2", "2001:db8::1", "2001:db8:0:1::1"):
        rates.take(scope_of(host), now=0.0)
    for host in ("10.0.0.1", "2001:db8::2"):
        with pytest.raises(Refusal):
            rates.take(scope_of(host), now=0.5)
        rates.take(scope_of(host), now=1.5)


@given(st.lists(st.floats(0, 5), max_size=60), st.floats(0.1, 50), st.integers(1, 20))
def test_nobody_gets_more_than_the_burst_and_the_rate(pauses: list[float], rate: float, burst: int) -> None:
    rates, now, let = Rates(rate, burst), 0.0, 0
    for pause in pauses:
        now += pause
        try:
            rates.take(scope_of("10.0.0.1"), now=now)
            let += 1
        except Refusal:
            pass
    assert let <= burst + rate * now + 1e-6


def test_the_buckets_do_not_grow_without_end() -> None:
    rates = Rates(1.0, 1)
    for number in range(10_500):
        rates.take(scope_of(f"10.{number // 65536}.{number // 256 % 256}.{number % 256}"), now=float(number))
    assert len(rates._buckets) <= 10_000


def test_an_answer_that_takes_too_long_is_given_up_and_the_server_lives_on(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from songkin.serve.http.routes import exclusions

    waiting = threading.Event()

    def slow(*args: Any) -> Any:
        waiting.wait(20)
        return {}

    monkeypatch.setattr(exclusions, "_listed", slow)
    with running(kept, answer_s=1.0) as address, connected(address) as line:
        line.request("GET", "/api/v1/exclusions")
        answer = line.getresponse()
        assert (answer.status, b'"time"' in answer.read()) == (503, True)
        assert answer.headers["retry-after"]
        told = []
        for _ in range(10):  # on a busy machine a library takes more than a second to open
            line.request("GET", "/api/v1/health")
            told.append(status_of(line))
        assert told[-1] == 200
        waiting.set()


def test_a_body_that_does_not_come_on_is_given_up(kept: Path) -> None:
    with running(kept, pause_s=0.2) as address:
        place = urlsplit(address)
        with socket.create_connection((place.hostname, place.port), timeout=20) as line:
            head = f"POST /api/v1/search HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Type: application/json\r\n"
            line.sendall(f"{head}Content-Length: 100\r\n\r\n{{".encode())
            assert line.recv(100).startswith(b"HTTP/1.1 408")


# -- tokens ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def token(kept: Path) -> Iterator[str]:
    library = Library.open(kept)
    yield library.tokens.create("phone", user="anna").token
    library.tokens.revoke("phone")


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def test_who_sends_a_token_asks_in_its_users_name(client: TestClient, token: str) -> None:
    client.post("/api/v1/exclusions", json=BODY, headers=bearer(token))
    assert client.get("/api/v1/exclusions").json()["exclusions"] == []
    [mine] = client.get("/api/v1/exclusions", headers=bearer(token)).json()["exclusions"]
    assert mine["user"] == "anna"
    tags = {client.get(SEARCH, headers=headers).headers["etag"] for headers in ({}, bearer(token))}
    assert len(tags) == 2
    assert client.delete("/api/v1/exclusions", params=BODY).status_code == 404
    assert client.delete("/api/v1/exclusions", params=BODY, headers=bearer(token)).status_code == 200


@pytest.mark.parametrize("said", ["Bearer songkin_wrong", "Bearer ", "Basic YTpi", "nonsense"])
def test_a_wrong_token_is_refused_even_where_none_is_needed(client: TestClient, said: str) -> None:
    answer = client.get(SEARCH, headers={"authorization": said})
    assert error_of(answer, 401)["code"] == "token"
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_revoked_token_is_stale(kept: Path) -> None:
    library = Library.open(kept)
    made = library.tokens.create("old").token
    with client_of(kept) as client:
        assert client.get(SEARCH, headers=bearer(made)).status_code == 200
        library.tokens.revoke("old")
        time.sleep(1.1)  # what is read of tokens is believed for a second
        told = error_of(client.get(SEARCH, headers=bearer(made)), 401)
        assert "songkin token create" in told["message"]


def test_where_a_token_is_needed_nothing_goes_without(kept: Path, token: str) -> None:
    with client_of(kept, require_token=True) as client:
        for path in (SEARCH, "/api/v1/metrics", "/api/v1/openapi.json", "/api/v1/library", "/nowhere"):
            assert error_of(client.get(path), 401)["code"] == "token"
            assert client.get(path, headers=bearer(token)).status_code in (200, 404)
        assert client.get("/api/v1/health").status_code == 200
        away = client.get("/?q=rain", headers={"accept": "text/html"}, follow_redirects=False)
        assert (away.status_code, away.headers["location"]) == (303, "/signin?to=%2F%3Fq%3Drain")


def test_a_browser_signs_in_by_a_cookie_no_script_reads(kept: Path, token: str) -> None:
    with client_of(kept, require_token=True) as client:
        ours = {"origin": HERE}
        wrong = client.post("/signin", data={"token": "songkin_wrong"}, headers=ours, follow_redirects=False)
        assert (wrong.status_code, COOKIE in client.cookies) == (401, False)
        right = client.post("/signin", data={"token": token, "to": "/"}, headers=ours, follow_redirects=False)
        assert right.status_code == 303
        cookie = right.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert token not in right.headers["set-cookie"]
        assert client.get(SEARCH).status_code == 200
        assert client.post("/api/v1/exclusions", json=BODY).status_code == 403  # does not say which page it is from
        assert client.post("/api/v1/exclusions", json=BODY, headers=ours).status_code == 201
        assert client.delete("/api/v1/exclusions", params=BODY, headers=ours).status_code == 200
        client.post("/signout", headers=ours, follow_redirects=False)
        assert client.get(SEARCH).status_code == 401


def test_sessions_end(monkeypatch: pytest.MonkeyPatch) -> None:
    sessions = Sessions()
    name = sessions.begin("t")
    assert sessions.token(name) == "t"
    monkeypatch.setattr("songkin.serve.http.sessions.LASTS_S", -1)
    assert sessions.token(name) is None
    assert sessions.token("nobody") is None


def test_a_guard_for_this_machine_is_the_default() -> None:
    guard = Guard()
    assert guard.hosts == {"localhost"}
    assert guard.rate
