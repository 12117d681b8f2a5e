"""What can be trained: one task a file, by the name a recipe calls it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from songkin.training.data import Ground
from songkin.training.recipes import Recipe
from songkin.training.task import Bench, Task
from songkin.training.tasks import halves, pairs
from songkin.training.tasks.contrastive import Contrastive
from songkin.training.tasks.distil import Distil
from songkin.training.tasks.gpl import Gpl
from songkin.training.tasks.halves import Halves, HalvesOptions
from songkin.training.tasks.labels import Labels, corpus_files, planned
from songkin.training.tasks.pairs import Pairs
from songkin.training.tasks.simsiam import SimSiam, SimSiamOptions
from songkin.training.tasks.static import Static
from songkin.training.tasks.teacher import Teacher

__all__ = ["TASKS", "Bench", "Plan", "Task", "make", "plan"]

TASKS: Mapping[str, Callable[[Bench], Task]] = MappingProxyType(
    {
        "contrastive": Contrastive,
        "distil": Distil,
        "gpl": Gpl,
        "halves": Halves,
        "labels": Labels,
        "pairs": Pairs,
        "simsiam": SimSiam,
        "static": Static,
        "teacher": Teacher,
    }
)
HALVED = MappingProxyType({"halves": HalvesOptions, "simsiam": SimSiamOptions})


class Plan(NamedTuple):
    """A recipe with its steps counted, and the files its task reads beside those of the sources."""

    recipe: Recipe
    files: tuple[Path, ...] = ()


def plan(recipe: Recipe, ground: Ground) -> Plan:
    """Count the steps of a recipe whose task counts epochs; any other is as it stands."""
    if recipe.task == "labels":
        return Plan(planned(recipe, ground), corpus_files(recipe, ground))
    if recipe.task == "pairs":
        return Plan(pairs.planned(recipe, ground), pairs.files(recipe, ground))
    if recipe.task in HALVED:
        own = HALVED[recipe.task]
        return Plan(halves.planned(recipe, ground, own), halves.files(recipe, ground, own))
    return Plan(recipe)


def make(bench: Bench) -> Task:
    """Make the task a recipe names."""
    return TASKS[bench.recipe.task](bench)
