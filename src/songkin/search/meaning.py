"""The `meaning` channel: songs whose description or passages lie near the request, or near the songs it names."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songkin.search.outside import Given, given
from songkin.search.scale import alone, unit
from songkin.search.weighing import is_description
from songkin.store import Matches, Store
from songkin.text.description import descriptors
from songkin.types import Encoder, Query, Ranking, Song

__all__ = ["Meaning", "added", "beside", "centre", "centres", "described", "joined", "levelled"]

REMEMBERED = 4096  # requests whose vectors are kept
TOLD_IN_FULL = 8  # descriptors from which a seed's description weighs as much as its words: docs/decisions/0012
TABLES = {"all": ("songs", "passages"), "description": ("songs",), "lyrics": ("passages",)}


class Meaning:
    """Nearest vectors, of descriptions and of passages; a song counts by the better of the two.

    A request is held against single passages, a seed, which is a whole song, against songs as wholes.
    """

    name = "meaning"

    def __init__(self, store: Store, encoder: Encoder) -> None:
        self._store, self._encoder = store, encoder
        self._vectors: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._sung: dict[tuple[str, ...], NDArray[np.float32]] = {}
        self._ahead: dict[tuple[str, ...], Matches] = {}

    def __call__(self, query: Query, pool: int) -> Ranking:
        """Rank songs by cosine; a request of no words and no songs has no meaning."""
        found = [self._near(table, query, pool) for table in TABLES[query.part]]
        if not _has_seed(query):
            return joined(found, pool, highest, best=1.0 if is_description(query, self._store) else None)
        seeds = self._store.keys(query.like)
        told = described(self._store, query)
        weights = [told if table == "songs" else 1.0 for table in TABLES[query.part]]
        fields = [levelled(matches, pool, seeds, weight) for matches, weight in zip(found, weights, strict=True)]
        return joined(fields, pool, added, aside=seeds)

    def _near(self, table: str, query: Query, pool: int) -> Matches:
        if not _has_seed(query) and (matches := self._ahead.get(_asks(table, query, pool))) is not None:
            return matches
        target = self.target(table, query)
        if target is None:
            return Matches.none()
        if table == "passages" and _has_seed(query):
            return self._store.nearest_wholes(target, where=query.where, limit=pool)
        return self._store.nearest(table, target, where=query.where, limit=pool)

    def look_ahead(self, queries: Sequence[Query], pool_of: Callable[[Query], int]) -> None:
        """Encode many requests at once and search for those of one condition together; the next calls find it done."""
        self.prime([text for query in queries for text in _asked(query)])
        self._ahead = {}
        for alike in _alike(queries):
            pool = pool_of(alike[0])
            for table in TABLES[alike[0].part]:
                targets = {_asks(table, query, pool): self.target(table, query) for query in alike}
                some = {asks: target for asks, target in targets.items() if target is not None}
                if some:
                    found = self._store.nearest_to_each(
                        table, np.stack(list(some.values())), where=alike[0].where, limit=pool
                    )
                    self._ahead |= dict(zip(some, found, strict=True))

    def target(self, table: str, query: Query) -> NDArray[np.float32] | None:
        """Return the point to look around (dim,): the request's words, and its seeds; None where it has neither."""
        points = [self.vector(text) for text in _asked(query)] + [self.sung(text) for text in _sung(query)]
        points += [centre(rows) for rows in [self.given(query)] if len(rows)]
        points += [centre(rows) for rows in self._store.vectors_of(table, self._store.keys(query.like)).values()]
        if not points or not np.any(points):
            return None
        return centre(np.stack(points))

    def vector(self, text: str) -> NDArray[np.float32]:
        """Return the request's unit vector (dim,), remembered."""
        vector = self._vectors.get(text)
        if vector is None:  # kept in hand: another thread may push it out again
            vector = self._encoder.encode_queries([text])[0]
            self._remember([text], [vector])
        return vector

    def sung(self, text: str) -> NDArray[np.float32]:
        """Return the unit vector (dim,) of words that are sung: "no more rain" is about rain, no wish against it."""
        vector: NDArray[np.float32] = np.asarray(self._encoder.encode_songs([text]), np.float32)[0]
        return vector

    def given(self, query: Query) -> NDArray[np.float32]:
        """Return the vectors of a song outside the library (passages, dim), read as the library's own are; kept."""
        song = given(query)
        texts = song.passages if song else ()
        vectors = self._sung.get(texts)
        if vectors is None:
            vectors = np.asarray(self._encoder.encode_songs(texts), np.float32)
            self._sung = {texts: vectors}
        return vectors

    def prime(self, texts: Sequence[str]) -> None:
        """Encode several requests at once, so that asking for each is free."""
        new = [text for text in dict.fromkeys(texts) if text.strip() and text not in self._vectors]
        self._remember(new, self._encoder.encode_queries(new))

    def _remember(self, texts: Sequence[str], vectors: Iterable[NDArray[np.float32]]) -> None:
        self._vectors.update(zip(texts, vectors, strict=True))
        while len(self._vectors) > max(REMEMBERED, len(texts)):
            self._vectors.popitem(last=False)


def _asked(query: Query) -> list[str]:
    """Return the words of a request, if it has any."""
    return [query.text] if query.text.strip() else []


def _sung(query: Query) -> list[str]:
    """Return the words a request says are sung; those of a whole song outside the library are read by passages."""
    return [query.lyrics] if query.lyrics.strip() and not given(query) else []


def _has_seed(query: Query) -> bool:
    """Say whether a query names songs, or brings the words of one."""
    song = given(query)
    return bool(query.like) or (song is not None and bool(song.passages))


def _asks(table: str, query: Query, pool: int) -> tuple[str, ...]:
    """Return what a nearest-vector search depends on."""
    return table, query.text, query.lyrics, query.where.sql() if query.where else "", str(pool)


def _alike(queries: Sequence[Query]) -> list[list[Query]]:
    """Group queries without seeds by part, condition and how many hits are wanted."""
    groups: dict[tuple[str, str, int], list[Query]] = {}
    for query in queries:
        if not _has_seed(query):
            groups.setdefault((query.part, query.where.sql() if query.where else "", query.k), []).append(query)
    return list(groups.values())


def centre(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean direction of unit vectors (n, dim) -> (dim,), unit length; zeros stay zeros."""
    mean = rows.mean(0)  # (n, dim) -> (dim,)
    length = float(np.linalg.norm(mean))
    return np.asarray(mean / length if length > 0 else mean, np.float32)


def centres(store: Store, keys: Iterable[int]) -> dict[int, NDArray[np.float32]]:
    """Return one vector (dim,) a song: of its description, else the centre of its passages; without either, none."""
    wanted = [int(key) for key in keys]
    told = store.vectors_of("songs", wanted)
    sung = store.vectors_of("passages", [key for key in wanted if key not in told])
    return {key: centre(rows) for key, rows in (told | sung).items()}


def highest(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the better of a song's cosines, and a little of their mean: (fields, n) -> (n,)."""
    best: NDArray[np.float32] = 0.75 * scores.max(0) + 0.25 * scores.mean(0)
    return best


def joined(
    found: Sequence[Matches],
    pool: int,
    join: Callable[[Any], Any],
    top: float | None = None,
    *,
    aside: NDArray[np.int64] | None = None,
    best: float | None = None,
) -> Ranking:
    """Join what several fields found into one ranking in [0, 1]; `join` takes scores (fields, n) and gives (n,).

    The best song, or the score `top` where that is higher, counts 1. Songs `aside` set no scale: beside a seed, which
    is as like itself as can be, all others would score low. `best` is what scores are measured by where it is known.
    A song that a field did not name has there the score of the last one it did name, 0 where it named all it matched.
    """
    found = [matches for matches in found if len(matches.keys)]
    if not found:
        return Ranking.empty()
    keys = np.unique(np.concatenate([matches.keys for matches in found]))
    scores = np.empty((len(found), len(keys)), np.float32)
    for row, matches in enumerate(found):
        scores[row] = matches.scores[-1] if len(matches.keys) >= pool else min(0.0, float(matches.scores[-1]))
        scores[row, np.searchsorted(keys, matches.keys)] = matches.scores
    ranking = Ranking.of(keys, join(scores)).top(pool)
    if best is not None:
        return Ranking(ranking.keys, alone(ranking.scores, full=len(ranking) >= pool, best=best))
    high = max(beside(ranking.keys, ranking.scores, aside), -np.inf if top is None else top)
    return Ranking(ranking.keys, unit(ranking.scores, full=len(ranking) >= pool, top=high))


def described(store: Store, query: Query) -> float:
    """Return how much the descriptions of a query's seeds tell beside their words, in [0, 1]; the mean over seeds.

    A text, or eight descriptors and more, tell as much as the words; a song known by two genres is hardly described.
    """
    own = given(query)
    known: dict[Hashable, float] = store.kept("how seeds are described", dict)
    at = (query.like, own.about_stems if own else ())
    told = known.get(at)
    if told is None:
        if len(known) > REMEMBERED:
            known.clear()
        told = known[at] = _described(store.songs(store.keys(query.like)), own)
    return told


def _described(songs: Sequence[Song | None], own: Given | None) -> float:
    seeds = [song for song in songs if song]
    told = [1.0 if song.description else min(len(descriptors(song)) / TOLD_IN_FULL, 1.0) for song in seeds]
    if own:
        told.append(min(len(own.about_stems) / TOLD_IN_FULL, 1.0))
    return sum(told) / len(told) if told else 1.0


def added(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Add what fields give: (fields, n) -> (n,)."""
    total: NDArray[np.float32] = scores.sum(0)
    return total


def levelled(matches: Matches, pool: int, seeds: NDArray[np.int64], weight: float = 1.0) -> Matches:
    """Scale a field's scores, what it did not name to 0, the best song beside the seeds to `weight`; seeds have more.

    So descriptions, which are much alike where they are short, cannot outweigh words.
    """
    if not len(matches.keys):
        return matches
    floor = float(matches.scores[-1]) if len(matches.keys) >= pool else min(0.0, float(matches.scores[-1]))
    best = beside(matches.keys, matches.scores, seeds) - floor
    scaled = (matches.scores - floor) / best if best > 1e-9 else np.ones(len(matches.keys), np.float32)
    return matches._replace(scores=np.asarray(weight * scaled, np.float32))


def beside(keys: NDArray[np.int64], scores: NDArray[np.float32], aside: NDArray[np.int64] | None) -> float:
    """Return the best of scores (n,), best first, among songs that are not `aside`; of all where no other is there."""
    others = scores if aside is None or not len(aside) else scores[~np.isin(keys, aside)]
    return float(others[0] if len(others) else scores[0])
