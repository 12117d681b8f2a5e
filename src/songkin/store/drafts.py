"""Songs written but not committed: workers lay rows out and write them to files, one writer makes them seen at once.

Conventions
-----------
The writer gives the keys and tells the shape of the tables beforehand. What a worker writes belongs to nobody until it
is committed: of a worker or a writer that dies, files are left that no version names, and the next tidying clears them.
Many drafts make one commit of passages and, after it, one of songs (docs/decisions/0003). The files are written by
Lance's own package, of the release that LanceDB is built on.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple

import pyarrow as pa

from songkin.extras import need
from songkin.store.engine import told_plainly
from songkin.store.place import place_of
from songkin.store.rows import Known, Slots, SongRow, laid_out

__all__ = ["Draft", "committed", "drafted", "moment_of"]


class Draft(NamedTuple):
    """Songs that were written to files: what is to be known of each id, and the files of both tables as JSON.

    Songs that replace others come as rows instead, since they are merged by id.
    """

    known: dict[str, Known]
    passages: tuple[str, ...]
    songs: tuple[str, ...]
    replacing: pa.Table | None = None


def drafted(place: str, rows: Sequence[SongRow], slots: Slots) -> Draft:
    """Write rows (n,) to files of the library at `place`, under the keys and in the shape that `slots` tells."""
    songs, passages = laid_out(rows, slots)
    known = {
        row.song.id: Known(key, row.digest, row.encoder, row.passage_encoder)
        for row, key in zip(rows, slots.keys, strict=True)
    }
    sung = _written(place, "passages", passages) if passages.num_rows else ()
    if slots.replacing:
        return Draft(known, sung, (), songs)
    return Draft(known, sung, _written(place, "songs", songs))


def _written(place: str, table: str, rows: pa.Table) -> tuple[str, ...]:
    write = need("lance.fragment", extra="scale").write_fragments
    with told_plainly(place):
        return tuple(json.dumps(one.to_json()) for one in write(rows, _dataset(place, table), mode="append"))


def committed(place: str, table: str, written: Sequence[tuple[str, ...]], version: int) -> None:
    """Make the files of a table seen, all of them in one commit after `version`."""
    lance = need("lance", extra="scale")
    files = [lance.FragmentMetadata.from_json(one) for one in chain.from_iterable(written)]
    if files:
        with told_plainly(place):
            append = lance.LanceOperation.Append(files)
            lance.LanceDataset.commit(_dataset(place, table), append, read_version=version)


def moment_of(place: str, version: int) -> str:
    """Return when a version of the songs was committed: the same for all who look at the same library."""
    with told_plainly(place):
        versions = _dataset(place, "songs").versions()
    return next((str(one["timestamp"]) for one in versions if one["version"] == version), "")


def _dataset(place: str, table: str) -> Any:
    lance, options = need("lance", extra="scale"), place_of(place).options()
    return lance.dataset(f"{place.partition('?')[0]}/{table}.lance", storage_options=options)
