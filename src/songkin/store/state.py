"""What users decide, kept beside the songs: exclusions, playlists, opinions, tokens; one row a decision.

Conventions
-----------
A decision is (user, kind, name). `keep` leaves one that is there already as it is, `put` gives it a new value. The
writer's lock is not needed: a decision is one commit of its own, so two users may decide at the same time, and while
songs are added. User "" is the library.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pyarrow as pa

from songkin.errors import StoreError
from songkin.store.engine import VanishedError
from songkin.store.quoting import quoted
from songkin.store.tables import KEPT_VERSIONS, Tables

__all__ = ["Decision", "State"]

log = logging.getLogger(__name__)

TABLE = "state"
SCHEMA = pa.schema([(name, pa.string()) for name in ("user", "kind", "name", "value", "created_at")])
TRIES = 40  # commits that others came before, until we give up
PAUSE_S = 0.05  # at most, between two tries
TIDY_FROM = 32  # commits after which small files are merged and old versions dropped


class Decision(NamedTuple):
    """One thing a user decided; `value` is JSON or '', `created_at` UTC as ISO 8601."""

    user: str
    kind: str
    name: str
    value: str = ""
    created_at: str = ""


class State:
    """The decisions kept in one library."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def read(self, kind: str) -> list[Decision]:
        """Return all decisions of a kind, oldest first, each once; none where nothing was ever decided."""
        table = self._tables.beside(TABLE)
        if table is None:
            return []
        rows = self._tables.run(table.query().where(f"kind = {quoted(kind)}").to_arrow()).to_pylist()
        ordered = sorted((Decision(**row) for row in rows), key=lambda row: (row.created_at, row.user, row.name))
        return list({(row.user, row.name): row for row in reversed(ordered)}.values())[::-1]

    def keep(self, decision: Decision) -> bool:
        """Keep a decision, and say whether it is new; of two that keep the same at once, one is."""
        table = self._made()
        dated = decision._replace(created_at=decision.created_at or datetime.now(UTC).isoformat())
        with self._tables.deciding():
            if any(row.user == decision.user and row.name == decision.name for row in self.read(decision.kind)):
                return False
            self._committed(lambda: table.add(pa.Table.from_pylist([dated._asdict()], schema=SCHEMA)))
        self._tidy(table)
        return True

    def put(self, decision: Decision) -> None:
        """Keep a decision with this value and moment, in the place of one that is there."""
        dated = decision._replace(created_at=decision.created_at or datetime.now(UTC).isoformat())
        rows = pa.Table.from_pylist([dated._asdict()], schema=SCHEMA)
        table = self._made()
        merge = table.merge_insert(["user", "kind", "name"]).when_matched_update_all().when_not_matched_insert_all()
        self._committed(lambda: merge.execute(rows))
        self._tidy(table)

    def drop(self, decision: Decision) -> None:
        """Take a decision back; one that is not there is no error."""
        table = self._tables.beside(TABLE)
        if table is None:
            return
        whose = f"user = {quoted(decision.user)} AND kind = {quoted(decision.kind)}"
        self._committed(lambda: table.delete(f"{whose} AND name = {quoted(decision.name)}"))
        self._tidy(table)

    def _made(self) -> Any:
        """Open the table, making it if need be; of two that make it at once one finds it made."""
        return self._tried(lambda: self._tables.beside(TABLE) or self._tables.made_beside(TABLE, SCHEMA))

    def _committed(self, work: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        self._tried(lambda: self._tables.run(work()))
        self._tables.decisions += 1

    def _tried(self, work: Callable[[], Any]) -> Any:
        """Do work, again where another commit came before it."""
        for left in reversed(range(TRIES)):
            try:
                return work()
            except StoreError as error:
                if not left or not _came_second(error):
                    raise
                time.sleep(random.uniform(0.1, 1) * PAUSE_S)
        raise AssertionError("the last try ends the loop")

    def _tidy(self, table: Any) -> None:
        """Merge small files now and then; where somebody else writes at that moment, the next one tidies.

        Files that no version names are left alone: without a lock they may belong to a commit under way.
        """
        if self._tables.run(table.version()) % TIDY_FROM:
            return
        try:
            self._tables.run(table.optimize(cleanup_older_than=KEPT_VERSIONS))
        except StoreError as error:
            if not _came_second(error):
                raise
            log.info("tidying up is left to the next writer: %s", error)


def _came_second(error: StoreError) -> bool:
    """Say whether somebody else's commit, or their making of the table, was in the way."""
    said = str(error).lower()
    return isinstance(error, VanishedError) or "conflict" in said or "already exists" in said or "concurrent" in said
