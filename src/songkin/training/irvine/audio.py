"""Audio features as numbers a network can take: one scale for all, and one column for each value of a discrete one.

Conventions
-----------
Rows are songs (n, columns). Scales come from the songs trained on; a feature a song lacks stands at their mean.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from songkin.training.irvine.songs import DISCRETE, MoodSong

__all__ = ["scaled", "table"]


def table(songs: Sequence[MoodSong], names: Sequence[str], *, one_hot: bool = False) -> NDArray[np.float64]:
    """Return features as they are (n, columns), NaN where unknown; `one_hot` spreads key, mode and time signature.

    A spread feature has a column for every value that occurs, 1 where a song has it; a song that lacks it has zeros.
    """
    columns = []
    for name in names:
        values = np.array([(song.features or {}).get(name, np.nan) for song in songs], np.float64)
        if one_hot and name in DISCRETE:
            columns += [(values == value).astype(np.float64) for value in np.unique(values[np.isfinite(values)])]
        else:
            columns.append(values)
    return np.stack(columns, axis=1) if columns else np.empty((len(songs), 0))


def scaled(values: NDArray[np.float64], among: NDArray[np.int64]) -> NDArray[np.float32]:
    """Bring each column to mean 0 and deviation 1 over the rows `among`; unknown is 0, and so is what never varies."""
    known = np.isfinite(values)
    own = np.where(known, values, 0.0)[among]
    counts = np.maximum(known[among].sum(0), 1)
    means = own.sum(0) / counts
    spreads = np.sqrt((np.where(known[among], own - means, 0.0) ** 2).sum(0) / counts)
    with np.errstate(invalid="ignore"):
        found = np.where(known, values - means, 0.0) / np.where(spreads > 0, spreads, np.inf)
    return np.asarray(found, np.float32)
