"""Experiments run into a folder: what was done there by the same plan is kept, what was made smaller is marked.

Conventions
-----------
An experiment leaves OUT/NAME.json: what it found, a `mark` that is another where its plan or what it stands on is
another, and whether it was `quick`.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from songkin.errors import TrainingError
from songkin.training.checkpoints import atomically
from songkin.training.irvine import experiments, plans
from songkin.training.irvine.experiments import Ground

__all__ = ["RUNS", "Run", "found", "run_into"]

log = logging.getLogger(__name__)
Run = Callable[[Any, Ground, bool], Mapping[str, Any]]
"""Runs a plan, quick or whole, and returns what it found."""
RUNS: Mapping[str, Run] = MappingProxyType(
    {
        "labels": lambda plan, ground, quick: experiments.labels(plan, ground),
        "topics": lambda plan, ground, quick: experiments.topics(plan, ground),
        "models": lambda plan, ground, quick: experiments.models(plan, ground),
        "splits": lambda plan, ground, quick: experiments.splits(plan, ground, quick=quick),
        "optimisers": lambda plan, ground, quick: experiments.optimisers(plan, ground, quick=quick),
        "clusters": lambda plan, ground, quick: experiments.clusters(plan, ground, quick=quick),
    }
)


class _Planned(NamedTuple):
    plan: Any
    mark: str


def run_into(
    ground: Ground, name: str, run: Run, *, quick: bool = False, again: bool = False, tags: Path | None = None
) -> None:
    """Run an experiment, unless the same was run into the folder before; `again` runs it all the same.

    `tags` are a user's own, for the labels.
    """
    plan, mark = _planned(ground.place, name, tags, quick=quick)
    smaller, place = mark != _planned(ground.place, name, tags, quick=False).mark, ground.out / f"{name}.json"
    if not again and (_read(place) or {}).get("mark") == mark:
        log.info("%s: done before", name)
        return
    log.info("%s: begins", name)
    told = run(plan, ground, quick)
    with atomically(place) as file:
        file.write(json.dumps({"mark": mark, "quick": smaller, **told}, indent=1).encode() + b"\n")


def found(out: Path) -> dict[str, dict[str, Any]]:
    """Return what the experiments of a folder found, those that have run."""
    return {name: own for name in plans.KINDS if (own := _read(out / f"{name}.json"))}


def _planned(place: Path, name: str, tags: Path | None, *, quick: bool) -> _Planned:
    path = place / f"{name}.toml"
    plan: Any = plans.read_plan(path, quick=quick)
    if not isinstance(plan, plans.KINDS[name]):
        raise TrainingError(f'{path} is no experiment of {name}; write experiment = "{name}" and the keys of that')
    if name == "labels" and tags:
        plan = replace(plan, tags=str(tags.resolve()))
    told = json.dumps([asdict(plan), _beneath(place, plan, quick=quick)], default=str)
    return _Planned(plan, hashlib.sha256(told.encode()).hexdigest())


def _beneath(place: Path, plan: Any, *, quick: bool) -> Mapping[str, Any]:
    """Return the plan of the models that an experiment stands on."""
    if not isinstance(plan, plans.Splits | plans.Optimisers | plans.Clusters):
        return {}
    return asdict(plans.read_plan(place / plan.models, quick=quick))


def _read(place: Path) -> dict[str, Any] | None:
    """Return what an experiment found; None where it has not run, or its file is damaged."""
    try:
        told: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
        return told
    except (OSError, ValueError):
        return None
