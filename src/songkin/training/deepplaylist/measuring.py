"""How well pairs are told: errors beside those of a constant, classes beside the majority, orders beside chance.

Conventions
-----------
Labels and what is told of them are (n,), labels in [0, 1]. Measures are plain numbers, NaN where nothing can be said.
A song's candidates are its partners in the pairs at hand, on either side.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from songkin.evaluation.correlation import spearman
from songkin.evaluation.measures import measure

__all__ = ["CANDIDATES", "Candidates", "candidates", "classes", "constants", "errors", "ordered"]

CANDIDATES = 2  # a song with fewer, or whose labels are all the same, is not asked for
CUTOFF, TIES = 10, 94  # TIES is what a generator is for
DEEP = f"nDCG@{CUTOFF}"

Floats = NDArray[np.float64]


class Candidates(NamedTuple):
    """Which rows of pairs each song that is asked for stands in: rows (m,) sorted by song, and where each begins."""

    rows: NDArray[np.int64]
    starts: NDArray[np.int64]


def errors(labels: ArrayLike, told: ArrayLike) -> dict[str, float]:
    """Return MAE, RMSE and Spearman's correlation."""
    away = np.asarray(told, np.float64) - np.asarray(labels, np.float64)
    if not len(away):
        return dict.fromkeys(("MAE", "RMSE", "Spearman"), float("nan"))
    return {
        "MAE": float(np.abs(away).mean()),
        "RMSE": float(np.sqrt((away**2).mean())),
        "Spearman": spearman(labels, told),
    }


def constants(train: ArrayLike, labels: ArrayLike) -> dict[str, dict[str, float]]:
    """Return the errors of always telling the mean, and the median, of the training labels."""
    known = np.asarray(train, np.float64)
    told = {"constant mean": known.mean(), "constant median": np.median(known)}
    return {name: errors(labels, np.full(len(np.asarray(labels)), value)) for name, value in told.items()}


def classes(truth: ArrayLike, told: ArrayLike) -> dict[str, Any]:
    """Return the classification report of truth and what is told, both 0 or 1 (n,).

    Rows "0", "1", "macro" and "weighted" of precision, recall, F1 and n; the accuracy, and that of the larger class.
    A class that is never told, or never true, has 0.
    """
    true, said = np.asarray(truth, np.int64), np.asarray(told, np.int64)
    rows = {str(own): _class(true == own, said == own) for own in (0, 1)}
    n = max(1, len(true))
    for name, weights in (("macro", (0.5, 0.5)), ("weighted", tuple(rows[own]["n"] / n for own in rows))):
        rows[name] = {
            key: float(sum(weight * own[key] for weight, own in zip(weights, list(rows.values())[:2], strict=True)))
            for key in ("precision", "recall", "F1")
        } | {"n": len(true)}
    larger = max(float((true == own).mean()) for own in (0, 1)) if len(true) else float("nan")
    accuracy = float((true == said).mean()) if len(true) else float("nan")
    return {"rows": rows, "accuracy": accuracy, "majority": larger}


def _class(true: NDArray[np.bool_], said: NDArray[np.bool_]) -> dict[str, Any]:
    right = float((true & said).sum())
    precision, recall = right / max(1, int(said.sum())), right / max(1, int(true.sum()))
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return {"precision": precision, "recall": recall, "F1": f1, "n": int(true.sum())}


def candidates(left: NDArray[np.int64], right: NDArray[np.int64], labels: ArrayLike) -> Candidates:
    """Group pairs by song, each pair once for either side; songs nothing can be ordered for are left out."""
    known = np.asarray(labels, np.float64)
    songs, rows = np.concatenate([left, right]), np.tile(np.arange(len(left)), 2)
    rows = rows[np.argsort(songs, kind="stable")]
    starts = np.flatnonzero(np.diff(np.sort(songs), prepend=-1))
    kept = [part for part in np.split(rows, starts[1:]) if len(part) >= CANDIDATES and np.ptp(known[part]) > 0]
    lengths = [len(part) for part in kept]
    empty = np.array([], np.int64)
    return Candidates(np.concatenate(kept) if kept else empty, np.cumsum([0, *lengths])[:-1] if kept else empty)


def ordered(labels: ArrayLike, told: ArrayLike, asked: Candidates, *, seed: int = 0) -> dict[str, float]:
    """Return nDCG@10 of each song's candidates, mean over songs, and what a random order gives in expectation.

    Ties are drawn by the seed, so a constant is worth about what chance is. No songs give NaN.
    """
    known, said = np.asarray(labels, np.float64), np.asarray(told, np.float64)
    luck = np.random.default_rng([seed, TIES]).random(len(known))
    own, blind = [], []
    for rows in np.split(asked.rows, asked.starts[1:]) if len(asked.starts) else []:
        own.append(_ndcg(rows, known, said, luck))
        blind.append(_expected(known[rows]))
    return {
        DEEP: float(np.mean(own)) if own else float("nan"),
        f"{DEEP} of chance": float(np.mean(blind)) if blind else float("nan"),
        "songs asked": float(len(own)),
    }


def _ndcg(rows: NDArray[np.int64], labels: Floats, told: Floats, ties: Floats) -> float:
    order = rows[np.lexsort((ties[rows], -told[rows]))]
    return measure(DEEP)([str(row) for row in order], {str(row): float(labels[row]) for row in rows})


def _expected(labels: Floats) -> float:
    """Return the mean of nDCG@10 over all orders: every place gains the mean label."""
    discounts = 1 / np.log2(np.arange(min(CUTOFF, len(labels))) + 2)
    ideal = np.sort(labels)[::-1][: len(discounts)]
    return float(labels.mean() * discounts.sum() / (ideal * discounts).sum())
