"""Run a query: channels find, fusion joins, stages order, and only what is shown is explained."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from songkin.errors import QueryError
from songkin.filters import FIELDS
from songkin.search.fuse import fuse
from songkin.search.notes import notes
from songkin.store import Store
from songkin.types import Channel, Hit, Query, Ranking, Reason, Song, Stage

__all__ = ["Answer", "Engine", "pool_of"]

POOL = 300  # songs a channel names, at least
POOL_A_HIT = 10
POOL_AT_MOST = 10_000_000  # LanceDB counts rows in 32 bits

Explaining = Callable[[Ranking, Mapping[int, Song], Query], dict[int, tuple[Reason, ...]]]


class Answer(NamedTuple):
    """The hits, what was understood, and what could not be honoured."""

    query: Query
    hits: tuple[Hit, ...]
    notes: tuple[str, ...] = ()


def pool_of(query: Query) -> int:
    """Return how many songs each channel names for a query."""
    return min(max(POOL, POOL_A_HIT * query.k), POOL_AT_MOST)


class Engine:
    """Channels and stages in order. What an engine is made of is decided in `songkin.library`."""

    def __init__(self, store: Store, channels: Sequence[Channel], stages: Sequence[Stage], explain: Explaining) -> None:
        self._store, self._channels, self._stages, self._explain = store, channels, stages, explain

    @property
    def names(self) -> tuple[str, ...]:
        """The channels there are."""
        return tuple(channel.name for channel in self._channels)

    def run(self, query: Query) -> Ranking:
        """Rank songs for a query: at most `query.k`, best first."""
        self.check(query)
        pool = pool_of(query)
        wanted = [channel for channel in self._channels if not query.channels or channel.name in query.channels]
        ranking = fuse({channel.name: channel(query, pool) for channel in wanted}, query.weights)
        ranking = ranking.only(ranking.scores > 0)  # what scores 0 is no better than a song that was not named
        for stage in self._stages:
            ranking = stage(ranking, query)
        return ranking.top(query.k)

    def answer(self, query: Query) -> Answer:
        """Rank, look up the songs, explain each and note what could not be honoured."""
        return self.told(self.run(query), query)

    def told(self, ranking: Ranking, query: Query) -> Answer:
        """Look up the songs of a ranking, explain each and note what could not be honoured."""
        found = self._store.songs(ranking.keys)
        songs = {int(key): song for key, song in zip(ranking.keys, found, strict=True) if song}
        ranking = ranking.only([int(key) in songs for key in ranking.keys])
        reasons = self._explain(ranking, songs, query)
        pairs = zip(ranking.keys.tolist(), ranking.scores.tolist(), strict=True)
        hits = tuple(Hit(songs[key], score, reasons[key]) for key, score in pairs)
        return Answer(query, hits, notes(self._store, query, ranking, hits))

    def check(self, query: Query) -> None:
        """Refuse channels and features that the library does not have, naming the nearest one."""
        for name in (*query.channels, *query.weights):
            if name not in self.names:
                raise QueryError(f"{_unknown_channel(name)}; {_cure(name, self.names)}")
        asked = [name for name in (query.where.fields() if query.where else ()) if name not in FIELDS]
        known = self._store.features() if query.targets or asked else []
        for name in (*query.targets, *asked):
            if name not in known:
                raise QueryError(f"no song here has a feature called '{name}'; {_cure(name, known)}")


def _unknown_channel(name: str) -> str:
    if name == "meaning":
        return "this library has no vectors for the channel 'meaning'; a songkin add without --no-encode makes them"
    return f"no channel is called '{name}'"


def _cure(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, 1, 0.5)
    return f"did you mean '{near[0]}'?" if near else f"there are {', '.join(known) or 'none'}"
