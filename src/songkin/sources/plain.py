"""Songs without signs that steer a terminal: escape sequences and control characters go, in every field but the id.

Conventions
-----------
Lyrics and descriptions keep their line ends and tabs; in what takes one line those are blanks. The id stays verbatim:
it is the source's own, and without its signs it might be another song's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from songkin.types import Lyrics, Song

__all__ = ["line", "plain", "text"]

Number = TypeVar("Number", int, float)

SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours, moves of the cursor
    r"|(?:\x1b[\]P^_X]|[\x9d\x90\x9e\x9f\x98])[^\x07\x1b\x9c\r\n]*(?:\x07|\x1b\\|\x9c)"  # window titles, links
    r"|\x1b[#%(-/][0-~]"  # character sets
)
BREAKS = re.compile(r"[\x0b\x0c\x1c-\x1e\x85]")  # line ends, as str.splitlines takes them
SIGNS = re.compile(r"[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f]")
GAPS = re.compile(r"[ \t\r\n]*[\t\r\n][ \t\r\n]*")
STEERS = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def plain(song: Song) -> Song:
    """Return the song without signs that steer a terminal; a song that has none as it is."""
    lyrics = song.lyrics
    verses = "".join([song.description or "", lyrics.text if lyrics else ""])
    if not STEERS.search("".join(_lines(song))) and not SIGNS.search(verses):
        return song
    return replace(
        song,
        title=line(song.title),
        artists=_each_once(song.artists),
        album=line(song.album or "") or None,
        language=line(song.language or "") or None,
        genres=_each_once(song.genres),
        lyrics=_lyrics(lyrics) if lyrics else None,
        description=text(song.description or "") or None,
        tags=_merged(song.tags, max),
        links={line(name): line(target) for name, target in song.links.items()},
    )


def text(spelt: str) -> str:
    """Return text of several lines without control characters; line ends and tabs stay.

    >>> text("a \\x1b[31mred\\x1b[0m\\x07 door\\nand more")
    'a red door\\nand more'
    """
    return SIGNS.sub("", BREAKS.sub("\n", SEQUENCE.sub("", spelt))) if SIGNS.search(spelt) else spelt


def line(spelt: str) -> str:
    """Return text of one line without control characters; line ends and tabs become blanks.

    >>> line("Paint\\tIt\\r\\nBlack\\x07")
    'Paint It Black'
    """
    return GAPS.sub(" ", text(spelt)).strip() if STEERS.search(spelt) else spelt


def _lines(song: Song) -> Iterable[str]:
    """Give what takes one line each."""
    lyrics = song.lyrics
    yield from (song.title, song.album or "", song.language or "")
    yield from (*song.artists, *song.genres, *song.tags, *song.links, *song.links.values())
    yield from (*lyrics.bag, lyrics.language or "", lyrics.source or "") if lyrics else ()


def _lyrics(lyrics: Lyrics) -> Lyrics:
    return replace(
        lyrics,
        text=text(lyrics.text),
        bag=_merged(lyrics.bag, lambda one, other: one + other),
        language=line(lyrics.language or "") or None,
        source=line(lyrics.source or "") or None,
    )


def _each_once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for spelt in names if (name := line(spelt))))


def _merged(weighed: Mapping[str, Number], together: Callable[[Number, Number], Number]) -> dict[str, Number]:
    """Return name -> number; two names that are one now have their numbers taken together."""
    found: dict[str, Number] = {}
    for spelt, number in weighed.items():
        if name := line(spelt):
            found[name] = together(found[name], number) if name in found else number
    return found
