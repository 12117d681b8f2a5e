"""The tasks by name: what each asks, by which measures it is judged, and where its material comes from."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from songkin.errors import QueryError
from songkin.evaluation.tasks import known_lines, melscribe

__all__ = ["TASKS", "Task", "task"]


class Task(NamedTuple):
    """One task. The first measure is the one systems are compared by; `test` is the file of a melscribe task."""

    name: str
    says: str
    measures: tuple[str, ...]
    test: str = ""


TASKS: Mapping[str, Task] = MappingProxyType(
    {
        own.name: own
        for own in (
            Task(
                "melscribe-mc",
                "captions to the descriptors drawn from them (Epure et al. 2024)",
                melscribe.MEASURES,
                "mc",
            ),
            Task(
                "melscribe-mc-reco",
                "requests made of those captions to the same kind of sets",
                melscribe.MEASURES,
                "mc_reco",
            ),
            Task(
                "known-lines",
                "lines of your own library, misspelt, cut and misheard, to their songs",
                known_lines.MEASURES,
            ),
        )
    }
)


def task(name: str) -> Task:
    """Return the task of that name; QueryError names the nearest."""
    asked = name.strip().casefold().replace("_", "-")
    if asked in TASKS:
        return TASKS[asked]
    near = difflib.get_close_matches(asked, TASKS, 1, 0.5)
    cure = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(TASKS)}"
    raise QueryError(f"no task is called '{name}'; {cure}")
