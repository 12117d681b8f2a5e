"""Repair an order that was laid from front to back: exchange songs until nothing is won by it.

Conventions
-----------
Orders, costs and rules are as in `laying`. Songs are only exchanged within the order; fixed ones stay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from songkin.search.playlists.laying import Flow, Gap, Order, Rules, broken, total

__all__ = ["settle"]

TRIED = 4000  # exchanges that are looked at
WORTH = 1e-9
FORBIDDEN = 1e6  # what a song costs where it may not stand: more than all rules together
MOST_PAIRS = 60  # exchanges looked at before the best are sought anew


def settle(order: Order, costs: NDArray[np.float64], rules: Rules, flow: Flow | None = None) -> Order:
    """Return the order with songs exchanged where that costs less, and laid anew by artist where that breaks less."""
    costs = np.where(np.isfinite(costs), costs, FORBIDDEN)
    best, tried = _exchanged(order, costs, rules, flow, TRIED)
    for gap in sorted(rules.gaps, key=lambda one: -one.cost):
        if broken(best, gap):
            dealt = _dealt(best, gap, rules)
            dealt, tried = _exchanged(dealt, costs, rules, flow, max(tried, TRIED // 4))
            best = min(best, dealt, key=lambda one: total(one, costs, rules, flow))
    return best


def _exchanged(
    order: Order, costs: NDArray[np.float64], rules: Rules, flow: Flow | None, left: int
) -> tuple[Order, int]:
    """Exchange pairs as long as one helps and tries are left; the order, and how many are."""
    order, own = list(order), total(order, costs, rules, flow)
    helped = True
    while helped and left > 0:
        helped = False
        for one, other in _pairs(order, costs, rules, flow):
            left -= 1
            order[one], order[other] = order[other], order[one]
            cost = total(order, costs, rules, flow)
            if cost < own - WORTH:
                own, helped = cost, True
                break
            order[one], order[other] = order[other], order[one]
            if left <= 0:
                break
    return order, left


def _pairs(order: Order, costs: NDArray[np.float64], rules: Rules, flow: Flow | None) -> Iterator[tuple[int, int]]:
    """Give pairs of places worth exchanging: those that win most, then all pairs with a place that breaks a rule."""
    places = np.array([place for place in range(len(order)) if place not in rules.fixed], np.int64)
    if len(places) < 2:
        return
    songs = np.array(order, np.int64)[places]
    there = costs[np.ix_(places, songs)]  # (places, songs at places)
    change = there + there.T - np.diag(there)[:, None] - np.diag(there)[None]
    above = np.triu_indices(len(places), 1)
    ordered = np.argsort(change[above], kind="stable")[:MOST_PAIRS]
    for at in ordered.tolist():
        if change[above][at] < (0.0 if not flow else flow.weight):
            yield int(places[above[0][at]]), int(places[above[1][at]])
    movable = places.tolist()
    for place in sorted({place for gap in rules.gaps for place in _breaking(order, gap)}):
        if place not in rules.fixed:
            yield from ((place, other) for other in movable if other != place)


def _breaking(order: Order, gap: Gap) -> Iterator[int]:
    """Give the places of songs too near to one they share something with, of both of them."""
    last: dict[int, int] = {}
    for place, own in enumerate(gap.shared[order].tolist()):
        if own >= 0:
            if own in last and place - last[own] <= gap.songs:
                yield from (last[own], place)
            last[own] = place


def _dealt(order: Order, gap: Gap, rules: Rules) -> Order:
    """Deal the songs out anew so that those which share something lie apart: always the commonest that may come next.

    Songs keep their order among those they share it with.
    """
    fixed = {place: order[place] for place in rules.fixed if place < len(order)}
    rest = [song for place, song in enumerate(order) if place not in fixed]
    own = dict(zip(rest, gap.shared[rest].tolist(), strict=True))
    left = Counter(own[song] if own[song] >= 0 else -2 - song for song in rest)  # the unknown is like no other
    dealt: Order = []
    for place in range(len(order)):
        if place in fixed:
            dealt.append(fixed[place])
            continue
        near = {int(gap.shared[song]) for song in dealt[max(place - gap.songs, 0) :]}
        near |= {int(gap.shared[song]) for at, song in fixed.items() if place < at <= place + gap.songs}
        free = [song for song in rest if own[song] < 0 or own[song] not in near] or rest
        song = max(free, key=lambda one: left[own[one] if own[one] >= 0 else -2 - one])
        rest.remove(song)
        left[own[song] if own[song] >= 0 else -2 - song] -= 1
        dealt.append(song)
    return dealt
