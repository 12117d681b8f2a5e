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
from songkin.store.rows import filter_columns, filter_fields, song_of, vector_column, work_of
from songkin.store.vectors import ExactVectors
from songkin.text.words import sung_stems

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
WHOLES_AT_ONCE = 100_000  # songs written at a time, 1.5 kB each: every time goes through the whole table
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
    """Schema 5: songs have the stems of all their passages, and the mean direction of their vectors.

    Where a change of encoder was broken off, no vectors belong together, and the next writer makes all of them anew.
    """
    from songkin.store.indexes import Indexes

    schema, theirs = (tables.run(table.schema()) for table in (tables.songs, tables.passages))
    kinds = {one.field("vector").type if "vector" in one.names else None for one in (schema, theirs)}
    kind = kinds.pop() if len(kinds) == 1 else None
    vectors = [pa.field("whole", kind)] if kind else []
    _make_columns(tables, tables.songs, [pa.field("sung_stems", pa.string()), *vectors])
    sung = tables.songs.query().where("passages > 0").select(["key"])
    keys = np.sort(tables.run(sung.to_arrow())["key"].to_numpy())
    log.info("bringing %d songs up to schema 5", len(keys))
    for at in range(0, len(keys), WHOLES_AT_ONCE):
        own = keys[at : at + WHOLES_AT_ONCE]
        cuts = range(0, len(own), SONGS_AT_ONCE)
        rows = pa.concat_tables([_wholes(tables, own[first : first + SONGS_AT_ONCE], kind) for first in cuts])
        if kind:
            _update(tables, tables.songs, rows.filter(pc.is_valid(rows["whole"])))
            rows = rows.filter(pc.is_null(rows["whole"])).drop_columns(["whole"])  # LanceDB updates no vector to null
        _update(tables, tables.songs, rows)
    indexes = Indexes(tables)
    indexes.make_full_text()
    indexes.make_vectors()
    tables.tidy()


def _wholes(tables: Tables, keys: Any, kind: pa.DataType | None) -> pa.Table:
    """Return what some songs are as wholes, by their passages; without a vector where no passage has one."""
    columns = ["key", "part", "stems", *(["vector"] if kind else [])]
    stretch = tables.passages.query().where(f"key >= {keys[0]} AND key <= {keys[-1]}").select(columns)
    rows = tables.run(stretch.to_arrow())
    rows = rows.filter(pa.array(np.isin(rows["key"].to_numpy(), keys)))
    rows = rows.sort_by([("key", "ascending"), ("part", "ascending")])
    songs, starts = np.unique(rows["key"].to_numpy(), return_index=True)
    passages = np.split(rows["stems"].to_numpy(), starts[1:])
    sung = [sung_stems(stems or "" for stems in own) or None for own in passages] if len(songs) else []
    found = pa.table({"key": songs, "sung_stems": pa.array(sung, pa.string())})
    return found.append_column("whole", _centres(rows, songs, kind)) if kind else found


def _centres(rows: pa.Table, songs: Any, kind: pa.DataType) -> pa.Array:
    """Return the mean direction of the passages of songs (n,), null where none has a vector."""
    exact = ExactVectors(rows)
    full = np.zeros((len(songs), kind.list_size), np.float16)
    full[np.searchsorted(songs, exact.songs)] = exact.centres()
    return vector_column(full, kind, full.any(1))


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
