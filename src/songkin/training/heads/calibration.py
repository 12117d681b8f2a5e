"""Calibrate the heads: fit each probability, value and choice to scores of songs that were held out.

Conventions
-----------
Scores are out-of-fold: each song's come from heads that saw none of its artist's songs. Truths are nan where unknown.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from songkin.annotate.calibration import COVERED, Choice, Curve, Logistic
from songkin.annotate.explicit import FAMILIES, Explicit, families
from songkin.annotate.heads import FEATURES, Calibration
from songkin.annotate.labels import HAPPY
from songkin.extras import need
from songkin.training.heads.known import Known

__all__ = ["calibrate", "choice", "curve", "explicitness", "logistic", "theme_cut"]

Floats = NDArray[np.float64]
KNOTS = 9
LOOSE = 1e6  # scikit-learn's C: all but no penalty
LIFTS = np.arange(0.0, 0.85, 0.05)
CUTS = np.arange(0.05, 0.7, 0.025)
SHY = 0.01  # of accuracy that may be given up for rare genres to be said at all
HELD_BACK = 0.1  # scikit-learn's C of the genres, whose scores are many
FLAT = 1e-9  # a spread below it is none
LEAST_SHARE = 1e-6


def logistic(scores: Floats, truth: Floats) -> Logistic:
    """Fit Platt's curve to scores (n,) and truths (n,) of 0, 1 or nan; one class alone gives its share, unmoved."""
    there = np.isfinite(truth)
    scores, truth = scores[there], truth[there]
    if len(set(truth.tolist())) < 2 or scores.std() == 0:
        share = (truth.sum() + 1) / (len(truth) + 2)
        return Logistic(0.0, float(np.log(share / (1 - share))))
    model = need("sklearn.linear_model", extra="train").LogisticRegression(C=LOOSE)
    model.fit((scores / scores.std())[:, None], truth)
    return Logistic(float(model.coef_[0, 0] / scores.std()), float(model.intercept_[0]))


def curve(scores: Floats, values: Floats) -> Curve:
    """Fit the value at scores (n,), and the interval that holds COVERED of the values, at KNOTS places.

    A place is the mean of the scores nearest to it in order, a value the mean there; the ends of the interval are the
    quantiles there, and all three never fall. No values give the whole of [0, 1].
    """
    there = np.isfinite(values)
    if not there.any():
        return Curve((0.0,), (0.5,), (0.0,), (1.0,))
    order = np.argsort(scores[there], kind="stable")
    parts = [part for part in np.array_split(order, KNOTS) if len(part)]
    own_scores, own = scores[there], values[there]
    tail = (1 - COVERED) / 2
    rows = [
        (own_scores[part].mean(), own[part].mean(), np.quantile(own[part], tail), np.quantile(own[part], 1 - tail))
        for part in parts
    ]
    places, *levels = np.array(rows).T
    rising = [tuple(np.maximum.accumulate(level).tolist()) for level in levels]
    return Curve(tuple(np.maximum.accumulate(places).tolist()), *rising)


def choice(scores: Floats, inputs: Sequence[str], truth: NDArray[np.int64], names: Sequence[str]) -> Choice:
    """Fit the probabilities of names to scores (n, m) of `inputs` and truths (n,), places among names or -1.

    All scores weigh for every name: a song that seems danceable is rarely folk. The lift is then the one with the best
    macro-F1 of those that cost at most SHY of the best accuracy. One name alone is certain; none gives no choice.
    """
    rows = np.flatnonzero(truth >= 0)
    shares = np.maximum(np.bincount(truth[rows], minlength=len(names)) / max(len(rows), 1), LEAST_SHARE)
    weights, shifts = _logits(scores[rows], truth[rows], len(names))
    own = (tuple(names), tuple(inputs), weights, shifts, tuple(shares.tolist()))
    if len(names) < 2:
        return Choice(*own)
    p, judged = Choice(*own)(scores[rows]), []
    for lift in LIFTS.tolist():
        said = np.array(Choice(*own, lift).said(p))
        judged.append((float((said == truth[rows]).mean()), _macro_f1(truth[rows], said, len(names)), lift))
    best = max(accuracy for accuracy, _, _ in judged)
    return Choice(*own, max((f1, lift) for accuracy, f1, lift in judged if accuracy >= best - SHY)[1])


def _logits(
    scores: Floats, truth: NDArray[np.int64], k: int
) -> tuple[tuple[tuple[float, ...], ...], tuple[float, ...]]:
    """Return the weights, a row of m for each of k names, and the shifts that make truths (n,) likeliest."""
    weights, shifts = np.zeros((k, scores.shape[1])), np.zeros(k)
    if k > 1 and len(scores):
        spread = np.maximum(scores.std(0), FLAT)
        model = need("sklearn.linear_model", extra="train").LogisticRegression(C=HELD_BACK, max_iter=2000)
        model.fit(scores / spread, truth)
        own = model.coef_ if k > 2 else np.vstack([-model.coef_ / 2, model.coef_ / 2])  # two classes share one row
        weights, shifts = own / spread, model.intercept_ if k > 2 else np.array([-0.5, 0.5]) * model.intercept_
    return tuple(tuple(row) for row in weights.tolist()), tuple(shifts.tolist())


def _macro_f1(truth: NDArray[np.int64], said: NDArray[np.int64], k: int) -> float:
    """Return the mean of the names' F1; one that is neither true nor said of any song counts as 0."""
    both = np.bincount(truth[truth == said], minlength=k)
    either = np.bincount(truth, minlength=k) + np.bincount(said, minlength=k)
    return float((2 * both / np.maximum(either, 1)).mean())


def theme_cut(p: Floats, truth: Floats) -> float:
    """Return the probability from which saying a theme gives the best F1."""
    there = np.isfinite(truth)
    p, own = p[there], truth[there] > 0

    def f1(cut: float) -> float:
        said = p >= cut
        return float(2 * (said & own).sum() / max(said.sum() + own.sum(), 1))

    return float(max(CUTS, key=lambda cut: (f1(float(cut)), -cut)))


def explicitness(texts: Sequence[Sequence[str]], truth: Floats) -> Explicit:
    """Fit the families' weights to songs' sung lines and truths (n,), and the cut to the best macro-F1."""
    rows = np.flatnonzero(np.isfinite(truth))
    inputs = np.array([families(texts[row]) for row in rows.tolist()]).reshape(len(rows), len(FAMILIES))
    own = truth[rows]
    if len(set(own.tolist())) < 2:
        return Explicit(dict.fromkeys(FAMILIES, 1.0), -1.5)
    linear = need("sklearn.linear_model", extra="train")
    model = linear.LogisticRegression(C=1.0, max_iter=1000).fit(inputs, own)
    p = model.predict_proba(inputs)[:, 1]

    def worth(cut: float) -> float:
        return _macro_f1(own.astype(np.int64), (p >= cut).astype(np.int64), 2)

    cut = float(max(CUTS, key=lambda cut: worth(float(cut))))
    return Explicit(dict(zip(FAMILIES, model.coef_[0].tolist(), strict=True)), float(model.intercept_[0]), cut)


def calibrate(known: Known, scores: Floats, columns: dict[str, int]) -> Calibration:
    """Fit everything to the out-of-fold scores (n, k), whose places `columns` gives by name."""
    medians = [_median(column) for column in known.features.T]
    high = np.where(np.isfinite(known.features), known.features >= medians, np.nan)  # (n, 3)
    at = {name: scores[:, place] for name, place in columns.items()}
    themes = {}
    for place, name in enumerate(known.theme_names):
        own = logistic(at[f"theme:{name}"], known.themes[:, place])
        themes[name] = (own, theme_cut(own(at[f"theme:{name}"]), known.themes[:, place]))
    inputs = (*FEATURES, HAPPY, *(f"genre:{name}" for name in known.genres))
    genres = choice(scores[:, [columns[name] for name in inputs]], inputs, known.genre, known.genres)
    happy = known.happy[np.isfinite(known.happy)]
    base = {f"p_{name}_high": 0.5 for name in FEATURES} | {"p_happy": float(happy.mean()) if len(happy) else 0.5}
    return Calibration(
        high={name: logistic(at[name], high[:, place]) for place, name in enumerate(FEATURES)},
        value={name: curve(at[name], known.features[:, place]) for place, name in enumerate(FEATURES)},
        happy=logistic(at[HAPPY], known.happy),
        genres=genres,
        themes=themes,
        base=base | {f"p_{name}": share for name, share in zip(genres.names, genres.shares, strict=True)},
    )


def _median(values: Floats) -> float:
    """Return the median of the values (n,) that are known; where none is, 0."""
    there = values[np.isfinite(values)]
    return float(np.median(there)) if len(there) else 0.0
