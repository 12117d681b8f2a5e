"""What the values of a plan may be: one of some names, a number from some other on, a share, a seed.

Conventions
-----------
Values come by the name of their key, one alone or a list of them; a list holds at least one. ValueError names the first
that may not be, by its key and place in the list, and says what it may be: 'counts[0] is 0; it is a number from 1'.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Collection, Iterator, Mapping
from typing import TypeVar

__all__ = ["check_from", "check_names", "check_seeds", "check_shares"]

T = TypeVar("T")
LARGEST_SEED = 2**32 - 1  # that scikit-learn and UMAP take


def check_names(known: Collection[str], /, **given: str | tuple[str, ...]) -> None:
    """Make sure that names are known; ValueError guesses which one was meant."""
    kind = f"one of {', '.join(known)}"
    for key, name in _each(given, kind):
        if name not in known:
            near = difflib.get_close_matches(name, known, 1, 0.5)
            cure = f"did you mean '{near[0]}'? It" if near else "it"
            raise ValueError(f"{key} is '{name}'; {cure} is {kind}")


def check_from(least: int, /, **given: float | tuple[float, ...]) -> None:
    """Make sure that numbers are not below the least."""
    _between(least, math.inf, f"a number from {least}", given)


def check_shares(**given: float | tuple[float, ...]) -> None:
    """Make sure that numbers lie in [0, 1]."""
    _between(0, 1, "a share from 0 to 1", given)


def check_seeds(**given: int | tuple[int, ...]) -> None:
    """Make sure that everything drawn can be drawn by these numbers."""
    _between(0, LARGEST_SEED, f"a number from 0 to {LARGEST_SEED}", given)


def _between(least: float, most: float, kind: str, given: Mapping[str, float | tuple[float, ...]]) -> None:
    for key, value in _each(given, kind):
        if not least <= value <= most:  # nor is NaN
            raise ValueError(f"{key} is {value}; it is {kind}")


def _each(given: Mapping[str, T | tuple[T, ...]], kind: str) -> Iterator[tuple[str, T]]:
    """Give every value with its key, those of a list as key[0], key[1]; ValueError where a list is empty."""
    for key, own in given.items():
        if not isinstance(own, tuple):
            yield key, own
            continue
        if not own:
            raise ValueError(f"{key} is empty; it needs at least {kind}")
        yield from ((f"{key}[{at}]", value) for at, value in enumerate(own))
