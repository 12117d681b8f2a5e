"""How well labels are predicted: accuracy and macro-F1 of classes, errors of numbers, each beside its baseline.

Conventions
-----------
A confusion matrix has a row for each true class and a column for each predicted one, in the order of `names`; unknown
classes come last and are never predicted. Numbers are brought to [0, 1]. Baselines know the training side only: its
most frequent class ("majority"), its mean ("mse_of_mean").
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songkin.training.labels.targets import Side, Target

__all__ = ["BINS", "LABELS_FILE", "confusion", "judged", "macro_f1", "named", "on_test", "score_of"]

BINS = 25
LABELS_FILE = "labels.json"
TOLD = ("accuracy", "macro_f1", "majority", "mse", "mae", "mse_of_mean")


def judged(target: Target, side: Side, logits: NDArray[np.floating]) -> dict[str, Any]:
    """Return the measures of a side (n, outputs) as JSON; `truth_bins` and `told_bins` count BINS parts of [0, 1]."""
    if target.kind == "regression":
        return _numbers(target, side, np.asarray(logits, np.float64)[:, 0])
    found = confusion(side.truth.astype(np.int64), logits.argmax(1), len(target.classes) + len(target.unknown))
    most = int(np.bincount(target.train.truth.astype(np.int64)).argmax())
    return {
        "n": len(side.rows),
        "accuracy": float(np.trace(found) / found.sum()),
        "macro_f1": macro_f1(found),
        "majority": float(found[most].sum() / found.sum()),
        "names": [*target.classes, *target.unknown],
        "confusion": found.tolist(),
    }


def score_of(target: Target, measures: dict[str, Any]) -> float:
    """Return the number that decides which epoch is best: accuracy, or less the squared error."""
    return float(-measures["mse"] if target.kind == "regression" else measures["accuracy"])


def confusion(truth: NDArray[np.int64], predicted: NDArray[np.int64], classes: int) -> NDArray[np.int64]:
    """Count (classes, classes): truth by row, predictions by column."""
    return np.bincount(truth * classes + predicted, minlength=classes * classes).reshape(classes, classes)


def macro_f1(confusion: NDArray[np.int64]) -> float:
    """Return the mean F1 in [0, 1] of the classes that are true or predicted of any song; no songs give 0."""
    right, both = np.diag(confusion), confusion.sum(0) + confusion.sum(1)
    spoken = both > 0
    return float((2 * right[spoken] / both[spoken]).mean()) if spoken.any() else 0.0


def on_test(folder: Path) -> dict[str, float]:
    """Return the test side's measures of a folder's labels.json, named as validation names them, with baselines."""
    targets = json.loads((folder / LABELS_FILE).read_text(encoding="utf-8"))["targets"]
    return {name: value for target, own in targets.items() for name, value in named(target, own["test"]).items()}


def named(target: str, measures: Mapping[str, Any]) -> dict[str, float]:
    """Return the numbers of a side that stand in a table, as "genre accuracy"."""
    return {f"{target} {key.replace('_', '-')}": float(measures[key]) for key in TOLD if key in measures}


def _numbers(target: Target, side: Side, predicted: NDArray[np.float64]) -> dict[str, Any]:
    truth = side.truth.astype(np.float64)
    mean = float(target.train.truth.mean(dtype=np.float64))
    return {
        "n": len(side.rows),
        "mse": float(((predicted - truth) ** 2).mean()),
        "mae": float(np.abs(predicted - truth).mean()),
        "mse_of_mean": float(((mean - truth) ** 2).mean()),
        "told_deviation": float(predicted.std()),
        "truth_deviation": float(truth.std()),
        "truth_bins": _binned(truth),
        "told_bins": _binned(predicted),
    }


def _binned(values: NDArray[np.float64]) -> list[int]:
    """Count BINS equal parts of [0, 1]; what lies beyond counts in the outermost."""
    counts: list[int] = np.histogram(values.clip(0, 1), BINS, (0.0, 1.0))[0].tolist()
    return counts
