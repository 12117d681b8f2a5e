"""Negatives: sets that retrievers place near a query and that are not true of it.

Conventions
-----------
Rows are queries, columns documents; -1 fills a row that has too few. Two retrievers speak in turn, best first, so each
gives half of the negatives less what both found. Retrievers compare by cosine.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.evaluation.systems import TfIdf
from songkin.training.melscribe.sampling import Drawn, joined

__all__ = ["TFIDF", "Retriever", "digest", "documents", "mine", "retriever"]

log = logging.getLogger(__name__)
TFIDF = "tf-idf"
SHIPPED = "shipped"
CHUNK = 256
Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


class Retriever(NamedTuple):
    """What finds near documents: its name, what it is to the last bit, and how it gets to know documents.

    `fit` takes texts (m,) and returns what scores queries (n,) against them: cosines (n, m). `encode` gives unit
    vectors where it is an encoder.
    """

    name: str
    fingerprint: str
    fit: Callable[[Sequence[str]], Callable[[Sequence[str]], Floats]]
    encode: Callable[[Sequence[str]], Floats] | None = None


def retriever(name: str) -> Retriever:
    """Return the retriever a recipe names: "tf-idf", "shipped" (songkin's own encoder), a folder, or a hub name."""
    if name.casefold() == TFIDF:
        return Retriever(TFIDF, TFIDF, _by_words)
    from songkin.encoders import load

    encoder = load(None if name == SHIPPED else name)

    def encode(texts: Sequence[str]) -> Floats:
        parts = [encoder.encode_queries(texts[at : at + CHUNK]) for at in range(0, len(texts), CHUNK)]
        return np.concatenate(parts).astype(np.float32)

    def fit(texts: Sequence[str]) -> Callable[[Sequence[str]], Floats]:
        own = encode(texts)
        return lambda queries: np.asarray(encode(queries) @ own.T, np.float32)

    return Retriever(encoder.name, encoder.fingerprint, fit, encode)


def documents(drawn: Sequence[Drawn]) -> list[tuple[str, ...]]:
    """Return the different sets of all queries, in the order they come."""
    return list(dict.fromkeys(tags for one in drawn for tags in one.sets))


def mine(
    drawn: Sequence[Drawn],
    sets: Sequence[tuple[str, ...]],
    retrievers: Sequence[Retriever],
    count: int,
    *,
    told: Sequence[Drawn] = (),
) -> Ints:
    """Return the rows of `count` negatives for every query (n, count).

    No negative is a set drawn for the same words or the same track, in these queries or in those of `told`, nor one
    whose every descriptor is the track's.
    """
    queries = [one.query for one in drawn]
    true = _true(drawn, sets, [*drawn, *told])
    fitted = [own.fit([joined(tags) for tags in sets]) for own in retrievers]
    found = np.full((len(drawn), count), -1, np.int64)
    for start in range(0, len(queries), CHUNK):
        scores = [score(queries[start : start + CHUNK]) for score in fitted]  # (chunk, m) each
        for row, known in enumerate(true[start : start + CHUNK]):
            near = [[at for at in _best(own[row], count + len(known)) if at not in known] for own in scores]
            chosen = list(dict.fromkeys(_in_turn(near)))[:count]
            found[start + row, : len(chosen)] = chosen
        log.info("negatives: %s of %s queries", min(start + CHUNK, len(queries)), len(queries))
    return found


def _true(drawn: Sequence[Drawn], sets: Sequence[tuple[str, ...]], told: Sequence[Drawn]) -> list[set[int]]:
    """Return for each query the rows of sets that are true of it."""
    places = {tags: at for at, tags in enumerate(sets)}
    holding: dict[str, set[int]] = {}
    for at, tags in enumerate(sets):
        for tag in tags:
            holding.setdefault(tag, set()).add(at)
    said: dict[str, set[int]] = {}
    tracks: dict[str, set[int]] = {}
    for one in told:
        own = {places[tags] for tags in one.sets if tags in places}
        said.setdefault(one.query.casefold(), set()).update(own)
        tracks.setdefault(one.track, set()).update(own)
    found = []
    for one in drawn:
        touched = set().union(*(holding.get(tag, set()) for tag in one.tags))
        covered = {at for at in touched if one.tags.issuperset(sets[at])}
        found.append(covered | said[one.query.casefold()] | tracks[one.track])
    return found


def _in_turn(orders: Sequence[Sequence[int]]) -> Iterator[int]:
    """Give the best of each, then the second of each, and so on, as long as there are any."""
    for places in zip_longest(*orders):
        yield from (at for at in places if at is not None)


def _best(scores: Floats, k: int) -> list[int]:
    """Return the k highest places, best first, ties in order."""
    k = min(k, len(scores))
    near = np.sort(np.argpartition(-scores, k - 1)[:k])
    return [int(at) for at in near[np.argsort(-scores[near], kind="stable")]]


def _by_words(texts: Sequence[str]) -> Callable[[Sequence[str]], Floats]:
    fitted = TfIdf(texts)
    return lambda queries: np.stack([fitted.scores(query) for query in queries]).astype(np.float32)


def digest(*parts: str) -> str:
    """Return a short name for texts that must be the same."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
