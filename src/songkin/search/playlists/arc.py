"""The arc of a playlist: how one feature goes from the first song to the last.

Conventions
-----------
Written FEATURE:SHAPE. A shape is rise, fall, peak or dip, or values joined by '..' through which the feature goes in
equal steps: "energy:0.2..0.9", "tempo_bpm:90..140..90", "valence:0.5" (which stays). Named shapes go between what is
low and what is high among the songs to choose from. Places lie in [0, 1]: 0 is the first song, 1 the last.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from songkin.errors import QueryError
from songkin.filters.columns import ALIASES, FIELDS, Kind

__all__ = ["SHAPES", "Arc", "targets"]

SHAPES = MappingProxyType({"rise": (0.0, 1.0), "fall": (1.0, 0.0), "peak": (0.0, 1.0, 0.0), "dip": (1.0, 0.0, 1.0)})
LOW, HIGH = 0.1, 0.9  # quantiles of a pool that named shapes go between: the outermost songs are odd ones
EXAMPLES = "energy:rise, valence:0.2..0.9 or tempo_bpm:peak"


@dataclass(frozen=True, slots=True)
class Arc:
    """An arc over a feature; `points` are values in even steps, those of a named shape (`is_named`) in [0, 1]."""

    feature: str
    points: tuple[float, ...]
    is_named: bool = False

    @classmethod
    def of(cls, text: str, features: Sequence[str]) -> Self:
        """Read "energy:rise"; QueryError names the nearest feature, or what a shape may be."""
        name, colon, shape = (part.strip() for part in text.partition(":"))
        feature = _feature(name, features)
        if not colon or not shape:
            raise QueryError(f"the arc '{text.strip()}' has no shape; write {EXAMPLES}")
        if shape.casefold() in SHAPES:
            return cls(feature, SHAPES[shape.casefold()], is_named=True)
        return cls(feature, _values(shape, text))

    def between(self, values: NDArray[np.float64]) -> Arc:
        """Return the arc in the feature's own values, a named one between low and high of the values (n,) there are."""
        if not self.is_named:
            return self
        low, high = np.quantile(values, (LOW, HIGH)) if len(values) else (0.0, 1.0)
        return Arc(self.feature, tuple(float(low + point * (high - low)) for point in self.points))


def targets(arc: Arc, places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the value an arc wants at places (m,) in [0, 1]; it goes straight from point to point."""
    if len(arc.points) == 1:
        return np.full(len(places), arc.points[0])
    return np.interp(places, np.linspace(0.0, 1.0, len(arc.points)), arc.points)


def _feature(name: str, features: Sequence[str]) -> str:
    """Return the feature a name means: one of the library's, or a field that holds numbers."""
    known = {one.casefold(): one for one in (*features, *(field for field in FIELDS if FIELDS[field] is Kind.NUMBER))}
    asked = ALIASES.get(name.casefold(), name.casefold())
    if asked in known:
        return known[asked]
    near = difflib.get_close_matches(asked, known, 1, 0.5)
    cure = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(known.values())}"
    raise QueryError(f"no arc can go over '{name}': no song here has a feature called so; {cure}")


def _values(shape: str, text: str) -> tuple[float, ...]:
    try:
        points = tuple(float(value) for value in shape.split(".."))
    except ValueError:
        points = (math.nan,)
    if not all(map(math.isfinite, points)):
        raise QueryError(f"'{text.strip()}' is no arc: '{shape}' is none of {', '.join(SHAPES)}; write {EXAMPLES}")
    return points
