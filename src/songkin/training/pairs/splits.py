"""Train, validation and test pairs: drawn at random as the paper does, or so that no song or no artist is on two sides.

Conventions
-----------
Shares are of the pairs, in the order train, validation, test. A pair and its mirror are always on one side. Where songs
are dealt out, pairs between two sides belong to none: they are dropped, and `Sides.dropped` counts them.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from songkin.errors import TrainingError
from songkin.text import artist_key, split_artists
from songkin.training.pairs.pairset import PairSet, Places

__all__ = ["LYRICS", "SOUND", "Sides", "artist_split", "official_split", "random_split", "track_split"]

log = logging.getLogger(__name__)
LYRICS = (0.64, 0.16, 0.20)  # the paper's shares for words
SOUND = (0.80, 0.10, 0.10)  # and for sound


class Sides(NamedTuple):
    """The three sides of a split."""

    train: PairSet
    validation: PairSet
    test: PairSet

    def dropped(self, pairs: PairSet) -> int:
        """Count the pairs of the whole that are on no side."""
        return len(pairs) - sum(map(len, self))


def random_split(pairs: PairSet, *, shares: Sequence[float] = LYRICS, seed: int = 0) -> Sides:
    """Split pairs at random, as the paper does: songs are on all sides, so figures on it flatter.

    TrainingError where a side that has a share stays empty.
    """
    keys, own = np.unique(pairs.keys, return_inverse=True)
    bounds = np.rint(np.cumsum(_checked(shares))[:2] * len(keys)).astype(np.int64)
    side = np.searchsorted(bounds, np.arange(len(keys)), side="right")
    sides = np.empty(len(keys), np.int64)
    sides[np.random.default_rng(seed).permutation(len(keys))] = side
    return _sides(pairs, sides[own], shares)


def track_split(
    pairs: PairSet, *, shares: Sequence[float] = LYRICS, same: Mapping[str, str] | None = None, seed: int = 0
) -> Sides:
    """Split so that no song is on two sides, nor two tracks of one song; `same` names the song that a track is.

    Songs are dealt out by the square roots of the shares, counted in their pairs, so that the pairs left on the sides
    come near the shares. TrainingError where a side that has a share stays empty.
    """
    told = same or {}
    return _dealt(pairs, [(told.get(own, own),) for own in pairs.ids], shares, seed)


def artist_split(
    pairs: PairSet, artists: Mapping[str, str], *, shares: Sequence[float] = LYRICS, seed: int = 0
) -> Sides:
    """Split so that no artist is on two sides, however the name is written; `artists` are by the songs' ids.

    Songs that share one of several artists stay together ("A feat. B" with "B"); a song without one stands alone.
    """
    return _dealt(pairs, [_names(own, artists.get(own, "")) for own in pairs.ids], shares, seed)


def official_split(
    pairs: PairSet,
    listed: Mapping[str, str],
    *,
    validation: float = 0.2,
    same: Mapping[str, str] | None = None,
    seed: int = 0,
) -> Sides:
    """Split by the official lists (track -> "train" or "test"); pairs across them, or of unlisted tracks, are dropped.

    `validation` is the share of the training pairs that is kept back at random. Tracks of one song (`same`) on both
    lists count as test.
    """
    told = same or {}
    tested = {told.get(own, own) for own, side in listed.items() if side == "test"}
    place = np.array([2 if told.get(own, own) in tested else 0 if own in listed else -1 for own in pairs.ids], np.int64)
    sides = np.where(place[pairs.left] == place[pairs.right], place[pairs.left], -1)
    kept = np.flatnonzero(sides == 0)
    drawn = random_split(pairs.take(kept), shares=(1 - validation, validation, 0.0), seed=seed) if len(kept) else None
    if drawn is not None and len(drawn.validation):
        sides[kept[np.isin(pairs.keys[kept], drawn.validation.keys)]] = 1
    return _sides(pairs, sides, (1.0, 1.0 if validation else 0.0, 1.0))


def _checked(shares: Sequence[float]) -> Sequence[float]:
    if len(shares) != 3 or min(shares) < 0 or not np.isclose(sum(shares), 1.0):
        raise TrainingError(f"shares are {list(shares)}; give three that add up to 1, of train, validation and test")
    return shares


def _names(own: str, said: str) -> tuple[str, ...]:
    keys = tuple(key for key in map(artist_key, split_artists(said)) if key)
    return keys or (said or f"\0{own}",)


def _dealt(pairs: PairSet, names: Sequence[Sequence[str]], shares: Sequence[float], seed: int) -> Sides:
    """Deal groups of songs that share a name out to the sides, and give each side the pairs within it."""
    weights = np.sqrt(np.asarray(_checked(shares)))
    groups = _groups(names)
    ends = np.bincount(groups[np.concatenate([pairs.left, pairs.right])], minlength=int(groups.max(initial=-1)) + 1)
    order = np.random.default_rng(seed).permutation(len(ends))
    wanted, given = [float(share) for share in weights / weights.sum() * ends.sum()], [0.0, 0.0, 0.0]
    side_of = np.zeros(len(ends), np.int64)
    for group in order[ends[order] > 0].tolist():
        side = max(range(3), key=lambda at: wanted[at] - given[at])
        side_of[group] = side
        given[side] += float(ends[group])
    place = side_of[groups]
    found = _sides(pairs, np.where(place[pairs.left] == place[pairs.right], place[pairs.left], -1), shares)
    log.info("split: %s pairs, %d between two sides dropped", [len(side) for side in found], found.dropped(pairs))
    return found


def _sides(pairs: PairSet, sides: Places, shares: Sequence[float]) -> Sides:
    """Return the pairs of each side in their order; side -1 = none."""
    found = Sides(*(pairs.take(np.flatnonzero(sides == at)) for at in range(3)))
    empty = [name for name, own, share in zip(Sides._fields, found, shares, strict=True) if share and not len(own)]
    if empty:
        raise TrainingError(
            f"{len(pairs):,} pairs leave no {' and no '.join(empty)} pairs; give more songs, or artists"
        )
    return found


def _groups(names: Sequence[Sequence[str]]) -> Places:
    """Number the songs (n,) so that two share a number where they share a name, directly or through others."""
    first: dict[str, int] = {}
    above = list(range(len(names)))

    def top(at: int) -> int:
        while above[at] != at:
            above[at] = above[above[at]]
            at = above[at]
        return at

    for at, own in enumerate(names):
        for name in own:
            other = top(first.setdefault(name, at))
            above[max(top(at), other)] = min(top(at), other)
    return np.unique([top(at) for at in range(len(names))], return_inverse=True)[1].astype(np.int64)
