"""descriptions: how listeners and annotators describe music they heard, to the tags that fit it; our own texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from songkin.datasets import songkin_texts
from songkin.datasets.holdout import VALID, split_of
from songkin.evaluation.tasks.rounds import Round
from songkin.evaluation.tasks.sets import Asked, round_of

__all__ = ["FILES", "MEASURES", "SETS", "rounds", "rounds_of"]

MEASURES = ("hit@10", "MRR@10")
FILES = ("listeners_instrumental.jsonl", "listeners_songs.jsonl", "annotators.jsonl")
SETS = 458  # in all, so that figures can be held beside those of other collections of that size


def rounds() -> list[Round]:
    """Return the one round; SourceError where our texts are not here."""
    return rounds_of({file: songkin_texts.rows(file, "text", "tags") for file in FILES})


def rounds_of(files: Mapping[str, Sequence[Mapping[str, Any]]], *, sets: int = SETS) -> list[Round]:
    """Ask with the texts that are held out; tag sets of the others stand among the wanted ones."""
    told = [
        Asked(f"{file}:{number}", row["text"], row["tags"])
        for file, rows in files.items()
        for number, row in enumerate(rows, 1)
        if row["tags"]
    ]
    held = [one for one in told if split_of(one.text) == VALID]
    return [round_of(held, (one.tags for one in told), total=sets)]
