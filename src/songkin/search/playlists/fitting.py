"""Fit a playlist to a length in minutes: how many songs, and which to exchange for longer or shorter ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.search.playlists.laying import Order, fits
from songkin.search.playlists.table import Rows

__all__ = ["Fitted", "fitted", "tolerance"]

LEAST_TOLERANCE_S = 60.0
TOLERANCE = 0.02  # of the length asked for
EXCHANGES = 12
TRIED = 5  # numbers of songs
MISSED = 0.004  # what a second beyond the tolerance costs, against costs of about 1 a song


class Fitted(NamedTuple):
    """An order, what songs cost at its places, and how long it lasts."""

    order: Order
    rows: Rows
    length_s: float


def tolerance(wanted_s: float) -> float:
    """Return by how much a playlist may miss the length asked for: a minute, or 2 % of a long one."""
    return max(LEAST_TOLERANCE_S, TOLERANCE * wanted_s)


def fitted(
    laid: Callable[[int], Fitted], lengths_s: NDArray[np.float64], wanted_s: float, *, songs: int | None, least: int
) -> Fitted:
    """Return the order whose length is nearest to the one wanted, of `songs` songs or of as many as it takes.

    `laid` lays so many songs, `least` at least; `lengths_s` (songs,) are known of all songs.
    """
    if songs is not None:
        return _exchanged(laid(songs), lengths_s, wanted_s)
    count = max(least, round(wanted_s / float(np.median(lengths_s)))) if len(lengths_s) else least
    tried: dict[int, Fitted] = {}
    while count not in tried and len(tried) < TRIED:
        tried[count] = found = _exchanged(laid(count), lengths_s, wanted_s)
        missed = wanted_s - found.length_s
        if abs(missed) <= tolerance(wanted_s) or len(found.order) < count:
            break
        mean = found.length_s / max(len(found.order), 1)
        step = round(missed / mean) if mean else 0
        count = max(least, count + (step or (1 if missed > 0 else -1)), 1)
    return min(tried.values(), key=lambda one: abs(one.length_s - wanted_s))


def _exchanged(found: Fitted, lengths_s: NDArray[np.float64], wanted_s: float) -> Fitted:
    """Exchange songs of the order for others until it lasts as long as wanted, each time the one that costs least."""
    order, rows, length_s = found
    for _ in range(EXCHANGES):
        missed = wanted_s - length_s
        if abs(missed) <= tolerance(wanted_s):
            break
        best = _best(order, rows, lengths_s, missed, tolerance(wanted_s))
        if best is None:
            break
        place, song = best
        length_s += lengths_s[song] - lengths_s[order[place]]
        order = [*order[:place], song, *order[place + 1 :]]
    return Fitted(order, rows, float(lengths_s[order].sum()))


def _best(
    order: Order, rows: Rows, lengths_s: NDArray[np.float64], missed: float, allowed: float
) -> tuple[int, int] | None:
    """Return the place and the song that make up for what is missed at the least cost; None where none does."""
    best, least = None, abs(missed) - 1e-6
    cheapest = np.inf
    for place in range(len(order)):
        costs = rows.costs[place]
        if place in rows.rules.fixed:
            continue
        left = np.abs(missed - (lengths_s - lengths_s[order[place]]))
        may = fits(order, place, rows.rules) & np.isfinite(costs) & (left < least)
        if not may.any():
            continue
        price = costs - costs[order[place]] + MISSED * np.maximum(left - allowed, 0.0)
        song = int(np.argmin(np.where(may, price, np.inf)))
        if price[song] < cheapest:
            cheapest, best = float(price[song]), (place, song)
    return best
