"""negation: does what fits a request come before the same with something in it that the request says it does not want?

Each request has two documents of its own: the fitting set, and that set with its last tag replaced by the first thing
that is not wanted, so that neither length nor the other tags tell them apart. A coin would reach 50 percent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from songkin.evaluation.tasks.requests import DENYING, FILE, Request, held, read
from songkin.evaluation.tasks.rounds import Round
from songkin.evaluation.tasks.sets import joined

__all__ = ["MEASURES", "rounds", "rounds_of"]

MEASURES = ("hit@1",)


def rounds() -> list[Round]:
    """Return the one round; SourceError where our texts are not here."""
    return rounds_of({file: read(file) for file in (FILE, DENYING)})


def rounds_of(requests: Mapping[str, Sequence[Request]]) -> list[Round]:
    """Ask with the held-out requests, by file, that name something unwanted; wrong sets come first, so no tie wins."""
    asked = [
        (f"{file}:{one.number + 1}", one, wrong)
        for file, own in requests.items()
        for one in held(own, file)
        for wrong in _wrong(one)
    ]
    documents = {}
    for name, one, wrong in asked:
        documents[f"{name}-wrong"] = (joined(wrong),)
        documents[f"{name}-right"] = (joined(one.tags),)
    return [
        Round(
            0,
            documents,
            {name: one.text for name, one, _ in asked},
            {name: {f"{name}-right": 1.0} for name, _, _ in asked},
            candidates={name: frozenset((f"{name}-wrong", f"{name}-right")) for name, _, _ in asked},
        )
    ]


def _wrong(one: Request) -> Iterator[tuple[str, ...]]:
    """Give the spoilt set, where there is something unwanted that the fitting set lacks."""
    unwanted = [tag for tag in one.unwanted if tag not in one.tags]
    if unwanted:
        yield (*one.tags[:-1], unwanted[0])
