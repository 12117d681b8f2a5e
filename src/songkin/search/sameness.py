"""Decide which songs of one title are versions of each other: remaster, live, acoustic, a cover of the same words.

Conventions
-----------
All takes handed in share a title key (`songkin.text.names.title_key`). Words are sets of stems. Where words are known
on both sides they decide; only without them do marks in the title and the length. One ISRC is one recording. When in
doubt songs stay apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.text.names import artist_key, title_key, version_of
from songkin.text.words import tokens, vocabulary
from songkin.types import Song

__all__ = ["COVERS_AMONG", "Take", "agree", "is_generic", "same", "take_of", "told_together"]

FEWEST = 8  # different stems from which words decide
FEWEST_COVERED = 12  # the same, for songs of two artists
ALIKE, HELD = 0.3, 0.6  # of one artist: stems shared of all, or of the shorter song's
COVERED, COVER_HELD = 0.4, 0.7  # of two artists; other songs of one title share at most .20 of all, measured
SAME_LENGTH_S = 3.0
COVERS_AMONG = 100  # different recordings of one title, above which the title says nothing and covers are not sought
GENERIC = vocabulary(
    "intro introduction outro interlude untitled skit prelude prologue epilogue overture reprise medley intermission "
    "instrumental theme finale opening ending coda jam home track song bonus"
)
COUNTED = vocabulary("a b c i ii iii iv v vi vii viii ix x part pt no the")


class Take(NamedTuple):
    """What is compared of a song: its first artist's key ('' = unknown), its title's marks, stems, length and ISRC.

    Stems may be numbers, where all takes that are compared number them alike.
    """

    key: int
    artist: str
    marks: tuple[str, ...] = ()
    generic: bool = False
    words: frozenset[str] | frozenset[int] = frozenset()
    duration_s: float | None = None
    isrc: str = ""


def take_of(key: int, song: Song, sung: Iterable[str] = ()) -> Take:
    """Take a song down to what is compared; `sung` holds the stems of each of its passages."""
    words = frozenset(stem for passage in sung for stem in passage.split())
    artist = artist_key(song.artists[0]) if song.artists else ""
    isrc = "".join(filter(str.isalnum, song.links.get("isrc", ""))).upper()
    marks = version_of(song.title).marks
    return Take(key, artist, marks, is_generic(title_key(song.title)), words, song.duration_s, isrc)


def is_generic(title: str) -> bool:
    """Say whether a title key names no song: "intro", "interlude 2", "track 01"; numbers do not count."""
    return all(word in GENERIC or word in COUNTED or word.isdigit() for word in tokens(title))


def same(one: Take, other: Take) -> bool:
    """Say whether two takes of one title are versions of one song. Songs without artists never are."""
    if not (one.artist and other.artist):
        return False
    if one.isrc and one.isrc == other.isrc:
        return True
    theirs = one.artist == other.artist
    if min(len(one.words), len(other.words)) >= (FEWEST if theirs else FEWEST_COVERED):
        return agree(one.words, other.words, *((ALIKE, HELD) if theirs else (COVERED, COVER_HELD)))
    if not theirs or one.generic:
        return False
    lengths = one.duration_s, other.duration_s
    near = lengths[0] is not None and lengths[1] is not None and abs(lengths[0] - lengths[1]) <= SAME_LENGTH_S
    return near or bool(one.marks or other.marks)


def agree(one: Set[object], other: Set[object], alike: float, held: float) -> bool:
    """Say whether two sets of stems share `alike` of all their stems, or `held` of the smaller one's."""
    both = len(one & other)
    return both >= alike * (len(one) + len(other) - both) or both >= held * min(len(one), len(other))


def told_together(takes: Sequence[Take]) -> list[int]:
    """Return for each take the key its versions share: that of the first, the one with most words and the lowest key.

    Each take joins the first version of its own artist's that it is the same as, then the artists' songs join as
    covers. Takes are held against the first of a group only, so a chain of likenesses never joins unlike songs.
    """
    order = sorted(range(len(takes)), key=lambda at: (len(takes[at].words) < FEWEST, takes[at].key))
    leaders: dict[str, list[Take]] = {}
    joined: dict[int, int] = {}
    for at in order:
        take = takes[at]
        led = leaders.setdefault(take.artist, [])
        leader = next((leader for leader in led if same(leader, take)), take)
        joined[take.key] = leader.key
        if leader is take:
            led.append(take)
    covers = _covers([take for led in leaders.values() for take in led])
    return [covers[joined[take.key]] for take in takes]


def _covers(leaders: Sequence[Take]) -> dict[int, int]:
    """Return for each first take the key it shares with the songs of other artists that it is the same as."""
    takes = sorted(leaders, key=lambda take: take.key)
    if not 1 < len(takes) <= COVERS_AMONG:
        return {take.key: take.key for take in takes}
    likely = _likely_covers(takes)
    first: list[int] = []
    joined = {}
    for at, take in enumerate(takes):
        among = (takes[one] for one in first if likely[at, one])
        leader = next((leader for leader in among if leader.artist != take.artist and same(leader, take)), take)
        joined[take.key] = leader.key
        if leader is take:
            first.append(at)
    return joined


def _likely_covers(takes: Sequence[Take]) -> NDArray[np.bool_]:
    """Say which takes (n,) share words enough to be covers of each other, or an ISRC: (n, n); all pairs at once."""
    sizes = np.array([len(take.words) for take in takes])
    every = np.array([stem for take in takes for stem in take.words])
    _, which, times = np.unique(every, return_inverse=True, return_counts=True)
    column = np.cumsum(times > 1) - 1  # a stem that one of them sings alone is shared by no pair
    shared = times[which] > 1
    sung = np.zeros((len(takes), int((times > 1).sum())), np.float32)
    sung[np.repeat(np.arange(len(takes)), sizes)[shared], column[which[shared]]] = 1.0
    both = sung @ sung.T  # (n, n)
    smaller, larger = np.minimum.outer(sizes, sizes), np.maximum.outer(sizes, sizes)
    likely = (both >= COVERED * (smaller + larger - both)) | (both >= COVER_HELD * smaller)
    codes = np.array([take.isrc for take in takes])
    return np.asarray(likely | ((codes[:, None] == codes) & (codes != "")))
