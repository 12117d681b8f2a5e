"""Parts of a report as Markdown: tables, numbers, marks of what few songs can tell, pictures."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

__all__ = ["FEW", "chance", "counts", "few", "joined", "number", "picture", "share", "size", "spanned", "table"]

FEW = 1_000
CHANCE = 1.96 * 0.5  # 1.96 deviations of a share near one half, times sqrt(n)


def table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Write a table; bars in cells are escaped."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(str(cell).replace('|', '/') for cell in line)} |" for line in lines)


def share(value: float | None) -> str:
    """Write a share as .478; None and NaN as nothing."""
    return number(value, 3).replace("0.", ".", 1) if value is not None and 0 <= value < 1 else number(value, 3)


def number(value: float | None, digits: int = 3) -> str:
    """Write a number; None and NaN as nothing, and what rounds to zero without a sign."""
    return "" if value is None or math.isnan(value) else f"{value:z,.{digits}f}"


def size(n: int) -> str:
    """Write a number of songs, marked where it is below a thousand."""
    return f"{n:,}{'*' if n < FEW else ''}"


def chance(n: int) -> float:
    """Return half a 95 % interval of a share near one half, told of so many songs; 1 where there are none."""
    return CHANCE / math.sqrt(n) if n else 1.0


def few(ns: Iterable[int]) -> str:
    """Say what the mark of small tests means, for the smallest; nothing where none is marked."""
    small = [n for n in ns if 0 < n < FEW]
    if not small:
        return ""
    points = 100 * chance(min(small))
    return f"\\* fewer than {FEW:,} songs: accuracies within {points:.1f} points of each other may differ by chance."


def spanned(low_high: Sequence[float]) -> str:
    """Write a range as .463-.666."""
    return "-".join(share(value) for value in low_high)


def joined(parts: Iterable[str]) -> str:
    """Join the parts of a page that say something."""
    return "\n\n".join(part for part in parts if part)


def picture(name: str, said: str) -> str:
    """Show a figure that lies beside the page."""
    return f"![{said}]({name})"


def counts(told: Mapping[str, Any]) -> str:
    """Write counts as 'rock 737, pop 736'."""
    return ", ".join(f"{name} {count:,}" for name, count in told.items())
