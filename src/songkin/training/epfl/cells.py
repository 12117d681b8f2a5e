"""The trainings of the re-run: one folder each, and none is trained twice.

Conventions
-----------
A cell lies in OUT/BASE/SPLIT/NAME: "genre-frozen", "genre-tuned", "regression-valence-tuned", "chain-2-valence-tuned",
"simultaneous", "simsiam", "halves". A training that was stopped goes on where it was.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from songkin.training.changes import changed
from songkin.training.data import Ground, checksums
from songkin.training.data.augment import Augment
from songkin.training.data.labelled import Labelled, LabelledSong, Parts
from songkin.training.epfl.agenda import Agenda, Base, Stage
from songkin.training.epfl.songs import POPULAR, chosen, corpus_files, read_corpus
from songkin.training.epfl.splits import split
from songkin.training.labels.judging import LABELS_FILE
from songkin.training.loop import HISTORY, OUTCOME, Step
from songkin.training.recipes import Recipe
from songkin.training.run import CHECKSUMS, RECIPE, run
from songkin.training.starting import MINILM

__all__ = ["Stand", "Tell", "history_of", "labels_of"]

log = logging.getLogger(__name__)
Tell = Callable[[str, Step], None]
FROZEN, TUNED = "frozen.toml", "tuned.toml"


@dataclass(frozen=True, kw_only=True)
class Stand:
    """Where a re-run stands: its agenda, the agenda's place, the folder of everything, and how it trains."""

    agenda: Agenda
    place: Path
    out: Path
    data: Path | None = None
    threads: int | None = None
    tell: Tell = lambda name, step: None

    @property
    def ground(self) -> Ground:
        """Where recipes read."""
        return Ground(self.data, self.place.parent, Augment())

    @cached_property
    def read(self) -> Labelled:
        """The songs of the corpus, and the funnel."""
        return read_corpus(self.agenda.corpus, self.ground)

    @cached_property
    def songs(self) -> tuple[LabelledSong, ...]:
        """The songs that are clustered and looked at."""
        return chosen(self.read.songs, self.agenda.clustered)

    def parts(self, how: str) -> Parts:
        """Return the three sides of a split, all songs."""
        return split(self.read.songs, how)

    def folder(self, base: Base, how: str, name: str) -> Path:
        """Return the folder of a cell."""
        return self.out / base.name / how / name

    def trained(self, base: Base, how: str, name: str) -> Path | None:
        """Return the folder of a cell that is finished, else None."""
        folder = self.folder(base, how, name)
        return folder if (folder / OUTCOME).is_file() else None

    def staged(
        self,
        base: Base,
        how: str,
        name: str,
        target: str,
        stage: Stage,
        *,
        start: Path | None = None,
        cut: bool,
        **own: Any,
    ) -> Path:
        """Train one target, frozen where the name ends so; `own` goes into [labels]; `cut` as `train` has it."""
        table = {"targets": [target], "epochs": stage.epochs, **own}
        recipe = FROZEN if name.endswith("-frozen") else TUNED
        return self.train(
            base, how, name, recipe, {"labels": table, "optimiser": {"rate": stage.rate}}, start=start, cut=cut
        )

    def both(
        self,
        base: Base,
        how: str,
        name: str,
        target: str,
        frozen: Stage,
        tuned: Stage | None,
        *,
        start: Path | None = None,
        **own: Any,
    ) -> list[Path]:
        """Train a new head on the frozen encoder, then, where `tuned` says so, everything; return both folders."""
        cut = start is None
        first = self.staged(base, how, f"{name}-frozen", target, frozen, start=start, cut=cut, heads="new", **own)
        if tuned is None:
            return [first]
        return [first, self.staged(base, how, f"{name}-tuned", target, tuned, start=first, cut=cut, **own)]

    def train(
        self,
        base: Base,
        how: str,
        name: str,
        recipe: str,
        tables: Mapping[str, Mapping[str, Any]],
        *,
        start: Path | None = None,
        cut: bool = True,
    ) -> Path:
        """Train a recipe with tables laid over it into the cell's folder, unless it is finished; return the folder.

        The first table is the task's. `cut` keeps only the agenda's layers of a base that is not yet cut.
        """
        told = self.recipe(base, how, recipe, tables, start=start, cut=cut)
        folder, label = self.folder(base, how, name), f"{base.name}/{how}/{name}"
        if self._is_done(folder, told.text):
            return folder
        log.info("%s", label)
        run(told, folder, data=self.data, resume=True, threads=self.threads, tell=partial(self.tell, label))
        return folder

    def recipe(
        self,
        base: Base,
        how: str,
        recipe: str,
        tables: Mapping[str, Mapping[str, Any]],
        *,
        start: Path | None = None,
        cut: bool = True,
    ) -> Recipe:
        """Return a recipe with tables laid over it, as `train` trains it."""
        task = next(iter(tables))
        network: dict[str, Any] = {"start": str(start.resolve()) if start else self._start(base)}
        if self.agenda.keep and cut:
            network["keep"] = list(self.agenda.keep)
        over = {
            **tables,
            "network": network,
            "batches": {"max_tokens": base.max_tokens},
            task: {"corpus": self._corpus(), "split": how, "most": self.agenda.most, **tables[task]},
        }
        return changed(self.place.parent / recipe, over)

    def _is_done(self, folder: Path, recipe: str) -> bool:
        """Say whether a cell is finished by this very recipe on these very files; anything else `run` answers for."""
        if not (folder / OUTCOME).is_file() or (folder / RECIPE).read_text(encoding="utf-8") != recipe:
            return False
        return bool(json.loads((folder / CHECKSUMS).read_text(encoding="utf-8"))["files"] == self._files)

    @cached_property
    def _files(self) -> dict[str, str]:
        return checksums([], self.ground, corpus_files(self.agenda.corpus, self.ground))

    def _start(self, base: Base) -> str:
        return (
            base.start if base.start == MINILM else str((self.place.parent / Path(base.start).expanduser()).resolve())
        )

    def _corpus(self) -> str:
        own = self.agenda.corpus
        return own if own == POPULAR else str((self.place.parent / Path(own).expanduser()).resolve())


def labels_of(folder: Path) -> dict[str, Any]:
    """Read labels.json of a finished cell: what it tells, and how well."""
    return dict(json.loads((folder / LABELS_FILE).read_text(encoding="utf-8")))


def history_of(folder: Path) -> list[dict[str, Any]]:
    """Read history.jsonl of a cell: a row a step, and one a validation; no file gives none."""
    place = folder / HISTORY
    return [json.loads(line) for line in place.read_text(encoding="utf-8").splitlines()] if place.is_file() else []
