"""The page of a robustness run: tables of words and of sound, and their figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from songkin.training.markdown import joined, number, picture, share, spanned, table
from songkin.training.robustness.figures import SAID
from songkin.training.robustness.grid import MEASURES, SIDES, Cell
from songkin.training.robustness.sound import SOUND_DAMAGES

__all__ = ["FIGURES", "sound_page", "words_page"]

SPEARMAN, NDCG = MEASURES
FIGURES = MappingProxyType({"spearman": SPEARMAN, "ndcg": NDCG})  # words_NAME.png
CHANGED = (
    "tempo within 4 %", "key kept", "mode kept", "loudness, dB", "energy", "danceability", "brightness, Hz",
)  # fmt: skip


def words_page(
    cells: Sequence[Cell],
    says: Mapping[str, str],
    setting: str,
    *,
    absent: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Write what damaged words do: whole words with bounds, then a table for each damage.

    `absent` says of a system by name why it is not there.
    """
    whole = {cell.system: cell for cell in cells if not cell.point.damage}
    rows = [
        (name, says.get(name, ""), *(_bounded(cell.values[own]) for own in MEASURES)) for name, cell in whole.items()
    ]
    rows += [(name, why, "", "") for name, why in absent.items()]
    parts = ["## Damaged words", setting, table(["system", "what it is", *MEASURES], rows)]
    parts += [picture(f"words_{name}.png", f"{own} against the strength of damage") for name, own in FIGURES.items()]
    parts.append(f"Below: {SPEARMAN} / {NDCG}; bounds are in the figures and in words.json.")
    for damage in dict.fromkeys(cell.point.damage for cell in cells if cell.point.damage):
        for side in SIDES:
            parts += [f"### {damage}, {SAID[side]}", _by_strength(cells, whole, damage, side)]
    return joined(parts)


def _by_strength(cells: Sequence[Cell], whole: Mapping[str, Cell], damage: str, side: str) -> str:
    own = [cell for cell in cells if (cell.point.damage, cell.point.side) == (damage, side)]
    strengths = list(dict.fromkeys(cell.point.strength for cell in own))
    at = {(cell.system, cell.point.strength): cell for cell in own}
    rows = [
        (name, _both(first), *(_both(at.get((name, strength))) for strength in strengths))
        for name, first in whole.items()
    ]
    return table(["system", "0", *(f"{strength:g}" for strength in strengths)], rows)


def _both(cell: Cell | None) -> str:
    return " / ".join(share(cell.values[own][0]) for own in MEASURES) if cell else ""


def _bounded(values: Sequence[float | None]) -> str:
    low_high = [value for value in values[1:] if value is not None]
    return f"{share(values[0])} ({spanned(low_high)})" if low_high else share(values[0])


def sound_page(told: Mapping[str, Any], setting: str) -> str:
    """Write what damaged sound does: cosines, tracks that are found again, and how features change."""
    other = told["different"]
    parts = [
        "## Damaged sound",
        setting,
        f"Cosines of different tracks: median {number(other['median'])}, 5 to 95 % from {number(other['5 %'])} to "
        f"{number(other['95 %'])}, 99 % {number(other['99 %'])}. *Found again*: no other track is nearer to the "
        "damaged recording than its own whole one. Features: the share of tracks that keep tempo, key and mode, and "
        "the mean absolute change of the others.",
        picture("sound.png", "cosine of sound vectors against the level of damage"),
    ]
    heads = ["damage", "level", "cosine (95 %)", "lowest", "found again", *CHANGED]
    rows = [_row(name, row) for name, levels in told["damages"].items() for row in levels]
    return joined([*parts, table(heads, rows)])


def _row(name: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    mean, low, high = row["cosine"]
    changes = row["changes"]
    digits = {"loudness_db": 1, "energy": 3, "danceability": 3, "brightness_hz": 0}
    told = (number(changes[feature], digits.get(feature, 2)) for feature in changes)
    cosine = f"{number(mean)} ({number(low)} to {number(high)})"
    level = f"{row['level']:g} {SOUND_DAMAGES[name].unit}"
    return name, level, cosine, number(row["lowest"]), number(row["found again"], 2), *told
