"""Songs, albums, artists and playlists as the Subsonic protocol describes them.

Conventions
-----------
A field of OpenSubsonic that we know of is always there, empty where a song does not say. Paths are made of names: where
a file lies on this machine is nobody's business. Durations are whole seconds, dates ISO 8601 in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from songkin.library.players import Album, Artist, album_id, artist_id
from songkin.serve.music_file import media_type
from songkin.types import Hit, Song

if TYPE_CHECKING:
    from songkin.library import Library

__all__ = ["album_of", "artist_of", "child", "children", "matches", "since"]

NOTHING: Mapping[str, str] = {}
EXPLICIT = {True: "explicit", False: "clean", None: ""}


def children(songs: Sequence[Song], liked: Mapping[str, str] = NOTHING) -> list[dict[str, Any]]:
    """Describe songs; `liked` says since when."""
    return [child(song, liked) for song in songs]


def child(song: Song, liked: Mapping[str, str] = NOTHING) -> dict[str, Any]:
    """Describe a song."""
    album = album_id(song)
    own: dict[str, Any] = {"id": song.id, "isDir": False, "title": song.title or song.id, "type": "music"}
    own |= {"parent": album, "albumId": album, "album": song.album} if album else {}
    own |= {"artist": song.artist, "artistId": artist_id(song.artists[0])} if song.artists else {}
    own |= {"year": song.year} if song.year else {}
    own |= {"genre": song.genres[0]} if song.genres else {}
    own |= {"duration": round(song.duration_s)} if song.duration_s else {}
    own |= _file(song) if song.audio else {}
    own |= {"starred": liked[song.id]} if song.id in liked else {}
    return own | _more(song) | {"isVideo": False}


def _more(song: Song) -> dict[str, Any]:
    """Describe what OpenSubsonic adds."""
    return {
        "mediaType": "song",
        "bpm": round(song.features.get("tempo_bpm", 0)),
        "musicBrainzId": song.links.get("mbid", ""),
        "isrc": [song.links["isrc"]] if "isrc" in song.links else [],
        "genres": [{"name": genre} for genre in song.genres],
        "artists": [{"id": artist_id(name), "name": name} for name in song.artists],
        "displayArtist": song.artist,
        "moods": list(song.tags),
        "explicitStatus": EXPLICIT[song.explicit],
    }


def _file(song: Song) -> dict[str, Any]:
    """Describe a song's file by its ending."""
    suffix = (song.audio or Path()).suffix.lower().removeprefix(".")
    names = (song.artist or "Unknown artist", song.album or "Unknown album", f"{song.title or song.id}.{suffix}")
    place = "/".join(name.replace("/", "_") for name in names)
    return {"suffix": suffix, "contentType": media_type(f".{suffix}"), "path": place}


def matches(hits: Sequence[Hit], liked: Mapping[str, str] = NOTHING) -> list[dict[str, Any]]:
    """Describe songs with how similar each is, in [0, 1]."""
    return [{"entry": child(hit.song, liked), "similarity": round(min(max(hit.score, 0.0), 1.0), 4)} for hit in hits]


def artist_of(artist: Artist) -> dict[str, Any]:
    """Describe an artist."""
    return {"id": artist.id, "name": artist.name, "albumCount": len(artist.albums)}


def album_of(album: Album, *, created: str) -> dict[str, Any]:
    """Describe an album; when each came is not kept, so all have the library's own date."""
    own: dict[str, Any] = {"id": album.id, "name": album.name, "songCount": len(album.keys)}
    own |= {"duration": round(album.duration_s), "created": created}
    own |= {"artist": album.artist, "artistId": artist_id(album.artist)} if album.artist else {}
    own |= {"year": album.year} if album.year else {}
    return own | ({"genre": album.genre} if album.genre else {})


def since(library: Library) -> str:
    """Return when a library was last written."""
    return datetime.fromtimestamp(library.store.tables.at.written_at(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
