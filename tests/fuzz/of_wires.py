"""Targets: what servers answer (OpenSubsonic, LRCLIB) and how they are addressed."""

from __future__ import annotations

import json
from typing import Any

from laws import check_song, refused
from targets import Target

from songkin.remote import lrclib, words
from songkin.remote.address import Address
from songkin.remote.children import is_song, song_of, stamp
from songkin.remote.reply import listed, named, opened
from songkin.remote.wire import Fetched
from songkin.sources.plain import plain
from songkin.types import Song

ASKED = Song("1", "Tide", ("Ada",), duration_s=200.0)
CHILD = {
    "id": "1",
    "title": "Tide",
    "album": "Ebb",
    "artist": "Ada feat. Bo",
    "artists": [{"id": "a", "name": "Ada"}],
    "year": 1994,
    "genre": "Folk",
    "genres": [{"name": "Folk"}],
    "duration": 200,
    "bpm": 92,
    "isDir": False,
    "musicBrainzId": "c0a7f1d2-1111-4222-8333-0123456789ab",
    "isrc": ["ZZAYD7901060"],
    "moods": ["calm"],
    "type": "music",
    "explicitStatus": "clean",
    "mediaType": "song",
    "size": 1,
    "path": "a/b.mp3",
    "created": "2020-01-01T00:00:00Z",
}
TIMED = {
    "structuredLyrics": [
        {
            "lang": "eng",
            "synced": True,
            "offset": -100,
            "kind": "main",
            "line": [{"start": 0, "value": "Rain"}, {"start": 61200, "value": "on tin"}],
        }
    ]
}
FOUND = {
    "id": 12,
    "trackName": "Tide",
    "artistName": "Ada",
    "albumName": "Ebb",
    "duration": 200.5,
    "instrumental": False,
    "plainLyrics": "Rain\non tin",
    "syncedLyrics": "[00:01.00]Rain\n[00:02.00]on tin",
}


def subsonic(content: bytes) -> None:
    """Open an answer, and take the songs and lyrics in it for what they say they are."""
    with refused():
        inside = opened(Fetched(200, "application/json", content), "music.local", "search3")
        for child in map(named, listed(named(inside.get("searchResult3")).get("song"))):
            assert len(stamp(child)) == 24
            if is_song(child):
                check_song(plain(song_of(child)))
        for lyrics in (words.of_list(inside.get("lyricsList")), words.of_plain(inside.get("lyrics"))):
            check_song(plain(Song("1", "Tide", lyrics=lyrics)))


def found_lyrics(content: bytes) -> None:
    """Take an answer of LRCLIB for a song's lyrics, or not."""
    try:
        said: Any = json.loads(content)
    except (ValueError, RecursionError):
        return
    lyrics = lrclib._best(said if isinstance(said, list) else [said], ASKED, ())
    if lyrics is not None:
        assert lyrics.text or lyrics.instrumental
        check_song(plain(Song("1", "Tide", lyrics=lyrics)))


def addresses(content: bytes) -> None:
    """Read an address: what comes reads the same again, and no error tells a password."""
    text = content.decode("utf-8", "surrogateescape")
    with refused():
        address = Address.of(text)
        assert Address.of(address.name) == address or "@" in address.user or address.user != address.user.strip()
    with refused():
        lrclib._checked(text)
    with refused() as told:
        Address.of(f"subsonic://anna:sesame-{len(content)}@{text}")
    assert "sesame" not in str(told.error), "an error tells a password"


def _wrapped(inside: Any) -> bytes:
    return json.dumps({"subsonic-response": {"status": "ok", "version": "1.16.1", **inside}}).encode()


def _subsonic_seeds() -> list[bytes]:
    refusal = {"subsonic-response": {"status": "failed", "error": {"code": 40, "message": "Wrong"}}}
    return [
        _wrapped({"searchResult3": {"song": [CHILD, {"id": 2, "title": "Foam"}]}}),
        _wrapped({"lyricsList": TIMED}),
        _wrapped({"lyrics": {"value": "Rain\non tin"}}),
        json.dumps(refusal).encode(),
        b"<html>no</html>",
    ]


JSON_WORDS = (
    "null",
    "true",
    "1e999",
    "NaN",
    "-Infinity",
    "9" * 400,
    '"\\ud800"',
    '"\\u001b[31m"',
    "[[[[[[[[",
    "{}",
    '"status":"ok"',
    '"song":[',
    '"synced":true',
    '"line":[',
    '"start":',
    '"value":"',
    '"name":"',
    '"duration":',
    "[00:01.00]",
    "\\n",
    "\\u0000",
    "\\u202e",
)
ADDRESS_WORDS = (
    "subsonic://",
    "subsonics://",
    "user@",
    "host",
    ":4533",
    "/path",
    "?tls=1",
    "#x",
    "[::1]",
    "%2e%2e",
    "..",
    "@",
    ":",
    "\x1b",
    "https://lrclib.net",
)
TARGETS = (
    Target("subsonic", subsonic, _subsonic_seeds, JSON_WORDS),
    Target("lrclib", found_lyrics, lambda: [json.dumps(said).encode() for said in (FOUND, [FOUND])], JSON_WORDS),
    Target(
        "addresses",
        addresses,
        lambda: [b"subsonic://anna@music.local:4533/path", b"subsonics://[::1]?tls=1"],
        ADDRESS_WORDS,
        512,
    ),
)
