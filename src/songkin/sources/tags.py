"""What a music file says of itself: recognised by its first bytes, its tags read by tinytag.

Conventions
-----------
Tags come as lower-case name -> all values, in the file's order: title, artist, album, year, genre, lyrics, isrc, bpm,
language, and whatever else the file names (`musicbrainz_trackid`, `ufid`, `tmoo`, `itunesadvisory`, `rtng`).
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Mapping
from io import BufferedReader, FileIO
from pathlib import Path
from typing import BinaryIO, NamedTuple

from tinytag import TinyTag, TinyTagException

from songkin.sources.records import Loss, Lost

__all__ = ["Tags", "tags_of"]

HEAD = 1 << 16
READS = 200_000  # pieces of one file looked at for its tags and length: two hours of Ogg; an MP3 takes some thousand
UNREAD = frozenset(["AAC", "Monkey's Audio", "WavPack", "Musepack", "Matroska", "DSD"])  # tinytag reads none
MAGIC = (
    (0, b"fLaC", "FLAC"),
    (0, b"OggS", "Ogg"),
    (4, b"ftyp", "MP4"),
    (0, bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"), "WMA"),
    (0, b"MAC ", "Monkey's Audio"),
    (0, b"wvpk", "WavPack"),
    (0, b"MPCK", "Musepack"),
    (0, b"MP+", "Musepack"),
    (0, b"\x1aE\xdf\xa3", "Matroska"),
    (0, b"DSD ", "DSD"),
)
CHUNKED = {b"RIFF": ((b"WAVE",), "WAV"), b"FORM": ((b"AIFF", b"AIFC"), "AIFF")}
ADTS = re.compile(rb"\xff[\xf0\xf1\xf8\xf9]")
MPEG = re.compile(rb"\xff([\xe2-\xe5\xf2-\xf5\xfa-\xfd])[\x10-\xef]")  # layers II and III at a bitrate there is
FRAMES = 3  # frames of one kind that make bytes without a head an MP3
ID3_HEAD = 10


class Kind(NamedTuple):
    """What a file is by its bytes; `timed` says that its audio was found, so that looking for its length ends."""

    name: str
    timed: bool = True


class Tags(NamedTuple):
    """The tags of a file, by name, and how long it plays; None where it does not say."""

    fields: Mapping[str, list[str]]
    duration_s: float | None = None


def tags_of(path: Path, *, lost: Lost) -> Tags | None:
    """Read the tags of a file; none, and told, where they are damaged; None, and told, where it is no music.

    What the bytes are counts, not the file's ending. Pictures are passed over unread.
    """
    if path.exists() and not path.is_file():  # a pipe would never end
        lost(Loss(str(path), "is no file"))
        return None
    try:
        with path.open("rb") as stream:
            kind = _kind(stream)
            if kind is None:
                lost(Loss(str(path), _not_music(stream)))
                return None
            stream.seek(0)
            return _read(path, stream, kind, lost)
    except OSError as error:
        lost(Loss(str(path), f"cannot be read: {error.strerror or error}"))
        return None


class _Patient(BufferedReader):
    """A file that is read in `READS` pieces at most, none larger than the file: garbage ends in a TinyTagException."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(FileIO(stream.fileno(), closefd=False))
        self._size, self._left = os.fstat(stream.fileno()).st_size, READS

    def read(self, size: int | None = -1, /) -> bytes:
        self._left -= 1
        if self._left < 0:
            raise TinyTagException(f"no end of it after {READS:,} pieces")
        return super().read(size if size is None or size < 0 else min(size, self._size))


def _read(path: Path, stream: BinaryIO, kind: Kind, lost: Lost) -> Tags:
    """Read all there is, else the tags without the length, else nothing."""
    if kind.name in UNREAD:
        lost(Loss(str(path), f"the tags of {kind.name} files are not read; the song goes by its file name", kept=True))
        return Tags({})
    problem: TinyTagException | None = None
    for duration in (True, False) if kind.timed else (False,):
        stream.seek(0)
        try:
            read = TinyTag.get(file_obj=_Patient(stream), duration=duration)
        except TinyTagException as error:
            problem = problem or error
            continue
        if problem or not kind.timed:
            lost(Loss(str(path), f"this {kind.name} is damaged; its tags are read, its length is not", kept=True))
        return Tags(_fields(read), read.duration if duration else None)
    reason = f"the tags of this {kind.name} cannot be read ({str(problem)[:80]}); the song goes by its file name"
    lost(Loss(str(path), reason, kept=True))
    return Tags({})


def _fields(read: TinyTag) -> dict[str, list[str]]:
    """Return name -> values; several in one, as ID3 writes them, are parted, but for an owner and its id (UFID)."""
    named = {name: values for name, values in read.as_dict().items() if isinstance(values, list)}
    parted = {name: [part for value in values for part in value.split("\0") if part] for name, values in named.items()}
    return parted | {name: named[name] for name in named if name == "ufid"}


def _kind(stream: BinaryIO) -> Kind | None:
    """Say what a file is by its first bytes, behind an ID3 tag by those after it; None for anything but music."""
    start = stream.read(HEAD)
    if len(start) > ID3_HEAD and start.startswith(b"ID3"):
        stream.seek(ID3_HEAD + _synchsafe(start[6:10]))
        behind = _by_magic(stream.read(HEAD))
        return Kind("FLAC") if behind == Kind("FLAC") else Kind("MP3", timed=behind == Kind("MP3"))
    return _by_magic(start)


def _by_magic(start: bytes) -> Kind | None:
    for at, mark, name in MAGIC:
        if start.startswith(mark, at):
            return Kind(name)
    forms, name = CHUNKED.get(start[:4], ((), ""))
    if start[8:12] in forms:
        return Kind(name)
    if ADTS.match(start):
        return Kind("AAC")
    return Kind("MP3") if _is_mpeg(start) else None


def _is_mpeg(start: bytes) -> bool:
    """Say whether an MPEG frame stands first, behind zeros at most, or whether frames of one kind come again."""
    if MPEG.match(start.lstrip(b"\0")):
        return True
    seen = Counter(found[1] for found in MPEG.finditer(start))
    return max(seen.values(), default=0) >= FRAMES * max(1, len(start) >> 13)


def _synchsafe(size: bytes) -> int:
    """Return a number of four bytes with seven bits each."""
    return size[0] << 21 | size[1] << 14 | size[2] << 7 | size[3]


def _not_music(stream: BinaryIO) -> str:
    """Say what a file holds instead of music."""
    stream.seek(0)
    start = stream.read(24)
    if not start:
        return "the file is empty"
    if not start.strip(b"\0"):
        return "there is no music in it, only zeros; was its download broken off?"
    return f"there is no music in it; it begins with {start!r}"
