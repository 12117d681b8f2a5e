"""What the library's view shows: what songs are there, what is missing and what brings it, what users decided.

Conventions
-----------
A share lies in [0, 1]: the part of the songs that have something.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

__all__ = ["Lack", "Part", "lacks", "parts", "vectors"]

PREDICTED = "predicted_"  # before the names of features that songkin annotate filled
CURES = {
    "lyrics": "songkin add reads .lrc and .txt files beside music files, and lyrics in their tags; songkin lyrics asks "
    "LRCLIB, online.",
    "vectors": "songkin add, with the same files as before, encodes what is not encoded.",
    "description": "A catalogue may bring a column 'description'.",
    "genre": "songkin annotate predicts genres from the words.",
    "language": "The language is read from lyrics; songkin edit names it by hand.",
    "year": "A catalogue or the tags of music files bring it.",
    "album": "A catalogue or the tags of music files bring it.",
    "artist": "A catalogue or the tags of music files bring it; without it there is no spacing of artists.",
    "duration_s": "A catalogue or the music files bring it; playlists by minutes need it.",
    "explicit": "songkin annotate tells it from the words.",
    "tag": "A catalogue brings tags; nothing depends on them.",
}
HEARD = "songkin add --listen hears it in music files; a catalogue may bring it."
READ = ("valence", "energy", "danceability")
ORDER = ("lyrics", "vectors", "description", "genre", "language", "artist", "album", "year", "duration_s", "explicit")
UNTOLD = ("instrumental", "season", "title", "tag")  # nothing is the matter with songs that lack them
WORDS = {
    "vectors": "vectors (where it has words)",
    "duration_s": "length",
    "explicit": "explicit or not",
    "tempo_bpm": "tempo",
    "loudness_db": "loudness",
}


class Part(NamedTuple):
    """A language, a genre, a version: how many songs, of all what share."""

    name: str
    songs: int
    share: float


class Lack(NamedTuple):
    """Something that songs lack: how many have it and how many do not, and what brings it."""

    name: str
    have: int
    missing: int
    share: float
    cure: str
    predicted: int = 0


def parts(counts: Mapping[str, int], songs: int) -> list[Part]:
    """Return counted things, with their share of the songs."""
    return [Part(name, count, count / songs if songs else 0.0) for name, count in counts.items()]


def lacks(about: Mapping[str, Any]) -> list[Lack]:
    """Return what songs of a library lack, by what `Library.info` tells: lyrics first, features last."""
    missing, songs = about["missing"], about["songs"]
    features = [name for name in about["features"] if not name.startswith(PREDICTED)]
    names = [name for name in (*ORDER, *features) if name not in UNTOLD and name in missing]
    return [_lack(name, missing, songs, is_feature=name in features) for name in names]


def _lack(name: str, missing: Mapping[str, int], songs: int, *, is_feature: bool) -> Lack:
    have = songs - missing[name]
    told = songs - missing.get(f"{PREDICTED}{name}", songs)
    cure = CURES.get(name, f"{HEARD} songkin annotate predicts it from the words." if name in READ else HEARD)
    cure = cure if missing[name] and (is_feature or name in CURES) else ""
    share = have / songs if songs else 0.0
    return Lack(WORDS.get(name, name.replace("_", " ")), have, missing[name], share, cure, told)


def vectors(about: Mapping[str, Any]) -> list[Part]:
    """Return which versions of encoders filled the songs' vectors."""
    return parts(about["encoders"]["songs"], about["songs"])
