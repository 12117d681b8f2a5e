"""One vector of each song: of what it sings, or of its description where it sings nothing."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.store import Store
from songkin.types import Vectors

__all__ = ["DESCRIBED", "SUNG", "WholeSongs", "whole_songs", "why_no_vector"]

SUNG, DESCRIBED = 0, 1
AT_ONCE = 10_000  # songs whose descriptions are read together


class WholeSongs(NamedTuple):
    """Songs' keys (n,) in the order of their ids, a unit vector of each (n, dim), and of what (n,): SUNG, DESCRIBED."""

    keys: NDArray[np.int64]
    vectors: Vectors
    kinds: NDArray[np.int8]


def whole_songs(store: Store) -> WholeSongs:
    """Return the songs that have a vector; kept until the store is refreshed."""
    return store.kept("whole songs", lambda: _whole_songs(store))


def _whole_songs(store: Store) -> WholeSongs:
    sung = store.lyric_vectors()
    there = sung.vectors.any(1)  # passages that cancel out leave zeros, which point nowhere
    keys, vectors = sung.keys[there], sung.vectors[there]
    rest = np.setdiff1d(store.catalogue()[0], keys)
    described: dict[int, Vectors] = {}
    for at in range(0, len(rest), AT_ONCE):
        described |= store.vectors_of("songs", rest[at : at + AT_ONCE])
    more = np.array(sorted(described), np.int64)
    all_keys = np.concatenate([keys, more])
    rows = np.concatenate([vectors, *(described[int(key)][:1] for key in more)]) if len(more) else vectors
    kinds = np.repeat(np.array([SUNG, DESCRIBED], np.int8), [len(keys), len(more)])
    order = np.argsort(np.array(store.ids(all_keys), object), kind="stable")  # keys change whenever a song does
    return WholeSongs(all_keys[order], rows[order], kinds[order])


def why_no_vector(store: Store, n: int) -> str:
    """Say why songs have no vector, where `n` others have one, and what gives them one."""
    if not store.facts().get("fingerprint"):
        return f"nothing is encoded yet; songkin add -L {store.tables.place} with the same files does it"
    if not n:
        return "neither lyrics nor a description; songkin add reads lyrics beside music files (.lrc, .txt), or in them"
    return "neither lyrics nor a description, or not encoded yet"
