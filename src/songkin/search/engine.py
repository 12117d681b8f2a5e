"""Run a query: channels find, fusion joins, stages order, and only what is shown is explained."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from songkin.errors import QueryError
from songkin.filters import FIELDS
from songkin.search.at_once import at_once
from songkin.search.clusters import MEASURES
from songkin.search.condition import Tilt
from songkin.search.fuse import LYRICS, fuse
from songkin.search.notes import fields_of, lowered, notes, unjudged
from songkin.search.timing import step, stepped
from songkin.search.versions import Versions
from songkin.search.weighing import Fusion, weighed
from songkin.store import Store
from songkin.types import Channel, Hit, Query, Ranking, Reason, Song, Stage

__all__ = ["Answer", "Engine", "pool_of"]

POOL = 300  # songs a channel names, at least
POOL_A_HIT = 10
POOL_AT_MOST = 10_000_000  # LanceDB counts rows in 32 bits

NO_STRATEGIES: Mapping[str, Any] = MappingProxyType({})
NO_FUSION: Fusion = MappingProxyType({})

Explaining = Callable[[Ranking, Mapping[int, Song], Query], dict[int, tuple[Reason, ...]]]


class Excluding(Protocol):
    """What a user never wants to see."""

    def kept(self, query: Query) -> Query:
        """Return the query for the songs that are left to its user."""
        ...

    def notes(self, query: Query) -> Sequence[str]:
        """Say how many songs the query's user will not see."""
        ...


class Strategy(Protocol):
    """Another way than songkin's own to rank songs, with the reasons and the notes that go with it."""

    def __call__(self, query: Query) -> Ranking:
        """Rank the songs that meet the query's conditions, best first."""
        ...

    def reasons(
        self, ranking: Ranking, query: Query, told: Mapping[int, Sequence[Reason]]
    ) -> dict[int, tuple[Reason, ...]]:
        """Return the reasons of each song, made of what `Explain` told of it."""
        ...

    def notes(self, query: Query, hits: Sequence[Hit]) -> list[str]:
        """Say what the answer owes the asker."""
        ...


class Answer(NamedTuple):
    """The hits, what was asked and could not be honoured, and what a sentence was taken for, '' = words only."""

    query: Query
    hits: tuple[Hit, ...]
    notes: tuple[str, ...] = ()
    understood: str = ""


def pool_of(query: Query) -> int:
    """Return how many songs each channel names for a query."""
    return min(max(POOL, POOL_A_HIT * query.k), POOL_AT_MOST)


class Engine:
    """Channels and stages in order. What an engine is made of is decided in `songkin.library`."""

    def __init__(
        self,
        store: Store,
        channels: Sequence[Channel],
        stages: Sequence[Stage],
        explain: Explaining,
        excluding: Excluding | None = None,
        strategies: Mapping[str, Callable[[str], Strategy]] = NO_STRATEGIES,
        fusion: Fusion = NO_FUSION,
    ) -> None:
        """Join the plugs; `strategies` make other ways to look, by name, of what stands behind '=' in a query's.

        `fusion` is what the encoder learned of how much each channel counts.
        """
        self._store, self._channels, self._stages, self._explain = store, channels, stages, explain
        self._excluding, self._strategies, self._fusion = excluding, strategies, fusion

    def of_all_songs(self) -> Engine:
        """Return the same engine without exclusions."""
        plugs = self._store, self._channels, self._stages, self._explain
        return Engine(*plugs, strategies=self._strategies, fusion=self._fusion)

    @property
    def names(self) -> tuple[str, ...]:
        """The channels there are."""
        return tuple(channel.name for channel in self._channels)

    def run(self, query: Query) -> Ranking:
        """Rank songs for a query: at most `query.k`, best first."""
        return self._ordered(query).top(query.k)

    def found(self, query: Query) -> Ranking:
        """Rank songs for a query: all that was found, best first, of which `run` returns the first `query.k`."""
        return self._ordered(query)

    def _ordered(self, query: Query) -> Ranking:
        """Return all that was found and that the stages kept, best first."""
        self.check(query)
        query = self.kept(query)
        strategy = self._strategy(query)
        ranking = stepped(query.strategy, lambda: strategy(query)) if strategy else self._fused(query)
        for stage in self._stages:
            if not strategy or stage.name != Tilt.name:  # to a strategy wishes are conditions
                with step(stage.name):
                    ranking = stage(ranking, query)
        return ranking

    def _fused(self, query: Query) -> Ranking:
        """Ask the channels and join what they found."""
        pool = pool_of(query)
        wanted = [channel for channel in self._channels if not query.channels or channel.name in query.channels]
        works = {channel.name: partial(channel, query, pool) for channel in wanted}
        found = at_once({name: partial(stepped, name, work) for name, work in works.items()})
        with step("fuse"):
            ranking = fuse(found, query.weights)
        return ranking.only(ranking.scores > 0)  # what scores 0 is no better than a song that was not named

    def _strategy(self, query: Query) -> Strategy | None:
        """Return the way to look that a query names, None for songkin's own; QueryError where it is not known."""
        if not query.strategy:
            return None
        name, _, more = query.strategy.partition("=")
        if name not in self._strategies:
            raise QueryError(f"no strategy is called '{name}'; {_cure(name, tuple(self._strategies))}")
        if query.channels or query.weights or query.part == "description":
            cure = "leave out --channels, --weights and --in description"
            raise QueryError(f"the strategy '{name}' compares lyrics and asks no channels; {cure}")
        return self._strategies[name](more)

    def answer(self, query: Query) -> Answer:
        """Rank, look up the songs, explain each and note what could not be honoured."""
        ranking = self._ordered(query)
        answer = self.told(ranking.top(query.k), query)
        return answer._replace(notes=(*answer.notes, *lowered(ranking, query)))

    def told(self, ranking: Ranking, query: Query) -> Answer:
        """Look up the songs of a ranking, explain each and note what could not be honoured."""
        with step("songs"):
            found = self._store.songs(ranking.keys)
        songs = {int(key): song for key, song in zip(ranking.keys, found, strict=True) if song}
        ranking = ranking.only([int(key) in songs for key in ranking.keys])
        kept, strategy = self.kept(query), self._strategy(query)
        with step("explain"):
            reasons = self._explain(ranking, songs, kept)
            if strategy:
                reasons = strategy.reasons(ranking, kept, reasons)
        pairs = zip(ranking.keys.tolist(), ranking.scores.tolist(), strict=True)
        versions = iter(stepped("other versions", lambda: self._others(ranking.keys, query)))
        hits = tuple(Hit(songs[key], score, reasons[key], next(versions)) for key, score in pairs)
        with step("notes"):
            said = self._excluding.notes(query) if self._excluding else ()
            own = notes(self._store, query, ranking, hits) if not strategy else unjudged(self._store, query)
            own = [*own, *(strategy.notes(kept, hits) if strategy else ())]
        return Answer(query, hits, (*own, *said))

    def _others(self, keys: Any, query: Query) -> list[tuple[str, ...]]:
        """Return the ids of each song's other versions (n,), of those that the query may show."""
        grouping = next((stage for stage in self._stages if isinstance(stage, Versions)), None)
        if grouping is None or not query.grouped:
            return [() for _ in keys]
        return grouping.others(keys, self.kept(query).where)

    def kept(self, query: Query) -> Query:
        """Return the query for the songs that its user's exclusions leave, with the weights its kind has learned."""
        query = weighed(query, self._fusion, sung=self._store.counts().passages > 0)
        return self._excluding.kept(query) if self._excluding else query

    def check(self, query: Query) -> None:
        """Refuse channels and features that the library does not have, naming the nearest one."""
        for name in (*query.channels, *query.weights):
            if name not in self.names and not (name == LYRICS and name in query.weights):
                raise QueryError(f"{_unknown_channel(name)}; {_cure(name, self.names)}")
        for name, value in query.features.items():
            if not math.isfinite(value):
                raise QueryError(f"the given song's {name} is {value}; leave out what is not known")
        asked = [name for name in dict.fromkeys(fields_of(query)) if name not in FIELDS]
        known = self._store.features() if query.targets or query.features or asked else []
        for name in (*query.targets, *query.features, *asked):
            if name not in known and not (query.strategy and name in MEASURES):
                raise QueryError(f"no song here has a feature called '{name}'; {_cure(name, known)}")


def _unknown_channel(name: str) -> str:
    if name == "meaning":
        return "this library has no vectors for the channel 'meaning'; a songkin add without --no-encode makes them"
    return f"no channel is called '{name}'"


def _cure(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, 1, 0.5)
    return f"did you mean '{near[0]}'?" if near else f"there are {', '.join(known) or 'none'}"
