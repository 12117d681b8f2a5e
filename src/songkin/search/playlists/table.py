"""The table that a playlist is laid by: what each song of the pool costs, and how well it fits, at each place.

Conventions
-----------
Places are rows, songs of the pool columns. What a song costs at a place is how far it lies from the path there, how far
its feature lies from what the arc wants, and how badly it fits the request, as far as each is asked for. Scores lie in
[0, 1] and are what is shown: nearness to the path, else fit to the request, else fit to the arc.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from songkin.errors import QueryError
from songkin.search.features import of_keys, spread
from songkin.search.playlists.arc import targets
from songkin.search.playlists.laying import Flow, Gap, Rules
from songkin.search.playlists.path import Place, leg_lengths, nearness, places_of
from songkin.search.playlists.plan import Plan
from songkin.search.playlists.pool import Pool
from songkin.search.playlists.space import Space
from songkin.search.playlists.traits import Traits, typical_length
from songkin.search.versions import Versions
from songkin.store import Store

__all__ = ["Rows", "Table"]

PATH, ARC, REQUEST = 3.0, 10.0, 1.5  # what the three count beside each other; an arc by the square of what is missed
FLOW = 0.5  # what a typical way between neighbours costs
SOFT_GAP, SOFT_COST = 3, 0.3  # songs of one artist lie so far apart where nothing is asked, if that is cheap
FIRST_COUNTS = 1.5  # what a song's fit counts at the first place, against 1 at the last: the best come first


class Rows(NamedTuple):
    """What songs cost and score at places (places, songs), the rules, and what path and arc want at each place."""

    costs: NDArray[np.float64]
    scores: NDArray[np.float64]
    rules: Rules
    path: list[Place] | None = None
    wanted: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The songs of a pool (n,) with all that they are laid by; `feature` is the arc's, NaN where a song lacks it."""

    plan: Plan
    pool: Pool
    traits: Traits
    lengths_s: NDArray[np.float64]
    space: Space | None
    flow: Flow | None
    feature: NDArray[np.float64] | None
    deviation: float = 1.0

    @classmethod
    def of(cls, store: Store, versions: Versions, plan: Plan, pool: Pool) -> Self:
        """Look up what is needed of a pool's songs; those that lack the arc's feature are left out."""
        feature = of_keys(store, pool.keys, [plan.arc.feature])[:, 0] if plan.arc else None
        if feature is not None:
            stays = ~np.isnan(feature) | np.isin(pool.keys, [*plan.anchors, *plan.fixed.values()])
            pool, feature = Pool(pool.keys[stays], pool.relevance[stays], pool.ranking), feature[stays]
        traits = Traits.of(store, versions, pool.keys)
        flows = plan.is_path or plan.arc is not None or not plan.asks
        space = Space.of(store, pool.keys) if flows else None
        weight = FLOW * (1 - plan.query.variety)
        flow = Flow(space.points(), weight) if space and space.views and weight > 0 else None
        deviation = spread(store, plan.arc.feature).deviation if plan.arc else 1.0
        lengths_s = traits.known_s(typical_length(store))
        return cls(plan, pool, traits, lengths_s, space, flow, feature, deviation or 1.0)

    def column(self, key: int) -> int:
        """Return the column of a song."""
        return int(np.searchsorted(self.pool.keys, key))

    @property
    def least(self) -> int:
        """The fewest songs there can be: those that must stand."""
        return max(len({*self.plan.anchors, *self.plan.fixed.values()}), 1)

    # -- what songs cost -----------------------------------------------------------------------------------------------

    def rows(self, songs: int) -> Rows:
        """Return what songs cost at `songs` places; QueryError where nothing lies near a place of the path."""
        plan, shape = self.plan, (songs, len(self.pool.keys))
        costs, scores = np.zeros(shape), np.tile(self.pool.relevance, (songs, 1))
        path, near = self._near(songs)
        fit, wanted = self._along(songs)
        if plan.asks or plan.query.unlike:
            plain = near is None and fit is None
            slope = np.linspace(FIRST_COUNTS, 1.0, songs)[:, None] if plain else 1.0
            costs += REQUEST * (1 - scores / max(float(scores.max(initial=0.0)), 1e-9)) * slope
        if fit is not None:
            costs += ARC * (1 - fit) ** 2
            scores = scores if plan.asks else np.clip(fit, 0.0, 1.0)
        if near is not None:
            costs += PATH * (1 - near)
            scores = near
        fixed = self._fixed(songs, path)
        if plan.floor is not None:
            self._refuse(scores, fixed, path)
            costs[scores < plan.floor] = np.inf
        return Rows(costs, scores, self._rules(fixed), path, wanted)

    def _near(self, songs: int) -> tuple[list[Place] | None, NDArray[np.float64] | None]:
        """Return the places of the path and how near each song lies to them, None without a path."""
        if not self.plan.is_path or self.space is None:
            return None, None
        anchors = [self.column(key) for key in self.plan.anchors]
        places = places_of(leg_lengths(self.space, anchors), songs)
        return places, nearness(self.space, anchors, places)

    def _along(self, songs: int) -> tuple[NDArray[np.float64] | None, NDArray[np.float64] | None]:
        """Return how well each song's feature fits each place, 1 = exactly, below 0 = far off, and what is wanted."""
        if self.plan.arc is None or self.feature is None:
            return None, None
        arc = self.plan.arc.between(self.feature[~np.isnan(self.feature)])
        wanted = targets(arc, np.linspace(0.0, 1.0, songs) if songs > 1 else np.zeros(1))
        scale = max(max(arc.points) - min(arc.points), self.deviation)
        apart = np.abs(self.feature[None] - wanted[:, None]) / scale
        return 1 - np.nan_to_num(apart, nan=1.0), wanted

    # -- what has to be kept -------------------------------------------------------------------------------------------

    def _fixed(self, songs: int, path: list[Place] | None) -> dict[int, int]:
        """Return which song stands at which place whatever else: anchors where they belong, then those put by hand."""
        fixed: dict[int, int] = {}
        if path:
            starts = [row for row, place in enumerate(path) if place.along in (0.0, 1.0)]
            fixed = dict(zip(starts, map(self.column, self.plan.anchors), strict=True))
        elif self.plan.anchors:
            row = 0 if self.plan.opens else songs - 1 if self.plan.closes else songs // 2
            fixed = {row: self.column(self.plan.anchors[0])}
        for place, key in sorted(self.plan.fixed.items()):
            free = [row for row in range(songs) if row not in fixed]
            if key not in self.plan.anchors and free:
                fixed[min(free, key=lambda row: abs(row - place))] = self.column(key)
        return fixed

    def _rules(self, fixed: Mapping[int, int]) -> Rules:
        plan, traits = self.plan, self.traits
        gap = plan.artist_gap
        gaps = [Gap(traits.artists, SOFT_GAP, SOFT_COST) if gap is None else Gap(traits.artists, gap)]
        gaps += [Gap(traits.albums, plan.album_gap)] if plan.album_gap else []
        kept = tuple(one for one in gaps if one.songs > 0)
        return Rules(traits.versions, traits.artists, kept, plan.query.per_artist, fixed)

    def _refuse(self, scores: NDArray[np.float64], fixed: Mapping[int, int], path: list[Place] | None) -> None:
        """Say where a path has no song that reaches the floor."""
        if path is None:
            return
        others = ~np.isin(np.arange(scores.shape[1]), list(fixed.values()))
        for row, place in enumerate(path):
            best = float(scores[row, others].max(initial=0.0))
            if row not in fixed and best < (self.plan.floor or 0.0):
                raise Broken(place, best)


class Broken(QueryError):
    """A path has no song at a place that is near enough; the nearest reaches `best`."""

    def __init__(self, place: Place, best: float) -> None:
        super().__init__(f"no song reaches the floor {place.along:.0%} of the way; the nearest reaches {best:.2f}")
        self.place, self.best = place, best
