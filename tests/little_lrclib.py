"""A server on loopback that speaks LRCLIB's API as documented, with songs of our own, and can be told to fail."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

NOT_FOUND = {"message": "Failed to find specified track", "name": "TrackNotFound", "statusCode": 404}


def track(number: int, title: str, artist: str, duration: float, **more: Any) -> dict[str, Any]:
    """A track as the API answers it."""
    own = {
        "id": number,
        "name": title,
        "trackName": title,
        "artistName": artist,
        "albumName": "Small Hours",
        "duration": duration,
        "instrumental": False,
        "plainLyrics": f"{title} is what we sing\nall along the quay",
        "syncedLyrics": f"[00:05.00] {title} is what we sing\n[00:10.50] all along the quay",
    }
    return own | more


class LrclibServer:
    """The tracks it knows, what it was asked, and answers to give in place of its own, first come first served."""

    def __init__(self) -> None:
        self.tracks: list[dict[str, Any]] = []
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.agents: set[str] = set()
        self.instead: list[tuple[int, dict[str, str], bytes]] = []
        self.base = ""

    def answer(self, path: str, params: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body."""
        self.asked.append((path, params))
        if self.instead:
            return self.instead.pop(0)
        found: Any = None
        if path == "/api/get":
            if not {"track_name", "artist_name"} <= set(params):
                return 400, {}, b'{"message": "missing field", "statusCode": 400}'
            near = [own for own in self._named(params) if self._fits(own, params)]
            found = near[0] if near else None
        elif path == "/api/search":
            found = self._named(params)[:20]
        if found is None:
            return 404, {}, json.dumps(NOT_FOUND).encode()
        return 200, {}, json.dumps(found).encode()

    def _named(self, params: dict[str, str]) -> list[dict[str, Any]]:
        wanted = params.get("track_name", "").lower(), params.get("artist_name", "").lower()
        return [one for one in self.tracks if (one["trackName"].lower(), one["artistName"].lower()) == wanted]

    def _fits(self, own: dict[str, Any], params: dict[str, str]) -> bool:
        length = params.get("duration")
        return length is None or abs(own["duration"] - float(length)) <= 2

    def titles(self) -> list[str]:
        """The titles that were asked for, in order, by signature."""
        return [params["track_name"] for path, params in self.asked if path == "/api/get"]


@contextmanager
def serving() -> Iterator[LrclibServer]:
    """Run a server while the block runs."""
    own = LrclibServer()

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            own.agents.add(self.headers.get("User-Agent", ""))
            params = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
            status, headers, body = own.answer(parts.path, params)
            self.send_response(status)
            for name, value in {
                "Content-Type": "application/json",
                "Content-Length": str(len(body)),
                **headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    own.base = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield own
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
