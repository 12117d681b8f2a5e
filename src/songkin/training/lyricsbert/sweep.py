"""The sweep: every cell is trained, measured and kept, and is not trained again.

Conventions
-----------
Everything lies below one folder: cells/NAME for each cell, of which measured.json stays and the weights go once they
are measured (a sweep would fill gigabytes). A cell whose loss is no number any more has diverged; that is its result.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch

from songkin.errors import TrainingError
from songkin.training.checkpoints import CHECKPOINT, atomically, make_folder
from songkin.training.data import Ground
from songkin.training.labels.judging import LABELS_FILE, on_test
from songkin.training.labels.options import Options, read_corpus, sides, targets_of
from songkin.training.loop import Diverged, Step
from songkin.training.lyricsbert.agenda import Agenda, Cell, cells, hurried, recipe_of
from songkin.training.lyricsbert.draws import Draw, draw
from songkin.training.lyricsbert.measuring import attention, measure
from songkin.training.networks.backbone import INSIDE, Backbone
from songkin.training.networks.heads import HEADS, LabelNetwork
from songkin.training.recipes import Recipe
from songkin.training.run import run

__all__ = ["Found", "Tell", "sweep"]

log = logging.getLogger(__name__)
Tell = Callable[[str, Step], None]
CELLS, MEASURED = "cells", "measured.json"
UNTRAINED = 0.0  # the rate of a cell that is only begun


@dataclass(frozen=True, slots=True)
class Found:
    """What a sweep found: a document a cell, before training too (rate 0), the songs it had, whether it was quick."""

    agenda: Agenda
    folder: Path
    quick: bool
    start: str
    steps: int
    max_tokens: int
    draws: int
    cells: Mapping[Cell, Mapping[str, Any]]
    songs: Mapping[str, Any]


def sweep(
    agenda: Agenda,
    place: Path,
    out: Path,
    *,
    quick: bool = False,
    start: str = "",
    data: Path | None = None,
    threads: int | None = None,
    tell: Tell = lambda name, step: None,
) -> Found:
    """Train and measure all cells of an agenda that lies at `place`, into a folder; the same again goes on.

    `start` takes the place of the recipes' own, a folder of DistilBERT for one.
    """
    make_folder(out)
    own = hurried(agenda) if quick else agenda
    recipes = _recipes(own, place, _changes(agenda, quick=quick, start=start))
    recipe = next(iter(recipes.values()))
    ground = _ground(recipe, data)
    drawn = _draws(own, recipe, ground)
    found: dict[Cell, Mapping[str, Any]] = {}
    for cell, one in recipes.items():
        work = partial(_work(cell, one, data, threads), tell=partial(tell, cell.name))
        found[cell] = _kept(own, cell, one, drawn, out / CELLS / cell.name, work)
    return Found(
        own,
        out,
        quick,
        recipe.network.start,
        recipe.schedule.steps,
        recipe.batches.max_tokens,
        len(drawn),
        found,
        _songs(recipe, ground),
    )


def _changes(agenda: Agenda, *, quick: bool, start: str) -> dict[str, Any]:
    """Return the tables laid over every recipe: those of a quick run, and another start."""
    changes: dict[str, Any] = dict(agenda.quick.recipes) if quick and agenda.quick else {}
    if start:
        changes["network"] = {**changes.get("network", {}), "start": start}
    return changes


def _recipes(agenda: Agenda, place: Path, changes: Mapping[str, Any]) -> dict[Cell, Recipe]:
    """Return the recipe of every cell, those before training first."""
    begun = [Cell(name, UNTRAINED, seed) for seed in agenda.seeds for name in agenda.recipes]
    return {
        cell: recipe_of(cell._replace(rate=cell.rate or agenda.rates[0]), place, changes)
        for cell in (*begun, *cells(agenda))
    }


def _work(cell: Cell, recipe: Recipe, data: Path | None, threads: int | None) -> Callable[..., LabelNetwork]:
    """Return what makes a cell's network: begun only, or trained."""
    if cell.rate == UNTRAINED:
        return partial(_begun, recipe, _ground(recipe, data))
    return partial(_trained, recipe, data, threads)


def _ground(recipe: Recipe, data: Path | None) -> Ground:
    return Ground(data, recipe.place.parent, recipe.augment)


def _draws(agenda: Agenda, recipe: Recipe, ground: Ground) -> list[Draw]:
    options = recipe.task_table(Options)
    test = sides(read_corpus(options, ground).songs, options).test
    return draw(test, agenda.draws, seed=agenda.draw_seed)


def _songs(recipe: Recipe, ground: Ground) -> dict[str, Any]:
    """Count the songs each side and each target really had."""
    options = recipe.task_table(Options)
    read = read_corpus(options, ground)
    parts = sides(read.songs, options)
    rows = dict(zip(("train", "valid", "test"), map(len, parts), strict=True))
    targets = {
        name: {"kind": own.kind, "train": len(own.train.rows), "valid": len(own.valid.rows), "test": len(own.test.rows)}
        for name, own in targets_of(parts, options).items()
    }
    return {"corpus": options.corpus, "split": options.split, "funnel": dict(read.funnel), **rows, "targets": targets}


def _kept(
    agenda: Agenda, cell: Cell, recipe: Recipe, drawn: list[Draw], folder: Path, work: Callable[[Path], LabelNetwork]
) -> Mapping[str, Any]:
    """Return what is known of a cell: read where it was measured, else trained and measured now."""
    place = folder / MEASURED
    about = _about(agenda, recipe, drawn)
    if place.is_file():
        return _read(place, about)
    log.info("cell %s", cell.name)
    found: dict[str, Any] = {"about": about}
    try:
        network = work(folder).to("cuda" if torch.cuda.is_available() else "cpu")
        found |= measure(network, drawn, max_tokens=recipe.batches.max_tokens)
        if cell.seed == agenda.seeds[0] and cell.rate == agenda.shown:
            found["attention"] = attention(network, agenda.verse)._asdict()
    except Diverged as error:
        found["diverged"] = str(error).split(";")[0]
    if (folder / LABELS_FILE).is_file():
        found["test"] = on_test(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with atomically(place) as file:
        file.write(json.dumps(found, indent=1).encode() + b"\n")
    shutil.rmtree(folder / INSIDE, ignore_errors=True)
    for name in (HEADS, CHECKPOINT):
        (folder / name).unlink(missing_ok=True)
    return found


def _about(agenda: Agenda, recipe: Recipe, drawn: list[Draw]) -> str:
    """Return a digest of all that a cell's figures depend on, so that no other's are taken for them."""
    told = json.dumps([recipe.text, recipe.seed, agenda.verse, agenda.shown, drawn])
    return hashlib.sha256(told.encode()).hexdigest()


def _read(place: Path, about: str) -> Mapping[str, Any]:
    try:
        found = dict(json.loads(place.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise TrainingError(
            f"{place} is damaged ({error}); delete the cell's folder, and it is trained anew"
        ) from error
    if found.get("about") != about:
        raise TrainingError(f"{place} is of another recipe, other songs or other draws; name another folder")
    return found


def _trained(recipe: Recipe, data: Path | None, threads: int | None, folder: Path, *, tell: Any) -> LabelNetwork:
    """Train a cell, or go on with it, and read the network of its last step."""
    run(recipe, folder, data=data, resume=True, threads=threads, tell=tell)
    return LabelNetwork.read(folder)


def _begun(recipe: Recipe, ground: Ground, folder: Path, *, tell: Any) -> LabelNetwork:
    """Return the network a cell starts from, its added layers and heads as the seed begins them."""
    options = recipe.task_table(Options)
    targets = targets_of(sides(read_corpus(options, ground).songs, options), options)
    torch.manual_seed(recipe.seed)
    return LabelNetwork(
        Backbone.of(recipe), {name: own.outputs for name, own in targets.items()}, options.make()
    ).eval()
