"""Baselines that label: the shares of what was learnt from, word counts, and an encoder left as it is, each with a
logistic regression.

Conventions
-----------
Features are (n, dim), rows in the order of the songs. Chances are those of the columns of `songkin annotate`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.evaluation.labelling import Label, Labeller
from songkin.evaluation.systems.passages import mean_passages
from songkin.evaluation.tasks.labels import HIGH, LabelledText, sung
from songkin.extras import need
from songkin.types import Encoder

__all__ = ["encoded", "majority", "word_counts"]

Columns = dict[str, NDArray[np.float64]]
MANY = 50
WORDS_C, VECTORS_C = 16.0, 1.0  # how freely a regression may fit


class _Target(NamedTuple):
    """What is learnt: its columns by class, and each song's class, None where it is not known."""

    columns: dict[Any, str]
    classes: Sequence[Any]


class _Chances(NamedTuple):
    """What gives the chance of each class of features."""

    columns: dict[Any, str]
    classes: Sequence[Any]
    of: Callable[[Any], NDArray[np.float64]]


def majority() -> Labeller:
    """Say of each song the shares of the songs that were learnt from, and their medians: knowing nothing of words."""

    def fit(songs: Sequence[LabelledText]) -> Label:
        shares = {
            column: sum(own == name for own in target.classes) / known
            for target in _targets(songs)
            if (known := sum(own is not None for own in target.classes))
            for name, column in target.columns.items()
        }
        found = shares | _medians(songs)
        return lambda texts: {column: np.full(len(texts), value) for column, value in found.items()}

    return Labeller("majority", "the most frequent, always", fit)


def word_counts() -> Labeller:
    """Learn from Tf-Idf of words and pairs of words; of many songs, two have each at least."""

    def fit(songs: Sequence[LabelledText]) -> Label:
        text = need("sklearn.feature_extraction.text", extra="map")
        counts = text.TfidfVectorizer(ngram_range=(1, 2), min_df=2 if len(songs) >= MANY else 1, sublinear_tf=True)
        learnt = _fitted(counts.fit_transform([sung(song.text) for song in songs]), songs, freedom=WORDS_C)
        return lambda texts: _said(learnt, counts.transform([sung(text) for text in texts]))

    return Labeller("tf-idf", "words and pairs, logistic regression", fit)


def encoded(name: str, encoder: Encoder, *, tell: Callable[[int], None] | None = None) -> Labeller:
    """Learn from the mean of a song's passages, as an encoder that is not trained further reads them.

    `tell` is called with how many more songs have been read; each is read once.
    """
    known: dict[str, NDArray[np.float64]] = {}

    def vectors(texts: Sequence[str]) -> NDArray[np.float64]:
        new = [text for text in dict.fromkeys(texts) if text not in known]
        known.update(zip(new, mean_passages(new, encoder, tell=tell), strict=True))
        return np.stack([known[text] for text in texts])  # (n, dim)

    def fit(songs: Sequence[LabelledText]) -> Label:
        given = vectors([song.text for song in songs])
        centre, width = given.mean(0), given.std(0) + 1e-6
        learnt = _fitted((given - centre) / width / np.sqrt(given.shape[1]), songs, freedom=VECTORS_C)
        return lambda texts: _said(learnt, (vectors(texts) - centre) / width / np.sqrt(given.shape[1]))

    return Labeller(name, "encoder as it is, logistic regression", fit)


def _targets(songs: Sequence[LabelledText]) -> list[_Target]:
    genres = sorted({song.genre for song in songs if song.genre})
    found = [_Target({genre: f"p_{genre}" for genre in genres}, [song.genre for song in songs])]
    for name in HIGH:
        values = [song.features.get(name) for song in songs]
        median = _middle(values)
        high = [None if value is None else value > median for value in values]
        found.append(_Target({True: f"p_{name}_high"}, high))
    found.append(_Target({True: "p_happy"}, [song.happy for song in songs]))
    found.append(_Target({True: "explicit"}, [song.explicit for song in songs]))
    return found


def _fitted(features: Any, songs: Sequence[LabelledText], *, freedom: float) -> list[_Chances]:
    """Fit one regression a label, on the songs of which it is known; one class alone is certain, none is not said."""
    linear = need("sklearn.linear_model", extra="map")
    found = []
    for target in _targets(songs):
        rows = [at for at, own in enumerate(target.classes) if own is not None]
        classes = [target.classes[at] for at in rows]
        names = sorted(set(classes))
        if len(names) > 1:
            model = linear.LogisticRegression(C=freedom, max_iter=1000)
            model.fit(features[rows], [names.index(own) for own in classes])
            found.append(_Chances(target.columns, names, model.predict_proba))
        elif names:
            found.append(_Chances(target.columns, names, lambda given: np.ones((given.shape[0], 1))))
    return found


def _said(learnt: Sequence[_Chances], features: Any) -> Columns:
    found: Columns = {}
    for one in learnt:
        chances = one.of(features)  # (n, classes)
        for name, column in one.columns.items():
            known = name in one.classes
            found[column] = chances[:, one.classes.index(name)] if known else np.zeros(features.shape[0])
    return found


def _medians(songs: Sequence[LabelledText]) -> dict[str, float]:
    values = {name: [song.features.get(name) for song in songs] for name in HIGH}
    return {name: _middle(own) for name, own in values.items() if any(value is not None for value in own)}


def _middle(values: Sequence[float | None]) -> float:
    known = [value for value in values if value is not None]
    return float(np.median(known)) if known else float("nan")
