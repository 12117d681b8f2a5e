"""The map of a library: laid out once, kept beside it, and filled in as songs come, while the others stay put.

Conventions
-----------
Songs with a vector run along one axis (n,), by id. A song whose vector changed, since its words did, gets a new place.
"""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Callable
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from songkin.atlas import centred_by_kind, laid_out, layout_trustworthiness, placed, principal_components
from songkin.errors import StoreError
from songkin.library.charting import SongMap
from songkin.library.map_columns import map_columns
from songkin.library.theming import atlas
from songkin.library.vectors import whole_songs, why_no_vector
from songkin.store import Store
from songkin.types import Vectors

__all__ = ["song_map"]

FILE, NAME = "map.parquet", b"songkin"
FORM = "1"  # raise it when maps are laid out otherwise
SEED = 0
COARSE = 100  # steps of a vector's numbers, below which two are taken for the same
MUCH = 1 / 3  # of a map's songs that came later, beyond which a note recommends a fresh one
log = logging.getLogger(__name__)

Shown = Callable[[NDArray[np.int64]], NDArray[np.bool_]]


class Plane(NamedTuple):
    """Where songs lie: ids (n,), what their vectors were (n,), places (n, 2), which came after the layout (n,), and how
    far to trust it.
    """

    ids: tuple[str, ...]
    digests: tuple[str, ...]
    places: Vectors
    later: NDArray[np.bool_]
    trustworthiness: float


def song_map(store: Store, *, fresh: bool = False, shown: Shown | None = None) -> SongMap:
    """Return the map of a library: as it was kept, with new songs placed among the others, or laid out anew.

    `shown` says which keys (m,) a user may see (m,). A library without any vector gives a map without songs, and a
    note; one whose songs are all alike has no trustworthiness (NaN). MissingExtra where the layout needs umap-learn,
    which is not there.
    """
    songs = whole_songs(store)
    mark = f"{FORM}/{store.facts().get('fingerprint', '')}"
    ids, digests = tuple(str(name) for name in store.ids(songs.keys)), _digests(songs.vectors)
    alike = len(set(digests)) == 1  # then what is left about their middle is rounding
    vectors = np.zeros_like(songs.vectors) if alike else centred_by_kind(songs.vectors, songs.kinds)
    plane = None if fresh else _read(store, mark)
    if plane is None or (plane.ids, plane.digests) != (ids, digests):
        plane = _plane(ids, digests, vectors, plane)
        _keep(store, mark, plane)
    seen = np.flatnonzero(shown(songs.keys)) if shown else np.arange(len(songs.keys))
    columns = map_columns(store, atlas(store), seen)
    shown_ids = tuple(columns.pop("id"))
    x, y = np.ascontiguousarray(plane.places[seen].T)  # (n, 2) -> (2, n)
    trust = math.nan if alike else plane.trustworthiness
    return SongMap(shown_ids, x, y, columns, trust, tuple(_notes(store, plane, len(seen))))


def _digests(vectors: Vectors) -> tuple[str, ...]:
    """Return what changes with each vector (n,), and not with the last digits of its numbers."""
    return tuple(
        blake2b(row.tobytes(), digest_size=8).hexdigest() for row in np.round(vectors * COARSE).astype(np.int8)
    )


def _plane(ids: tuple[str, ...], digests: tuple[str, ...], vectors: Vectors, known: Plane | None) -> Plane:
    """Give every song a place: the known ones theirs, the others one among them; without known ones, all a new one."""
    places, later = _kept_places(ids, digests, known)
    if known is None or np.isnan(places).all():
        places = laid_out(principal_components(vectors), seed=SEED)
        later = np.zeros(len(places), bool)
    else:
        places = placed(vectors, places, seed=SEED)
    return Plane(ids, digests, places, later, layout_trustworthiness(vectors, places, seed=SEED))


def _kept_places(
    ids: tuple[str, ...], digests: tuple[str, ...], known: Plane | None
) -> tuple[Vectors, NDArray[np.bool_]]:
    """Return the places of songs (n, 2), NaN for new ones, and which came after the layout (n,)."""
    places, later = np.full((len(ids), 2), np.nan, np.float32), np.ones(len(ids), bool)
    if known is not None:
        before = {own: at for at, own in enumerate(zip(known.ids, known.digests, strict=True))}
        pairs = [(at, before[own]) for at, own in enumerate(zip(ids, digests, strict=True)) if own in before]
        here, there = np.array(pairs, np.int64).reshape(-1, 2).T
        places[here], later[here] = known.places[there], known.later[there]
    return places, later


def _notes(store: Store, plane: Plane, seen: int) -> list[str]:
    """Say what the map leaves out, and when it should be laid out anew."""
    n, total, later = len(plane.ids), store.counts().songs, int(plane.later.sum())
    notes = []
    if total > n:
        notes.append(f"{_counted(total - n, total)} no vector, and no place: {why_no_vector(store, n)}")
    if n > seen:
        notes.append(f"{_counted(n - seen, n, 'is', 'are')} excluded, and not shown")
    if later > MUCH * n:
        notes.append(f"{later:,} of {n:,} songs came after the map was laid out; songkin map --fresh lays it out anew")
    return notes


def _counted(count: int, total: int, one: str = "has", more: str = "have") -> str:
    return f"{count:,} of {total:,} songs {one if count == 1 else more}"


# -- kept beside the library -------------------------------------------------------------------------------------------


def _read(store: Store, mark: str) -> Plane | None:
    """Return the kept map; None where there is none, or it is of other vectors, or cannot be read."""
    try:
        with store.tables.at.open(FILE) as file:
            table = pq.read_table(file)
        said = dict(json.loads((table.schema.metadata or {}).get(NAME, b"{}")))
        ids, digests = (tuple(table[name].to_pylist()) for name in ("id", "digest"))
        x, y, later = (table[name].to_numpy() for name in ("x", "y", "later"))
        places = np.stack([x, y], 1).astype(np.float32)
        plane = Plane(ids, digests, places, later.astype(bool), float(said.get("trust", math.nan)))
    except FileNotFoundError:
        return None
    except (OSError, pa.ArrowException, KeyError, ValueError, TypeError) as error:
        log.warning("%s: the kept map cannot be read (%s); it is laid out anew", FILE, error)
        return None
    return plane if said.get("mark") == mark and np.isfinite(plane.places).all() else None


def _keep(store: Store, mark: str, plane: Plane) -> None:
    """Keep the map for the next time; a library that may only be read does without."""
    x, y = plane.places.T
    names = {"id": pa.array(plane.ids, pa.string()), "digest": pa.array(plane.digests, pa.string())}
    table = pa.table({**names, "x": x, "y": y, "later": plane.later})
    said = json.dumps({"mark": mark, "trust": plane.trustworthiness})
    try:
        store.tables.at.keep(FILE, lambda file: pq.write_table(table.replace_schema_metadata({NAME: said}), file))
    except (OSError, StoreError) as error:
        log.info("the map of %s is not kept (%s)", store.tables.place, error)
