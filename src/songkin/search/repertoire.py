"""Songs by all they sing: a seed's stems, each by how telling it is, held against the words of whole songs.

Conventions
-----------
A stem counts by the number of passages that sing it, so a word that a refrain repeats within a passage counts there
once. A seed is a mapping of stem -> weight: 1 + ln(passages). What songs sing of up to `HELD_PASSAGES` passages is laid
out in memory at the first seed; of a larger library the index of whole songs names candidates, which are read and
scored, with rarities counted on a sample of songs. Which of the two happens depends on the library alone.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from songkin.search.outside import given
from songkin.store import Matches, Store
from songkin.store.fulltext import best_rows
from songkin.text.words import sung_stems
from songkin.types import Query, Where

__all__ = ["Repertoire", "SungWords", "Usage", "sung_weights"]

HELD_PASSAGES = 100_000  # some 12,000 songs; 30,000 passages are laid out in 0.3 s
SAMPLED_SONGS = 4_000  # of a larger library show how rare a stem is
CANDIDATES = 1_000  # songs of a larger library that are scored exactly
CANDIDATE_STEMS = 80  # most telling stems of a seed that find them
K1, B = 1.2, 1.0  # BM25 with full length normalisation: docs/decisions/0012


class Usage(NamedTuple):
    """How a library uses words: how many songs sing each stem, of how many, and a song's mean length in stems."""

    songs_with: Mapping[str, int]
    songs: int
    length: float

    def rarity(self, stem: str) -> float:
        """Return BM25's inverse document frequency of a stem, above 0; the highest for one nobody sings."""
        having = self.songs_with.get(stem, 0)
        return math.log(1 + (max(self.songs - having, 0) + 0.5) / (having + 0.5))


class SungWords:
    """What songs sing: texts (n,) of stems, joined by spaces, and each text's song (n,); `keys` (songs,) are sorted.

    A stem counts as often as it comes.
    """

    def __init__(self, songs: Any, texts: Any, usage: Usage | None = None) -> None:
        """Lay texts out; `usage` tells how rare stems are, counted on these songs where it is None."""
        self.keys, rows = np.unique(np.asarray(songs, np.int64), return_inverse=True)
        stems, found, self._rows, self._times = _counted(rows, texts, len(self.keys))
        self._stems = {stem: code for code, stem in enumerate(stems)}
        self._starts = np.searchsorted(found, np.arange(len(stems) + 1))
        lengths = np.bincount(self._rows, self._times, len(self.keys))
        self.usage = usage or Usage(
            dict(zip(stems, np.diff(self._starts).tolist(), strict=True)),
            int(np.count_nonzero(lengths)),
            float(lengths.sum() / max(np.count_nonzero(lengths), 1)),
        )
        relative = 1 - B + B * lengths[self._rows] / max(self.usage.length, 1e-9)
        self._weights = (self._times * (K1 + 1) / (self._times + K1 * relative)).astype(np.float32)

    def scores(self, seed: Mapping[str, float]) -> NDArray[np.float32]:
        """Return the BM25 score of every song (songs,) for a seed; 0 where it shares no stem."""
        told = [(code, weight * self.usage.rarity(stem)) for stem, weight in seed.items() if (code := self._code(stem))]
        if not told:
            return np.zeros(len(self.keys), np.float32)
        spans = [slice(*self._starts[code - 1 : code + 1]) for code, _ in told]
        weights = [self._weights[span] * weight for span, (_, weight) in zip(spans, told, strict=True)]
        rows = np.concatenate([self._rows[span] for span in spans])
        return np.bincount(rows, np.concatenate(weights), len(self.keys)).astype(np.float32)

    def _code(self, stem: str) -> int:
        """Return a stem's number from 1 on, 0 for one that no song sings."""
        return self._stems.get(stem, -1) + 1


class Repertoire:
    """The words of one library's songs."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def seed(self, query: Query) -> dict[str, float]:
        """Return what a query's seeds and its song from outside sing, summed over them; empty without words."""
        sung = self._store.song_stems(self._store.keys(query.like))["sung_stems"].to_pylist() if query.like else []
        song = given(query)
        weights: dict[str, float] = {}
        for stems in [*sung, *([sung_stems(song.stems)] if song else [])]:
            weights |= {stem: weights.get(stem, 0.0) + own for stem, own in sung_weights(stems).items()}
        return weights

    def telling(self, seed: Mapping[str, float]) -> dict[str, float]:
        """Return how much each stem tells of a seed, weight times rarity, the most telling first."""
        if not seed:
            return {}
        usage = self._usage()
        told = {stem: weight * usage.rarity(stem) for stem, weight in seed.items()}
        return dict(sorted(told.items(), key=lambda pair: (-pair[1], pair[0])))

    def find(self, seed: Mapping[str, float], where: Where | None, pool: int) -> Matches:
        """Rank songs that meet a condition by what they sing of a seed; the seed itself is among them."""
        if not seed:
            return Matches.none()
        sung = self._all() if self._is_held() else self._some(seed, where, pool)
        scores = sung.scores(seed)
        if where is not None and self._is_held():
            scores = np.where(np.isin(sung.keys, self._store.keys_where(where)), scores, np.float32(0.0))
        rows = best_rows(scores, pool)
        return Matches(sung.keys[rows], scores[rows], np.full(len(rows), -1, np.int32))

    def _is_held(self) -> bool:
        return self._store.counts().passages <= HELD_PASSAGES

    def _all(self) -> SungWords:
        return self._store.kept("repertoire", lambda: self._laid_out(None))

    def _some(self, seed: Mapping[str, float], where: Where | None, pool: int) -> SungWords:
        stems = list(self.telling(seed))[:CANDIDATE_STEMS]
        near = self._store.match("sung_stems", stems, where=where, limit=max(pool, CANDIDATES))
        return self._laid_out(near.keys, self._usage())

    def _usage(self) -> Usage:
        if self._is_held():
            return self._all().usage
        return self._store.kept("usage of stems", lambda: self._laid_out(self._sampled()).usage)

    def _sampled(self) -> NDArray[np.int64]:
        """Return the keys of songs evenly spaced over the library."""
        keys = self._store.catalogue()[0]
        return keys[np.unique(np.linspace(0, len(keys) - 1, SAMPLED_SONGS).astype(np.int64))]

    def _laid_out(self, keys: Any, usage: Usage | None = None) -> SungWords:
        table = self._store.song_stems(keys)
        return SungWords(table["key"].to_numpy(), table["sung_stems"], usage)


def sung_weights(stems: str) -> dict[str, float]:
    """Return a song as a seed: 1 + ln(passages that sing it) for each of its stems, which `sung_stems` has joined."""
    return {stem: 1 + math.log(count) for stem, count in Counter(stems.split()).items()}


class _Counts(NamedTuple):
    """The stems there are, and for each pair of stem and song: the stem's number, the song's row, how often."""

    stems: list[str]
    codes: NDArray[np.int64]
    rows: NDArray[np.int64]
    times: NDArray[np.int64]


def _counted(rows: NDArray[np.int64], texts: Any, songs: int) -> _Counts:
    """Count the stems of texts (n,) of songs, at `rows` (n,); pairs sorted by stem, then song."""
    split = pc.utf8_split_whitespace(pc.fill_null(texts, ""))
    lists = split.combine_chunks() if isinstance(split, pa.ChunkedArray) else split
    words = pc.dictionary_encode(lists.flatten())
    own = rows[pc.list_parent_indices(lists).to_numpy()]
    spoken = pc.not_equal(words.dictionary, "").to_numpy(zero_copy_only=False)
    codes = words.indices.to_numpy().astype(np.int64)
    there = spoken[codes] if len(codes) else np.zeros(0, bool)
    pairs, times = np.unique(codes[there] * max(songs, 1) + own[there], return_counts=True)
    return _Counts(words.dictionary.to_pylist(), pairs // max(songs, 1), pairs % max(songs, 1), times)
