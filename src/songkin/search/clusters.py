"""Bezzam and Vidit's published recommender (2022): the nearest cluster of lyrics, hard conditions, cosine distance.

Conventions
-----------
A song's lyrics are one vector, the mean direction of its passages; songs without any take no part. More or less of a
feature is a condition here, strictly above or below the seed's own value. Scores are cosines, 0 where negative.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.errors import QueryError
from songkin.search.features import of_keys, spread
from songkin.search.meaning import Meaning
from songkin.search.outside import GIVEN
from songkin.store import Store
from songkin.types import Hit, Query, Ranking, Reason

__all__ = ["MEASURES", "LyricNeighbours", "Partition"]

MEASURES = ("year", "duration_s")  # what songs may have more or less of, beside features


class Partition(NamedTuple):
    """The cluster (n,) of each song with lyrics, by key (n,), and the centroids (k, dim); `note` says what is odd."""

    keys: NDArray[np.int64]
    labels: NDArray[np.int32]
    centroids: NDArray[np.float32]
    note: str = ""


class _Found(NamedTuple):
    """What a query is held against: the songs looked at, those that meet its conditions, and how near they are."""

    looked_at: int
    where: str
    keys: NDArray[np.int64]
    cosines: NDArray[np.float32]
    starts: Mapping[str, float]
    note: str


class LyricNeighbours:
    """Ranks songs by the cosine of their lyrics to the seed's, within the nearest cluster or among all."""

    _among = "with lyrics"  # songs that are looked at without clusters, in words

    def __init__(self, store: Store, meaning: Meaning | None, partition: Callable[[], Partition] | None) -> None:
        self._store, self._meaning, self._partition = store, meaning, partition

    def __call__(self, query: Query) -> Ranking:
        """Rank the songs that meet the conditions; QueryError where the seed has no lyrics, or lacks a feature."""
        found = self._found(query)
        ranking = Ranking.of(found.keys, found.cosines, {"cosine": found.cosines})
        return ranking.rescored(np.maximum(ranking.scores, 0.0))

    def reasons(
        self, ranking: Ranking, query: Query, told: Mapping[int, Sequence[Reason]]
    ) -> dict[int, tuple[Reason, ...]]:
        """Return each song's one reason: its cluster, its distance, its values beside the seed's, the nearest line."""
        found = self._found(query)
        names = list(found.starts)
        values = of_keys(self._store, ranking.keys, names)
        said: dict[int, tuple[Reason, ...]] = {}
        for at, key in enumerate(ranking.keys.tolist()):
            met = [_condition(name, values[at, i], query, found.starts) for i, name in enumerate(names)]
            distance = f"distance {1 - float(ranking.parts['cosine'][at]):.3f}"
            words = "; ".join([*([found.where] if found.where else []), distance, *met])
            line = next((reason for reason in told[key] if reason.line), Reason("", 0.0))
            said[key] = (Reason(query.strategy.partition("=")[0], 1.0, words, line.line, line.start_ms),)
        return said

    def notes(self, query: Query, hits: Sequence[Hit]) -> list[str]:
        """Say which songs took no part, and how many met the conditions where they do not fill the answer."""
        found, total = self._found(query), self._store.counts().songs
        silent = total - len(self._store.lyric_vectors().keys)
        said = [f"{silent:,} of {total:,} songs have no lyrics that are encoded, and take no part"] if silent else []
        said += [found.note] if found.note else []
        if len(hits) < query.k and (query.where or query.targets):
            wishes = [_wish(name, query, found.starts) for name in found.starts]
            conditions = ", ".join([*([query.where.words()] if query.where else []), *wishes])
            among = f"{found.looked_at:,} songs {f'of {found.where}' if found.where else self._among}"
            said.append(f"{len(found.keys):,} of the {among} meet the conditions: {conditions}")
        return said

    def _found(self, query: Query) -> _Found:
        """Find the songs of the nearest cluster that meet the conditions, the seeds left out."""
        target = self._target(query)
        keys, where, note = self._members(query, target)
        starts = self._starts(query)
        fits = ~np.isin(keys, self._store.keys((*query.like, *query.unlike)))
        if query.where is not None:
            fits &= np.isin(keys, self._store.keys_where(query.where))
        values = of_keys(self._store, keys, list(starts))  # (n, conditions)
        for at, (name, start) in enumerate(starts.items()):
            fits &= (values[:, at] - start) * query.targets[name] > 0  # unknown is NaN, which is neither
        songs = self._store.lyric_vectors()
        cosines = songs.vectors[np.searchsorted(songs.keys, keys[fits])] @ target
        return _Found(len(keys), where, keys[fits], cosines.astype(np.float32), starts, note)

    def _target(self, query: Query) -> NDArray[np.float32]:
        if self._meaning is None:
            raise QueryError("this library has no vectors to compare by; a songkin add without --no-encode makes them")
        target = self._meaning.target("passages", query)
        if target is None:
            raise QueryError(
                f"--strategy {query.strategy} compares lyrics, and the seed has none; name a song that has, "
                "or give its words with --lyrics FILE"
            )
        return target

    def _members(self, query: Query, target: NDArray[np.float32]) -> tuple[NDArray[np.int64], str, str]:
        """Return the songs of the cluster whose centroid is nearest, that cluster in words, and a note on it."""
        if self._partition is None:
            return self._store.lyric_vectors().keys, "", ""
        part = self._partition()
        if not len(part.keys):
            return part.keys, "", part.note
        lengths = np.maximum(np.linalg.norm(part.centroids, axis=1), 1e-12)
        nearest = int((part.centroids @ target / lengths).argmax())  # (k, dim) @ (dim,) -> (k,)
        keys = part.keys[part.labels == nearest]
        return keys, f"cluster {nearest + 1} of {len(part.centroids)} ({len(keys):,} songs)", part.note

    def _starts(self, query: Query) -> dict[str, float]:
        """Return the seed's value of each wished feature, the mean of several seeds; without a seed the median."""
        names = list(query.targets)
        own = of_keys(self._store, self._store.keys(query.like), names)  # (seeds, wishes)
        given = np.array([[query.features.get(name, np.nan) for name in names]]) if query.features else own[:0]
        seeds = np.concatenate([own, given])
        if not len(seeds):
            return {name: spread(self._store, name).median for name in names}
        starts = {}
        for at, name in enumerate(names):
            known = seeds[~np.isnan(seeds[:, at]), at]
            if not len(known):
                cure = f"--features {name}=..." if query.features else f"--where {name}:LOW..HIGH"
                who = GIVEN if query.features else "the seed"
                raise QueryError(f"{who} has no {name} to compare with; say it with {cure}")
            starts[name] = float(known.mean())
        return starts


def _condition(name: str, value: float, query: Query, starts: Mapping[str, float]) -> str:
    """Say how a song stands to a condition: "energy 0.71 > 0.45"."""
    return f"{name} {value:.4g} {'>' if query.targets[name] > 0 else '<'} {starts[name]:.4g}"


def _wish(name: str, query: Query, starts: Mapping[str, float]) -> str:
    return f"{name} {'>' if query.targets[name] > 0 else '<'} {starts[name]:.4g}"
