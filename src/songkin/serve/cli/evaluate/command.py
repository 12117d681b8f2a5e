"""songkin evaluate: how well songkin finds what is wanted, beside untrained rivals and what papers print."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from songkin.errors import QueryError
from songkin.serve.cli import options, standings
from songkin.serve.cli.evaluate import encoders, feedback, finding, flags, labels, likeness, themes
from songkin.serve.cli.printing import print_json

if TYPE_CHECKING:
    from songkin.evaluation import Task

EXAMPLES = (
    "songkin evaluate --list",
    "songkin evaluate melscribe-mc --seeds 0 --systems engine,tf-idf",
    'songkin evaluate melscribe-mc-reco --show "a slow ballad with strings"',
    "songkin evaluate known-lines --lines 100 -L ~/my-songs",
    "songkin evaluate labels --systems encoder,tf-idf,majority --figure reliability.png",
    "songkin evaluate themes --systems keywords,majority",
    "songkin evaluate similar-genre --limit 100 -L ~/my-songs",
    "songkin evaluate feedback -L ~/my-songs",
    "songkin evaluate encoders --quick --tasks captions,negation",
    "songkin evaluate encoders --encoder songkin --encoder mpnet=~/models/all-mpnet-base-v2 --save docs/results",
)
ENCODERS, LABELS, THEMES, FEEDBACK = "encoders", "labels", "themes", "feedback"
WITH_ENCODERS = (LABELS, "similar-genre", "similar-colisten")


def run(
    task: flags.TaskName = None,
    list_tasks: flags.ListTasks = False,
    systems: flags.Systems = None,
    seeds: flags.Seeds = None,
    limit: flags.Limit = None,
    lines: flags.Lines = 200,
    no_encoder: flags.NoEncoder = False,
    statistics: flags.Statistics = False,
    show: flags.Show = None,
    encoder: flags.Encoders = None,
    tasks: flags.Tasks = None,
    quick: flags.Quick = False,
    save: flags.Save = None,
    test: flags.Test = None,
    figure: flags.Figure = None,
    json_out: options.JsonOut = False,
    library: options.LibraryPlace = None,
) -> None:
    """Judge songkin on a task, beside rivals, with intervals and a paired test; or encoders, side by side on many."""
    from songkin.evaluation import task as task_of

    read = tuple(encoder or ())
    if task is not None and task.strip().casefold() == ENCODERS and not list_tasks:
        if systems or seeds or statistics or no_encoder or show is not None or library or test or figure:
            raise typer.BadParameter("encoders takes --encoder, --tasks, --quick, --limit, --save and --json alone")
        encoders.evaluate(read, tasks, limit, save, quick=quick, json_out=json_out)
        return
    if tasks or quick or save:
        raise typer.BadParameter("--tasks, --quick and --save go with: songkin evaluate encoders")
    if task is None or list_tasks:
        _list(json_out=json_out)
        return
    chosen = task_of(task)
    _check(chosen, encoders=bool(read), labels=bool(test or figure), tests=statistics or show is not None)
    how = flags.How(limit, encode=not no_encoder, json_out=json_out)
    if chosen.name == LABELS:
        labels.evaluate(systems, read, how, test=test, figure=figure)
    elif chosen.name == THEMES:
        themes.evaluate(systems, how)
    elif chosen.name == FEEDBACK:
        feedback.evaluate(how, seed=_seed(chosen, seeds), library=library)
    elif chosen.name in WITH_ENCODERS:
        likeness.evaluate(chosen.name, systems, read, how, seed=_seed(chosen, seeds), library=library)
    else:
        whence = finding.Whence(seeds, lines, library)
        finding.evaluate(chosen, systems, whence, how, statistics=statistics, show=show)


def _list(*, json_out: bool) -> None:
    """Name the tasks."""
    from songkin.evaluation.tasks import ALIASES, TASKS

    also = {name: [other for other, meant in ALIASES.items() if meant == name] for name in TASKS}
    told: list[dict[str, object]] = [
        {
            "task": own.name,
            "says": own.says,
            "measures": list(own.measures),
            **({"also": also[own.name]} if also[own.name] else {}),
        }
        for own in TASKS.values()
    ]
    named = [(", ".join([own.name, *also[own.name]]), own.says) for own in TASKS.values()]
    shown = [*named, (ENCODERS, "encoders, side by side on all of these")]
    print_json({"tasks": told}) if json_out else standings.print_tasks(shown)


def _check(task: Task, *, encoders: bool, labels: bool, tests: bool) -> None:
    """Refuse a task that is asked otherwise, and options of other tasks that were given."""
    if encoders and task.name not in WITH_ENCODERS:
        raise typer.BadParameter(f"--encoder goes with {ENCODERS}, {', '.join(WITH_ENCODERS)}")
    if labels and task.name != LABELS:
        raise typer.BadParameter(f"--test and --figure go with: songkin evaluate {LABELS}")
    if task.open:
        raise QueryError(f"{task.name} compares encoders; ask: songkin evaluate encoders --tasks {task.name}")
    if tests and not task.test:
        raise typer.BadParameter(f"--statistics and --show go with the melscribe tasks, not with {task.name}")


def _seed(task: Task, given: str | None) -> int:
    """Return the one seed of a task that takes no more; 0 where none is given."""
    seed, *more = flags.numbers(given) or (0,)
    if more:
        raise typer.BadParameter(f"{task.name} takes one seed", param_hint="--seeds")
    return seed
