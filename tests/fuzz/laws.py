"""What must hold whatever comes in: the laws that every fuzz target holds its findings against.

Conventions
-----------
A law raises AssertionError where it is broken. What is let pass is `SongkinError`, and that only in one legible line.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from songkin.errors import SongkinError
from songkin.filters import columns
from songkin.library.preparing import prepared
from songkin.sources import Loss
from songkin.sources.values import DAY_S
from songkin.text.verses import Line
from songkin.types import Song

__all__ = ["Arrived", "arrived", "check_error", "check_lines", "check_loss", "check_song", "refused"]

STEERS = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # signs that steer a terminal
STEERS_A_TEXT = re.compile(r"[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f]")
LONGEST_ERROR = 2_000  # characters
MOST = 256  # tags or features of a song
Read = Callable[[Callable[[Loss], None]], Iterator[Song]]


class Arrived(NamedTuple):
    """What came of a source: songs, what was lost, and the error that ended it."""

    songs: list[Song]
    losses: list[Loss]
    error: str = ""


def arrived(read: Read) -> Arrived:
    """Read songs twice and hold the laws of arriving: whole songs, told losses, one legible error, the same again."""
    once, again = _read(read), _read(read)
    assert once == again, "reading twice gives other songs"
    for song in once.songs:
        check_song(song)
    for loss in once.losses:
        check_loss(loss)
    ids = [song.id for song in once.songs]
    assert len(set(ids)) == len(ids), "two songs share an id"
    return once


def _read(read: Read) -> Arrived:
    losses: list[Loss] = []
    songs: list[Song] = []
    with refused() as end:
        for song in read(losses.append):
            songs.append(song)  # noqa: PERF402  what came before an error counts
    return Arrived(songs, losses, str(end.error or ""))


class refused:
    """A place where a request may be refused: with one of songkin's errors, legible, and with nothing else."""

    def __init__(self) -> None:
        self.error: SongkinError | None = None

    def __enter__(self) -> refused:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> bool:
        if isinstance(error, SongkinError):
            check_error(error)
            self.error = error
            return True
        return False


def check_error(error: SongkinError) -> None:
    """Assert that an error says something, on one line of bounded length that any terminal can show."""
    said = str(error)
    assert said.strip(), "an error says nothing"
    assert not STEERS.search(said), f"an error steers the terminal: {said[:200]!a}"
    assert len(said) <= LONGEST_ERROR, f"an error of {len(said):,} characters"
    said.encode("utf-8")


def check_loss(loss: Loss) -> None:
    """Assert that a loss names its place and its reason, both of bounded length."""
    assert loss.place.strip(), "a loss without a place"
    assert loss.reason.strip(), "a loss without a reason"
    assert len(loss.place) + len(loss.reason) <= LONGEST_ERROR, f"a loss of {len(loss.reason):,} characters"


def check_song(song: Song) -> None:
    """Assert that a song is one the library can keep: legible, bounded, finite, and ready for search."""
    assert song.id or song.title, "neither id nor title"
    lyrics = song.lyrics
    one_line = (song.title, song.album or "", song.language or "", *song.artists, *song.genres, *song.tags)
    linked = (*song.links, *song.links.values(), *(lyrics.bag if lyrics else ()))
    for text in (*one_line, *linked):
        assert not STEERS.search(text), f"it steers the terminal: {text[:80]!a}"
    for text in (lyrics.text if lyrics else "", song.description or ""):
        assert not STEERS_A_TEXT.search(text), f"it steers the terminal: {text[:80]!a}"
    for text in (song.id, *one_line, *linked, lyrics.text if lyrics else "", song.description or ""):
        text.encode("utf-8")
    _check_numbers(song)
    columns(song)
    prepared(song)


def _check_numbers(song: Song) -> None:
    assert song.year is None or (type(song.year) is int and 1 <= song.year <= 2100), song.year
    assert song.duration_s is None or 0 < song.duration_s <= DAY_S, song.duration_s
    assert all(math.isfinite(value) for value in song.features.values()), dict(song.features)
    assert all(0 < weight <= 1 for weight in song.tags.values()), dict(song.tags)
    assert max(len(song.tags), len(song.features)) <= MOST, (len(song.tags), len(song.features))
    bag = song.lyrics.bag if song.lyrics else {}
    assert all(1 <= count < 2**31 for count in bag.values()), "words of a bag are counted beyond reason"


def check_lines(lines: Sequence[Line], raw: str) -> None:
    """Assert that cleaned lyrics are lines to sing, verses apart, in order of time, and no more than was there."""
    texts = [line.text for line in lines]
    assert not any(STEERS.search(text) for text in texts), "a line steers the terminal"
    assert all(text.strip() == text for text in texts), "a line has blanks around it"
    assert not texts or (texts[0] and texts[-1]), "lyrics begin or end with a break"
    assert all(one or other for one, other in pairwise(texts)), "two breaks stand together"
    starts = [line.start_ms for line in lines if line.start_ms is not None]
    assert all(start >= 0 for start in starts), "a time below zero"
    for text in texts:
        text.encode("utf-8")
