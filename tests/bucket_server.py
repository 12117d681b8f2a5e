"""An object store for tests: moto's S3 server, a program of its own, started once for all tests that ask for it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

BUCKET = "songkin-tests"
KEY, SECRET = "AKIATESTOFSONGKIN", "opensesameopensesame"
PATIENCE_S = 60
# moto_server as it is, but that no thread of it comes between another's look and write, which are one step in a store
PROGRAM = "import sys; sys.setswitchinterval(0.2); from moto.server import main; main()"


@contextmanager
def store_server() -> Iterator[str]:
    """Run the server, and give its address."""
    if not find_spec("moto") or not find_spec("obstore") or not find_spec("flask"):
        pytest.skip("the server of object storage is not installed; it comes with: pip install 'songkin[s3,test]'")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    run = [sys.executable, "-c", PROGRAM, "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(run, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(process, address)
        urlopen(Request(f"{address}/{BUCKET}", method="PUT")).close()
        yield address
    finally:
        process.terminate()
        process.wait(20)


def _wait(process: subprocess.Popen[bytes], address: str) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        assert process.poll() is None, "the server of object storage ended"
        try:
            urlopen(f"{address}/moto-api/", timeout=5).close()
            return
        except URLError:
            time.sleep(0.1)
    raise AssertionError("the server of object storage does not begin")


def without_amazon(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Forget every AWS_ variable and profile of whoever runs the tests."""
    for name in [*os.environ]:
        if name.startswith("AWS_") or name.lower() in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def with_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)


@pytest.fixture(scope="session")
def bucket_server() -> Iterator[str]:
    """The address of a running server with an empty bucket."""
    with store_server() as address:
        yield address


@pytest.fixture
def bucket(bucket_server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """The address of a place for a library that nobody has used, with keys for it in the environment."""
    without_amazon(monkeypatch, tmp_path)
    with_keys(monkeypatch)
    monkeypatch.setenv("AWS_ENDPOINT_URL", bucket_server)
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    return f"s3://{BUCKET}/{uuid.uuid4().hex}/songs"


def names_in(place: str, below: str = "") -> list[str]:
    """Return the names of all objects of a library, as the store lists them."""
    import obstore

    return [str(one["path"]) for some in obstore.list(client(place), below) for one in some]


def client(place: str) -> Any:
    """Return a client of the store that is not the one under test."""
    from obstore.store import S3Store

    path = place.removeprefix(f"s3://{BUCKET}/")
    return S3Store(BUCKET, prefix=path, client_options={"allow_http": True})
