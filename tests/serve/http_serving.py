"""Served libraries for the tests of the API: in this process, or by a real server on a free port."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uvicorn
from starlette.testclient import TestClient

from songkin.serve.http.app import application
from songkin.serve.http.guard import Guard
from songkin.serve.http.held import Held
from songkin.serve.http.patience import Patient

HERE = "http://127.0.0.1"
FRESH: dict[str, Any] = {"rate": None}


def client_of(place: Path, **guard: Any) -> TestClient:
    """Return a client of an application that serves a library; it is not entered yet."""
    return TestClient(application(Held(place), guard=Guard(**{**FRESH, **guard})), base_url=HERE)


@contextlib.contextmanager
def running(place: Path, **guard: Any) -> Iterator[str]:
    """Serve a library by uvicorn on a free port, and give the address."""
    app = application(Held(place), guard=Guard(**{**FRESH, **guard}))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(128)
        config = uvicorn.Config(
            app, access_log=False, log_config=None, http=Patient, h11_max_incomplete_event_size=1_200_000
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        until = time.monotonic() + 20
        while not server.started and time.monotonic() < until:
            time.sleep(0.01)
        try:
            yield f"{HERE}:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(20)


def error_of(answer: Any, status: int) -> dict[str, Any]:
    """Return what an error says; every one is one line with a code."""
    assert answer.status_code == status, answer.text[:500]
    body = answer.json()
    assert set(body) == {"error"}
    told: dict[str, Any] = body["error"]
    assert set(told) == {"status", "code", "message", "field"}
    assert told["status"] == status
    assert "\n" not in told["message"]
    return told
