"""The agenda of the re-run: corpus, splits, what each experiment trains, and what a quick run changes.

Conventions
-----------
report.toml holds the agenda; the recipes it lays tables over lie beside it. Tables are by their names in a recipe, laid
key by key: the corpus' own, then an experiment's, then those of [quick].
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from songkin.training.deepplaylist.corpus import COLISTEN
from songkin.training.networks.pairs import MERGES
from songkin.training.tables import read_table, read_toml

__all__ = ["Agenda", "Quick", "Row", "hurried", "laid", "read_agenda"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One training of a table: its name (a folder's), what is said of it, and the tables laid over the recipe."""

    name: str
    said: str
    tables: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quick:
    """What a quick run changes: tables laid over every recipe, numbers of [pairs] divided, which merges are kept.

    Division keeps the rows of the ablation apart: their pairs and widths differ, on a smaller scale.
    """

    tables: dict[str, Any] = field(default_factory=dict)
    divided: dict[str, int] = field(default_factory=dict)
    merges: tuple[str, ...] = ("concatenation", "cosine", "all")

    def __post_init__(self) -> None:
        if not all(isinstance(by, int) and by > 0 for by in self.divided.values()):
            raise ValueError("divided holds whole numbers from 1, such as { first = 8 }")


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """The whole re-run.

    `corpus` is "colisten" or a folder, and `shards` a folder of timbre and chroma ("" = none: what reads sound is told
    to be missing), both from the agenda's folder on. `splits` are those of classification, regression and the contest;
    the tables of rows and merges run on the first. `colisten` are tables for that corpus alone. `absent` says what of
    the paper's is not here. `hurried` marks a quick run.
    """

    name: str
    corpus: str = COLISTEN
    shards: str = ""
    splits: tuple[str, ...] = ("random", "artist")
    colisten: dict[str, Any] = field(default_factory=dict)
    ablation: tuple[Row, ...] = ()
    padding: tuple[Row, ...] = ()
    merges: tuple[str, ...] = tuple(MERGES)
    absent: str = ""
    quick: Quick = field(default_factory=Quick)
    hurried: bool = False

    def __post_init__(self) -> None:
        if not self.splits or not self.merges:
            raise ValueError("splits and merges name at least one each")
        if strangers := [name for name in self.merges if name not in MERGES]:
            raise ValueError(f"merges names '{strangers[0]}'; known are {', '.join(MERGES)}")
        names = [row.name for row in (*self.ablation, *self.padding)]
        if len(set(names)) < len(names):
            raise ValueError("two rows have one name; each is trained in a folder of its own")


def read_agenda(path: Path, *, corpus: str = "", shards: str = "") -> Agenda:
    """Read an agenda; `corpus` and `shards` take the place of its own, from the working folder on.

    TrainingError names the file, the key, and the nearest known one.
    """
    agenda = read_table(Agenda, read_toml(path), str(path))
    named = corpus if corpus == COLISTEN else _whole(corpus)
    return replace(agenda, corpus=named or agenda.corpus, shards=_whole(shards) or agenda.shards)


def _whole(path: str) -> str:
    return str(Path(path).expanduser().resolve()) if path else ""


def hurried(agenda: Agenda) -> Agenda:
    """Return the agenda of a quick run."""
    merges = tuple(name for name in agenda.merges if name in agenda.quick.merges)
    return replace(agenda, merges=merges or agenda.merges, hurried=True)


def laid(tables: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Lay tables over others, key by key."""
    found = dict(tables)
    for key, value in over.items():
        own = found.get(key)
        found[key] = laid(own, value) if isinstance(own, Mapping) and isinstance(value, Mapping) else value
    return found
