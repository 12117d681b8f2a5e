"""A served library for the tests of players: albums, timed words, one music file; and the protocol's own types."""

from __future__ import annotations

import re
import wave
from pathlib import Path
from typing import Any

from songkin.library import Library
from songkin.types import Lyrics, Song

PASSWORD_OF = {"name": "phone", "user": "anna"}
TIMED = "[00:01.000]Lanterns on the water\n[00:04.500]Nobody rows home\n\n[00:09.000]Lanterns on the water again"
THEMES = ("water", "train", "winter", "kitchen", "engine", "harbour")


def song(number: int, **more: Any) -> Song:
    theme = THEMES[number % len(THEMES)]
    own: dict[str, Any] = {
        "id": f"s{number}",
        "title": f"The {theme.title()} Song {number}",
        "artists": (f"Artist {number % 4}",),
        "album": f"Album {number % 5}",
        "year": 1990 + number,
        "duration_s": 120.0 + number,
        "genres": ("folk", "pop") if number % 2 else ("jazz",),
        "lyrics": Lyrics(f"All night the {theme} goes by\nNumber{number} is a word I know\n\nAnd home again"),
        "description": f"a song about a {theme}",
        "features": {"energy": 0.1 * (number % 9), "tempo_bpm": 90.0 + number},
    }
    return Song(**{**own, **more})


def make(folder: Path) -> Path:
    """Make the library, and return its place."""
    file = folder / "music" / "lantern.wav"
    file.parent.mkdir()
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(range(256)) * 20)
    known = [song(n) for n in range(12)]
    known[0] = song(0, lyrics=Lyrics(TIMED, language="en"), audio=file, explicit=True, tags={"calm": 0.8},
                    links={"isrc": "USSM18300073", "mbid": "189002e7-3285-4e2e-92a3-7f6c30d407a2"})  # fmt: skip
    known[1] = song(1, lyrics=None, audio=folder / "music" / "gone.mp3")
    known[2] = song(2, title="<b>&\"'\x0bTitle]]>", artists=("<script>", "Ω"), album=None, audio=Path("/etc/hostname"))
    bare = [Song("bare"), Song("only title", "Only a Title"), Song("../odd &?#%+ id", "An Odd Id", ("Ada",))]
    Library.add([*known, *bare], folder / "L")
    return folder / "L"


# -- the protocol's types, from its specification: "?" = may be absent, "[]" = a list ----------------------------------

ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
TYPES: dict[str, dict[str, str]] = {
    "Response": {"status": "str", "version": "str", "type": "str", "serverVersion": "str", "openSubsonic": "bool"},
    "Error": {"code": "int", "message": "str?", "helpUrl": "str?"},
    "Child": {
        **{"id": "str", "isDir": "bool", "title": "str", "parent": "str?", "album": "str?", "artist": "str?"},
        **{"track": "int?", "year": "int?", "genre": "str?", "coverArt": "str?", "size": "int?", "path": "str?"},
        **{"contentType": "str?", "suffix": "str?", "duration": "int?", "isVideo": "bool?", "starred": "date?"},
        **{"albumId": "str?", "artistId": "str?", "type": "str?", "mediaType": "str", "bpm": "int"},
        **{"musicBrainzId": "str", "isrc": "str[]", "genres": "ItemGenre[]", "artists": "ArtistID3[]"},
        **{"displayArtist": "str", "moods": "str[]", "explicitStatus": "str"},
    },
    "ItemGenre": {"name": "str"},
    "ArtistID3": {"id": "str", "name": "str", "albumCount": "int?"},
    "AlbumID3": {
        **{"id": "str", "name": "str", "songCount": "int", "duration": "int", "created": "date"},
        **{"artist": "str?", "artistId": "str?", "year": "int?", "genre": "str?"},
    },
    "SonicMatch": {"entry": "Child", "similarity": "number"},
    "Playlist": {
        **{"id": "str", "name": "str", "songCount": "int", "duration": "int", "created": "date", "changed": "date"},
        **{"comment": "str?", "owner": "str?", "public": "bool?"},
    },
    "StructuredLyrics": {
        **{"lang": "str", "synced": "bool", "line": "Line[]", "displayArtist": "str?", "displayTitle": "str?"},
        **{"offset": "int?"},
    },
    "Line": {"value": "str", "start": "int?"},
    "Genre": {"value": "str", "songCount": "int", "albumCount": "int"},
    "IndexID3": {"name": "str", "artist": "ArtistID3[]"},
    "Extension": {"name": "str", "versions": "int[]"},
    "Folder": {"id": "int", "name": "str?"},
    "License": {"valid": "bool"},
    "ScanStatus": {"scanning": "bool", "count": "int?"},
    "TokenInfo": {"username": "str"},
    "Lyrics": {"value": "str", "artist": "str?", "title": "str?"},
}
TYPES |= {
    "ArtistWithAlbums": {**TYPES["ArtistID3"], "album": "AlbumID3[]"},
    "AlbumWithSongs": {**TYPES["AlbumID3"], "song": "Child[]"},
    "PlaylistWithSongs": {**TYPES["Playlist"], "entry": "Child[]"},
    "SearchResult3": {"artist": "ArtistID3[]", "album": "AlbumID3[]", "song": "Child[]"},
    "Songs": {"song": "Child[]"},
    "Starred2": {"artist": "ArtistID3[]", "album": "AlbumID3[]", "song": "Child[]"},
    "AlbumList2": {"album": "AlbumID3[]"},
    "Playlists": {"playlist": "Playlist[]"},
    "LyricsList": {"structuredLyrics": "StructuredLyrics[]"},
    "Genres": {"genre": "Genre[]"},
    "Artists": {"ignoredArticles": "str", "index": "IndexID3[]"},
    "Folders": {"musicFolder": "Folder[]"},
}


def wrong(value: Any, kind: str, at: str = "") -> list[str]:
    """Return every place where a value is not of a type of the protocol, or has a field it does not know."""
    kind = kind.removesuffix("?")
    if kind.endswith("[]"):
        if not isinstance(value, list):
            return [f"{at} is no list"]
        return [fault for n, one in enumerate(value) for fault in wrong(one, kind[:-2], f"{at}[{n}]")]
    if kind in TYPES:
        fields = TYPES[kind]
        if not isinstance(value, dict):
            return [f"{at} is no {kind}"]
        lacking = [f"{at}.{name} lacks" for name, own in fields.items() if name not in value and not own.endswith("?")]
        unknown = [f"{at}.{name} is unknown" for name in value if name not in fields]
        found = [f for name in value if name in fields for f in wrong(value[name], fields[name], f"{at}.{name}")]
        return lacking + unknown + found
    plain = {"str": str, "bool": bool, "int": int, "number": (int, float), "date": str}[kind]
    right = isinstance(value, plain) and (kind == "bool" or not isinstance(value, bool))
    return [] if right and (kind != "date" or ISO.fullmatch(value)) else [f"{at} is {value!r}, no {kind}"]
