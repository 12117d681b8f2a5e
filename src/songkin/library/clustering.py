"""The clusters of a library's lyrics, found once for each state of the library and kept in a file beside its tables."""

from __future__ import annotations

from collections.abc import Callable

from songkin.atlas import DEFAULT_K, clusters
from songkin.errors import QueryError
from songkin.library.keeping import keep, kept, mark_of
from songkin.search import KeywordNeighbours, LyricNeighbours, Meaning, Partition
from songkin.store import Store

__all__ = ["partition", "strategies"]

FOLDER = "clusters"
MOST = 1000  # clusters


def strategies(store: Store, meaning: Meaning | None) -> dict[str, Callable[[str], LyricNeighbours]]:
    """Return the other ways to look for songs, by name.

    What stands behind "clusters=" and "keywords=" is how many clusters there are; keywords alone has none.
    """

    def in_cluster(more: str) -> LyricNeighbours:
        k = _whole(more)
        return LyricNeighbours(store, meaning, lambda: partition(store, k))

    def among_all(more: str) -> LyricNeighbours:
        if more:
            raise QueryError(f"the strategy 'cosine' has no clusters; leave out '={more}'")
        return LyricNeighbours(store, meaning, None)

    def by_keywords(more: str) -> KeywordNeighbours:
        k = _whole(more)
        return KeywordNeighbours(store, meaning, (lambda: partition(store, k)) if more else None)

    return {"clusters": in_cluster, "cosine": among_all, "keywords": by_keywords}


def _whole(text: str) -> int:
    """Read how many clusters are wanted; '' is the default."""
    if text and not (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= MOST):
        raise QueryError(f"'{text}' is no number of clusters; give 1 to {MOST:,}, as in clusters=4")
    return int(text) if text else DEFAULT_K


def partition(store: Store, k: int) -> Partition:
    """Return the library's songs in `k` clusters of lyrics: as they were kept, else found now and kept if possible."""
    return store.kept((FOLDER, k), lambda: _partition(store, k))


def _partition(store: Store, k: int) -> Partition:
    name, mark = f"{FOLDER}/{k}.npz", mark_of(store)
    known = _read(store, name, mark)
    if known is None:
        known = _found(store, k)
        keep(store.tables.at, name, mark, known._asdict())
    return known


def _found(store: Store, k: int) -> Partition:
    songs = store.lyric_vectors()
    found = clusters(songs.vectors, k=k)
    drawn = f"{found.sampled:,} of {len(songs.keys):,} songs" if found.sampled else ""
    note = f"the clusters were found in {drawn}; each other song went to the nearest" if drawn else ""
    return Partition(songs.keys, found.labels, found.centroids, note)


def _read(store: Store, name: str, mark: str) -> Partition | None:
    """Return kept clusters; None where there are none, or they are of another state, or do not fit together."""
    parts = kept(store.tables.at, name, mark)
    if parts is None:
        return None
    known = Partition(parts["keys"], parts["labels"], parts["centroids"], str(parts["note"]))
    return known if known.labels.shape == known.keys.shape and known.centroids.ndim == 2 else None
