"""The kinds of [[source]] a recipe may name."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from songkin.errors import TrainingError
from songkin.training.data.drawn import DrawnSets
from songkin.training.data.example import Ground, Source
from songkin.training.data.glossary import Glossary
from songkin.training.data.lyrics import Passages, Requests, Themes
from songkin.training.data.mixing import Mixed
from songkin.training.data.ontology import Ontology
from songkin.training.data.reading import sha256
from songkin.training.data.sets import Sets
from songkin.training.data.texts import Texts
from songkin.training.data.tot import Tot
from songkin.training.tables import read_table

__all__ = ["SOURCES", "Share", "checksums", "read_sources"]

SOURCES: Mapping[str, type[Any]] = MappingProxyType(
    {
        "sets": Sets,
        "drawn-sets": DrawnSets,
        "texts": Texts,
        "glossary": Glossary,
        "tot": Tot,
        "ontology": Ontology,
        "passages": Passages,
        "themes": Themes,
        "song-requests": Requests,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The keys every [[source]] has: its `kind`, a `name` (the kind otherwise), its `weight` in the batches, and its
    `validate` weight in the number that decides (0 = it is not validated on)."""

    kind: str
    name: str = ""
    weight: float = 1.0
    validate: float = 1.0

    def __post_init__(self) -> None:
        if self.weight < 0 or self.validate < 0:
            raise ValueError("weight and validate are numbers from 0")


def read_sources(tables: tuple[Mapping[str, Any], ...], place: Path) -> list[Mixed]:
    """Make sources of the [[source]] tables. TrainingError names the table, the key, and the nearest known one."""
    found: list[Mixed] = []
    for number, table in enumerate(tables, 1):
        where = f"{place}: [[source]] {number}"
        common = {key: value for key, value in table.items() if key in Share.__dataclass_fields__}
        share = read_table(Share, common, where)
        if share.kind not in SOURCES:
            near = difflib.get_close_matches(share.kind, SOURCES, 1, 0.5)
            cure = f"did you mean '{near[0]}'? " if near else ""
            raise TrainingError(f"{where} has the kind '{share.kind}'; {cure}Kinds: {', '.join(SOURCES)}")
        rest = {key: value for key, value in table.items() if key not in common}
        source: Source = read_table(SOURCES[share.kind], rest, f"{where} ({share.kind})")
        found.append(Mixed(share.name or share.kind, share.weight, share.validate, source))
    names = [mixed.name for mixed in found]
    if twice := {name for name in names if names.count(name) > 1}:
        raise TrainingError(f"{place}: two sources are called '{min(twice)}'; give each a name = \"...\"")
    return found


def checksums(sources: list[Mixed], ground: Ground, more: tuple[Path, ...] = ()) -> dict[str, str]:
    """Return the sha256 of every file the sources read, and of `more`, by its name; a missing file is an error with its
    cure."""
    files = {path for mixed in sources for path in mixed.source.files(ground)} | set(more)
    return {f"{path.parent.name}/{path.name}": sha256(path) for path in sorted(files)}
