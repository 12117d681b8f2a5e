"""Whether a library's map is laid out yet, and what laying it out would need: asked before the minutes that takes."""

from __future__ import annotations

from importlib.util import find_spec
from typing import NamedTuple

from songkin.library.mapping import FILE
from songkin.store import Store

__all__ = ["MapStanding", "map_standing"]

LAYS_OUT, CURE = "umap", "umap-learn is not installed; it comes with: pip install 'songkin[map]'"


class MapStanding(NamedTuple):
    """How a library's map stands.

    `mark` changes whenever a map is laid out or filled in, '' where none is kept; `lacks` is what is not installed and
    how to get it, '' = nothing.
    """

    mark: str
    lacks: str

    @property
    def kept(self) -> bool:
        """Whether a map is kept beside the library, so that asking for it is quick."""
        return bool(self.mark)


def map_standing(store: Store) -> MapStanding:
    """Say whether a map is kept beside a library; a look at one file, whose content is not read."""
    return MapStanding(store.tables.at.stamp(FILE), "" if _there(LAYS_OUT) else CURE)


def _there(module: str) -> bool:
    """Say whether a module can be imported, without importing it."""
    try:
        return find_spec(module) is not None
    except ValueError:  # a module that was barred from being imported
        return False
