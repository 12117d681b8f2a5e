"""Train, validation and test songs: as the paper draws them, and with no artist on two sides.

Conventions
-----------
Shares are 70, 15 and 15 of a hundred songs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from songkin.errors import TrainingError
from songkin.extras import need
from songkin.text import artist_key
from songkin.training.data.labelled import LabelledSong, Parts

__all__ = ["SPLITS", "artist_split", "random_split", "split"]

SPLITS = ("random", "artist")
SHARES = (0.70, 0.15, 0.15)
SEED = 11
UNKNOWN = "none"
FEWEST = 7  # songs of a genre that leave two on the held-out sides


def split(songs: Sequence[LabelledSong], how: str, *, seed: int = SEED) -> Parts:
    """Split "random" or by "artist"; TrainingError on another word, or too few songs."""
    if how not in SPLITS:
        raise TrainingError(f"split is '{how}'; it is {' or '.join(SPLITS)}")
    return random_split(songs, seed=seed) if how == "random" else artist_split(songs, seed=seed)


def random_split(songs: Sequence[LabelledSong], *, seed: int = SEED) -> Parts:
    """Split as the paper does: 30 % held out by scikit-learn, then halved, genres in proportion on each side.

    The same artists stand on both sides, so figures on it flatter. Genres of fewer than 7 songs, which cannot be in
    proportion, are counted together, or with the largest. TrainingError for fewer songs than sides and genres need.
    """
    selection: Any = need("sklearn.model_selection", extra="train")
    strata = _strata(songs)
    try:
        train, held = selection.train_test_split(range(len(songs)), test_size=0.3, random_state=seed, stratify=strata)
        own = [strata[at] for at in held]
        valid, test = selection.train_test_split(held, test_size=0.5, random_state=seed, stratify=own)
    except ValueError as error:
        counts = ", ".join(f"{name} {count}" for name, count in sorted(Counter(strata).items()))
        raise TrainingError(
            f"{len(songs):,} songs cannot be split 70/15/15 by genre ({counts or 'none'}); give more songs"
        ) from error
    return Parts(*(tuple(songs[at] for at in side) for side in (train, valid, test)))


def _strata(songs: Sequence[LabelledSong]) -> list[str]:
    """Return the genre each song is counted under: its own where that is large enough, else all small ones as one."""
    own = [song.genre or UNKNOWN for song in songs]
    counts = Counter(own)
    own = [name if counts[name] >= FEWEST else UNKNOWN for name in own]
    small = own.count(UNKNOWN)
    largest = counts.most_common(1)[0][0] if counts else UNKNOWN
    return [largest if name == UNKNOWN and small < FEWEST else name for name in own]


def artist_split(songs: Sequence[LabelledSong], *, seed: int = SEED) -> Parts:
    """Split so that no artist stands on two sides, genre by genre as near to 70/15/15 as artists allow.

    Songs that share an artist stay together, over several songs too; a song without artist stands alone. Groups come
    in random order, each goes to the side that lacks most of its share; TrainingError where a side stays empty.
    """
    groups, rng = _groups(songs), np.random.default_rng(seed)
    order = rng.permutation(len(groups)).tolist()
    by_genre: dict[str, list[list[int]]] = {}
    for at in order:
        genres = Counter(songs[own].genre or UNKNOWN for own in groups[at])
        by_genre.setdefault(genres.most_common(1)[0][0], []).append(groups[at])
    sides: tuple[list[int], ...] = ([], [], [])
    for _, own in sorted(by_genre.items()):
        _share_out(own, sides)
    if not all(sides):
        raise TrainingError(f"{len(groups)} artists cannot be split into three sides; give songs of more artists")
    return Parts(*(tuple(songs[at] for at in rng.permutation(sorted(side)).tolist()) for side in sides))


def _share_out(groups: Sequence[Sequence[int]], sides: Sequence[list[int]]) -> None:
    """Give each group of songs to the side that lacks most of its share; the largest go first, so none overflows."""
    total, given = sum(map(len, groups)), [0, 0, 0]
    for group in sorted(groups, key=len, reverse=True):
        side = max(range(3), key=lambda at: SHARES[at] * total - given[at])
        sides[side].extend(group)
        given[side] += len(group)


def _groups(songs: Sequence[LabelledSong]) -> list[list[int]]:
    """Group songs that share an artist, directly or through others, in the order of their first song."""
    first: dict[str, int] = {}
    above = list(range(len(songs)))

    def top(at: int) -> int:
        while above[at] != at:
            above[at] = above[above[at]]
            at = above[at]
        return at

    for at, song in enumerate(songs):
        for name in filter(None, song.artist.split("; ")):
            other = top(first.setdefault(artist_key(name) or name, at))
            above[max(top(at), other)] = min(top(at), other)
    found: dict[int, list[int]] = {}
    for at in range(len(songs)):
        found.setdefault(top(at), []).append(at)
    return list(found.values())
