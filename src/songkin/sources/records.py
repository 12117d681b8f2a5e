"""What passes between the readers of formats and the door: records with their place, and losses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

__all__ = ["Loss", "Lost", "Record"]


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
