"""A library in shards, made from one that is not: for libraries that outgrow one machine's memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from songkin.errors import StoreError
from songkin.settings import Settings
from songkin.store import Store
from songkin.store.asked import Steps
from songkin.store.engine import run
from songkin.store.shard import LocalShard, Standing
from songkin.store.splitting import Split, split
from songkin.store.statistics import Weights
from songkin.store.tables import Tables, connected

__all__ = ["ShardHere", "Split", "Standing", "Steps", "Weights", "shards_of", "split_into"]


class ShardHere:
    """A shard whose files this process reads, for who cannot wait for a coroutine."""

    def __init__(self, place: str) -> None:
        self._place, self._shard = place, LocalShard(connected(place))

    def answer(self, what: str, *asked: Any) -> Any:
        """Answer what `LocalShard` is asked: "latest", "ask", "best" or "count"."""
        return run(getattr(self._shard, what)(*asked), place=self._place)


def split_into(
    place: str | Path,
    shards: int | None = None,
    *,
    library: str | Path | None = None,
    progress: Callable[[int], None] = lambda copied: None,
) -> Split:
    """Split a library, or the one the settings name, into shards at `place`; again = only what changed is copied.

    `shards` None is as many as are there. StoreError where none are, or another number, or something else,
    and where `place` is empty.
    """
    if not str(place).strip():
        raise StoreError("an empty name is no place for shards; name a folder, or s3://BUCKET/PATH")
    source = Settings.load(library=str(library) if library else None).library
    count = shards or shards_of(place)
    if count is None:
        raise StoreError(f"{place}: no shards there yet; say how many to make: --shards 4")
    return split(source, str(place), count, progress=progress)


def shards_of(place: str | Path) -> int | None:
    """Return how many shards the library at `place` is in; None where it is in none, or there is none."""
    facts = Tables.facts_at(str(place)) if Store.exists(place) else {}  # a shard that is lost is made again
    return int(facts["shards"]) if "shards" in facts else None
