"""Places that lie side by side in an array, for many stretches of it at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["spans"]


def spans(firsts: Any, counts: Any) -> NDArray[np.int64]:
    """Return the places (sum of counts,) of stretches: from each of `firsts` (n,) on as many as its count (n,) says."""
    counts = np.asarray(counts, np.int64)
    ends = counts.cumsum()
    total = int(ends[-1]) if len(ends) else 0
    places: NDArray[np.int64] = np.arange(total) + np.repeat(np.asarray(firsts, np.int64) - ends + counts, counts)
    return places
