"""What of songs a playlist's rules look at: how long they last, whose they are, which album and version.

Conventions
-----------
Songs come as keys (n,). Artists, albums and versions are numbers, alike where songs share them; -1 = unknown, which is
like no other. An album is its name and its first artist: 'Greatest Hits' of two artists are two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from songkin.search.features import feature_values, of_keys
from songkin.search.versions import Versions
from songkin.store import Store

__all__ = ["TYPICAL_S", "Traits", "typical_length"]

TYPICAL_S = 225.0  # 3:45: the length of a song of a library that knows none

Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Traits:
    """The traits of songs (n,): length in seconds, NaN where unknown; artist, album and version as numbers."""

    lengths_s: NDArray[np.float64]
    artists: Codes
    albums: Codes
    versions: Codes

    @classmethod
    def of(cls, store: Store, versions: Versions, keys: NDArray[np.int64]) -> Self:
        """Look up the traits of songs."""
        named = store.first_artists(keys)
        artists = _coded(named)
        pairs = zip(named, _column(store, "w_album", keys), strict=True)
        albums = _coded([(artist, album) if album else None for artist, album in pairs])
        return cls(of_keys(store, keys, ["duration_s"])[:, 0], artists, albums, _versions(store, versions, keys))

    def known_s(self, typical: float) -> NDArray[np.float64]:
        """Return lengths (n,) with a typical one where they are unknown."""
        return np.where(np.isnan(self.lengths_s), typical, self.lengths_s)


def typical_length(store: Store) -> float:
    """Return the median length of the library's songs in seconds, 3:45 where it knows none; kept."""
    return store.kept("typical length", lambda: _typical_length(store))


def _typical_length(store: Store) -> float:
    lengths = feature_values(store, ["duration_s"])[1][:, 0]
    lengths = lengths[~np.isnan(lengths)]
    return float(np.median(lengths)) if len(lengths) else TYPICAL_S


def _versions(store: Store, versions: Versions, keys: NDArray[np.int64]) -> Codes:
    """Return what versions of one song share (n,); only songs that have their title in common are compared."""
    works = _coded(_column(store, "work", keys))
    titles, counts = np.unique(works, return_counts=True)
    shared = np.isin(works, titles[(counts > 1) & (titles >= 0)])
    groups = keys.copy()
    groups[shared] = versions.groups(keys[shared])
    return groups


def _column(store: Store, name: str, keys: NDArray[np.int64]) -> list[str | None]:
    """Return a text column of songs (n,), None where it is unknown."""
    table = store.read([name])
    known = table["key"].to_numpy()
    if not len(known):
        return [None] * len(keys)
    at = np.clip(np.searchsorted(known, keys), 0, len(known) - 1)
    found = table[name].take(pa.array(at)).to_pylist()
    return [text if known[place] == key else None for text, place, key in zip(found, at, keys, strict=True)]


def _coded(names: list[Any]) -> Codes:
    """Number names, alike ones alike; None is -1."""
    numbers: dict[Any, int] = {}
    return np.array([-1 if name is None else numbers.setdefault(name, len(numbers)) for name in names], np.int64)
