"""Lyrics in a file beside the music: song.flac and song.lrc.

Conventions
-----------
The first of `ORDER` that can be read counts, as Navidrome orders them; base names are equal, endings in any case. A
file over 1 MiB is no song's words and is never read. SRT and TTML become LRC, other texts stay as they are.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from songkin.errors import SourceError
from songkin.sources import values
from songkin.sources.encoding import lines
from songkin.sources.records import Loss, Lost
from songkin.sources.subtitles import lrc_from_srt, lrc_from_ttml

__all__ = ["LARGEST", "ORDER", "Words", "beside", "words_beside"]

LARGEST = 1 << 20  # bytes; Navidrome's cap on lyrics
ORDER: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {".ttml": lrc_from_ttml, ".elrc": str, ".lrc": str, ".srt": lrc_from_srt, ".txt": str}
)
SETTLED_NS = 2_000_000_000  # a folder changed so lately may change again within the same tick of its clock


class Words(NamedTuple):
    """The words of a song and where they come from: "song.lrc", "embedded tag"."""

    text: str
    source: str


def beside(path: Path) -> list[Path]:
    """Return the lyrics files beside a music file, best first; none where the folder cannot be listed."""
    try:
        changed_ns = os.stat(path.parent).st_mtime_ns
        listed = _listed if time.time_ns() - changed_ns > SETTLED_NS else _listed.__wrapped__
        found = listed(path.parent, changed_ns).get(path.stem, {})
    except OSError:
        return []
    return [path.with_name(found[ending]) for ending in ORDER if ending in found]


@lru_cache(maxsize=8)
def _listed(folder: Path, changed_ns: int) -> dict[str, dict[str, str]]:
    """Return base name -> ending -> file name of the lyrics files in a folder, as it was when it changed last."""
    found: dict[str, dict[str, str]] = {}
    for name in sorted(os.listdir(folder)):
        stem, ending = os.path.splitext(name)
        if ending.lower() in ORDER:
            found.setdefault(stem, {}).setdefault(ending.lower(), name)
    return found


def words_beside(path: Path, *, lost: Lost) -> Words | None:
    """Return the words in the best lyrics file beside a music file that can be read; what is passed over is told."""
    for file in beside(path):
        try:
            text = _text(file, lost)
        except (SourceError, ValueError) as problem:
            lost(Loss(str(file), f"{problem}; these lyrics are passed over", kept=True))
            continue
        if text.strip():
            return Words(text, file.name)
    return None


def _text(file: Path, lost: Lost) -> str:
    """Return a file's words; ValueError for one that is too large or no text."""
    if not file.is_file():
        raise ValueError("it is no file")
    try:
        size = file.stat().st_size
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror or error}") from error
    if size > LARGEST:
        raise ValueError(f"{_megabytes(size)}, and lyrics are 1 MB at most: is this one song's text?")
    text = values.text("".join(lines(file, lost=lambda loss: lost(loss._replace(place=str(file))))))
    words = ORDER[file.suffix.lower()](text)
    if text.strip() and not words.strip():
        raise ValueError(f"no words were found in this {file.suffix.lower()}")
    return words


def _megabytes(size: int) -> str:
    return f"{size / (1 << 20):,.1f} MB"
