"""Bring an older library up to the schema this songkin writes, one numbered step at a time.

A step takes the open tables and returns nothing; it must be safe to run again after a kill, because the library's
number moves only once the step has ended.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from songkin.errors import SchemaError
from songkin.store.quoting import one_of
from songkin.store.rows import filter_columns, filter_fields, song_of, work_of
from songkin.store.vectors import ExactVectors

if TYPE_CHECKING:
    from songkin.store.tables import Tables

__all__ = [
    "MIGRATIONS",
    "SCHEMA",
    "check",
    "finer_vector_indexes",
    "migrate",
    "passage_encoders",
    "songs_as_wholes",
    "works_and_new_filters",
]

log = logging.getLogger(__name__)

SCHEMA = 5
SONGS_AT_ONCE = 5000  # songs whose records and lyrics, or passages' vectors, are read at a time
WHOLES_AT_ONCE = (
    100_000  # songs that are given a vector at a time: each time goes through the whole table, 0.8 kB a song
)
FIRST_FILTERS = {  # those of schema 1; what is there beyond them is computed from the songs
    *("w_id", "w_title", "w_artist", "w_album", "w_genre", "w_tag", "w_language", "w_year", "w_duration_s"),
    *("w_explicit", "w_instrumental"),
}


def check(found: int, place: str) -> None:
    """Refuse a library that a newer songkin made."""
    if found > SCHEMA:
        cure = "update with: pip install -U songkin"
        raise SchemaError(f"{place}: made by a newer songkin (schema {found}, this one reads up to {SCHEMA}); {cure}")


def works_and_new_filters(tables: Tables) -> None:
    """Schema 2: songs know the title their versions share, and both tables have the filter columns added since 1.

    Every value is computed anew from the song as it was stored, so a step that was killed is simply run again.
    """
    new = [field for field in filter_fields([]) if field.name not in FIRST_FILTERS]
    _make_columns(tables, tables.songs, [pa.field("work", pa.string()), *new])
    _make_columns(tables, tables.passages, new)
    keys = tables.run(tables.songs.query().select(["key"]).to_arrow())["key"].to_numpy()
    log.info("bringing %d songs up to schema 2", len(keys))
    for at in range(0, len(keys), SONGS_AT_ONCE):
        _fill(tables, keys[at : at + SONGS_AT_ONCE], [field.name for field in new])
    tables.tidy()


def passage_encoders(tables: Tables) -> None:
    """Schema 3: songs name what filled the vectors of their passages; so far it was what filled their own."""
    if "passage_encoder" not in tables.run(tables.songs.schema()).names:
        tables.run(tables.songs.add_columns({"passage_encoder": "encoder"}))


def finer_vector_indexes(tables: Tables) -> None:
    """Schema 4: vector indexes have finer codes and another metric, and smaller tables have one; vectors stay."""
    from songkin.store.indexes import Indexes  # which knows the tables, as they know this

    log.info("indexing vectors anew, for schema 4")
    Indexes(tables).make_vectors()


def songs_as_wholes(tables: Tables) -> None:
    """Schema 5: songs have a vector of their lyrics as a whole, the mean direction of their passages.

    Where a change of encoder was broken off, no vectors belong together, and the next writer makes all of them anew.
    """
    from songkin.store.indexes import Indexes

    schema, theirs = (tables.run(table.schema()) for table in (tables.songs, tables.passages))
    kinds = {one.field("vector").type if "vector" in one.names else None for one in (schema, theirs)}
    if None in kinds or len(kinds) > 1:
        return
    _make_columns(tables, tables.songs, [pa.field("whole", kinds.pop())])
    sung = tables.songs.query().where("passages > 0 AND passage_encoder IS NOT NULL").select(["key"])
    keys = np.sort(tables.run(sung.to_arrow())["key"].to_numpy())
    log.info("bringing %d songs up to schema 5", len(keys))
    for at in range(0, len(keys), WHOLES_AT_ONCE):
        own = keys[at : at + WHOLES_AT_ONCE]
        parts = [_wholes(tables, own[first : first + SONGS_AT_ONCE]) for first in range(0, len(own), SONGS_AT_ONCE)]
        _update(tables, tables.songs, pa.concat_tables(parts))
    Indexes(tables).make_vectors()
    tables.tidy()


def _wholes(tables: Tables, keys: Any) -> pa.Table:
    """Return the vectors of songs as wholes, from their passages; songs without any are left out."""
    stretch = f"key >= {keys[0]} AND key <= {keys[-1]} AND vector IS NOT NULL"
    rows = tables.run(tables.passages.query().where(stretch).select(["key", "vector"]).to_arrow())
    exact = ExactVectors(rows.filter(pa.array(np.isin(rows["key"].to_numpy(), keys))))
    centres = exact.centres()
    there = centres.any(1)
    kind = rows.schema.field("vector").type
    wholes = pa.FixedSizeListArray.from_arrays(pa.array(centres[there].astype(np.float16).ravel()), type=kind)
    return pa.table({"key": exact.songs[there], "whole": wholes})


def _make_columns(tables: Tables, table: Any, fields: Sequence[pa.Field]) -> None:
    """Add the columns a table lacks, null in every row."""
    have = tables.run(table.schema()).names
    lacking = [field for field in fields if field.name not in have]
    if lacking:
        tables.run(table.add_columns(pa.schema(lacking)))


def _fill(tables: Tables, keys: Any, filters: Sequence[str]) -> None:
    """Write the new columns of some songs, and those of their passages that say anything."""
    query = tables.songs.query().where(one_of("key", keys.tolist())).select(["key", "id", "record", "lyrics"])
    rows = tables.run(query.to_arrow())
    songs = [song_of(row) for row in rows.to_pylist()]
    values = filter_columns(songs, [])
    told = pa.table({"key": rows["key"], **{name: values[name] for name in filters}})
    works = pa.array([work_of(song) for song in songs], pa.string())
    _update(tables, tables.songs, told.append_column("work", works))
    _update(tables, tables.passages, told.filter(pa.array(_says(told, filters))))


def _says(rows: pa.Table, names: Sequence[str]) -> Any:
    """Say which rows (n,) hold anything in some columns."""
    held = [pc.is_valid(rows[name]).to_numpy() for name in names]
    return np.any(held, axis=0) if held else np.zeros(rows.num_rows, bool)


def _update(tables: Tables, table: Any, rows: pa.Table) -> None:
    """Write columns of the rows of some keys; the other columns stay as they are."""
    if rows.num_rows:
        tables.run(table.merge_insert("key").when_matched_update_all().execute(rows))


MIGRATIONS: Mapping[int, Callable[[Tables], None]] = MappingProxyType(  # by where it leads to
    {2: works_and_new_filters, 3: passage_encoders, 4: finer_vector_indexes, 5: songs_as_wholes}
)


def migrate(tables: Tables, *, steps: Mapping[int, Callable[[Tables], None]] = MIGRATIONS, to: int = SCHEMA) -> None:
    """Run the steps between the library's schema and `to`, in order, recording each as it ends."""
    for number in range(tables.schema_number() + 1, to + 1):
        if number in steps:
            steps[number](tables)
        tables.tell("schema", str(number))
