"""Rounds of texts and tag sets: equal sets are one document, and its one text is the tags joined by ", "."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from songkin.evaluation.tasks.rounds import Round

__all__ = ["Asked", "joined", "round_of"]


class Asked(NamedTuple):
    """A request by its id, its text, the tags of what it wants, and its kind; "" = a task without kinds."""

    id: str
    text: str
    tags: Sequence[str]
    kind: str = ""


def joined(tags: Iterable[str]) -> str:
    """Write a set as the one text that is read."""
    return ", ".join(tags)


def round_of(asked: Sequence[Asked], others: Iterable[Sequence[str]] = (), *, total: int = 0, seed: int = 0) -> Round:
    """Put the wanted sets among `others` that nobody asks for, drawn until there are `total` sets in all."""
    ids: dict[str, str] = {}
    for one in asked:
        ids.setdefault(joined(one.tags), f"set-{len(ids)}")
    spare = [text for text in dict.fromkeys(map(joined, others)) if text and text not in ids]
    random.Random(seed).shuffle(spare)
    for text in spare[: max(total - len(ids), 0)]:
        ids[text] = f"set-{len(ids)}"
    return Round(
        seed,
        {name: (text,) for text, name in ids.items()},
        {one.id: one.text for one in asked},
        {one.id: {ids[joined(one.tags)]: 1.0} for one in asked},
        {one.id: one.kind for one in asked if one.kind},
    )
