"""Find songs by their descriptions: all of a small library, the best candidates of a large one, scored exactly.

Conventions
-----------
Up to `HELD_SONGS` descriptions are laid out in memory at the first request and every one is scored. Of a larger library
only the BM25 candidates are read and scored, with rarities counted on a sample read once: nothing grows with the
library but the index. Which of the two happens depends on the library alone, so that a request alone and in a batch
gets the same answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.search.containment import Descriptions, Heard, Rarity, heard
from songkin.store import Matches, Store
from songkin.store.fulltext import best_rows
from songkin.store.keyed import among
from songkin.types import Where

__all__ = ["BEST", "Described", "lay_out"]

HELD_SONGS = 20_000  # laid out in 0.2 s where they are tags, in 2 to 3 s where each is a text of 80 words
CANDIDATES = 500  # of a larger library are scored exactly
INDEXED = 0.2  # weight of BM25's own score beside the exact one, each over its best: docs/decisions/0008
BEST = 2.0  # exact score of a description that a request says word for word
COLUMN = "about_stems"
LAID_OUT = "descriptions laid out"  # the name they are kept under
LAID_OUT_BYTES = 100_000_000  # of text, up to which they are


class Shelf(NamedTuple):
    """Every description of a library: keys (n,), sorted, and the descriptions."""

    keys: NDArray[np.int64]
    descriptions: Descriptions


class Scored(NamedTuple):
    """Songs' keys (n,), sorted, and how well each meets a request (n,)."""

    keys: NDArray[np.int64]
    scores: NDArray[np.float32]


class Described:
    """The descriptions of one library."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(
        self,
        text: str,
        terms: Sequence[str],
        languages: Sequence[str],
        where: Where | None,
        pool: int,
        *,
        alone: bool = False,
    ) -> Matches:
        """Rank songs by how well their descriptions meet a request, whose `terms` the full-text index is asked for.

        The best song has the score BM25 gives its own best, so that scores add to those of passages; 1 where only other
        words or spellings are found; `alone` it has its exact score, up to about `BEST`, which tells how well it fits.
        A request of function words only finds nothing.
        """
        asked = heard(text, languages)
        indexed = self._store.match(COLUMN, terms, where=where, limit=max(pool, CANDIDATES))
        keys, exact = (
            self._of_all(asked, where)
            if self._store.count() <= HELD_SONGS
            else self._of_some(asked, self._candidates(asked, indexed, where))
        )
        best = float(exact.max(initial=0.0))
        if best <= 0.0:
            return Matches.none()
        top = float(indexed.scores[0]) if len(indexed.keys) else 1.0
        scores = exact / best
        known = np.isin(indexed.keys, keys)  # all of them, unless a writer came between
        scores[np.searchsorted(keys, indexed.keys[known])] += INDEXED * indexed.scores[known] / top
        scores[exact <= 0] = 0.0
        rows = best_rows(scores, pool)
        scale = best if alone else top / scores[rows[0]]
        return Matches(keys[rows], scores[rows] * scale, np.full(len(rows), -1, np.int32))

    def _of_all(self, asked: Heard, where: Where | None) -> Scored:
        shelf = self._store.kept("described", self._shelf)
        scores = shelf.descriptions.scores(asked)
        there = np.isin(shelf.keys, self._store.keys_where(where)) if where else True
        return Scored(shelf.keys, np.where(there, scores, np.float32(0.0)))

    def _candidates(self, asked: Heard, indexed: Matches, where: Where | None) -> NDArray[np.int64]:
        """Return the keys the index found for the request, and for what it says in other words."""
        said = {**asked.words, **asked.wholes}.items()
        otherwise = self._store.match(
            COLUMN, [term for term, degree in said if degree < 1], where=where, limit=CANDIDATES
        )
        return np.union1d(indexed.keys, otherwise.keys)

    def _of_some(self, asked: Heard, keys: NDArray[np.int64]) -> Scored:
        if shelf := self._store.known(LAID_OUT):
            keys = keys[among(shelf.keys, keys)]  # all of them, unless a writer came between
            return Scored(keys, shelf.descriptions.scores(asked, np.searchsorted(shelf.keys, keys)))
        rarity = _rarity(self._store)
        texts = self._store.texts(keys)
        told = Descriptions([texts[key][1] if key in texts else "" for key in keys.tolist()], rarity)
        return Scored(keys, told.scores(asked))

    def _shelf(self) -> Shelf:
        table = self._store.read([COLUMN])
        texts = table[COLUMN].combine_chunks()
        return Shelf(table["key"].to_numpy(), Descriptions(texts, Rarity(texts.to_pylist())))


def lay_out(store: Store) -> None:
    """Lay out the descriptions of a larger library ahead of its requests, which then need not read their candidates'.

    Some seconds of work for 100,000 songs, and 1 kB a song; the answers are the same. Nothing is done for a small
    library, whose first request lays it out, and where descriptions are long.
    """
    if store.count() > HELD_SONGS:
        texts = (table := store.read([COLUMN]))[COLUMN].combine_chunks()
        if texts.nbytes <= LAID_OUT_BYTES:
            store.kept(LAID_OUT, lambda: Shelf(table["key"].to_numpy(), Descriptions(texts, _rarity(store))))


def _rarity(store: Store) -> Rarity:
    return store.kept("rarity of descriptions", lambda: Rarity(store.sample(COLUMN, HELD_SONGS)))
