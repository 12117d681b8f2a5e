"""Bring the items of a beets library in, as its plugin hands them over, and take out what beets moved or gave up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from songkin.library.adding import Added, Progress
from songkin.library.library import Library
from songkin.sources import Loss, beets
from songkin.sources.beets import Fields
from songkin.types import Song

__all__ = ["Brought", "bring"]

LINK = "beets"  # under which a song keeps its item's id
AT_ONCE = 1000


class Brought(NamedTuple):
    """What was done with the items: the add, what was lost on the way, and songs whose items changed or are gone.

    `moved` songs were removed because their item goes by another id now; of `gone` ones beets has no item any more.
    """

    added: Added
    lost: list[str]
    kept: list[str]
    moved: int = 0
    gone: int = 0


@dataclass(slots=True)
class _Arriving:
    """Items on their way in: which ids were seen, and what was lost or left out."""

    items: Iterable[Fields]
    lost: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)

    def songs(self) -> Iterator[Song]:
        for song in beets.of_items(self._counted(), "beets", lost=self._note):
            self.ids.add(song.id)
            yield song

    def _counted(self) -> Iterator[Fields]:
        for item in self.items:
            self.numbers.add(str(item.get("id")))
            yield item

    def _note(self, loss: Loss) -> None:
        (self.kept if loss.kept else self.lost).append(f"{loss.place}: {loss.reason}")


def bring(
    items: Iterable[Fields],
    place: str | Path | None = None,
    *,
    encode: bool = True,
    prune: bool = False,
    progress: Progress | None = None,
) -> Brought:
    """Add all items of a beets library to the library at `place`; again = only what changed.

    An item gives its fields by beets' names, `path` absolute. A song whose item goes by another id
    now, because it was moved or its recording became known, is removed; `prune` also removes songs whose item is gone.
    """
    arriving = _Arriving(items)
    done = Library.add(arriving.songs(), place, encode=encode, progress=progress)
    if not done.read:
        return Brought(done, arriving.lost, arriving.kept)
    moved, gone = _left_behind(Library.open(place), arriving)
    out = [*moved, *(gone if prune else ())]
    if out:
        Library.remove(out, place)
    return Brought(done, arriving.lost, arriving.kept, len(moved), len(gone))


def _left_behind(library: Library, arriving: _Arriving) -> tuple[list[str], list[str]]:
    """Return the ids of songs whose item goes by another id now, and of those whose item is gone."""
    store = library.store
    keys, ids = store.catalogue()
    others = [key for key, id_ in zip(keys.tolist(), ids.to_pylist(), strict=True) if id_ not in arriving.ids]
    moved: list[str] = []
    gone: list[str] = []
    for at in range(0, len(others), AT_ONCE):
        for song in store.songs(others[at : at + AT_ONCE]):
            number = song.links.get(LINK) if song else None
            if song and number:
                (moved if number in arriving.numbers else gone).append(song.id)
    return moved, gone
