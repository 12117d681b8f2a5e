"""Lay songs in order: a search along a playlist's places that keeps its rules.

Conventions
-----------
`costs` (places, songs) says what a song costs at a place, lower is better, infinite where it may not stand. An order is
a list of songs, as columns of `costs`, one a place. A rule that was asked for costs `BROKEN` where it is broken, so it
is broken only where nothing else is left. Nothing here is random: of equals the song that comes first is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.types import Vectors

__all__ = ["BROKEN", "Flow", "Gap", "Order", "Rules", "broken", "fits", "lay", "total"]

BROKEN = 1000.0
BEAM = 8  # orders that are followed at the same time
BEAM_PLACES = 400  # places of all orders together: long playlists follow fewer

Order = list[int]


class Gap(NamedTuple):
    """How many other songs lie between two that share something (songs,), -1 = unknown, and what breaking it costs."""

    shared: NDArray[np.int64]
    songs: int
    cost: float = BROKEN


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """What an order has to keep.

    `versions` (songs,) are alike for versions of one song, of which one is laid. `artists` likewise, of each of which
    `per_artist` songs are laid at most. `fixed` maps a place to the song that stands there whatever else.
    """

    versions: NDArray[np.int64]
    artists: NDArray[np.int64]
    gaps: tuple[Gap, ...] = ()
    per_artist: int | None = None
    fixed: Mapping[int, int] = field(default_factory=dict)


@dataclass(eq=False)
class Flow:
    """How much the way between neighbours counts: `weight` times their squared distance as points (songs, D)."""

    points: Vectors
    weight: float
    _known: dict[int, NDArray[np.float64]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._squares = (self.points**2).sum(1)

    def ways(self, song: int) -> NDArray[np.float64]:
        """Return what the way from a song to each other costs (songs,)."""
        if song not in self._known:
            squared = self._squares + self._squares[song] - 2 * self.points @ self.points[song]
            self._known[song] = self.weight * np.maximum(squared, 0.0).astype(np.float64)
        return self._known[song]


def broken(order: Sequence[int], gap: Gap) -> int:
    """Count the songs that follow one they share something with after fewer than `gap.songs` others."""
    last: dict[int, int] = {}
    count = 0
    for place, own in enumerate(gap.shared[list(order)].tolist()):
        if own >= 0:
            count += own in last and place - last[own] <= gap.songs
            last[own] = place
    return count


def total(order: Order, costs: NDArray[np.float64], rules: Rules, flow: Flow | None) -> float:
    """Return what an order costs with all that it breaks."""
    places = range(len(order))
    cost = sum(float(costs[place, order[place]]) for place in places if place not in rules.fixed)
    if flow:
        cost += sum(float(flow.ways(one)[other]) for one, other in pairwise(order))
    return cost + sum(gap.cost * broken(order, gap) for gap in rules.gaps)


def lay(costs: NDArray[np.float64], rules: Rules, flow: Flow | None = None) -> Order:
    """Lay one song a place, so that costs, broken rules and ways add up to little; shorter where no song is left.

    Several beginnings are followed at the same time where neighbours matter (a beam search).
    """
    places, songs = costs.shape
    free = np.ones(songs, bool)
    for song in rules.fixed.values():
        free &= ~_sharing(rules.versions, [song])
        free[song] = False
    beam = max(1, min(BEAM, BEAM_PLACES // max(places, 1))) if flow else 1
    orders: list[tuple[float, Order]] = [(0.0, [])]
    for place in range(places):
        grown = []
        for cost, order in orders:
            steps = _steps(np.where(free, costs[place], np.inf), order, place, rules, flow)
            best = np.argsort(steps, kind="stable")[:beam] if beam > 1 else np.array([np.argmin(steps)])
            grown += [(cost + steps[song], [*order, song]) for song in best.tolist() if np.isfinite(steps[song])]
        if not grown:
            break
        orders = sorted(grown, key=lambda one: one[0])[:beam]
    return orders[0][1]


def _steps(
    steps: NDArray[np.float64], order: Order, place: int, rules: Rules, flow: Flow | None
) -> NDArray[np.float64]:
    """Return what each song would add at a place behind an order (songs,), given what it costs there by itself."""
    if place in rules.fixed:
        only = np.full(len(steps), np.inf)
        only[rules.fixed[place]] = 0.0
        return only
    steps[_sharing(rules.versions, order)] = np.inf
    steps[order] = np.inf
    if order and flow:
        steps += flow.ways(order[-1])
    for gap in rules.gaps:
        ahead = [song for at, song in rules.fixed.items() if place < at <= place + gap.songs]
        steps += gap.cost * _sharing(gap.shared, [*order[max(place - gap.songs, 0) :], *ahead])
    if rules.per_artist is not None:
        steps[_full(rules, {*order, *rules.fixed.values()})] = np.inf
    return steps


def fits(order: Sequence[int], place: int, rules: Rules) -> NDArray[np.bool_]:
    """Say which songs (songs,) may take the place of the one at a place of an order, breaking no rule."""
    others = [song for at, song in enumerate(order) if at != place]
    may = ~_sharing(rules.versions, others)
    may[others] = False
    for gap in rules.gaps:
        near = [song for at, song in enumerate(order) if at != place and abs(at - place) <= gap.songs]
        may &= ~_sharing(gap.shared, near)
    if rules.per_artist is not None:
        may[_full(rules, others)] = False
    return may


def _sharing(shared: NDArray[np.int64], songs: Sequence[int]) -> NDArray[np.bool_]:
    """Say which songs (songs,) share something known with any of some."""
    own = shared[list(songs)]
    return np.isin(shared, own[own >= 0]) if len(own) else np.zeros(len(shared), bool)


def _full(rules: Rules, held: Iterable[int]) -> NDArray[np.bool_]:
    """Say which songs are by an artist of whom as many are held as may be."""
    artists, counts = np.unique(rules.artists[list(held)], return_counts=True)
    return np.isin(rules.artists, artists[(counts >= (rules.per_artist or 0)) & (artists >= 0)])
