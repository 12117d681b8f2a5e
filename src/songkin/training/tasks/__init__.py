"""What can be trained: one task a file, by the name a recipe calls it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from types import MappingProxyType

from songkin.errors import TrainingError
from songkin.training.task import Bench, Task
from songkin.training.tasks.contrastive import Contrastive
from songkin.training.tasks.distil import Distil
from songkin.training.tasks.gpl import Gpl
from songkin.training.tasks.static import Static
from songkin.training.tasks.teacher import Teacher

__all__ = ["TASKS", "Bench", "Task", "make"]

TASKS: Mapping[str, Callable[[Bench], Task]] = MappingProxyType(
    {"contrastive": Contrastive, "distil": Distil, "gpl": Gpl, "static": Static, "teacher": Teacher}
)


def make(bench: Bench) -> Task:
    """Make the task a recipe names; TrainingError names the nearest one there is."""
    name = bench.recipe.task
    if name not in TASKS:
        near = difflib.get_close_matches(name, TASKS, 1, 0.5)
        cure = f"did you mean '{near[0]}'? " if near else ""
        raise TrainingError(f"{bench.recipe.place}: there is no task '{name}'; {cure}Tasks: {', '.join(TASKS)}")
    return TASKS[name](bench)
