"""Pairs of songs, and how alike each is.

Conventions
-----------
A pair has no order: (a, b) and (b, a) are one. `left` and `right` are places in `ids`; `joined` writes the smaller
place left. Labels lie in [0, 1]; NaN = nobody labelled the pair.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songkin.errors import TrainingError

__all__ = ["THRESHOLD", "Floats", "PairSet", "Places"]

THRESHOLD = 0.5  # rounding: a score of a half or more says alike
Places = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class PairSet:
    """Pairs (n,) over the songs `ids`, of which not all need occur in one. TrainingError where they do not fit."""

    ids: tuple[str, ...]
    left: Places
    right: Places
    labels: Floats

    def __post_init__(self) -> None:
        for name, kind in (("left", np.int64), ("right", np.int64), ("labels", np.float32)):
            object.__setattr__(self, name, _frozen(getattr(self, name), kind))
        object.__setattr__(self, "ids", tuple(self.ids))
        if fault := self._fault():
            raise TrainingError(f"pairs: {fault}")

    def _fault(self) -> str | None:
        if not self.left.shape == self.right.shape == self.labels.shape or self.left.ndim != 1:
            return f"left {self.left.shape}, right {self.right.shape} and labels {self.labels.shape} are not (n,) each"
        both = np.concatenate([self.left, self.right])
        if len(both) and not 0 <= both.min() <= both.max() < len(self.ids):
            return f"places run from {both.min()} to {both.max()}; there are {len(self.ids):,} songs"
        if (self.left == self.right).any():
            return f"a song stands beside itself: {self.ids[self.left[np.argmax(self.left == self.right)]]!r}"
        odd = self.labels[(self.labels < 0) | (self.labels > 1)]
        return f"a label is {odd[0]:g}; labels lie in [0, 1]" if len(odd) else None

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str, float]]) -> PairSet:
        """Gather (song, song, label) as they come, each pair once (see `joined`), 20 bytes a row in memory.

        Songs stand in the order in which they first come. A song beside itself is left out.
        """
        places: dict[str, int] = {}
        left, right, labels = array("q"), array("q"), array("f")
        for one, other, label in rows:
            if one != other:
                left.append(places.setdefault(one, len(places)))
                right.append(places.setdefault(other, len(places)))
                labels.append(label)
        own = np.array(left, np.int64), np.array(right, np.int64)
        return cls(tuple(places), *own, np.array(labels, np.float32)).joined()

    def __len__(self) -> int:
        return len(self.left)

    @property
    def keys(self) -> Places:
        """A number for each pair (n,), the same for (a, b) and (b, a), different for any other pair of `ids`."""
        return np.minimum(self.left, self.right) * len(self.ids) + np.maximum(self.left, self.right)

    @property
    def songs(self) -> Places:
        """The places of the songs that occur in a pair, in order."""
        occurs = np.zeros(len(self.ids), bool)
        occurs[self.left] = occurs[self.right] = True
        return np.flatnonzero(occurs)

    def take(self, rows: Sequence[int] | NDArray[Any]) -> PairSet:
        """Return the pairs of these rows (or of a mask), in their order; the songs stay."""
        own = np.asarray(rows)
        own = own if own.dtype == bool else own.astype(np.int64)
        return PairSet(self.ids, self.left[own], self.right[own], self.labels[own])

    def compact(self) -> PairSet:
        """Return the same pairs over the songs alone that occur in one, in their order."""
        songs = self.songs
        places = (np.searchsorted(songs, self.left), np.searchsorted(songs, self.right))
        return PairSet(tuple(self.ids[at] for at in songs.tolist()), *places, self.labels)

    def joined(self) -> PairSet:
        """Return each pair once, in order of places; of several labels the highest stays, NaN where there is none.

        Last.fm lists a track's nearest alone, so the lower of two scores only says that the other track has closer
        neighbours. The outcome does not depend on the order of the rows.
        """
        keys, own = np.unique(self.keys, return_inverse=True)
        labels = np.full(len(keys), np.nan, np.float32)
        np.fmax.at(labels, own, self.labels)
        return PairSet(self.ids, keys // max(len(self.ids), 1), keys % max(len(self.ids), 1), labels)

    def with_labels(self, labels: Floats) -> PairSet:
        """Return the same pairs with other labels (n,)."""
        return PairSet(self.ids, self.left, self.right, labels)

    def filled(self, label: float = 0.0) -> PairSet:
        """Return the pairs with `label` for those nobody labelled: 0 as the paper has it, or a soft .1."""
        return self.with_labels(np.where(np.isnan(self.labels), np.float32(label), self.labels))

    def alike(self, *, threshold: float = THRESHOLD) -> NDArray[np.bool_]:
        """Say which pairs are labelled `threshold` or more (n,); an unlabelled pair is not."""
        return np.asarray(self.labels >= np.float32(threshold))

    def beside(self, other: PairSet) -> PairSet:
        """Return these pairs and then the other's, which stand over the same songs."""
        assert self.ids == other.ids, "pairs of other songs"
        parts = ((getattr(self, name), getattr(other, name)) for name in ("left", "right", "labels"))
        return PairSet(self.ids, *(np.concatenate(both) for both in parts))


def _frozen(values: Any, kind: type[np.generic]) -> NDArray[Any]:
    """Return a view that cannot be written; the caller's own array is left as it is."""
    own = np.asarray(values).astype(kind, copy=False).view()
    own.flags.writeable = False
    return own
