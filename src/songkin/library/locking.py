"""Write to a library that is there: the writer's lock, its vectors as wide as they are."""

from __future__ import annotations

from contextlib import AbstractContextManager

from songkin.store import Store, Writer, writing

__all__ = ["NO_VECTORS", "rewriting"]

NO_VECTORS = 1  # the width of a vector column while no encoder is at hand; the next encoded add widens it


def rewriting(store: Store) -> AbstractContextManager[Writer]:
    """Open a library for writing that is open for reading; LockedError where another process writes."""
    return writing(store.tables.place, dim=store.tables.dim() or NO_VECTORS)
