"""Tidy a library up on demand: small files merged, indexes up to date, versions dropped that nobody needs any more."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from songkin.library.locking import rewriting
from songkin.settings import Settings
from songkin.store import Store
from songkin.store.upkeep import AT_ONCE, Upkeep, upkeep

__all__ = ["Tidied", "tidied"]

BESIDE = ("state", "edits", "files", "served", "found", "heard", "sound", "space")


class Tidied(NamedTuple):
    """What the tables took before and after, in bytes; None of a library in a bucket."""

    before: Upkeep | None
    after: Upkeep | None

    @property
    def freed(self) -> int:
        """How many bytes are free now that were not."""
        if self.before is None or self.after is None:
            return 0
        return max(sum(self.before) - sum(self.after), 0)


def tidied(place: str | Path | None = None, *, now: bool = False) -> Tidied:
    """Tidy the library at `place`, or the one the settings name, up; LockedError where another process writes.

    Versions of the last ten minutes stay for their readers, or of the last one where they take more room than the
    settings say; `now` drops all but the latest, and readers go on with that.
    """
    settings = Settings.load(library=str(place) if place else None)
    store, kept = Store.open(settings.library), AT_ONCE if now else None
    before = upkeep(settings.library)
    with rewriting(store) as writer:
        writer.slack = settings.slack
        writer.finish(kept=kept)
        for name in BESIDE:
            if (table := writer.tables.beside(name)) is not None:
                writer.tables.optimize(table, kept=kept, finished=name != "state")  # users decide without the lock
    return Tidied(before, upkeep(settings.library))
