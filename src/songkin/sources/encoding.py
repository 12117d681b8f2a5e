"""Lines of a text file, whatever it is encoded in: UTF-8 with or without BOM, UTF-16, Windows-1252.

Conventions
-----------
Bytes that cannot be decoded arrive as lone surrogates, which the door names and leaves out with their field.
"""

from __future__ import annotations

import codecs
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple, TextIO

from songkin.errors import SourceError
from songkin.sources.records import Loss, Lost

__all__ = ["Encoding", "chunks", "encoding_of", "guessed", "head", "lines"]

HEAD = 1 << 18
VALID = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
NOT_WESTERN = re.compile(
    rb"[\x80-\x84\x86-\x90\x98\x99\x9b\x9d\xa2-\xa6\xa8-\xa9\xac-\xad\xaf\xb2-\xb3\xb5-\xb6\xfe\xff]"
)
NOT_ASCII = re.compile(rb"[\x80-\xff]")


class Encoding(NamedTuple):
    """How a file is decoded; `doubt` is the line from which that is a guess, 0 when it is certain."""

    name: str
    errors: str = "surrogateescape"
    doubt: int = 0


def head(path: Path, size: int = HEAD) -> bytes:
    """Return the first bytes of a file; SourceError if it cannot be read, or is a pipe, which might never end."""
    try:
        if not stat.S_ISREG(path.stat().st_mode) and not path.is_dir():
            raise SourceError(f"{path}: is no file but a pipe or device; save what it gives to a file first")
        with path.open("rb") as stream:
            return stream.read(size)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror or error}") from error


def encoding_of(path: Path) -> Encoding:
    """Say how a file is encoded from its first 256 KiB."""
    return guessed(head(path))


def guessed(start: bytes) -> Encoding:
    """Say how a text is encoded from its first bytes, some 256 KiB.

    Without BOM it is UTF-8, UTF-16 where every other byte is NUL, and Windows-1252 where nothing is UTF-8 beyond ASCII
    and all other bytes are letters or quotes of that code page.
    """
    if start.startswith(codecs.BOM_UTF8):
        return Encoding("utf-8-sig")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Encoding("utf-16", "replace")
    if len(start) >= 4 and start[1::2].count(0) > len(start) * 0.3:
        return Encoding("utf-16-le", "replace")
    if len(start) >= 4 and start[::2].count(0) > len(start) * 0.3:
        return Encoding("utf-16-be", "replace")
    start = start[:-3] if len(start) == HEAD else start
    other = NOT_ASCII.search(start)
    if other is None or VALID.search(start) or NOT_WESTERN.search(start):
        return Encoding("utf-8")
    return Encoding("cp1252", doubt=start.count(b"\n", 0, other.start()) + 1)


def lines(path: Path, *, lost: Lost) -> Iterator[str]:
    """Give the lines of a file with their line ends; a guessed encoding is told at the line that needed it."""
    with closing(_opened(path, lost)) as stream:
        yield from _read(path, stream)


def chunks(path: Path, size: int, *, lost: Lost) -> Iterator[str]:
    """Give a file in pieces of `size` characters, as `lines` does."""
    with closing(_opened(path, lost)) as stream:
        yield from _read(path, iter(lambda: stream.read(size), ""))


def _opened(path: Path, lost: Lost) -> TextIO:
    encoding = encoding_of(path)
    if encoding.doubt:
        lost(Loss(f"{path.name}:{encoding.doubt}", "this is not UTF-8; the file is read as Windows-1252", kept=True))
    return path.open(encoding=encoding.name, errors=encoding.errors, newline="")


def _read(path: Path, pieces: Iterable[str]) -> Iterator[str]:
    try:
        yield from pieces
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror or error}") from error
