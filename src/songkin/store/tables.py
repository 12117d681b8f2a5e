"""The three tables of a library: songs, passages, and `facts` (name, value) about the library itself."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from datetime import timedelta
from typing import Any, TypeVar

import pyarrow as pa

from songkin.errors import LockedError, StoreError
from songkin.filters import column
from songkin.store.engine import lancedb, run, session
from songkin.store.lock import deciding_lock, writer_lock
from songkin.store.migrations import SCHEMA, check, migrate
from songkin.store.place import WHOLE, Place, place_of
from songkin.store.rows import VECTORS, passage_schema, song_schema, vector_type
from songkin.store.scattered import scattered
from songkin.store.shard import LocalShard, Shard
from songkin.store.statistics import TABLE as TERMS
from songkin.store.upkeep import HURRIED, KEPT_VERSIONS, SLACK, upkeep

__all__ = ["FACTS", "KEPT_VERSIONS", "Shards", "Tables", "connected", "shard_place"]

T = TypeVar("T")
Shards = Callable[[Sequence[str]], Sequence[Shard]]  # places of shards -> who answers for each

MOST_TABLES = 1000  # that are looked for
FACTS = pa.schema([("name", pa.string()), ("value", pa.string())])


class Tables:
    """The open tables of one library; `songs` and `passages` are LanceDB's asynchronous tables.

    Songs are opened, and refreshed, before passages: a writer commits passages first, so every song seen has its own.
    """

    def __init__(
        self, place: str, connection: Any, facts: Any, *, shards: Shards | None = None, writing: bool = True
    ) -> None:
        self.place, self._connection = place, connection
        self.at: Place = place_of(place)
        self._copied: str | None = None  # where songs and passages are read, unless it is at the place itself
        self._writing = writing
        self.decisions = 0  # that were committed through these tables
        self.guard: Callable[[], None] | None = None  # asked before everything a writer does
        self.facts_table = facts
        count = int(_read(facts, place).get("shards", "0"))
        self.in_shards = bool(count)
        self.songs, self.passages = self._united(count, shards) if count else self._own()

    def _own(self) -> list[Any]:
        self._copied = None if self._writing else self.at.copied()
        at = connected(self._copied) if self._copied else self._connection
        return [self.run(at.open_table(name)) for name in ("songs", "passages")]

    def _united(self, count: int, shards: Shards | None) -> list[Any]:
        """Open the tables of a library in shards, which `shards` answers for, None = this process."""
        places = [shard_place(self.place, at) for at in range(count)]
        terms = self.beside(TERMS)
        if terms is None:
            cure = _cure(_read(self.facts_table, self.place), self.place)
            raise StoreError(f"{self.place}: is damaged ({TERMS}.lance is gone); {cure}")
        answering = shards(places) if shards else [LocalShard(connected(place)) for place in places]
        return list(self.run(scattered(answering, terms)))

    @classmethod
    def exist(cls, place: str) -> bool:
        """Say whether a whole library rests at `place`: facts are committed last."""
        return place_of(place).committed(WHOLE)

    @classmethod
    def open(cls, place: str, *, shards: Shards | None = None) -> Tables:
        """Open the library at `place`, bringing an older one up to date.

        StoreError when there is none or it is damaged, SchemaError when it is too new, LockedError when it must be
        brought up to date and another process writes. `shards` answers for those of a library that is in shards.
        """
        if not cls.exist(place):
            raise StoreError(place_of(place).why_none())
        tables = cls._opened(place, shards)
        if tables.schema_number() < SCHEMA:
            tables._bring_up_to_date()
        return tables

    @classmethod
    def open_for_writing(cls, place: str, *, dim: int) -> Tables:
        """Open the library at `place`, making it if need be; the writer's lock is held."""
        if cls.exist(place) and "shards" in (facts := cls.facts_at(place)):
            raise StoreError(f"{place}: is in shards, which are only read; {_cure(facts, place)}")
        tables = cls._opened(place, writing=True) if cls.exist(place) else cls.create(place, dim=dim)
        tables.migrate()
        return tables

    @classmethod
    def facts_at(cls, place: str) -> dict[str, str]:
        """Return what the library at `place` says of itself."""
        return _read(run(connected(place).open_table("facts"), place=place), place)

    @classmethod
    def _opened(cls, place: str, shards: Shards | None = None, *, writing: bool = False) -> Tables:
        """Open the tables; the facts come first, since a newer library may have other tables."""
        connection = connected(place)
        facts = run(connection.open_table("facts"), place=place)
        check(_number(_read(facts, place)), place)
        reads = not writing and _number(_read(facts, place)) == SCHEMA
        return cls(place, connection, facts, shards=shards, writing=not reads)

    @classmethod
    def create(cls, place: str, *, dim: int) -> Tables:
        """Make an empty library whose vectors have `dim` numbers; what a killed maker left is made anew."""
        connection = connected(place)
        place_of(place).begin()
        for name, schema in (("passages", passage_schema(dim)), ("songs", song_schema(dim))):
            _clear(connection, name, place)
            run(connection.create_table(name, schema=schema), place=place)
        number = pa.Table.from_pylist([{"name": "schema", "value": str(SCHEMA)}], schema=FACTS)
        facts = run(connection.create_table("facts", number), place=place)
        return cls(place, connection, facts)

    def names(self) -> list[str]:
        """Return the names of all tables, those beside songs, passages and facts too."""
        return list(self.run(self._connection.list_tables(limit=MOST_TABLES)).tables)

    def beside(self, name: str) -> Any | None:
        """Open a further table of the library; None where nothing was ever kept in it.

        StoreError where it has rows but nothing that says which of them count: what it kept must not vanish unsaid.
        """
        if not self.at.committed(name):
            if self.at.has_rows(name):
                cure = f"put a copy of {name}.lance back, or delete the folder to start without it"
                raise StoreError(f"{self.place}/{name}.lance: is damaged (its versions are gone); {cure}")
            return None
        return self.run(self._connection.open_table(name))

    def made_beside(self, name: str, schema: pa.Schema) -> Any:
        """Open a further table of the library for writing, making it if need be; of two that make it one finds it."""
        with self.deciding():
            found = self.beside(name)
            return found or self.run(self._connection.create_table(name, schema=schema, exist_ok=True))

    def deciding(self) -> AbstractContextManager[None]:
        """Wait to be the only one who looks whether something is there, and writes it if it is not."""
        return deciding_lock(self.place)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on one of the tables; an error names the library."""
        if self.guard is not None:
            try:
                self.guard()
            except BaseException:
                work.close()
                raise
        return run(work, place=self.place)

    def batches(self, query: Any) -> Iterator[pa.RecordBatch]:
        """Give the rows of a query, some thousand at a time."""
        reader = self.run(query.to_batches())
        while (batch := self.run(_next(reader))) is not None:
            yield batch

    def _bring_up_to_date(self) -> None:
        """Migrate under the writer's lock; a library that must not be written to cannot be read before."""
        if self.in_shards:
            raise StoreError(f"{self.place}: its shards are of an older songkin; {_cure(self.facts(), self.place)}")
        with ExitStack() as locked:
            try:
                locked.enter_context(writer_lock(self.place))
            except LockedError:
                raise
            except StoreError as error:
                cure = "it is brought up to date once: open it as somebody who may write there, or open a copy"
                raise StoreError(f"{self.place}: made by an older songkin, and cannot be written to; {cure}") from error
            self.refresh()
            self.migrate()

    def migrate(self) -> None:
        """Bring the library up to this songkin's schema; the writer's lock is held."""
        migrate(self)

    def facts(self) -> dict[str, str]:
        """Return what the library says of itself."""
        return _read(self.facts_table, self.place)

    def tell(self, name: str, value: str) -> None:
        """Record a fact, replacing what was said before."""
        new = pa.Table.from_pylist([{"name": name, "value": value}], schema=FACTS)
        merge = self.facts_table.merge_insert("name").when_matched_update_all().when_not_matched_insert_all()
        self.run(merge.execute(new))

    def schema_number(self) -> int:
        """Return the number of the schema the library was written with."""
        return _number(self.facts())

    def features(self) -> list[str]:
        """Return the names of the features any song ever had, in the form their columns carry."""
        return [name[2:] for name in self.run(self.songs.schema()).names if name.startswith("f_")]

    def add_features(self, names: Sequence[str]) -> None:
        """Add filter columns for features seen for the first time; songs so far lack them."""
        for table in (self.passages, self.songs):
            have = set(self.run(table.schema()).names)
            new = {column(name): "cast(NULL as double)" for name in names if column(name) not in have}
            if new:
                self.run(table.add_columns(new))

    def dim(self) -> int:
        """Return how many numbers a vector has; 0 while a change of encoder is half done."""
        return (self._size("songs") or 0) if self.whole() else 0

    def whole(self) -> bool:
        """Say whether both tables have vectors of one size, as they have unless a change of encoder was broken off."""
        return self._size("songs") is not None and self._size("songs") == self._size("passages")

    def _size(self, name: str) -> int | None:
        """Return how many numbers a table's vectors have; None where a column of them is missing, or they differ."""
        schema = self.run(getattr(self, name).schema())
        sizes = {schema.field(one).type.list_size if one in schema.names else None for one in VECTORS[name]}
        size = sizes.pop()
        return None if sizes or size is None else int(size)

    def forget_vectors(self, *, dim: int) -> None:
        """Drop every vector and its index, and make room for ones of `dim` numbers; safe to run again after a kill.

        Songs count as not encoded before the first vector goes.
        """
        self.run(self.songs.update({"encoder": None, "passage_encoder": None}, where="encoder IS NOT NULL"))
        for name, table in (("passages", self.passages), ("songs", self.songs)):
            if have := [one for one in VECTORS[name] if one in self.run(table.schema()).names]:
                self.run(table.drop_columns(have))
            self.run(table.add_columns(pa.schema([pa.field(one, vector_type(dim)) for one in VECTORS[name]])))

    def refresh(self) -> None:
        """See what was committed since the tables were opened."""
        if self._copied:
            self.at.copied()
        for table in (self.songs, self.passages, self.facts_table):
            self.run(table.checkout_latest())

    def tidy(self, *, slack: float = SLACK, kept: timedelta | None = None, finished: bool = True) -> None:
        """Merge small files, bring indexes up to date, and drop versions no reader needs and files of killed writers.

        Versions are kept for as long as `kept`, None = ten minutes, or one where they take more than `slack` of what is
        needed. The writer's lock is held, so a file that no version names belongs to a writer that died; unless this
        one's work is not `finished`, and it may yet name it.
        """
        tables = (self.passages, self.songs, self.facts_table)
        for table in tables:
            self.optimize(table, kept=kept, finished=finished)
        if (kept is None or kept > HURRIED) and self.takes_too_much(slack):
            for table in tables:
                self.optimize(table, kept=HURRIED, finished=finished)

    def takes_too_much(self, slack: float = SLACK) -> bool:
        """Say whether old versions take more than `slack` of what is needed."""
        spent = upkeep(self.place)
        return spent is not None and spent.is_too_much(slack)

    def optimize(self, table: Any, *, kept: timedelta | None = None, finished: bool = True) -> None:
        """Merge a table's small files, and drop its old versions; the writer's lock is held.

        Files that no version names are left alone where a writer whose lock ran out may yet commit them.
        """
        older_than = KEPT_VERSIONS if kept is None else kept
        self.run(table.optimize(cleanup_older_than=older_than, delete_unverified=self.at.alone and finished))


def shard_place(place: str, shard: int) -> str:
    """Return where a shard of the library at `place` rests."""
    path, mark, settings = place.partition("?")
    return f"{path.rstrip('/')}/shard-{shard}{mark}{settings}"


def connected(place: str) -> Any:
    """Return LanceDB's connection to a library."""
    return run(
        lancedb().connect_async(place.partition("?")[0], storage_options=place_of(place).options(), session=session()),
        place=place,
    )


def _read(facts: Any, place: str) -> dict[str, str]:
    rows = run(facts.query().to_arrow(), place=place).to_pylist()
    return {row["name"]: row["value"] for row in rows}


async def _next(reader: Any) -> pa.RecordBatch | None:
    return await anext(reader, None)


def _cure(facts: dict[str, str], place: str) -> str:
    return f"write to the library they were made from, and: songkin shard {place} -L {facts.get('split_from', '...')}"


def _number(facts: dict[str, str]) -> int:
    """Return the schema's number; 0 for one that cannot be read, which no songkin wrote."""
    said = facts.get("schema", "")
    return int(said) if said.isdecimal() else 0


def _clear(connection: Any, name: str, place: str) -> None:
    """Drop the empty table a killed maker left; one that holds rows without facts beside it is damage, not debris."""
    if not place_of(place).committed(name):
        return
    table = run(connection.open_table(name), place=place)
    if run(table.count_rows(), place=place):
        raise StoreError(f"{place}: the library is damaged (no facts beside its {name}); put a copy back")
    run(connection.drop_table(name), place=place)
