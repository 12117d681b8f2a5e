"""docs/training.md says what the code says: every table, key and default, every kind of source."""

from __future__ import annotations

import re
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import pytest

from songkin.training.data import SOURCES
from songkin.training.recipes import TABLES

PAGE = (Path(__file__).parents[2] / "docs" / "training.md").read_text(encoding="utf-8")


def rows(heading: str) -> dict[str, str]:
    """The keys of a section's table, and their defaults as written."""
    section = PAGE.split(f"### `[{heading}]`", 1)[1].split("\n#", 1)[0]
    return dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", section, re.M))


def check(kind: Any, told: dict[str, str]) -> None:
    assert list(told) == [own.name for own in fields(kind)]
    for own in fields(kind):
        if isinstance(own.default, bool):
            assert told[own.name] == str(own.default).lower()
        elif isinstance(own.default, int | float):
            assert float(told[own.name]) == own.default
        elif isinstance(own.default, str):
            assert told[own.name] == own.default
        elif own.default is MISSING and own.default_factory is MISSING:
            assert told[own.name] == "-"


@pytest.mark.parametrize("name", TABLES)
def test_every_key_of_a_table_is_on_the_page_with_its_default(name: str) -> None:
    check(TABLES[name], rows(name))


@pytest.mark.parametrize("name", ["contrastive", "distil", "teacher", "gpl", "labels", "halves", "simsiam", "pairs"])
def test_every_key_of_a_task_is_on_the_page_with_its_default(name: str) -> None:
    pytest.importorskip("torch")
    from songkin.training.tasks import contrastive, distil, gpl, halves, labels, pairs, simsiam, teacher

    known = {
        **{"contrastive": contrastive.Options, "distil": distil.Options, "gpl": gpl.Options, "labels": labels.Options},
        **{"teacher": teacher.Options, "halves": halves.HalvesOptions, "simsiam": simsiam.SimSiamOptions},
        "pairs": pairs.Options,
    }
    check(known[name], rows(name))


def test_every_kind_of_source_is_on_the_page_with_its_keys() -> None:
    told = {
        kind: re.findall(r"`(\w+)`", keys)
        for kind, keys in re.findall(r"^\| `([\w-]+)` \| (.*?) \|", PAGE.split("## Where texts")[1], re.M)
    }
    assert told == {kind: [own.name for own in fields(source)] for kind, source in SOURCES.items()}
