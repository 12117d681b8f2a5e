"""The columns that tables of the report share: errors, and how well songs are ordered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from songkin.training.markdown import number, share

__all__ = ["MARK", "WORTH", "constants_of", "worth"]

WORTH = ("MAE", "RMSE", "Spearman", "nDCG@10", "of chance")
MARK = (
    "nDCG@10: each song's partners among the test pairs, ordered by what is told; what a random order gives in "
    "expectation stands beside it. \\* fewer than 1,000 pairs: what differs may differ by chance. A way that tells no "
    "labels, such as words in common, has errors all the same: only its order is meant."
)


def worth(measured: Mapping[str, Any], order: Mapping[str, float] | None = None) -> tuple[str, ...]:
    """Return the cells of WORTH; a constant orders nothing."""
    own = order or {}
    return (
        number(measured["MAE"], 4),
        number(measured["RMSE"], 4),
        share(measured["Spearman"]),
        share(own.get("nDCG@10")),
        share(own.get("nDCG@10 of chance")),
    )


def constants_of(measured: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Return the rows of always telling the mean, and the median."""
    return [(name, *worth(measured[name])) for name in ("constant mean", "constant median")]
