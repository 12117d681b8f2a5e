"""The trainings of the re-run: one folder each, and none is trained twice.

Conventions
-----------
A cell lies in OUT/SPLIT/NAME, or where the same recipe was trained before. A training that was stopped goes on.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.errors import TrainingError
from songkin.training.changes import changed
from songkin.training.data import Ground, checksums
from songkin.training.data.augment import Augment
from songkin.training.deepplaylist.agenda import Agenda, laid
from songkin.training.deepplaylist.corpus import COLISTEN, Corpus, Split, place_of, read_corpus, split_of
from songkin.training.deepplaylist.options import Options
from songkin.training.deepplaylist.scorers import Maker
from songkin.training.loop import HISTORY, OUTCOME, Step
from songkin.training.recipes import Recipe
from songkin.training.run import CHECKSUMS, RECIPE, run
from songkin.training.tasks.pairs import MEASURED, TOLD, files

__all__ = ["AUDIO", "JOINT", "REGRESSION", "Cell", "Stand", "Tell"]

log = logging.getLogger(__name__)
Tell = Callable[[str, Step], None]
REGRESSION, AUDIO, JOINT = "regression.toml", "audio.toml", "joint.toml"


class Cell(NamedTuple):
    """A finished training: its folder, what it measured on the test side, and the epochs as they went."""

    folder: Path
    measured: Mapping[str, Any]
    epochs: list[dict[str, Any]]

    @property
    def best(self) -> dict[str, Any]:
        """The epoch that is kept."""
        return max(self.epochs, key=lambda row: row["score"])

    @property
    def told(self) -> NDArray[np.float32]:
        """Each test pair's label and what is told of it, (n, 2)."""
        found: NDArray[np.float32] = np.load(self.folder / TOLD)
        return found


@dataclass(frozen=True, kw_only=True)
class Stand:
    """Where a re-run stands: its agenda, the agenda's place, the folder of everything, and how it trains.

    `scorers` are who else is asked in the contest, by name (`songkin.training.deepplaylist.scorers`).
    """

    agenda: Agenda
    place: Path
    out: Path
    data: Path | None = None
    threads: int | None = None
    tell: Tell = lambda name, step: None
    scorers: Mapping[str, Maker] = field(default_factory=dict)

    @property
    def ground(self) -> Ground:
        """Where recipes read."""
        return Ground(self.data, self.place.parent, Augment())

    @property
    def corpus(self) -> Corpus:
        """All pairs, and what is known of their songs."""
        recipe = self.recipe(REGRESSION, self.agenda.splits[0], {})
        own = recipe.task_table(Options)
        return read_corpus(place_of(own.corpus, self.ground), unheard=own.unheard, seed=recipe.seed)

    def split(self, recipe: str, how: str) -> Split:
        """Return the sides that a recipe of the agenda is trained and tested on."""
        told = self.recipe(recipe, how, {})
        return split_of(told.task_table(Options), self.ground, seed=told.seed)

    def recipe(self, name: str, how: str, tables: Mapping[str, Any]) -> Recipe:
        """Return a recipe with tables laid over it, as `train` trains it."""
        own = self.agenda
        over = laid({"pairs": {"corpus": self._path(own.corpus), "split": how}}, self._corpus_tables())
        over = laid(over, tables)
        if name in (AUDIO, JOINT):
            if not own.shards:
                raise TrainingError(
                    "no songs with sound: shards names no folder of timbre and chroma; give --shards FOLDER, which "
                    "recipes/deepplaylist/shards.py writes from audio files"
                )
            over = laid(over, {"pairs": {"shards": self._path(own.shards)}})
        told = changed(self.place.parent / name, over)
        return self._hurried(told, over) if own.hurried else told

    def _hurried(self, told: Recipe, over: Mapping[str, Any]) -> Recipe:
        """Return the recipe as a quick run trains it."""
        quick = self.agenda.quick
        smaller = {key: max(1, told.own[key] // by) for key, by in quick.divided.items() if told.own.get(key)}
        return changed(told.place, laid(laid(over, quick.tables), {"pairs": smaller}))

    def _corpus_tables(self) -> Mapping[str, Any]:
        return self.agenda.colisten if self.agenda.corpus == COLISTEN else {}

    def _path(self, named: str) -> str:
        return named if named == COLISTEN else str((self.place.parent / Path(named).expanduser()).resolve())

    def train(self, recipe: str, how: str, name: str, tables: Mapping[str, Any]) -> Cell:
        """Train a recipe with tables laid over it into OUT/`how`/`name`, unless it is trained; return the cell."""
        told = self.recipe(recipe, how, tables)
        folder = self._trained(self.out / how, told) or self.out / how / name
        if not self._is_done(folder, told):
            log.info("%s/%s", how, name)
            run(
                told,
                folder,
                data=self.data,
                resume=True,
                threads=self.threads,
                tell=partial(self.tell, f"{how}/{name}"),
            )
        measured = json.loads((folder / MEASURED).read_text(encoding="utf-8"))
        rows = [json.loads(line) for line in (folder / HISTORY).read_text(encoding="utf-8").splitlines()]
        return Cell(folder, measured, [row for row in rows if "score" in row])

    def _trained(self, folder: Path, recipe: Recipe) -> Path | None:
        """Return where this very recipe was trained under any name: the final model is in three tables."""
        found = sorted(folder.iterdir()) if folder.is_dir() else []
        return next((cell for cell in found if self._is_done(cell, recipe)), None)

    def _is_done(self, folder: Path, recipe: Recipe) -> bool:
        """Say whether a cell is finished by this very recipe on these very files; anything else `run` answers for."""
        if not (folder / OUTCOME).is_file() or (folder / RECIPE).read_text(encoding="utf-8") != recipe.text:
            return False
        told = json.loads((folder / CHECKSUMS).read_text(encoding="utf-8"))
        return bool(told["files"] == _checked(files(recipe, self.ground), self.ground))


@lru_cache(maxsize=8)
def _checked(paths: tuple[Path, ...], ground: Ground) -> dict[str, str]:
    """Return the checksums of files, read once a run."""
    return checksums([], ground, paths)
