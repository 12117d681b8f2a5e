"""Lyrics that somebody hands over in a file or on standard input: text, LRC, SRT or TTML of one song."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import BinaryIO, NamedTuple

from songkin.errors import SourceError
from songkin.sources.encoding import guessed
from songkin.sources.sidecars import LARGEST, ORDER
from songkin.text.lyrics import LIMIT, is_too_long, lines

__all__ = ["Sung", "lyrics_in", "lyrics_of"]

CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
DAMAGED = 0.05  # of the characters; more that no text holds and the file is none


class Sung(NamedTuple):
    """Lyrics, and what to say about how they were read."""

    text: str
    notes: tuple[str, ...] = ()


def lyrics_of(path: str) -> Sung:
    """Read the lyrics file at a path, or standard input for "-"; SourceError where they are none."""
    if path == "-":
        return lyrics_in("standard input", sys.stdin.buffer)
    try:
        with Path(path).open("rb") as stream:
            return lyrics_in(path, stream)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror or error}); --lyrics takes a file") from error


def lyrics_in(place: str, stream: BinaryIO) -> Sung:
    """Read lyrics, text or LRC, or SRT and TTML by the ending of `place`; lines end in "\\n".

    SourceError where they are too large, no text, damaged, or hold nothing that is sung.
    """
    raw = stream.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise SourceError(f"{place}: holds more than 1 MB, and no song's words do; give one song's lyrics")
    encoding = guessed(raw)
    text = _decoded(place, raw, encoding.name).replace("\r\n", "\n").replace("\r", "\n")
    try:
        text = ORDER.get(Path(place).suffix.lower(), str)(text)
    except ValueError as error:
        raise SourceError(f"{place}: {error}; give the lyrics as plain text") from error
    if not lines(text):
        cure = "give the lyrics as text or LRC, or mark the song: songkin edit SONG --instrumental"
        raise SourceError(f"{place}: holds no words that are sung; {cure}")
    notes = [f"{place}:{encoding.doubt}: this is not UTF-8; the file is read as Windows-1252"] if encoding.doubt else []
    notes += [f"{place}: only the first {LIMIT:,} characters are read"] if is_too_long(text) else []
    return Sung(text, tuple(notes))


def _decoded(place: str, raw: bytes, encoding: str) -> str:
    """Return bytes as text; SourceError for what is none, and for single bytes that cannot be read, with their line."""
    likely = raw.decode(encoding, "replace")
    if len(CONTROL.findall(likely)) > DAMAGED * len(likely):
        raise SourceError(f"{place}: is no text; give the lyrics as a text file (.txt, .lrc)")
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise SourceError(f"{place}:{line}: holds bytes that are no {error.encoding} text; save it as UTF-8") from error
