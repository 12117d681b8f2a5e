"""Targets: what people and programs ask: sentences, rows of a batch, wishes, tools, the service, players.

The library that is asked holds the demo songs, read by the toy encoder; it is made once in a process.
"""

from __future__ import annotations

import json
import math
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from laws import STEERS, refused
from of_files import PLACE
from of_words import text_of
from pydantic import ValidationError
from starlette.testclient import TestClient
from targets import Target

from songkin.datasets import demo
from songkin.library import Library, encoding
from songkin.library.playlists import Wish
from songkin.serve.http.app import application
from songkin.serve.http.guard import Guard
from songkin.serve.http.held import Held
from songkin.serve.mcp import asking
from songkin.serve.page.wish_forms import FIELDS, form_of, wish_of
from songkin.serve.payloads import query_of_row
from songkin.testing import ToyEncoder
from songkin.types import Query

LIBRARY = PLACE / "library"
TOOLS = (asking.SearchSongs, asking.SimilarSongs, asking.FindLine, asking.MakePlaylist, asking.Explain)
POSTED = ("/api/v1/search", "/api/v1/similar", "/api/v1/line", "/api/v1/playlists")
PLAYER = {"u": "anna", "p": "x", "v": "1.16.1", "c": "test", "f": "json"}


def load(name: str | None = None, **how: object) -> ToyEncoder:
    """Load the toy, whatever is asked for."""
    return ToyEncoder()


@cache
def library() -> Library:
    """Return a library of the demo songs."""
    encoding.load = load  # type: ignore[assignment]
    if not LIBRARY.exists():
        Library.add(demo.songs(), LIBRARY)
    return Library.open(LIBRARY)


@cache
def client() -> TestClient:
    """Return a client of the service."""
    library()
    opened = TestClient(application(Held(LIBRARY), guard=Guard(rate=None)), base_url="http://127.0.0.1")
    opened.__enter__()
    return opened


def check_query(query: Query) -> None:
    """Assert that a query that was understood can be asked: its condition is SQL, its numbers are numbers."""
    if query.where is not None:
        query.where.sql().encode("utf-8")
        assert query.where.words().strip()
    assert all(math.isfinite(value) for value in (*query.weights.values(), *query.targets.values()))
    assert all(abs(value) <= 1e30 for value in query.features.values())
    assert query.k >= 1


def sentences(content: bytes) -> None:
    """Understand a request in plain words, and answer it: hits meet the condition, best first."""
    text = text_of(content)
    with refused():
        understood = library().asked(text)
        check_query(understood.query)
        again = library().asked(text)
        assert (again.query, again.notes) == (understood.query, understood.notes)
        assert not STEERS.search(understood.said), "what was understood steers the terminal"
        answer = library().search(text)
        scores = [hit.score for hit in answer.hits]
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 for score in scores)
        if understood.query.where is not None:
            assert all(understood.query.where.matches(hit.song) for hit in answer.hits)
    with refused():
        library().line(text)


def rows(content: bytes) -> None:
    """Read a row of a batch, as `songkin search --batch` does."""
    said = _json(content)
    with refused():
        check_query(query_of_row(said, library(), {}))


def wishes(content: bytes) -> None:
    """Read a playlist's wish, as JSON and as a form; what was read is written and read again the same."""
    with refused():
        wish = Wish.of_json(_json(content))
        assert Wish.of_json(wish.json()) == wish
        assert Wish.of_json(json.loads(json.dumps(wish.json()))) == wish
    with refused():
        form = dict(parse_qsl(text_of(content), keep_blank_values=True))
        wish = wish_of(form)
        assert set(form_of(wish)) == set(FIELDS)


def tools(content: bytes) -> None:
    """Read the arguments of each tool, as an assistant fills them in."""
    said = _json(content)
    for kind in TOOLS:
        try:
            kind.model_validate(said)
        except ValidationError:
            continue


def service(content: bytes) -> None:
    """Post a body to the service: an answer, or an error of one shape, never a failure."""
    path = POSTED[content[0] % len(POSTED)] if content else POSTED[0]
    answer = client().post(path, content=content[1:], headers={"content-type": "application/json"})
    assert answer.status_code < 500, answer.text[:300]
    body = json.loads(answer.content, parse_constant=_no_json)
    if answer.status_code >= 400:
        assert set(body) == {"error"}
        assert not STEERS.search(body["error"]["message"])


def players(content: bytes) -> None:
    """Ask as a player does: a method and its parameters, in an address."""
    text = content.decode("latin-1")
    method, _, query = text.partition("?")
    if not method.isalnum() or not method.isascii():
        return
    params = [*PLAYER.items(), *parse_qsl(query, keep_blank_values=True, encoding="utf-8", errors="replace")]
    answer = client().get(f"/rest/{method}", params=params)
    assert answer.status_code < 500, answer.text[:300]
    if answer.headers["content-type"].startswith("application/json"):
        json.loads(answer.content, parse_constant=_no_json)


def _no_json(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


ROW = {
    "id": "q",
    "text": "slow songs about rain",
    "where": "year:1990..",
    "like": ["demo-001"],
    "unlike": ["demo-002"],
    "more": ["energy"],
    "weights": {"words": 0.5},
    "channels": ["words"],
    "in": "all",
    "variety": 0.2,
    "k": 5,
    "per_artist": 1,
    "features": {"valence": 0.5},
    "verbatim": False,
    "grouped": True,
    "lyrics": "rain\non tin",
}
WISH = {
    "text": "calm songs",
    "minutes": 20,
    "songs": 5,
    "like": ["demo-001"],
    "start": "demo-001",
    "end": "demo-002",
    "arc": "energy:rise",
    "artist_gap": 2,
    "floor": 0.1,
    "variety": 0.1,
    "where": "year:1990..",
    "per_artist": 2,
}
SENTENCES = (
    "happy songs from the 90s without drums",
    "songs like Salt on the Window but faster",
    "not about love, in French",
    'that song that goes "rain on tin"',
    "under 3 minutes, 120 bpm, by a woman",
    "christmas, explicit ones out",
)
SAID = (
    "songs like ",
    " but ",
    " without ",
    "not ",
    " from the 90s",
    " in French",
    "under 3 minutes",
    " bpm",
    "by ",
    '"',
    " and ",
    " or ",
    "more ",
    "less ",
    "19",
    "20",
    "'s",
    "the song where ",
    "\n",
    "\0",
    "\u202e",
    "?",
    "!",
    "-",
    "é",
    "海",
)
WORDS = (
    *(f'"{name}":' for name in ROW),
    *(f'"{name}":' for name in WISH),
    "null",
    "true",
    "1e999",
    "NaN",
    "9" * 400,
    "-1",
    "[",
    "]",
    "{",
    "}",
    '"\\ud800"',
    '"\\u0000"',
    "year:",
    "genre:",
    "&",
    "=",
    "%00",
)
ASKED = (
    "ping",
    "getSong?id=demo-001",
    "search3?query=rain&songCount=2",
    "getSimilarSongs2?id=demo-001&count=3",
    "getLyricsBySongId?id=demo-001",
    "getAlbumList2?type=newest&size=2",
    "createPlaylist?name=x&songId=demo-001",
    "star?id=demo-001",
    "getPlaylist?id=1",
    "stream?id=demo-001",
    "getCoverArt?id=demo-001",
)


def _bodies() -> list[bytes]:
    own = {name: value for name, value in ROW.items() if name not in ("id", "features", "lyrics", "in")}
    similar = {"songs": ["demo-001"], "where": "year:1990..", "features": {"valence": 0.5}, "lyrics": "rain", "k": 3}
    return [
        bytes([at]) + json.dumps(body).encode()
        for at, body in enumerate((own, similar, {"text": "rain on tin", "k": 2}, {"name": "x", "wish": WISH}))
    ]


TARGETS = (
    Target("sentences", sentences, lambda: [said.encode() for said in SENTENCES], SAID, 512),
    Target("rows", rows, lambda: [json.dumps(ROW).encode(), b'{"text": "rain"}'], WORDS, 2048),
    Target(
        "wishes",
        wishes,
        lambda: [json.dumps(WISH).encode(), b"text=calm&minutes=20&arc_feature=energy&arc_shape=rise"],
        WORDS,
        2048,
    ),
    Target(
        "tools",
        tools,
        lambda: [json.dumps(ROW).encode(), b'{"query": "rain", "k": 5, "like": "[\\"a\\"]"}'],
        WORDS,
        2048,
    ),
    Target("service", service, _bodies, WORDS, 2048),
    Target(
        "players",
        players,
        lambda: [said.encode() for said in ASKED],
        ("?", "&", "id=", "demo-001", "=", "%00", "9" * 20),
        512,
    ),
)
