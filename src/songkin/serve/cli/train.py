"""songkin train: make an encoder by a recipe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from songkin.errors import TrainingError
from songkin.extras import need
from songkin.serve.cli import options
from songkin.serve.cli.printing import console, print_json, print_notes, progress

if TYPE_CHECKING:
    from songkin.training.loop import Step
    from songkin.training.run import Finished

EXAMPLES = (
    "songkin train recipes/encoder/teacher.toml --out my-encoder",
    "songkin train recipes/encoder/teacher.toml --out my-encoder --resume",
    "songkin train recipes/encoder/teacher.toml --out trial --steps 100 --threads 2",
)


def run(
    recipe: Annotated[Path, typer.Argument(metavar="RECIPE.toml", help="What is trained, from what, and how.")],
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where the network and all about it go.")],
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="FOLDER", help="The folder of the public corpora; SONGKIN_DATA otherwise."),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where a stopped training left off.")] = False,
    steps: Annotated[
        int | None, typer.Option("--steps", metavar="N", min=1, help="Train so many steps instead of the recipe's.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="N", min=0, help="Draw by this seed instead of the recipe's.")
    ] = None,
    threads: Annotated[
        int | None, typer.Option("--threads", metavar="N", min=1, help="CPU threads; all there are otherwise.")
    ] = None,
    json_out: options.JsonOut = False,
) -> None:
    """Train a network by a recipe; the best one by retrieval on held-out pairs is kept, with its recipe beside it."""
    need("torch", extra="train")
    from songkin.training import run as training

    with _bar(quiet=json_out) as tell:
        try:
            done = training.run(
                recipe, out, data=data, resume=resume, steps=steps, seed=seed, threads=threads, tell=tell
            )
        except KeyboardInterrupt:
            raise TrainingError(f"stopped; --resume goes on from the last checkpoint in {out}") from None
    print_json(_document(done)) if json_out else _print(done)


def _document(done: Finished) -> dict[str, Any]:
    told = asdict(done.outcome)
    return {
        "recipe": done.recipe.name,
        "task": done.recipe.task,
        "folder": str(done.folder),
        **{key: told[key] for key in ("step", "best_step", "score", "measures", "stopped")},
        "figures": [str(path) for path in done.figures],
        "notes": list(done.notes),
        **({"test": dict(done.test)} if done.test else {}),
    }


def _print(done: Finished) -> None:
    """Say what was reached, where it lies, and how it is used."""
    from rich import box
    from rich.table import Table

    own = done.outcome
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("measure")
    table.add_column("best", justify="right")
    if done.test:
        table.add_column("test", justify="right")
    for name in dict.fromkeys((*own.measures, *done.test)):
        both = (own.measures, done.test) if done.test else (own.measures,)
        table.add_row(name, *(f"{told[name]:.3f}" if name in told else "" for told in both))
    console().print(table)
    early = f" (stopped: {own.stopped})" if own.stopped else ""
    said = f"{done.recipe.name}: {own.step:,} steps{early}; the best, {own.score:.3f}, after {own.best_step:,}"
    console().print(f"\n{said}", markup=False, soft_wrap=True)
    encodes = done.recipe.task not in ("teacher", "labels", "pairs")
    used = f"; use it: songkin add SONGS --encoder {done.folder}" if encodes else ""
    console().print(f"It lies in {done.folder}{used}", soft_wrap=True)
    print_notes(done.notes)


@contextmanager
def _bar(*, quiet: bool) -> Iterator[Callable[[Step], None]]:
    """Show how far training is, the loss, and the best score so far."""
    with progress(quiet=quiet, counted="steps") as bar:
        task = bar.add_task("training", total=None) if bar else None

        def tell(step: Step) -> None:
            if bar and task is not None:
                best = "" if step.score is None else f", best {step.score:.3f}"
                said = f"loss {step.loss:.3f}{best}"
                bar.update(task, description=said, completed=step.step, total=step.steps)

        yield tell
