"""What a hand does to a playlist in the editor: songs moved, taken out, put in, pinned; orders as forms send them.

Conventions
-----------
An order is a tuple of song ids, each once; places in it count from 1. Pins are the ids of songs that stay where a
refresh makes the rest anew; a song that is moved is pinned.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from songkin.errors import QueryError
from songkin.library.playlists import MOST_SONGS as MOST

__all__ = ["MOST", "Order", "edited", "ids_of"]

DOES = ("up", "down", "remove", "pin", "unpin")


class Order(NamedTuple):
    """A playlist as it is in the editor: ids in order, those that are pinned, and the place a hand last touched."""

    ids: tuple[str, ...]
    pins: tuple[str, ...] = ()
    at: int = 0


def ids_of(text: str, what: str = "ids") -> tuple[str, ...]:
    """Read ids as a form sends them, a JSON list of texts, and keep each once; QueryError where it is none."""
    try:
        said = json.loads(text) if text.strip() else []
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, list) or not all(isinstance(one, str) for one in said):
        raise QueryError(f"'{what}' is a JSON list of song ids; reload the page and try again")
    if len(said) > MOST:
        raise QueryError(f"'{what}' names {len(said):,} songs; a playlist holds at most {MOST:,}")
    return tuple(dict.fromkeys(said))


def edited(order: Order, form: Mapping[str, str]) -> Order:
    """Return the order after the one button of the form that was pressed; as it is where none was.

    QueryError where a button names a place that is not there.
    """
    pressed = next((name for name in DOES if form.get(name)), "")
    if not pressed:
        return order
    at = _place(form[pressed], len(order.ids))
    ids, own = list(order.ids), order.ids[at - 1]
    if pressed in ("pin", "unpin"):
        return order._replace(pins=_pinned(order.pins, own, on=pressed == "pin"), at=at)
    if pressed == "remove":
        del ids[at - 1]
        return Order(tuple(ids), _pinned(order.pins, own, on=False), min(at, len(ids)))
    to = min(max(at + (1 if pressed == "down" else -1), 1), len(ids))
    ids.insert(to - 1, ids.pop(at - 1))
    return Order(tuple(ids), _pinned(order.pins, own, on=True), to)


def _place(said: str, songs: int) -> int:
    if not said.isascii() or not said.isdecimal() or len(said) > 9 or not 1 <= int(said) <= songs:
        raise QueryError(f"there is no song at place '{said[:40]}'; the playlist has {songs:,}")
    return int(said)


def _pinned(pins: Sequence[str], own: str, *, on: bool) -> tuple[str, ...]:
    rest = tuple(pin for pin in pins if pin != own)
    return (*rest, own) if on else rest
