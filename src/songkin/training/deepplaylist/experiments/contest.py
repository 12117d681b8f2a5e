"""Everybody on the same test pairs: the paper's networks, plain ways, and whoever else is asked."""

from __future__ import annotations

from typing import Any

import numpy as np

from songkin.training.deepplaylist.cells import REGRESSION, Cell, Stand
from songkin.training.deepplaylist.measuring import candidates, errors, ordered
from songkin.training.deepplaylist.scorers import PLAIN, asked
from songkin.training.deepplaylist.tabling import WORTH, worth
from songkin.training.markdown import joined, size, table

__all__ = ["page", "run"]

PUBLISHED = "the paper's lyrics network"


def run(stand: Stand) -> dict[str, Any]:
    """Judge everybody on the test side of every split."""
    return {how: _judged(stand, how) for how in stand.agenda.splits}


def _judged(stand: Stand, how: str) -> dict[str, Any]:
    sides = stand.split(REGRESSION, how).sides
    network: Cell = stand.train(REGRESSION, how, "regression", {})
    told = {name: asked(maker, sides, stand.corpus) for name, maker in {**PLAIN, **stand.scorers}.items()}
    told[PUBLISHED] = np.asarray(network.told[:, 1], np.float64)
    test = sides.test
    order = candidates(test.left, test.right, test.labels)
    rows = {
        name: {**errors(test.labels, said), "order": ordered(test.labels, said, order)} for name, said in told.items()
    }
    return {"pairs": len(test), "rows": rows}


def page(told: dict[str, Any]) -> str:
    """Write the tables."""
    parts = ["## Contest: the same pairs for everybody"]
    for how, own in told.items():
        rows = [(name, *worth(row, row["order"])) for name, row in own["rows"].items()]
        parts += [f"### {how} split, {size(own['pairs'])} test pairs", table(["told by", *WORTH], rows)]
    return joined(parts)
