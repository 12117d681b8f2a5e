"""Sound files as blocks of samples: whatever the format and the length, a few seconds at a time.

Conventions
-----------
A block is (n, channels) float32 with full scale 1; every block but the last has the same length. What a file is, is
read from its first bytes, not from its ending. flac, ogg (vorbis, opus), mp3, wav and aiff are decoded by libsndfile;
m4a, aac, wma, mka and webm, which it does not know, by PyAV where that is installed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from songkin.errors import MissingExtra, SourceError
from songkin.extras import need
from songkin.types import Vectors

__all__ = ["Decoded", "decoded"]

BLOCK_TENTHS = 40  # of a second: 4 s, which is 1.4 MB of stereo at 44.1 kHz
SLOWEST, FASTEST = 1_000, 1_000_000  # samples a second
LOUDEST = 100.0  # of full scale: float files may go a little over 1, integers marked as float go far over


class Decoded(NamedTuple):
    """An open sound file: samples a second, a tenth of a second in samples, and the blocks, to be taken once."""

    rate: int
    tenth: int
    blocks: Iterator[Vectors]


@contextmanager
def decoded(path: Path) -> Iterator[Decoded]:
    """Open a sound file; SourceError names the file, what is wrong with it and the cure."""
    opened = _by_pyav if _needs_pyav(path) else _by_soundfile
    with opened(path) as (rate, blocks):
        if not SLOWEST <= rate <= FASTEST:
            raise SourceError(
                f"{path}: {rate} samples a second; recordings have 8,000 to 192,000: is its head damaged?"
            )
        tenth = max(round(rate / 10), 1)
        yield Decoded(rate, tenth, _checked(path, _even(blocks, tenth * BLOCK_TENTHS)))


def _needs_pyav(path: Path) -> bool:
    """Say whether a file is of a kind that libsndfile does not read: MPEG-4, Matroska, ASF, bare AAC."""
    try:
        with path.open("rb") as file:
            head = file.read(12)
    except IsADirectoryError as error:
        raise SourceError(f"{path}: this is a folder; name a sound file in it") from error
    except OSError as error:
        raise SourceError(f"{path}: cannot be opened ({error.strerror}); is the path right?") from error
    if not head:
        raise SourceError(f"{path}: the file is empty (0 bytes); fetch it anew")
    aac = len(head) > 1 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0  # an mp3 has no zeros there
    return head[4:8] == b"ftyp" or head.startswith((b"\x1aE\xdf\xa3", b"0&\xb2u")) or aac


@contextmanager
def _by_soundfile(path: Path) -> Iterator[tuple[int, Iterator[Vectors]]]:
    soundfile = need("soundfile", extra="audio")
    try:
        with soundfile.SoundFile(path) as file:
            yield int(file.samplerate), _read(file, path)
    except soundfile.LibsndfileError as error:
        reason = str(error.error_string).rstrip(".")
        raise SourceError(f"{path}: cannot be decoded ({reason}); is it damaged, or no sound file?") from error


def _read(file: Any, path: Path) -> Iterator[Vectors]:
    """Read to the end; a file that ends before the length in its head is cut off (an mp3's length is a guess)."""
    heard, size = 0, max(round(file.samplerate / 10), 1) * BLOCK_TENTHS
    while len(block := file.read(size, dtype="float32", always_2d=True)):
        heard += len(block)
        yield block
    if heard < 0.99 * file.frames and file.format != "MP3":
        told, there = file.frames / file.samplerate, heard / file.samplerate
        raise SourceError(f"{path}: ends after {there:.1f} s of the {told:.1f} s its head promises; fetch it anew")


@contextmanager
def _by_pyav(path: Path) -> Iterator[tuple[int, Iterator[Vectors]]]:
    try:
        av = need("av", extra="m4a")
    except MissingExtra as error:
        raise SourceError(f"{path}: m4a, aac, wma and webm need PyAV: pip install 'songkin[m4a]'") from error
    try:
        with av.open(str(path), metadata_errors="replace") as container:
            stream = container.streams.audio[0] if container.streams.audio else None
            rate = getattr(stream, "rate", None)  # a damaged head leaves a stream without one
            if not rate:
                raise SourceError(f"{path}: holds no sound that can be decoded; is it damaged, or only a picture?")
            yield int(rate), _frames(av, container, stream)
    except av.FFmpegError as error:
        raise SourceError(f"{path}: cannot be decoded ({error.strerror}); is it damaged, or no sound file?") from error


def _frames(av: Any, container: Any, stream: Any) -> Iterator[Vectors]:
    """Decode packet after packet into float frames (n, channels)."""
    to_float = av.AudioResampler(format="fltp", rate=stream.rate)
    for coded in container.decode(stream):
        for frame in to_float.resample(coded):
            yield np.ascontiguousarray(frame.to_ndarray().T)  # (channels, n) -> (n, channels)


def _even(blocks: Iterable[Vectors], size: int) -> Iterator[Vectors]:
    """Cut and join blocks until each has `size` samples, the last what is left."""
    waiting: list[Vectors] = []
    count = 0
    for block in blocks:
        if len(block) == size and not count:
            yield block
            continue
        waiting.append(block)
        count += len(block)
        while count >= size:
            joined = np.concatenate(waiting)
            yield joined[:size]
            waiting, count = [joined[size:]], count - size
    if count:
        yield np.concatenate(waiting)


def _checked(path: Path, blocks: Iterable[Vectors]) -> Iterator[Vectors]:
    """Pass blocks on; SourceError where samples are no numbers or lie far beyond full scale, and where none came."""
    empty = True
    for block in blocks:
        empty = False
        peak = max(-float(block.min()), float(block.max()))
        if not peak <= LOUDEST:
            raise SourceError(f"{path}: samples reach {peak:g} where full scale is 1; is the file damaged?")
        yield block
    if empty:
        raise SourceError(f"{path}: holds no sound (0 samples); fetch it anew")
