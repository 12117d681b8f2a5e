"""The `liking` stage: what a user likes raises songs like it a little, what they skip lowers them.

Conventions
-----------
A score is multiplied by 1 + BOUND * a / (SHRINK + |a|), where a is the sum over the user's opinions of their pull times
the song's likeness. So one like moves little and a thousand never more than BOUND; a like lowers no song and a skip
raises none; a user without opinions gets what everybody gets. No song is left out, and no vector is touched.

After Rocchio's relevance feedback (1971) [rocchio1971relevance], kept on the near side only and bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from songkin.search.taste import Taste
from songkin.store import Store
from songkin.types import Query, Ranking

__all__ = ["BOUND", "SHRINK", "Liking"]

BOUND = 0.3  # a score is changed by less than this share of it
SHRINK = 2.0  # likes of the very song that take it half the way there
TASTES = 256  # users whose taste is remembered
ALIKE = 0.3  # likeness from which a song counts as like another, in words

Verdicts = Callable[[str], Mapping[str, str]]


class Liking:
    """Order what was found by what its asker likes; `verdicts` tells a user's opinions by the songs' ids."""

    name = "liking"

    def __init__(self, store: Store, verdicts: Verdicts) -> None:
        self._store, self._verdicts = store, verdicts
        self._made: dict[str, tuple[Mapping[str, str], Taste | None]] = {}

    def __call__(self, ranking: Ranking, query: Query) -> Ranking:
        """Scale each score by the asker's taste; scores stay within [0, 1], and songs above 1 keep their order."""
        taste = self._taste(query.user) if len(ranking) else None
        if taste is None:
            return ranking
        change = changes(taste, ranking.keys)
        ordered = ranking.rescored(ranking.scores * (1 + change), liking=change)
        return replace(ordered, scores=np.minimum(ordered.scores, np.float32(1)))

    def said(self, keys: NDArray[np.int64], query: Query) -> dict[int, str]:
        """Say of each song how the asker's taste changed its score, by key; nothing of one it changed by less than 1 %.

        keys (n,).
        """
        taste = self._taste(query.user) if len(keys) else None
        if taste is None:
            return {}
        alike, percents = taste.likeness(keys), np.rint(100 * changes(taste, keys)).astype(int)
        own = dict(zip(taste.keys.tolist(), (taste.pulls > 0).tolist(), strict=True))
        told = {}
        for key, row, percent in zip(keys.tolist(), alike, percents.tolist(), strict=True):
            if percent:
                told[key] = (
                    f"{_why(row, taste, own.get(key))}: {'raised' if percent > 0 else 'lowered'} by {abs(percent)} %"
                )
        return told

    def _taste(self, user: str) -> Taste | None:
        """Return a user's taste, made anew when their opinions changed."""
        verdicts = self._verdicts(user)
        if not verdicts:
            return None
        made = self._made
        known = made.get(user)
        if known is None or known[0] != verdicts:
            if len(made) >= TASTES:
                self._made = made = {}
            known = made[user] = (verdicts, Taste.of(self._store, verdicts))
        return known[1]


def changes(taste: Taste, keys: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return by which share each song's score changes (n,), within (-BOUND, BOUND)."""
    pull = taste.pull(keys).astype(np.float64)
    return np.asarray(BOUND * pull / (SHRINK + np.abs(pull)), np.float32)


def _why(alike: NDArray[np.float32], taste: Taste, own: bool | None) -> str:
    """Say which opinions speak about a song with likenesses (m,); `own` = it was liked itself, None = neither."""
    near = alike >= ALIKE
    liked, skipped = (int((near & side).sum()) for side in (taste.pulls > 0, taste.pulls < 0))
    if own is not None:
        liked, skipped = liked - own, skipped - (not own)
    said = [] if own is None else ["you liked it" if own else "you skipped it"]
    said += [f"liked {_songs(liked)} like it"] if liked else []
    said += [f"skipped {_songs(skipped)} like it"] if skipped else []
    return ", ".join(said) or (
        "a little like what you liked" if taste.pulls @ alike > 0 else "a little like what you skipped"
    )


def _songs(count: int) -> str:
    return f"{count:,} song{'s' if count > 1 else ''}"
