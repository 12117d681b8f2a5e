"""Kelly and others' published retrieval (2021): a seed's keywords, an inverted index, two scores in one ranking.

Conventions
-----------
Keywords are stems: the seed's most telling by TF-IDF, and those whose words lie nearest to its lyrics in the encoder's
space. Songs that sing any of them are candidates, at most `CANDIDATES`. Each gets the cosine of its TF-IDF weights to
the seed's and the cosine of its vector to the seed's; the score is weight * vectors + (1 - weight) * TF-IDF, in [0, 1].
Salton and Buckley, Information Processing and Management 24(5), 1988 [salton1988weighting].
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.search.clusters import LyricNeighbours, Partition
from songkin.search.meaning import Meaning
from songkin.search.outside import given
from songkin.search.repertoire import Repertoire, sung_weights
from songkin.search.terms import request_stems
from songkin.store import Store
from songkin.text.words import content_words, stems
from songkin.types import Query, Ranking, Reason

__all__ = ["CANDIDATES", "NEAR", "TELLING", "WEIGHT", "KeywordNeighbours", "Keywords"]

WEIGHT = 0.55  # of the vectors beside TF-IDF: 184 seeds, the fast student's vectors (docs/papers/irvine.md)
TELLING = 30  # keywords by TF-IDF
NEAR = 10  # keywords by the encoder
CANDIDATES = 500  # songs that are scored
LOOKED_AT = 200  # most telling stems of a seed whose words are held against its vector
SHOWN = 4  # keywords a reason names


class Keywords(NamedTuple):
    """What a seed is looked for by: the TF-IDF weight of all it sings, its keywords, and a word of each stem."""

    weights: Mapping[str, float]
    stems: tuple[str, ...]
    spelt: Mapping[str, str]


class KeywordNeighbours(LyricNeighbours):
    """Ranks the songs that sing a seed's keywords by TF-IDF and by vectors, of the nearest cluster or of all songs."""

    _among = "that sing a keyword"

    def __init__(
        self,
        store: Store,
        meaning: Meaning | None,
        partition: Callable[[], Partition] | None = None,
        *,
        weight: float = WEIGHT,
        telling: int = TELLING,
        near: int = NEAR,
    ) -> None:
        super().__init__(store, meaning, partition)
        self._repertoire, self._weight, self._sizes = Repertoire(store), weight, (telling, near)
        self._known: tuple[Query, Keywords] | None = None

    def __call__(self, query: Query) -> Ranking:
        """Rank the candidates that meet the conditions; errors are those of `LyricNeighbours`."""
        found = self._found(query)
        tfidf = self._tfidf(self.keywords(query), found.keys)
        cosines = np.maximum(found.cosines, 0.0)
        scores = (self._weight * cosines + (1 - self._weight) * tfidf).astype(np.float32)
        return Ranking.of(found.keys, scores, {"cosine": found.cosines, "tf-idf": tfidf})

    def keywords(self, query: Query) -> Keywords:
        """Return what a query's seeds are looked for by; without a seed the words of the request."""
        if self._known is None or self._known[0] != query:
            self._known = (query, self._keywords(query))
        return self._known[1]

    def reasons(
        self, ranking: Ranking, query: Query, told: Mapping[int, Sequence[Reason]]
    ) -> dict[int, tuple[Reason, ...]]:
        """Return each song's one reason: the keywords it shares, both scores, what `LyricNeighbours` says besides."""
        found, own = super().reasons(ranking, query, told), self.keywords(query)
        sung = self._sung(ranking.keys)
        said: dict[int, tuple[Reason, ...]] = {}
        for key, tfidf in zip(ranking.keys.tolist(), ranking.parts["tf-idf"].tolist(), strict=True):
            there = set(sung.get(key, "").split())
            shared = [own.spelt.get(stem, stem) for stem in own.stems if stem in there][:SHOWN]
            reason = found[key][0]
            said[key] = (reason._replace(words=f"sings {', '.join(shared)}; TF-IDF {tfidf:.3f}; {reason.words}"),)
        return said

    def _members(self, query: Query, target: NDArray[np.float32]) -> tuple[NDArray[np.int64], str, str]:
        """Return the candidates: songs of the nearest cluster, or of all, that sing a keyword."""
        keys, where, note = super()._members(query, target)
        asked = self.keywords(query).stems
        found = self._store.match("stems", asked, where=query.where, limit=CANDIDATES)
        return keys[np.isin(keys, found.keys)], where, note

    def _keywords(self, query: Query) -> Keywords:
        telling, near = self._sizes
        weights = self._repertoire.telling(self._repertoire.seed(query))
        if not weights:
            asked = request_stems(f"{query.text} {query.lyrics}")
            weights = self._repertoire.telling(dict.fromkeys(asked, 1.0))
        spelt = self._spelt(query, weights)
        by_vector = self._nearest(query, list(weights)[:LOOKED_AT], spelt)[:near]
        return Keywords(weights, tuple(dict.fromkeys([*list(weights)[:telling], *by_vector])), spelt)

    def _nearest(self, query: Query, known: Sequence[str], spelt: Mapping[str, str]) -> list[str]:
        """Return stems by the cosine of their words' vectors to the seed's, nearest first.

        Sharma and Li, preprints 2019 [sharma2019keybert] take keywords so, of BERT.
        """
        target = self._target(query)
        assert self._meaning is not None
        words = [spelt.get(stem, stem) for stem in known]
        self._meaning.prime(words)
        cosines = [float(self._meaning.vector(word) @ target) for word in words]
        return [stem for _, stem in sorted(zip(cosines, known, strict=True), key=lambda pair: (-pair[0], pair[1]))]

    def _spelt(self, query: Query, known: Mapping[str, float]) -> dict[str, str]:
        """Return a word of each stem, as a seed sings it."""
        song = given(query)
        keys = self._store.keys(query.like)
        languages = {own.language for own in self._store.songs(keys) if own}
        texts = [text for own in self._store.sung("words", keys).values() for text in own]
        words = [word for text in (*texts, *(song.passages if song else ())) for word in content_words(text)]
        found: dict[str, str] = {}
        for language in (*sorted(own for own in languages if own), None):
            for stem, word in zip(stems(words, language), words, strict=True):
                if stem in known:
                    found.setdefault(stem, word)
        return found

    def _tfidf(self, seed: Keywords, keys: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the cosine of each song's TF-IDF weights to the seed's (n,), in [0, 1]."""
        sung = self._sung(keys)
        own = (self._repertoire.telling(sung_weights(sung.get(key, ""))) for key in keys.tolist())
        return np.array([_cosine(seed.weights, weights) for weights in own], np.float32)

    def _sung(self, keys: NDArray[np.int64]) -> dict[int, str]:
        """Return the stems of songs, by key."""
        table = self._store.song_stems(keys)
        return dict(zip(table["key"].to_pylist(), table["sung_stems"].to_pylist(), strict=True))


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return the cosine of two sparse vectors, 0 where one is empty."""
    lengths = [math.sqrt(math.fsum(value * value for value in own.values())) for own in (one, other)]
    shared = math.fsum(value * other[stem] for stem, value in one.items() if stem in other)
    return min(shared / (lengths[0] * lengths[1]), 1.0) if all(lengths) else 0.0
