"""songkin evaluate encoders: encoders side by side on many tasks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from songkin.errors import QueryError
from songkin.serve.cli import comparison
from songkin.serve.cli.contenders import readers
from songkin.serve.cli.evaluate.telling import telling
from songkin.serve.cli.printing import print_json

if TYPE_CHECKING:
    from songkin.evaluation import Task

__all__ = ["evaluate"]


def evaluate(
    given: Sequence[str], tasks: str | None, limit: int | None, save: Path | None, *, quick: bool, json_out: bool
) -> None:
    """Compare encoders on many tasks, print what came of it, and keep it where that is asked."""
    from songkin import evaluation

    chosen = _chosen(tasks, quick=quick)
    own = readers(given)
    if save:
        save.mkdir(parents=True, exist_ok=True)
    rounds = {task: [evaluation.first(drawn, limit) for drawn in task.rounds(quick=quick)] for task in chosen}
    total = sum(
        len(own) * sum(map(len, drawn.documents.values())) + (len(own) + 2) * len(drawn.requests)
        for each in rounds.values()
        for drawn in each
    )
    with telling(total, quiet=json_out) as tell:
        found = evaluation.compare_encoders(rounds, {one.name: one.encoder for one in own}, tell=tell)
    told = {
        one.name: {"bytes": one.size, "dim": one.encoder.dim, "texts_a_second": evaluation.texts_a_second(one.encoder)}
        for one in own
    }
    document = found.as_json() | {"encoders": told, "limit": limit, "quick": quick}
    if save:
        comparison.save(document, save / "encoders.json")
    print_json(document) if json_out else comparison.show(document)


def _chosen(tasks: str | None, *, quick: bool) -> list[Task]:
    """Return the tasks that encoders are compared on: the named ones, else all; the big ones not in a quick run."""
    from songkin.evaluation import TASKS
    from songkin.evaluation import task as task_of

    if tasks is None:
        return [own for own in TASKS.values() if own.reads and not (quick and own.big)]
    found = list(dict.fromkeys(map(task_of, tasks.split(","))))
    for own in found:
        if not own.reads:
            known = ", ".join(name for name, task in TASKS.items() if task.reads)
            raise QueryError(f"{own.name} compares no encoders; there are {known}")
    return found
