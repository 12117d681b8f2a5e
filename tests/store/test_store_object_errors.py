"""What an object store refuses is told in one line with the cure, within a bounded time, and without any secret."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from store_rows import DIM, row

from bucket_server import BUCKET, KEY, SECRET, with_keys, without_amazon
from songkin.errors import FullDiskError, LockedError, MissingExtra, SettingsError, SongkinError, StoreError
from songkin.store import Store, writing
from songkin.store.bucket_errors import told_of

BOUND_S = 60  # on a loaded machine; the store's own patience is told in each address


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    without_amazon(monkeypatch, tmp_path)
    with_keys(monkeypatch)


@contextmanager
def refusing(status: int, code: str, *, body: str = "") -> Iterator[str]:
    """A store that answers everything with one of S3's error documents, repeating what it was sent as S3 does."""

    class Refusal(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            said = f"<Error><Code>{code}</Code><Message>no</Message><AWSAccessKeyId>{KEY}</AWSAccessKeyId></Error>"
            content = (body or f'<?xml version="1.0" encoding="UTF-8"?>\n{said}').encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/xml")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_PUT = do_DELETE = do_POST = do_GET

        def log_message(self, *_: object) -> None:
            """Nothing is said."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusal)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def address(endpoint: str, *, timeout_s: float = 5, retries: int = 1, path: str = f"{BUCKET}/songs") -> str:
    return f"s3://{path}?endpoint={endpoint}&allow_http=true&timeout_s={timeout_s}&retries={retries}"


def refused(place: str, *, write: bool = False) -> str:
    """Return the line that opening, or writing to, a library ends with."""
    began = time.monotonic()
    with pytest.raises(SongkinError) as caught:
        writing(place, dim=DIM).__enter__() if write else Store.open(place)
    assert time.monotonic() - began < BOUND_S
    line = str(caught.value)
    assert "\n" not in line
    assert len(line) < 400
    assert SECRET not in line
    assert KEY not in line
    return line


@pytest.mark.parametrize("write", [False, True])
def test_an_endpoint_where_nobody_listens(write: bool) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{unused.getsockname()[1]}"
        line = refused(address(endpoint), write=write)
    cure = "check the endpoint and the network, and whether it is running"
    assert line == f"s3://{BUCKET}/songs at {endpoint}: the store cannot be reached; {cure}"


def test_an_endpoint_that_nobody_knows() -> None:
    line = refused(address("https://nowhere.invalid"))
    assert line.startswith(f"s3://{BUCKET}/songs at https://nowhere.invalid: the store ")


def test_an_endpoint_that_never_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        line = refused(address(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout_s=0.3))
    assert "the store does not answer in time; try again, or allow it more with timeout_s=" in line


@pytest.mark.parametrize("write", [False, True])
@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (400, "ExpiredToken", "the credentials have expired; sign in again"),
        (403, "RequestTimeTooSkewed", "this machine's clock is too far from the store's; set the clock right"),
        (403, "AccessDenied", "access is denied; the credentials need s3:ListBucket on the bucket"),
        (403, "SignatureDoesNotMatch", "the store does not accept these credentials; check AWS_ACCESS_KEY_ID"),
        (301, "PermanentRedirect", "the bucket is in another region; set AWS_REGION"),
        (503, "SlowDown", "the store is busy or out of order; try again in a while"),
        (400, "MalformedPolicy", "the store refused (MalformedPolicy); its documentation says why"),
    ],
)
def test_what_a_store_refuses(status: int, code: str, said: str, write: bool) -> None:
    with refusing(status, code) as endpoint:
        assert said in refused(address(endpoint), write=write)


def test_a_server_that_is_no_object_store() -> None:
    with refusing(200, "", body="<html>hello</html>") as endpoint:
        assert "no library here" in refused(address(endpoint))
        assert refused(address(endpoint), write=True).startswith(f"s3://{BUCKET}/songs: the store's client failed (")


def test_a_bucket_that_is_not_there(bucket_server: str) -> None:
    line = refused(address(bucket_server, path="no-such-bucket/songs"))
    assert line.startswith(f"s3://no-such-bucket/songs at {bucket_server}: there is no such bucket; make it first")


def test_no_credentials(bucket_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(SettingsError, match="no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name"):
        Store.open(address(bucket_server))


def test_credentials_that_stop_being_accepted_while_a_library_is_open(bucket: str, bucket_server: str) -> None:
    with writing(bucket, dim=DIM) as writer:
        writer.upsert([row(1)])
    store = Store.open(bucket)
    with signed_requests_only(bucket_server):
        for ask in (store.refresh, lambda: store.songs([0]), lambda: Store.open(bucket)):
            with pytest.raises(StoreError, match=rf"^{bucket} at .*: the store does not accept these credentials"):
                ask()
    store.refresh()
    assert store.counts().songs == 1


@contextmanager
def signed_requests_only(server: str) -> Iterator[None]:
    """Let the server look at who asks; nobody has an account there."""

    def begin_after(requests: bytes) -> None:
        kind = {"Content-Type": "text/plain"}
        urlopen(Request(f"{server}/moto-api/reset-auth", data=requests, headers=kind, method="POST")).close()

    begin_after(b"0")
    try:
        yield
    finally:
        begin_after(b"inf")


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        ("Generic S3 error: <Code>QuotaExceeded</Code>", FullDiskError, "the store is full; free some space"),
        ("<Error><Code>NotImplemented</Code>", StoreError, "the store does not take conditional writes"),
        ("lance error: Too many concurrent writers", LockedError, "somebody else wrote in the same moment"),
        ("Generic S3 error: 403 Forbidden", StoreError, "access is denied"),
        ('Generic { store: "S3", source: Failed to get AWS credentials }', StoreError, "no credentials; set AWS_"),
        ("RetryError(kind: Timeout)", StoreError, "the store does not answer in time"),
    ],
)
def test_an_answer_is_known_by_its_code_or_by_what_the_client_says(
    error: str, kind: type[StoreError], said: str
) -> None:
    told = told_of("s3://b/p", "", error)
    assert type(told) is kind
    assert str(told).startswith(f"s3://b/p: {said}")


@pytest.mark.parametrize("error", ["<Code>NoSuchKey</Code>", "lance: row 403 is no list", "timed out while sorting"])
def test_what_no_store_said_is_left_to_who_asked(error: str) -> None:
    assert told_of("s3://b/p", "", error) is None


def test_without_the_client_of_object_stores_its_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "obstore", None)
    with pytest.raises(MissingExtra, match=r"pip install 'songkin\[s3\]'"):
        Store.open(address("https://one.example"))
