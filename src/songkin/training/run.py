"""A training from beginning to end: recipe, data, task, loop, and what is written beside the weights."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from filelock import FileLock, Timeout

import songkin
from songkin.errors import MissingExtra, TrainingError
from songkin.training import recipes
from songkin.training.checkpoints import CHECKPOINT, atomically, make_folder
from songkin.training.data import Ground, checksums, read_sources
from songkin.training.export import export
from songkin.training.figures import draw
from songkin.training.labels.figures import draw_labels
from songkin.training.labels.judging import LABELS_FILE, on_test
from songkin.training.loop import OUTCOME, Outcome, Step, told_plainly, train
from songkin.training.networks.shape import KIND, NETWORK, Shape
from songkin.training.recipes import Recipe
from songkin.training.tasks import Bench, make, pairs, plan

__all__ = ["Finished", "run"]

log = logging.getLogger(__name__)
RECIPE, CHECKSUMS = "recipe.toml", "checksums.json"


@dataclass(frozen=True, slots=True)
class Finished:
    """A training that has ended: what it reached, where it lies, the figures, what could not be done; and, where the
    task has a test side of its own, the measures on it."""

    recipe: Recipe
    outcome: Outcome
    folder: Path
    figures: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()
    test: Mapping[str, float] = field(default_factory=dict)


def run(
    recipe: Path | Recipe,
    out: Path,
    *,
    data: Path | None = None,
    resume: bool = False,
    steps: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
    tell: Callable[[Step], None] = lambda step: None,
) -> Finished:
    """Train a recipe into a folder. `data` is the folder of corpora; `steps` and `seed` take the recipe's place.

    `resume` goes on from the folder's checkpoint, or begins where there is none yet. TrainingError, SourceError and
    SettingsError say in one line what is missing and the cure.
    """
    told = recipe if isinstance(recipe, Recipe) else recipes.read(recipe)
    told = told if seed is None else replace(told, seed=seed)
    ground = Ground(data, told.place.parent, told.augment)
    sources = read_sources(told.sources, told.place)
    told, files = plan(told, ground)
    told = replace(told, schedule=replace(told.schedule, steps=steps)) if steps else told
    read = checksums(sources, ground, files)
    if threads:
        torch.set_num_threads(threads)
    with _alone(out):
        written = {"recipe": _digest(told.text), "steps": told.schedule.steps, "seed": told.seed, "files": read}
        _begin(out, written, resume=resume)
        if resume and (out / OUTCOME).is_file():
            return _finish(told, Outcome(**_told(out / OUTCOME)), out)
        _write_beside(told, written, out)
        torch.manual_seed(told.seed)
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        cure = "take fewer texts, pairs, queries or distractors, or name a smaller network"
        with told_plainly("before the first step", cure, out):
            task = make(Bench(told, ground, sources, out, device))
        return _finish(told, train(task, told, out, resume=resume, tell=tell), out)


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Hold the folder for this process; the operating system lets go of it when the process dies."""
    try:
        make_folder(out)
        lock = FileLock(out / ".lock", timeout=0)
        with lock:
            yield
    except Timeout as error:
        raise TrainingError(
            f"{out} is being trained into by another process; wait for it or name another folder"
        ) from error


def _told(path: Path) -> dict[str, Any]:
    """Read a JSON object of a training's folder; TrainingError where it is none."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return dict(told)
    except (ValueError, TypeError) as error:
        raise TrainingError(f"{path} is damaged ({error}); train anew into another folder") from error


def _begin(out: Path, written: dict[str, object], *, resume: bool) -> None:
    """Make sure that a folder is new, or that what is to be resumed is the same training."""
    begun = out / CHECKSUMS
    if not begun.is_file():
        return
    if not resume:
        if (out / OUTCOME).is_file() or (out / CHECKPOINT).is_file():
            raise TrainingError(f"{out} holds a training already; --resume goes on with it, or name another folder")
        return
    before = _told(begun)
    for what, own in written.items():
        if before.get(what, own) != own:  # a folder of an older songkin does not name the seed
            raise TrainingError(f"{out} was begun with other {what}; name another folder, or bring the old {what} back")


def _write_beside(recipe: Recipe, written: dict[str, object], out: Path) -> None:
    """Write the recipe, and what it was trained from: checksums of the files and the versions of the programs."""
    versions = {"songkin": songkin.__version__, "torch": str(torch.__version__)}
    with atomically(out / RECIPE) as file:
        file.write(recipe.text.encode())
    with atomically(out / CHECKSUMS) as file:
        file.write(json.dumps({**written, "versions": versions}, indent=2).encode() + b"\n")


def _finish(recipe: Recipe, outcome: Outcome, out: Path) -> Finished:
    """Export a text network for searching, and draw the curves; a note says what lacked a package."""
    notes, figures = [], []
    if is_text(out):
        try:
            dims = [dim for dim in recipe.own.get("dims", ()) if dim < Shape.read(out).dim]
            export(out, out, name=out.resolve().name, matryoshka=dims)
        except MissingExtra as error:
            notes.append(f"no model.onnx to search with: {error}, then --resume")
    labels = (out / LABELS_FILE).is_file()
    try:
        figures = [*draw(out), *(draw_labels(out) if labels else ())]
    except MissingExtra as error:
        notes.append(f"no curves: {error}, then --resume")
    return Finished(recipe, outcome, out, tuple(figures), tuple(notes), on_test(out) if labels else pairs.on_test(out))


def is_text(out: Path) -> bool:
    """Say whether a folder holds a text network, which can be exported."""
    place = out / NETWORK
    return place.is_file() and json.loads(place.read_text(encoding="utf-8")).get("kind") == KIND


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
