"""What changes with a library where it rests, looked at for every request, or, in an object store, now and then."""

from __future__ import annotations

import threading
import time
from typing import Any, NamedTuple

from songkin.store import Store
from songkin.store.place import place_of
from songkin.store.state import TABLE as DECIDED

__all__ = ["Mark", "Watch"]

Table = tuple[str, Any, Any]


class Mark(NamedTuple):
    """What changes with a library where it rests: who it is, its tables, and the table of what users decide."""

    who: tuple[Any, ...]
    tables: tuple[Table, ...]
    decided: Table | None


class Watch:
    """Looks at the place of a library; of many threads that ask at once, one looks.

    A look at an object store takes a round trip and costs, so it is taken for true for some seconds, except by who
    wrote in between.
    """

    def __init__(self, place: str) -> None:
        self._at = place_of(place)
        self._looking = threading.Lock()
        self._known: Mark | None = None
        self._until = 0.0
        self._own = 0

    def mark(self, store: Store | None = None) -> Mark:
        """Return the mark as it is now, or was some seconds ago; StoreError where there is no library.

        What was decided through `store` itself is seen at once.
        """
        if not self._at.look_s:
            return self._looked()
        own = store.tables.decisions if store else 0
        with self._looking:
            if self._known is None or own != self._own or time.monotonic() >= self._until:
                self._own = own
                return self._looked()
            return self._known

    def look(self) -> Mark:
        """Look at the place now."""
        with self._looking:
            return self._looked()

    def _looked(self) -> Mark:
        standing = self._at.standing()
        tables = tuple(table for table in standing.tables if table[0] != DECIDED)
        decided = next((table for table in standing.tables if table[0] == DECIDED), None)
        self._known, self._until = Mark(standing.who, tables, decided), time.monotonic() + self._at.look_s
        return self._known
