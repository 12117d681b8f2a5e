"""What passes between the readers of formats and the door: records with their place, losses, layouts of corpora."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from songkin.types import Song

__all__ = ["Layout", "Loss", "Lost", "Record"]


class Loss(NamedTuple):
    """What did not arrive: its place ("songs.csv:17") and the reason; `kept` = the record did, without that part."""

    place: str
    reason: str
    kept: bool = False


class Record(NamedTuple):
    """One record as its file holds it, with its place."""

    place: str
    row: Mapping[str, Any]


Lost = Callable[[Loss], None]


class Layout(NamedTuple):
    """A corpus in its own form: one plug, asked before the readers of plain tables.

    `claims` says whether a folder or file is in this form, cheaply; a claimed folder is one source, and nothing else in
    it is looked at. `read(path, lost=...)` gives its songs, `size` about how many there are (None where that takes
    reading). `because` says in words what it was known by. `beside` says whether another file of a claimed file's
    folder belongs to it and holds no songs of its own. `alone` = it is read where it is named itself, and passed over
    in a folder, whose music it lists.
    """

    name: str
    because: str
    claims: Callable[[Path], bool]
    read: Callable[..., Iterator[Song]]
    size: Callable[[Path], int | None] = lambda path: None
    beside: Callable[[Path], bool] = lambda path: False
    alone: bool = False
