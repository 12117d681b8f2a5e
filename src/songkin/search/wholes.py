"""Songs as wholes, for requests that recall one: what they sing, how they are called, what is said of them.

Conventions
-----------
A stem counts by the number of passages that hold it, and once for title and description. Songs of up to `HELD_PASSAGES`
passages are laid out in memory at the first such request; of a larger library only candidates are read, with rarities
counted on a sample.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from songkin.search.repertoire import CANDIDATE_STEMS, CANDIDATES, HELD_PASSAGES, SAMPLED_SONGS, SungWords, Usage
from songkin.store import Matches, Store
from songkin.store.fulltext import best_rows
from songkin.text.words import content_words, stems
from songkin.types import Where

__all__ = ["Wholes"]

COLUMNS = ("sung_stems", "about_stems")


class Wholes:
    """Everything in words that one library knows of its songs."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def sung(self) -> bool:
        """Whether there are lyrics here; where there are none, descriptions are better met one by one."""
        return self._store.counts().passages > 0

    def find(self, words: Mapping[str, float], where: Where | None, pool: int) -> Matches:
        """Rank the songs that meet a condition by BM25 of weighted stems over all that is known of them."""
        held = self._store.counts().passages <= HELD_PASSAGES
        known = self._store.kept("wholes", lambda: self._laid_out(None)) if held else self._some(words, where, pool)
        scores = known.scores(words)
        if where is not None and held:
            scores = np.where(np.isin(known.keys, self._store.keys_where(where)), scores, np.float32(0.0))
        rows = best_rows(scores, pool)
        return Matches(known.keys[rows], scores[rows], np.full(len(rows), -1, np.int32))

    def _some(self, words: Mapping[str, float], where: Where | None, pool: int) -> SungWords:
        """Lay out the songs that hold most of the words that tell most."""
        usage = self._store.kept("usage in wholes", lambda: self._laid_out(self._sampled()).usage)
        telling = sorted(words, key=lambda stem: -words[stem] * usage.rarity(stem))[:CANDIDATE_STEMS]
        limit = max(pool, CANDIDATES)
        near = [self._store.match(column, telling, where=where, limit=limit).keys for column in COLUMNS]
        named = list(self._store.match_titles(telling, where=where, limit=pool))
        return self._laid_out(np.unique(np.concatenate([*near, np.array(named, np.int64)])), usage)

    def _sampled(self) -> Any:
        keys = self._store.catalogue()[0]
        return keys[np.unique(np.linspace(0, len(keys) - 1, SAMPLED_SONGS).astype(np.int64))]

    def _laid_out(self, keys: Any, usage: Usage | None = None) -> SungWords:
        """Lay out all songs, or some: what they sing, and beside it one text of titles, names and descriptions."""
        sung = self._store.song_stems(keys)
        said = {key: " ".join(dict.fromkeys(text.split())) for key, text in self._said(keys).items()}
        lyrics = sung["sung_stems"].combine_chunks().cast(pa.string())
        texts = pa.concat_arrays([lyrics, pa.array(list(said.values()), pa.string())])
        owners = np.concatenate([sung["key"].to_numpy(), np.fromiter(said, np.int64, len(said))])
        return SungWords(owners, texts, usage)

    def _said(self, keys: Any) -> dict[int, str]:
        """Return what is said of songs beside their words, as stems: title, artists, tags, genres, description."""
        if keys is None:
            table = self._store.read(["title_words", "about_stems"])
            rows = zip(*(table[name].to_pylist() for name in ("key", "title_words", "about_stems")), strict=True)
            return {key: f"{_stemmed(called or '')} {_single(about or '')}" for key, called, about in rows}
        told = self._store.texts(keys)
        songs = zip(np.asarray(keys).tolist(), self._store.songs(keys), strict=True)
        return {
            key: f"{_stemmed(' '.join([song.title, *song.artists]))} {_single(told[key][1] if key in told else '')}"
            for key, song in songs
            if song
        }


def _stemmed(text: str) -> str:
    return " ".join(stems(content_words(text)))


def _single(terms: str) -> str:
    """Return the single stems of a description's terms, without whole descriptors."""
    return " ".join(term for term in terms.split() if not term.startswith("="))
