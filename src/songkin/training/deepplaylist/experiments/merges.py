"""How two songs' vectors are merged: the five merges and the paper's own, all of them side by side."""

from __future__ import annotations

from typing import Any

from songkin.training.deepplaylist.cells import REGRESSION, Stand
from songkin.training.deepplaylist.tabling import WORTH, constants_of, worth
from songkin.training.markdown import joined, size, table

__all__ = ["page", "run"]

SAID = {"all": "all: [a ; b ; a - b ; a * b]", "cosine": "cosine, without dense layers"}


def run(stand: Stand) -> dict[str, Any]:
    """Train the lyrics network with each merge on the first split."""
    how = stand.agenda.splits[0]
    tables = {merge: {"pairs": {"merge": merge}} for merge in stand.agenda.merges}
    cells = {merge: stand.train(REGRESSION, how, f"merge-{merge}", own) for merge, own in tables.items()}
    return {"split": how, "merges": {merge: cell.measured for merge, cell in cells.items()}}


def page(told: dict[str, Any]) -> str:
    """Write the table."""
    rows = [
        (SAID.get(merge, merge), *worth(own["test"], own["test"]["order"])) for merge, own in told["merges"].items()
    ]
    first = next(iter(told["merges"].values()))
    return joined(
        [
            f"## Merges, {told['split']} split: {size(first['rows']['test'])} pairs tested",
            table(["merge", *WORTH], [*rows, *constants_of(first["test"])]),
        ]
    )
