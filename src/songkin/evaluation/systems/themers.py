"""Baselines that say themes: the commonest, all, and words that tell a theme, with cuts learnt from the same songs.

Conventions
-----------
Themes are those of the songs learnt from (n, t); words are counted once a song (n, v). No system says more than
MOST_THEMES of a song but the one that says all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songkin.evaluation.labelling import Label, Labeller
from songkin.evaluation.tasks.labels import LabelledText, sung
from songkin.extras import need
from songkin.text.words import tokens

__all__ = ["KEYWORDS", "MOST_THEMES", "all_themes", "commonest_themes", "keywords"]

MOST_THEMES = 3  # as songkin annotate says, and as were read
KEYWORDS = 20  # words a theme
RAREST = 5  # songs a word must be in


def commonest_themes() -> Labeller:
    """Say the commonest themes of every song: knowing nothing of words."""

    def fit(songs: Sequence[LabelledText]) -> Label:
        said = tuple(_names(songs)[:MOST_THEMES])
        return lambda texts: {"themes": [said] * len(texts)}

    return Labeller("majority", f"the {MOST_THEMES} commonest themes, always", fit)


def all_themes() -> Labeller:
    """Say every theme of every song: no system that knows nothing of words has a higher F1 of each theme."""

    def fit(songs: Sequence[LabelledText]) -> Label:
        said = tuple(_names(songs))
        return lambda texts: {"themes": [said] * len(texts)}

    return Labeller("all", "every theme, always", fit)


def keywords(*, most: int = KEYWORDS) -> Labeller:
    """Say a theme where enough of its words are sung: those `most` words that tell it best among the songs learnt from.

    A word tells a theme by its share of the theme's songs times the logarithm of how much that is beyond its share of
    all. How many of them are enough gives the best F1 among the songs learnt from.
    """

    def fit(songs: Sequence[LabelledText]) -> Label:
        text = need("sklearn.feature_extraction.text", extra="map")
        counted = text.CountVectorizer(analyzer=_words, binary=True, min_df=min(RAREST, max(len(songs) // RAREST, 1)))
        has = counted.fit_transform([song.text for song in songs])  # (n, v)
        names = _names(songs)
        read = np.array([[name in (song.themes or ()) for name in names] for song in songs])  # (n, t)
        chosen = _telling(has, read, most)  # (v, t)
        cuts = np.array([_cut(hits, own) for hits, own in zip((has @ chosen).T, read.T, strict=True)])

        def said(texts: Sequence[str]) -> dict[str, list[tuple[str, ...]]]:
            sure = (counted.transform(texts) @ chosen) / cuts  # (n, t), 1 = just enough
            orders = np.argsort(-sure, axis=1, kind="stable")[:, :MOST_THEMES]
            rows = zip(orders, sure, strict=True)
            return {"themes": [tuple(names[at] for at in order if own[at] >= 1) for order, own in rows]}

        return said

    return Labeller("keywords", f"{most} words a theme, learnt by how much they tell", fit)


def _names(songs: Sequence[LabelledText]) -> list[str]:
    """Return the themes that were read, the commonest first."""
    counts = Counter(name for song in songs for name in song.themes or ())
    return sorted(counts, key=lambda name: (-counts[name], name))


def _words(text: str) -> set[str]:
    return set(tokens(sung(text)))


def _telling(has: Any, read: NDArray[np.bool_], most: int) -> NDArray[np.float64]:
    """Return 1 for the `most` words that tell each theme best, else 0 (v, t)."""
    inside: NDArray[np.float64] = np.asarray(has.T @ read, np.float64) / np.maximum(read.sum(0), 1)  # (v, t)
    overall = np.asarray(has.mean(0), np.float64).reshape(-1, 1)  # (v, 1)
    tells: NDArray[np.float64] = inside * np.log(np.maximum(inside, 1e-9) / overall)
    best = np.argsort(-tells, axis=0, kind="stable")[:most]  # (most, t)
    chosen = np.zeros((len(inside), read.shape[1]), bool)
    np.put_along_axis(chosen, best, values=True, axis=0)
    return (chosen & (tells > 0)).astype(np.float64)


def _cut(hits: NDArray[np.float64], read: NDArray[np.bool_]) -> int:
    """Return how many words (n,) give the best F1, one at least."""
    cuts = range(1, max(int(hits.max(initial=1)), 1) + 1)
    return max(cuts, key=lambda cut: (2 * (read & (hits >= cut)).sum() / (read.sum() + (hits >= cut).sum()), -cut))
