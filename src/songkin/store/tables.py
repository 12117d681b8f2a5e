"""The three tables of a library: songs, passages, and `facts` (name, value) about the library itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from songkin.errors import StoreError
from songkin.filters import column
from songkin.store.engine import lancedb, run
from songkin.store.migrations import SCHEMA, check, migrate
from songkin.store.rows import passage_schema, song_schema, vector_type

__all__ = ["KEPT_VERSIONS", "Tables"]

KEPT_VERSIONS = timedelta(minutes=10)  # how long a reader may go on with what it opened
FACTS = pa.schema([("name", pa.string()), ("value", pa.string())])
NAMES = ("passages", "songs", "facts")  # in the order of making: facts last, so its presence says all are there


class Tables:
    """The open tables of one library; `songs` and `passages` are LanceDB's asynchronous tables."""

    def __init__(self, place: str, connection: Any) -> None:
        self.place = place
        self._connection = connection
        self.passages, self.songs, self.facts_table = (run(connection.open_table(name)) for name in NAMES)

    @classmethod
    def exist(cls, place: str) -> bool:
        """Say whether a whole library rests at `place`."""
        return (Path(place) / "facts.lance").is_dir()

    @classmethod
    def open(cls, place: str) -> Tables:
        """Open the library at `place`; StoreError when there is none, SchemaError when it is too new."""
        if not cls.exist(place):
            raise StoreError(f"{place}: no library here; make one with: songkin add SONGS.csv -L {place}")
        tables = cls(place, run(lancedb().connect_async(place)))
        check(tables.schema_number(), place)
        return tables

    @classmethod
    def create(cls, place: str, *, dim: int) -> Tables:
        """Make an empty library whose vectors have `dim` numbers; what a killed maker left is completed."""
        if Path(place).exists() and not Path(place).is_dir():
            raise StoreError(f"{place}: is a file, and a library is a folder; name another place with -L")
        connection = run(lancedb().connect_async(place))
        for name, schema in zip(NAMES, (passage_schema(dim), song_schema(dim), FACTS), strict=True):
            run(connection.create_table(name, schema=schema, exist_ok=True))
        tables = cls(place, connection)
        tables.tell("schema", str(SCHEMA))
        return tables

    def migrate(self) -> None:
        """Bring the library up to this songkin's schema; the writer's lock is held."""
        migrate(self)

    def facts(self) -> dict[str, str]:
        """Return what the library says of itself."""
        rows = run(self.facts_table.query().to_arrow()).to_pylist()
        return {row["name"]: row["value"] for row in rows}

    def tell(self, name: str, value: str) -> None:
        """Record a fact, replacing what was said before."""
        new = pa.Table.from_pylist([{"name": name, "value": value}], schema=FACTS)
        run(self.facts_table.merge_insert("name").when_matched_update_all().when_not_matched_insert_all().execute(new))

    def schema_number(self) -> int:
        """Return the number of the schema the library was written with; 1 where its maker was killed before saying."""
        return int(self.facts().get("schema", "1"))

    def features(self) -> list[str]:
        """Return the names of the features any song ever had."""
        return [name[2:] for name in run(self.songs.schema()).names if name.startswith("f_")]

    def add_features(self, names: Sequence[str]) -> None:
        """Add filter columns for features seen for the first time; songs so far lack them."""
        for table in (self.passages, self.songs):
            have = set(run(table.schema()).names)
            new = {column(name): "cast(NULL as double)" for name in names if column(name) not in have}
            if new:
                run(table.add_columns(new))

    def dim(self) -> int:
        """Return how many numbers a vector has."""
        return int(run(self.songs.schema()).field("vector").type.list_size)

    def forget_vectors(self, *, dim: int) -> None:
        """Drop every vector and make room for ones of `dim` numbers, as a change of encoder needs."""
        for table in (self.passages, self.songs):
            run(table.drop_columns(["vector"]))
            run(table.add_columns(pa.schema([pa.field("vector", vector_type(dim))])))
        run(self.songs.update({"encoder": None}))

    def refresh(self) -> None:
        """See what was committed since the tables were opened."""
        for table in (self.passages, self.songs, self.facts_table):
            run(table.checkout_latest())

    def tidy(self) -> None:
        """Merge small files, bring indexes up to date, and drop versions no reader needs."""
        for table in (self.passages, self.songs, self.facts_table):
            run(table.optimize(cleanup_older_than=KEPT_VERSIONS))
