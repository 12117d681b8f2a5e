"""A `Child` of the Subsonic protocol -> Song: every field looked at, none believed.

Conventions
-----------
The id is the server's own, verbatim. `stamp` changes when what we read of a song does; plays, stars and ratings, which
change daily, do not count.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from songkin.remote.reply import listed, named, text
from songkin.text.names import split_artists
from songkin.types import Lyrics, Song

__all__ = ["is_song", "song_of", "stamp"]

READING = "1"  # raise it when songs are read differently, so that each is read again
READ = (
    *("id", "title", "album", "artist", "artists", "displayArtist", "year", "genre", "genres", "duration", "bpm"),
    *("musicBrainzId", "mediaType", "isrc", "moods", "explicitStatus", "size", "path", "created"),
)
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}\d{7}")
EXPLICIT = {"explicit": True, "clean": False}
MUSIC = ("", "music", "song")
LONGEST = 1_000  # characters of a name
LONGEST_ID = 500
DAY_S = 86_400
MANY = 50  # genres, artists, moods of one song


def is_song(child: Mapping[str, Any]) -> bool:
    """Say whether a child is a piece of music with an id: no folder, video, podcast or audiobook."""
    if child.get("isDir") is True or child.get("isVideo") is True or text(child.get("type")) not in MUSIC:
        return False
    return 0 < len(text(child.get("id"))) <= LONGEST_ID and text(child.get("mediaType")) in MUSIC


def stamp(child: Mapping[str, Any]) -> str:
    """Return what changes when a song does."""
    read = json.dumps({name: child.get(name) for name in READ}, sort_keys=True)
    return blake2b(f"{READING}/{read}".encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def song_of(child: Mapping[str, Any], lyrics: Lyrics | None = None) -> Song:
    """Return the song a child describes; a field of another type than the protocol's is left out."""
    bpm = _number(child.get("bpm"), 1, 1_000)
    year, duration_s = _number(child.get("year"), 1, 2100), _number(child.get("duration"), 0, DAY_S)
    return Song(
        id=text(child.get("id")),
        title=_line(child.get("title")),
        artists=_artists(child),
        album=_line(child.get("album")) or None,
        year=int(year) if year else None,
        duration_s=duration_s or None,
        explicit=EXPLICIT.get(text(child.get("explicitStatus")).lower()),
        genres=_names(child.get("genres")) or _names(child.get("genre")),
        lyrics=lyrics,
        tags=dict.fromkeys(_names(child.get("moods")), 1.0),
        features={"tempo_bpm": bpm} if bpm else {},
        links=_links(child),
    )


def _artists(child: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the artists where they are named one by one, else what the credit names."""
    return _names(child.get("artists")) or split_artists(
        _line(child.get("artist")) or _line(child.get("displayArtist"))
    )


def _names(value: Any) -> tuple[str, ...]:
    """Return names, plain or in objects, in order and each once; '-' and '' are none."""
    names = (_line(named(one).get("name")) if isinstance(one, dict) else _line(one) for one in listed(value)[:MANY])
    return tuple(dict.fromkeys(name for name in names if name not in ("", "-")))


def _links(child: Mapping[str, Any]) -> dict[str, str]:
    """Return the ids the song is known by elsewhere; a MusicBrainz id of an album or artist is not its own."""
    mbid = text(child.get("musicBrainzId")).strip().lower()
    isrcs = (text(code).replace("-", "").strip().upper() for code in listed(child.get("isrc")))
    links = {
        "subsonic": text(child.get("id")),
        "mbid": mbid if UUID.fullmatch(mbid) else "",
        "isrc": next((code for code in isrcs if ISRC.fullmatch(code)), ""),
    }
    return {name: link for name, link in links.items() if link}


def _line(value: Any) -> str:
    return text(value).strip()[:LONGEST]


def _number(value: Any, low: float, high: float) -> float | None:
    """Return a number within limits, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if low <= value <= high else None
