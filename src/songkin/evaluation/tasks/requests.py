"""requests: what people ask for, to the tags of what would please them; our own texts.

`held` reads the requests that `negation`, too, is made of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from songkin.datasets import songkin_texts
from songkin.datasets.holdout import VALID, pair_key, split_of
from songkin.evaluation.tasks.rounds import Round
from songkin.evaluation.tasks.sets import Asked, round_of

__all__ = ["DENYING", "FILE", "MEASURES", "SETS", "Request", "held", "read", "rounds", "rounds_of"]

MEASURES = ("hit@10", "MRR@10")
FILE = "requests.jsonl"
DENYING = "denying.jsonl"  # requests that all deny something; `negation` asks with them too
SETS = 458


class Request(NamedTuple):
    """A request: the number of its line from 0, its text, the tags that fit, and what must not be there."""

    number: int
    text: str
    tags: tuple[str, ...]
    unwanted: tuple[str, ...]


def rounds() -> list[Round]:
    """Return the one round; SourceError where our texts are not here."""
    return rounds_of(read())


def rounds_of(requests: Sequence[Request], *, sets: int = SETS) -> list[Round]:
    """Ask with the requests that are held out; tag sets of the others stand among the wanted ones."""
    asked = [Asked(f"{FILE}:{one.number + 1}", one.text, one.tags) for one in held(requests)]
    return [round_of(asked, (one.tags for one in requests), total=sets)]


def read(file: str = FILE) -> list[Request]:
    """Read the requests in the order of the file."""
    return of_rows(songkin_texts.rows(file, "text", "tags"))


def of_rows(rows: Sequence[Mapping[str, Any]]) -> list[Request]:
    """Make requests of the file's rows."""
    return [Request(n, row["text"], tuple(row["tags"]), tuple(row.get("not", ()))) for n, row in enumerate(rows)]


def held(requests: Sequence[Request], file: str = FILE) -> list[Request]:
    """Return what is held out of training: whole pairs of lines, and none without tags."""
    return [one for one in requests if one.tags and split_of(pair_key(file, one.number)) == VALID]
