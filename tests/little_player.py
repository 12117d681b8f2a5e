"""A little music server on this machine that speaks the Subsonic protocol, well or badly, and notes what is asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Params = dict[str, list[str]]
Answer = Callable[["LittlePlayer", Params], Any]


class Raw:
    """Bytes that are sent as they are, with a status and headers."""

    def __init__(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.body, self.status, self.headers = body, status, {k.replace("_", "-"): v for k, v in headers.items()}


class Failed:
    """An error in the protocol's own envelope."""

    def __init__(self, code: Any, message: Any = "") -> None:
        self.error = {"code": code, "message": message}


class LittlePlayer:
    """Songs by id and their lyrics; `answers` overrules methods, `asked` is what came: method and parameters."""

    def __init__(self, songs: list[dict[str, Any]], lyrics: dict[str, Any] | None = None, *, most: int = 500) -> None:
        self.songs, self.texts, self.most = songs, lyrics or {}, most
        self.extensions = {"formPost": [1], "songLyrics": [1]}
        self.answers: dict[str, Answer] = {}
        self.playlists: dict[str, tuple[str, list[str]]] = {}
        self.asked: list[tuple[str, Params]] = []
        self.port = 0

    @property
    def address(self) -> str:
        return f"subsonic://anna@127.0.0.1:{self.port}"

    def count(self, method: str) -> int:
        return sum(name == method for name, _ in self.asked)

    def answer(self, method: str, params: Params) -> Any:
        self.asked.append((method, params))
        if method in self.answers:
            return self.answers[method](self, params)
        own = getattr(self, f"_{method}", None)
        return own(params) if own else Raw(b"no such method", 404)

    def _ping(self, params: Params) -> Any:
        return {}

    def _getOpenSubsonicExtensions(self, params: Params) -> Any:
        return {"openSubsonicExtensions": [{"name": name, "versions": v} for name, v in self.extensions.items()]}

    def _getScanStatus(self, params: Params) -> Any:
        return {"scanStatus": {"scanning": False, "count": len(self.songs)}}

    def _search3(self, params: Params) -> Any:
        count, offset = int(params["songCount"][0]), int(params["songOffset"][0]) if "songOffset" in params else 0
        words = params.get("query", [""])[0].strip('"')
        found = [song for song in self.songs if words in f"{song.get('artist')} - {song.get('title')}" or not words]
        return {"searchResult3": {"song": found[offset : offset + min(count, self.most)]}}

    def _getSong(self, params: Params) -> Any:
        found = [song for song in self.songs if song["id"] == params["id"][0]]
        return {"song": found[0]} if found else Failed(70, "no such song")

    def _getLyricsBySongId(self, params: Params) -> Any:
        text = self.texts.get(params["id"][0])
        if text is None:
            return {"lyricsList": {}}
        lines = [{"value": line} for line in text.splitlines()] if isinstance(text, str) else text
        return {"lyricsList": {"structuredLyrics": [{"lang": "xxx", "synced": False, "line": lines}]}}

    def _getLyrics(self, params: Params) -> Any:
        ids = [song["id"] for song in self.songs if song.get("title") == params["title"][0]]
        return {"lyrics": {"value": self.texts[ids[0]]} if ids and ids[0] in self.texts else {}}

    def _getPlaylists(self, params: Params) -> Any:
        known = [{"id": id_, "name": name, "owner": "anna"} for id_, (name, _) in self.playlists.items()]
        return {"playlists": {"playlist": known}}

    def _createPlaylist(self, params: Params) -> Any:
        id_ = params["playlistId"][0] if "playlistId" in params else f"p{len(self.playlists) + 1}"
        name = params["name"][0] if "name" in params else self.playlists[id_][0]
        self.playlists[id_] = (name, params.get("songId", []))
        return {"playlist": {"id": id_}}

    def _updatePlaylist(self, params: Params) -> Any:
        self.playlists[params["playlistId"][0]][1].extend(params.get("songIdToAdd", []))
        return {}

    def _getPlaylist(self, params: Params) -> Any:
        return {"playlist": {"entry": [{"id": id_} for id_ in self.playlists[params["id"][0]][1]]}}


@contextmanager
def running(player: LittlePlayer) -> Iterator[LittlePlayer]:
    """Let a player answer at its port for as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(parse_qs(urlsplit(self.path).query, keep_blank_values=True))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            self._answer(parse_qs(body, keep_blank_values=True))

        def _answer(self, params: Params) -> None:
            said = player.answer(urlsplit(self.path).path.rsplit("/", 1)[-1], params)
            if not isinstance(said, Raw):
                failed = isinstance(said, Failed)
                inside = {"status": "failed", "error": said.error} if failed else {"status": "ok", **said}
                said = Raw(json.dumps({"subsonic-response": inside}).encode(), 200, Content_Type="application/json")
            self.send_response(said.status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said.body)))
            self.end_headers()
            self.wfile.write(said.body)

        def log_message(self, *about: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Say nothing of clients that hang up."""

    server = Server(("127.0.0.1", 0), Handler)
    player.port = server.server_port
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02), daemon=True)
    thread.start()
    try:
        yield player
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def child(number: int, **more: Any) -> dict[str, Any]:
    """Song `number` as a server describes it."""
    own = {"id": f"n{number}", "isDir": False, "title": f"Lantern {number}", "artist": f"Ada {number % 3}"}
    return own | {"album": "Lamps", "year": 1970 + number, "duration": 180 + number} | more
