"""A whole re-run of the melscribe paper by an agenda: teacher, students, tests, one report.

Conventions
-----------
Everything lies below one folder: teacher/, labels/ (shared by all students), a folder a recipe, and report.md with its
figures. What is finished is not done again, so a re-run that was stopped goes on.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import torch

from songkin import evaluation
from songkin.datasets.lpmusiccaps import captioned
from songkin.errors import TrainingError
from songkin.evaluation import Report, Round, System
from songkin.evaluation.tasks import melscribe
from songkin.training.changes import changed
from songkin.training.checkpoints import make_folder
from songkin.training.data import TRAIN, VALID, Ground, read_sources
from songkin.training.data.drawn import DrawnSets
from songkin.training.loop import HISTORY, Step
from songkin.training.melscribe.agenda import HELD_OUT, Agenda, hurried
from songkin.training.melscribe.counting import statistics
from songkin.training.melscribe.judging import MAX_TOKENS, encoder, rival, rounds, trained
from songkin.training.melscribe.sampling import draw_sets, joined
from songkin.training.melscribe.standing import STANDING
from songkin.training.recipes import Network, Recipe
from songkin.training.run import run
from songkin.training.starting import start
from songkin.training.tokens import Reader

__all__ = ["Found", "Tell", "rerun", "top"]

log = logging.getLogger(__name__)
Tell = Callable[[str, Step], None]
TRAINING, TEACHER, LABELS = "training", "teacher", "labels"


@dataclass(frozen=True, slots=True)
class Found:
    """What a re-run found: counts by set, the teacher's standing, a report a test, curves, top documents by system."""

    agenda: Agenda
    folder: Path
    counts: Mapping[str, Mapping[str, float]]
    standing: Mapping[str, Any]
    reports: Mapping[str, Report]
    curves: Mapping[str, list[tuple[int, float]]]
    shown: Mapping[str, Mapping[str, list[str]]]


def rerun(
    agenda: Agenda,
    place: Path,
    out: Path,
    *,
    quick: bool = False,
    steps: int | None = None,
    data: Path | None = None,
    threads: int | None = None,
    tell: Tell = lambda name, step: None,
) -> Found:
    """Train and judge all that an agenda names, its recipes beside `place`, into a folder."""
    make_folder(out)
    own = hurried(agenda) if quick else agenda
    teacher = changed(place.parent / own.teacher, own.quick.teacher if quick else {}, steps=steps)
    run(teacher, out / TEACHER, data=data, resume=True, threads=threads, tell=lambda step: tell(TEACHER, step))
    for name, recipe in _students(own, place, out, quick=quick, steps=steps).items():
        log.info("training %s", name)
        run(recipe, out / name, data=data, resume=True, threads=threads, tell=partial(tell, name))
    stand = _stand(own, place, out, quick=quick, data=data)
    return Found(
        own,
        out,
        stand.counts(),
        json.loads((out / TEACHER / STANDING).read_text(encoding="utf-8")),
        {test: evaluation.run(test, drawn, stand.systems, melscribe.MEASURES) for test, drawn in stand.tests.items()},
        {Path(name).stem: _curve(out / Path(name).stem) for name in own.recipes},
        {asked: stand.shown(asked, own.shown) for asked in own.requests},
    )


def top(
    agenda: Agenda, place: Path, out: Path, request: str, *, quick: bool = False, data: Path | None = None
) -> dict[str, list[str]]:
    """Return the first sets of the first test that each system of a finished re-run finds for any request."""
    own = hurried(agenda) if quick else agenda
    return _stand(own, place, out, quick=quick, data=data).shown(request, own.shown)


class Stand(NamedTuple):
    """What systems are judged by: the tests by name, the systems, the source of sets and where it reads."""

    tests: Mapping[str, list[Round]]
    systems: list[System]
    held: DrawnSets
    ground: Ground

    def counts(self) -> dict[str, dict[str, float]]:
        """Count the sets of training and of each test."""
        training = statistics(self.held.drawn(self.ground, TRAIN))
        return {TRAINING: training, **{test: self._counted(test) for test in self.tests}}

    def _counted(self, test: str) -> dict[str, float]:
        """Count a test's sets: of MC and MC_reco with the paper's shares beside, of another those of its first draw."""
        if test in melscribe.PAPER:
            return melscribe.statistics(test, self.tests[test])
        if test == HELD_OUT:
            return statistics(self.held.drawn(self.ground, VALID))
        tracks = captioned(self.ground.beside(test))
        return statistics(draw_sets(tracks, seed=self.tests[test][0].seed, sets=1))

    def shown(self, asked: str, k: int) -> dict[str, list[str]]:
        """Return the first k sets of each system for a request, in words, from the first test's first draw."""
        drawn = next(iter(self.tests.values()))[0]
        found = evaluation.top(drawn, self.systems, asked, k=k)
        return {name: [joined(tuple(drawn.documents[own])) for own in ids] for name, ids in found.items()}


def _students(agenda: Agenda, place: Path, out: Path, *, quick: bool, steps: int | None = None) -> dict[str, Recipe]:
    """Read the students' recipes, with teacher and labels where this re-run keeps them."""
    changes = agenda.quick.students if quick else {}
    where = {"teacher": str((out / TEACHER).resolve()), "labels": str((out / LABELS).resolve())}
    both = {**changes, "gpl": {**changes.get("gpl", {}), **where}}
    return {Path(name).stem: changed(place.parent / name, both, steps=steps) for name in agenda.recipes}


def _stand(agenda: Agenda, place: Path, out: Path, *, quick: bool, data: Path | None) -> Stand:
    """Draw the tests and load the systems: the students, their start, the untrained rivals."""
    first = next(iter(_students(agenda, place, out, quick=quick).values()))
    ground, held = Ground(data, first.place.parent, first.augment), _held(first)
    tests = {test: rounds(test, agenda.seeds, ground, held, limit=agenda.limit) for test in agenda.tests}
    own = [trained(Path(name).stem, out / Path(name).stem) for name in agenda.recipes]
    rivals = [rival(first.beside_or_name(name)) for name in agenda.rivals]
    return Stand(tests, [*own, _untrained(first), *rivals], held, ground)


def _held(recipe: Recipe) -> DrawnSets:
    for mixed in read_sources(recipe.sources, recipe.place):
        if isinstance(mixed.source, DrawnSets):
            return mixed.source
    raise TrainingError(f'{recipe.place} has no [[source]] of kind "drawn-sets"; the report counts and tests its sets')


def _untrained(recipe: Recipe) -> System:
    """Return what the students started from, whole."""
    begun = start(replace(recipe, network=Network(start=recipe.network.start)))
    reader = Reader(begun.tokenizer, MAX_TOKENS, torch.device("cpu"))
    name = f"{Path(recipe.network.start).name} (start)"
    return encoder(name, "what the students start from", lambda texts: reader.encoded(begun.network.eval(), texts))


def _curve(folder: Path) -> list[tuple[int, float]]:
    """Return held-out hit@10 by step."""
    rows = [json.loads(line) for line in (folder / HISTORY).read_text(encoding="utf-8").splitlines()]
    return [(row["step"], row["hit@10"]) for row in rows if "hit@10" in row]
