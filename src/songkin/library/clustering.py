"""The clusters of a library's lyrics, found once for each state of the library and kept in a file beside its tables."""

from __future__ import annotations

import logging
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from songkin.atlas import DEFAULT_K, clusters
from songkin.errors import QueryError
from songkin.search import LyricNeighbours, Meaning, Partition
from songkin.store import Store

__all__ = ["partition", "strategies"]

FOLDER = "clusters"
MOST = 1000  # clusters
log = logging.getLogger(__name__)


def strategies(store: Store, meaning: Meaning | None) -> dict[str, Callable[[str], LyricNeighbours]]:
    """Return the other ways to look for songs, by name; what stands behind "clusters=" is how many there are."""

    def in_cluster(more: str) -> LyricNeighbours:
        k = _whole(more)
        return LyricNeighbours(store, meaning, lambda: partition(store, k))

    def among_all(more: str) -> LyricNeighbours:
        if more:
            raise QueryError(f"the strategy 'cosine' has no clusters; leave out '={more}'")
        return LyricNeighbours(store, meaning, None)

    return {"clusters": in_cluster, "cosine": among_all}


def _whole(text: str) -> int:
    """Read how many clusters are wanted; '' is the default."""
    if text and not (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= MOST):
        raise QueryError(f"'{text}' is no number of clusters; give 1 to {MOST:,}, as in clusters=4")
    return int(text) if text else DEFAULT_K


def partition(store: Store, k: int) -> Partition:
    """Return the library's songs in `k` clusters of lyrics: as they were kept, else found now and kept if possible."""
    return store.kept((FOLDER, k), lambda: _partition(store, k))


def _partition(store: Store, k: int) -> Partition:
    path = Path(store.tables.place) / FOLDER / f"{k}.npz"
    mark = _mark(store)
    known = _read(path, mark)
    if known is None:
        known = _found(store, k)
        _keep(path, mark, known)
    return known


def _found(store: Store, k: int) -> Partition:
    songs = store.lyric_vectors()
    found = clusters(songs.vectors, k=k)
    drawn = f"{found.sampled:,} of {len(songs.keys):,} songs" if found.sampled else ""
    note = f"the clusters were found in {drawn}; each other song went to the nearest" if drawn else ""
    return Partition(songs.keys, found.labels, found.centroids, note)


def _mark(store: Store) -> str:
    """Return what changes with the library's songs, passages or vectors."""
    versions = [store.tables.run(table.version()) for table in (store.tables.songs, store.tables.passages)]
    return "/".join(map(str, [store.facts().get("fingerprint", ""), *versions]))


def _read(path: Path, mark: str) -> Partition | None:
    """Return kept clusters; None where there are none, or they are of another state, or cannot be read."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            if str(kept["mark"]) != mark:
                return None
            known = Partition(kept["keys"], kept["labels"], kept["centroids"], str(kept["note"]))
            if known.labels.shape != known.keys.shape or known.centroids.ndim != 2:
                raise ValueError("its parts do not fit together")
            return known
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        log.warning("%s: kept clusters cannot be read (%s); they are found again", path, error)
        return None


def _keep(path: Path, mark: str, found: Partition) -> None:
    """Keep clusters for the next time; a library that may only be read does without."""
    draft = path.with_name(f".{path.stem}-{os.getpid()}.npz")
    try:
        path.parent.mkdir(exist_ok=True)
        np.savez(draft, mark=mark, **found._asdict())
        draft.replace(path)
    except OSError as error:
        log.info("%s: clusters are not kept (%s)", path, error)
        draft.unlink(missing_ok=True)
