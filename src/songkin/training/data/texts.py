"""Texts we wrote ourselves: descriptions and requests with the tags a listener would give, and what is not wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from songkin.training.data.augment import tag_text
from songkin.training.data.example import Example, Ground
from songkin.training.data.phrasing import denied
from songkin.training.data.reading import json_lines
from songkin.training.data.splits import pair_key, split_of

__all__ = ["Texts", "some_tags", "spoiled"]

LEAST = 0.5  # of the tags that a drawn set holds at least


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """Files of {"text", "tags", "not"}: a text against some of its tags, and against them with what it must not have.

    `paths` start at the recipe's folder. `pairs`: lines stand two by two, a pair is never parted by the split, and
    where one of a pair must not have what the other has, each is the other's negative. `negate`: the chance in [0, 1]
    that a text of nothing unwanted goes on to say "no X" of a tag of another, and has the set with X as a negative.
    `repeat` draws every text so many times an epoch, each time with other tags.
    """

    paths: tuple[str, ...]
    pairs: bool = False
    negate: float = 0.0
    repeat: int = 1

    def __post_init__(self) -> None:
        if not 0.0 <= self.negate <= 1.0:
            raise ValueError("negate is a chance in [0, 1]")

    def files(self, ground: Ground) -> tuple[Path, ...]:
        """Return the files of texts."""
        return tuple(ground.beside(path) for path in self.paths)

    def examples(self, ground: Ground, split: str, rng: np.random.Generator) -> list[Example]:
        """Draw a set of tags for every text, `repeat` times; the validation split draws once."""
        found = []
        for path in self.files(ground):
            rows = json_lines(path, "text", "tags")
            strange = sorted({tag for row in rows for tag in row["tags"]})
            for _ in range(self.repeat if split == "train" else 1):
                for number, row in enumerate(rows):
                    if row["tags"] and split_of(pair_key(path.name, number) if self.pairs else row["text"]) == split:
                        partner = _contrary(row, rows[number ^ 1]) if self.pairs and number ^ 1 < len(rows) else ()
                        found.append(self._example(row, partner, strange, ground, rng))
        return found

    def _example(
        self,
        row: Mapping[str, Any],
        partner: Sequence[str],
        strange: Sequence[str],
        ground: Ground,
        rng: np.random.Generator,
    ) -> Example:
        text, drawn, unwanted = row["text"], some_tags(row["tags"], rng), row.get("not", ())
        if not unwanted and rng.random() < self.negate:
            lacking = strange[int(rng.integers(len(strange)))]
            if lacking not in row["tags"] and lacking.casefold() not in text.casefold():
                text, unwanted = denied(text, lacking, rng), (lacking,)
        negatives = []
        if unwanted:
            wrong = str(unwanted[int(rng.integers(len(unwanted)))])
            negatives.append(tag_text(spoiled(drawn, wrong, rng), ground.augment, rng))
        if partner:
            negatives.append(tag_text(some_tags(partner, rng), ground.augment, rng))
        positive = tag_text(drawn, ground.augment, rng)
        return Example(text, positive, tuple(n for n in negatives if n != positive), group=row["text"])


def _contrary(row: Mapping[str, Any], other: Mapping[str, Any]) -> Sequence[str]:
    """Return the other's tags where one of the two must not have what the other has, else none."""
    clash = set(row.get("not", ())) & set(other["tags"]) or set(other.get("not", ())) & set(row["tags"])
    tags: Sequence[str] = other["tags"]
    return tags if clash else ()


def spoiled(drawn: Sequence[str], wrong: str, rng: np.random.Generator) -> list[str]:
    """Add a wrong tag, or put it in the place of the last: a set must not be known as wrong by its length."""
    return [*(drawn[:-1] if len(drawn) > 1 and rng.random() < 0.5 else drawn), wrong]


def some_tags(tags: Sequence[str], rng: np.random.Generator) -> list[str]:
    """Draw half to all of the tags, in any order; one tag is always drawn whole."""
    least = max(1, round(len(tags) * LEAST))
    count = int(rng.integers(least, len(tags) + 1))
    order: list[int] = rng.permutation(len(tags)).tolist()
    return [tags[at] for at in order[:count]]
