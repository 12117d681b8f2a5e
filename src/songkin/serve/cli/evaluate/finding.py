"""songkin evaluate melscribe-*, known-lines: the systems that find, and how what they find is judged and shown."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from songkin.errors import QueryError
from songkin.serve.cli import standings
from songkin.serve.cli.contenders import Described, remembered
from songkin.serve.cli.evaluate.flags import How, numbers
from songkin.serve.cli.evaluate.telling import telling
from songkin.serve.cli.printing import print_json

if TYPE_CHECKING:
    from songkin.evaluation import Round, System, Task

__all__ = ["Whence", "evaluate"]


class Whence(NamedTuple):
    """Where requests come from: draws of a task, None = all; lines of each kind; a user's library, None = the own."""

    seeds: str | None
    lines: int
    library: str | None


def evaluate(
    task: Task, names: str | None, whence: Whence, how: How, *, statistics: bool = False, show: str | None = None
) -> None:
    """Judge the systems named and print the report; or count what the set holds, or show what a request finds."""
    chosen = _names(names, task, encode=how.encode)
    rounds = _rounds(task, whence)
    if statistics:
        _count(task, rounds, json_out=how.json_out)
    elif show is not None:
        _show(task, rounds[0], chosen, show, how)
    else:
        _judge(task, rounds, chosen, whence.library, how)


def _rounds(task: Task, whence: Whence) -> list[Round]:
    """Read the rounds of a task from its file, or make them of a user's library."""
    from songkin.evaluation.tasks import known_lines, melscribe
    from songkin.settings import Settings

    seeds = numbers(whence.seeds)
    if task.test:
        return melscribe.rounds(task.test, seeds)
    from songkin.library import Library, sung_lines

    sung = sung_lines(Library.open(whence.library))
    return known_lines.rounds(sung, seeds or (Settings.load().seed,), lines=whence.lines)


def _judge(task: Task, rounds: Sequence[Round], names: Sequence[str], library: str | None, how: How) -> None:
    """Run the systems, and print the report."""
    from songkin import evaluation

    kept = [evaluation.first(drawn, how.limit) for drawn in rounds]
    asked = len(names) * sum(len(drawn.requests) * evaluation.passes(task.measures, drawn) for drawn in kept)
    told = sum(len(drawn.documents) for drawn in kept) if task.test and {"engine", "encoder"} & set(names) else 0
    with (
        telling(asked + told, quiet=how.json_out) as tell,
        tempfile.TemporaryDirectory(prefix="songkin-evaluate-") as folder,
    ):
        systems = _systems(task, names, Described(Path(folder), encode=how.encode, tell=tell), library)
        report = evaluation.run(task.name, kept, systems, task.measures, tell=lambda name, more: tell(more))
    document = report.as_json() | {"kind_counts": report.kind_counts(), "paper": _paper(task)}
    if how.json_out:
        print_json(document)
    else:
        says = {system.name: system.says for system in systems}
        (standings.print_systems if task.test else standings.print_kinds)(document, says)


def _show(task: Task, drawn: Round, names: Sequence[str], request: str, how: How) -> None:
    """Print the truth of a request and the first five of each system."""
    from songkin import evaluation

    with (
        telling(len(drawn.documents), quiet=how.json_out) as tell,
        tempfile.TemporaryDirectory(prefix="songkin-evaluate-") as folder,
    ):
        systems = _systems(task, names, Described(Path(folder), encode=how.encode, tell=tell), None)
        found = evaluation.top(drawn, systems, request)
    wanted = [
        name
        for query, text in drawn.requests.items()
        if text.strip().casefold() == request.strip().casefold()
        for name in drawn.judgements[query]
    ]
    told = {name: {"id": name, "texts": list(drawn.documents[name])} for name in chain(wanted, *found.values())}
    document = {
        "task": task.name,
        "request": request,
        "seed": drawn.seed,
        "truth": told[wanted[0]] if wanted else None,
        "systems": {system: [told[name] for name in names] for system, names in found.items()},
    }
    print_json(document) if how.json_out else standings.print_shown(document)


def _count(task: Task, rounds: Sequence[Round], *, json_out: bool) -> None:
    """Print what the set holds."""
    from songkin.evaluation.tasks import melscribe

    counts = melscribe.statistics(task.test, rounds)
    document = {"task": task.name, "seeds": [drawn.seed for drawn in rounds], "statistics": counts}
    print_json(document) if json_out else standings.print_statistics(task.name, counts)


def _systems(task: Task, names: Sequence[str], described: Described, library: str | None) -> list[System]:
    """Return the systems under test, in the order they were named."""
    from songkin.evaluation import Bm25, System, TfIdf, rank_documents
    from songkin.evaluation.systems.terms import WORDS

    def whole(drawn: Round) -> dict[str, list[str]]:
        return {name: [", ".join(texts)] for name, texts in drawn.documents.items()}

    if task.test:
        own = [
            System("engine", "all channels", described.engine),
            System("encoder", "cosine alone", described.encoder),
            System("tf-idf", "words, cosine", lambda drawn: rank_documents(whole(drawn), TfIdf)),
            System("bm25", "words", lambda drawn: rank_documents(whole(drawn), Bm25)),
        ]
    else:
        from songkin.library import Library

        lines = remembered(Library.open(library))
        own = [
            System("engine", "songkin line", lambda drawn: lines),
            System(
                "bm25",
                "BM25 over lines, a song by its best",
                lambda drawn: rank_documents(drawn.documents, lambda texts: Bm25(texts, words=WORDS)),
            ),
        ]
    return [system for name in names for system in own if system.name == name]


def _names(given: str | None, task: Task, *, encode: bool) -> list[str]:
    """Return the systems wanted; QueryError for one that the task does not have."""
    known = ["engine", "encoder", "tf-idf", "bm25"] if task.test else ["engine", "bm25"]
    names = [name.strip().casefold() for name in given.split(",")] if given else known
    for name in names:
        if name not in known:
            raise QueryError(f"{task.name} has no system '{name}'; there are {', '.join(known)}")
    kept = [name for name in dict.fromkeys(names) if encode or name != "encoder"]
    if not kept:
        raise QueryError("--no-encoder leaves no system to judge; name another with --systems")
    return kept


def _paper(task: Task) -> dict[str, list[float]]:
    """Return what the paper prints for a task's first measure: mean and deviation by system; {} without a paper."""
    from songkin.evaluation.tasks import melscribe

    return {name: list(figure) for name, figure in melscribe.PAPER[task.test].items()} if task.test else {}
