"""Music files -> Songs: what the tags say, the words beside or inside the file, the ids it is known by.

Conventions
-----------
One file is one song. What the tags leave open is taken from the file's name. The id is the MusicBrainz recording id
where the file states one, else a digest of the absolute path's bytes, so any name the file system allows will do.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple, TypeVar

from songkin.sources import values
from songkin.sources.plain import plain
from songkin.sources.records import Loss, Lost
from songkin.sources.sidecars import LARGEST, Words, beside, words_beside
from songkin.sources.tags import Tags, tags_of
from songkin.text.lrc import STAMP
from songkin.text.lyrics import instrumental
from songkin.text.names import split_artists
from songkin.types import Lyrics, Song

__all__ = ["ENDINGS", "Named", "named", "path_id", "songs", "stamp"]

T = TypeVar("T")

ENDINGS = frozenset(
    [
        *(".mp3", ".mp2", ".flac", ".ogg", ".oga", ".opus", ".spx", ".m4a", ".m4b", ".mp4", ".wav", ".wma"),
        *(".aif", ".aiff", ".aifc", ".aac", ".ape", ".wv", ".mpc", ".mka", ".alac", ".dsf"),
    ]
)
READING = "1"  # raise it when files are read differently, so that every file is read again
INSTRUMENTAL_LENGTH = 200
RECORDING = ("musicbrainz_trackid", "musicbrainz track id", "musicbrainz/track id")  # a RELEASE track id is another
UFID = "http://musicbrainz.org"
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
YEARS = ("originaldate", "originalyear", "tdor", "tory", "year")  # when it was first out, else when this release was
ADVISORY = {"1": True, "4": True, "2": False}
MOODS = re.compile(r"\s*[;/,]\s*")
NUMBERED = re.compile(r"^\s*(?:(?:\d{1,2}-)?\d{1,3}(?:\s*[.)]\s*|\s+-\s+)|(?:\d-|0)\d{1,2}\s+)(?=\S)")  # not "99 Tears"
DASH = re.compile(r"\s+[-–—]\s+")


class Named(NamedTuple):
    """What a file's name says: the title, and artist and album where it is plain which they are."""

    title: str
    artist: str = ""
    album: str = ""


def songs(path: Path, *, lost: Lost) -> Iterator[Song]:
    """Give the song of one music file; nothing, and told, for a file that is empty, unreadable or no music."""
    tags = tags_of(path, lost=lost)
    if tags is not None:
        yield plain(_File(path, tags, lost).song())


def path_id(path: Path) -> str:
    """Return the id of a file without a recording id: "f" and a digest of its absolute path's bytes."""
    return "f" + blake2b(os.fsencode(os.path.abspath(path)), digest_size=8).hexdigest()


def stamp(path: Path) -> str:
    """Return what changes when a music file or the lyrics beside it do: sizes and times; OSError if it is gone."""
    own = os.stat(path)
    marks = [f"{READING}/{own.st_size}/{own.st_mtime_ns}"]
    for file in beside(path):
        try:
            words = os.stat(file)
        except OSError:
            continue
        marks.append(f"{file.suffix}/{words.st_size}/{words.st_mtime_ns}")
    return " ".join(marks)


def named(path: Path) -> Named:
    """Read a file's name: "01 - Artist - Title", "Artist - Title", "01 Title", in a folder "Artist - Album"."""
    stem, folder = _legible(path.stem), _legible(path.parent.name)
    rest = NUMBERED.sub("", stem, count=1)
    parts = [part.strip() for part in DASH.split(rest) if part.strip()]
    texts = [part for part in parts if not part.isdecimal()] if len(parts) > 2 else parts
    numbered = rest != stem or len(texts) < len(parts)
    if len(texts) == 3 and numbered:
        return Named(texts[2], texts[0], texts[1])
    above = [part.strip() for part in DASH.split(folder) if part.strip()] if numbered else []
    artist, album = (above[0], above[-1]) if len(above) in (2, 3) else ("", "")
    if len(texts) == 2:
        return Named(texts[1], texts[0], album)
    return Named(rest.strip() or path.name, artist, album)


def _legible(name: str) -> str:
    """Return a name as text: bytes that are no UTF-8 are Windows-1252, and '_' is a blank where there is no other."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        name = os.fsencode(name).decode("cp1252", "replace")
    return name if " " in name else name.replace("_", " ")


@dataclass(frozen=True, slots=True)
class _File:
    """One music file with its tags; every method returns one field of its song, empty when unknown."""

    path: Path
    tags: Tags
    lost: Lost

    def song(self) -> Song:
        links = self.links()
        said = named(self.path)
        title, artists = next(iter(self.all("title")), ""), self.artists()
        language = next((code for value in self.all("language") if (code := values.language(value))), None)
        return Song(
            id=links.get("mbid") or path_id(self.path),
            title=title or said.title,
            artists=artists or (() if title else split_artists(said.artist)),
            album=next(iter(self.all("album")), "") or (None if title else said.album) or None,
            year=next((year for name in YEARS if (year := self.tried(name, values.year)) is not None), None),
            duration_s=self.duration_s(),
            language=language,
            explicit=self.explicit(),
            genres=self.each_once(genre for value in self.all("genre") for genre in values.listed(value)),
            lyrics=self.lyrics(language),
            tags=dict.fromkeys(self.moods(), 1.0),
            features=self.features(),
            links=links,
            audio=self.path,
        )

    def all(self, *names: str) -> list[str]:
        """Return the known values of tags, without the blanks around them."""
        found = (value.strip() for name in names for value in self.tags.fields.get(name, ()))
        return [value for value in found if not values.unknown(value)]

    def tried(self, name: str, coerce: Callable[[str], T]) -> T | None:
        """Coerce a tag's first value; one that means nothing is told and left out."""
        for value in self.all(name):
            try:
                return coerce(value)
            except ValueError as problem:
                self.keep(f"tag '{name}': {problem}; the song is kept without it")
        return None

    def keep(self, reason: str) -> None:
        self.lost(Loss(str(self.path), reason, kept=True))

    def artists(self) -> tuple[str, ...]:
        """Return the artists; a credit that only strings together others of the list is left out."""
        credits = self.all("artist") or self.all("albumartist")
        names = [credit.casefold() for credit in credits]
        whole = [c for c in credits if sum(name in c.casefold() for name in names if name != c.casefold()) < 2]
        return self.each_once(name for credit in whole for name in split_artists(credit))

    def each_once(self, found: Iterator[str]) -> tuple[str, ...]:
        """Return names in order, each once whatever its case."""
        spelt: dict[str, str] = {}
        for name in found:
            spelt.setdefault(name.casefold(), name)
        return tuple(spelt.values())

    def duration_s(self) -> float | None:
        """Return how long the file plays; None where it does not say, or says what cannot be."""
        told = round(self.tags.duration_s or 0.0, 3)
        return told if 0 < told <= values.DAY_S else None

    def explicit(self) -> bool | None:
        """Return what the advisory tag says: 1 and 4 are explicit, 2 is clean, 0 says nothing."""
        said = (ADVISORY[value] for value in self.all("itunesadvisory", "rtng") if value in ADVISORY)
        return next(said, None)

    def moods(self) -> tuple[str, ...]:
        found = (mood for value in self.all("mood", "tmoo") for mood in MOODS.split(value))
        return self.each_once(mood for mood in found if not values.unknown(mood))

    def features(self) -> Mapping[str, float]:
        tempo = next((bpm for value in self.all("bpm") if (bpm := values.number(value)) and bpm > 0), None)
        return {"tempo_bpm": tempo} if tempo else {}

    def links(self) -> dict[str, str]:
        """Return recording id, ISRC and key, as far as the tags state them."""
        owners = (text.partition("\0") for text in self.tags.fields.get("ufid", ()))
        owned = [id_ for owner, _, id_ in owners if owner == UFID]
        stated = [id_.lower() for id_ in (*owned, *self.all(*RECORDING))]
        found = {
            "mbid": next((id_ for id_ in stated if UUID.fullmatch(id_)), ""),
            "isrc": next(iter(self.all("isrc")), "").replace("-", "").upper(),
            "key": next(iter(self.all("initial_key")), ""),
        }
        return {name: value[:200] for name, value in found.items() if value}

    def lyrics(self, language: str | None) -> Lyrics | None:
        """Return the words beside the file, else those inside; None where there are none."""
        words = words_beside(self.path, lost=self.lost) or self.embedded()
        if words is None:
            return None
        silent = len(words.text) < INSTRUMENTAL_LENGTH and instrumental(words.text)
        return Lyrics(words.text, language=language, instrumental=silent, source=words.source)

    def embedded(self) -> Words | None:
        """Return the words among the tags: timed ones unless they are timed word by word, else the first."""
        found = []
        for text in self.all("lyrics"):
            if len(text) > LARGEST:
                self.keep(f"its lyrics tag holds {len(text):,} characters; is this one song's text? It is left out")
            else:
                found.append(text)
        timed = (text for text in found if STAMP.search(text) and len(text.split()) >= 2 * len(text.splitlines()))
        best = next(timed, next(iter(found), None))
        return Words(best, "embedded tag") if best else None
