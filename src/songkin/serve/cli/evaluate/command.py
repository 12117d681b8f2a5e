"""songkin evaluate: how well songkin finds what is wanted, beside untrained rivals and what papers print."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from songkin.errors import QueryError
from songkin.serve.cli import options, standings
from songkin.serve.cli.contenders import Described, remembered
from songkin.serve.cli.evaluate import encoders, labels, likeness
from songkin.serve.cli.evaluate.telling import telling
from songkin.serve.cli.printing import print_json

if TYPE_CHECKING:
    from songkin.evaluation import Round, System, Task

EXAMPLES = (
    "songkin evaluate --list",
    "songkin evaluate melscribe-mc --seeds 0 --systems engine,tf-idf",
    'songkin evaluate melscribe-mc-reco --show "a slow ballad with strings"',
    "songkin evaluate known-lines --lines 100 -L ~/my-songs",
    "songkin evaluate labels --systems encoder,tf-idf,majority --figure reliability.png",
    "songkin evaluate similar-genre --limit 100 -L ~/my-songs",
    "songkin evaluate encoders --quick --tasks captions,negation",
    "songkin evaluate encoders --encoder songkin --encoder mpnet=~/models/all-mpnet-base-v2 --save docs/results",
)
ENCODERS, LABELS = "encoders", "labels"
WITH_ENCODERS = (LABELS, "similar-genre", "similar-colisten")


def run(
    task: Annotated[str | None, typer.Argument(metavar="TASK", help="What to judge songkin by; see --list.")] = None,
    list_tasks: Annotated[bool, typer.Option("--list", help="Name the tasks, a line each.")] = False,
    systems: Annotated[
        str | None, typer.Option("--systems", metavar="A,B", help="Only these: engine, encoder, tf-idf, bm25 ...")
    ] = None,
    seeds: Annotated[
        str | None, typer.Option("--seeds", metavar="N,N", help="Only these draws of a task; else all it has.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, help="Only the first N requests of each draw.")
    ] = None,
    lines: Annotated[
        int, typer.Option("--lines", metavar="N", min=1, help="known-lines: how many lines of each kind.")
    ] = 200,
    no_encoder: Annotated[
        bool, typer.Option("--no-encoder", help="A quick run: the engine without vectors, no encoder alone.")
    ] = False,
    statistics: Annotated[bool, typer.Option("--statistics", help="Count what the set holds instead.")] = False,
    show: Annotated[
        str | None, typer.Option("--show", metavar="REQUEST", help="Show the first 5 of each system instead.")
    ] = None,
    encoder: Annotated[
        list[str] | None,
        typer.Option(
            "--encoder",
            metavar="NAME|FOLDER",
            help="encoders, labels, similar-*: which ones, the first on trial; NAME=FOLDER gives a name, @128 behind "
            "it keeps so many numbers; may be repeated.",
        ),
    ] = None,
    tasks: Annotated[
        str | None, typer.Option("--tasks", metavar="A,B", help="encoders: only these tasks; else all but known-lines.")
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="encoders: one draw of each test, and no task of many minutes.")
    ] = False,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="FOLDER", help="encoders: keep the result as FOLDER/encoders.json.")
    ] = None,
    test: Annotated[
        Path | None,
        typer.Option("--test", metavar="FILE", help="labels: learn from all songs, and be judged on this file's."),
    ] = None,
    figure: Annotated[
        Path | None, typer.Option("--figure", metavar="FILE.png", help="labels: draw how reliable the chances are.")
    ] = None,
    json_out: options.JsonOut = False,
    library: options.LibraryPlace = None,
) -> None:
    """Judge songkin on a task, beside rivals, with intervals and a paired test; or encoders, side by side on many."""
    from songkin.evaluation import TASKS
    from songkin.evaluation import task as task_of

    if task is not None and task.strip().casefold() == ENCODERS and not list_tasks:
        if systems or seeds or statistics or no_encoder or show is not None or library or test or figure:
            raise typer.BadParameter("encoders takes --encoder, --tasks, --quick, --limit, --save and --json alone")
        encoders.evaluate(encoder or (), tasks, limit, save, quick=quick, json_out=json_out)
        return
    if tasks or quick or save:
        raise typer.BadParameter("--tasks, --quick and --save go with: songkin evaluate encoders")

    if task is None or list_tasks:
        told = [{"task": own.name, "says": own.says, "measures": list(own.measures)} for own in TASKS.values()]
        named = [(own.name, own.says) for own in TASKS.values()]
        shown = [*named, (ENCODERS, "encoders, side by side on all of these")]
        print_json({"tasks": told}) if json_out else standings.print_tasks(shown)
        return
    chosen = task_of(task)
    if encoder and chosen.name not in WITH_ENCODERS:
        raise typer.BadParameter(f"--encoder goes with {ENCODERS}, {', '.join(WITH_ENCODERS)}")
    if (test or figure) and chosen.name != LABELS:
        raise typer.BadParameter(f"--test and --figure go with: songkin evaluate {LABELS}")
    if chosen.open:
        raise QueryError(f"{chosen.name} compares encoders; ask: songkin evaluate encoders --tasks {chosen.name}")
    if (statistics or show is not None) and not chosen.test:
        raise typer.BadParameter(f"--statistics and --show go with the melscribe tasks, not with {chosen.name}")
    if chosen.name == LABELS:
        labels.evaluate(
            systems, encoder or (), limit=limit, test=test, figure=figure, json_out=json_out, encode=not no_encoder
        )
        return
    if chosen.name in WITH_ENCODERS:
        seed, *more = _numbers(seeds) or (0,)
        if more:
            raise typer.BadParameter(f"{chosen.name} takes one seed", param_hint="--seeds")
        likeness.evaluate(
            chosen.name,
            systems,
            encoder or (),
            limit=limit,
            seed=seed,
            library=library,
            json_out=json_out,
            encode=not no_encoder,
        )
        return
    names = _names(systems, chosen, no_encoder=no_encoder)
    rounds = _rounds(chosen, _numbers(seeds), lines, library)
    if statistics:
        _count(chosen, rounds, json_out=json_out)
        return
    if show is not None:
        _show(chosen, rounds[0], names, show, json_out=json_out, encode=not no_encoder)
        return
    _judge(chosen, rounds, names, limit, library, json_out=json_out, encode=not no_encoder)


def _rounds(task: Task, seeds: Sequence[int] | None, lines: int, library: str | None) -> list[Round]:
    """Read the rounds of a task from its file, or make them of a user's library."""
    from songkin.evaluation.tasks import known_lines, melscribe
    from songkin.settings import Settings

    if task.test:
        return melscribe.rounds(task.test, seeds)
    from songkin.library import Library, sung_lines

    return known_lines.rounds(sung_lines(Library.open(library)), seeds or (Settings.load().seed,), lines=lines)


def _judge(
    task: Task,
    rounds: Sequence[Round],
    names: Sequence[str],
    limit: int | None,
    library: str | None,
    *,
    json_out: bool,
    encode: bool,
) -> None:
    """Run the systems, and print the report."""
    from songkin import evaluation

    kept = [evaluation.first(drawn, limit) for drawn in rounds]
    asked = len(names) * sum(len(drawn.requests) * evaluation.passes(task.measures, drawn) for drawn in kept)
    told = sum(len(drawn.documents) for drawn in kept) if task.test and {"engine", "encoder"} & set(names) else 0
    with (
        telling(asked + told, quiet=json_out) as tell,
        tempfile.TemporaryDirectory(prefix="songkin-evaluate-") as folder,
    ):
        systems = _systems(task, names, Described(Path(folder), encode=encode, tell=tell), library)
        report = evaluation.run(task.name, kept, systems, task.measures, tell=lambda name, more: tell(more))
    document = report.as_json() | {"kind_counts": report.kind_counts(), "paper": _paper(task)}
    if json_out:
        print_json(document)
    else:
        says = {system.name: system.says for system in systems}
        (standings.print_systems if task.test else standings.print_kinds)(document, says)


def _show(task: Task, drawn: Round, names: Sequence[str], request: str, *, json_out: bool, encode: bool) -> None:
    """Print the truth of a request and the first five of each system."""
    from songkin import evaluation

    with (
        telling(len(drawn.documents), quiet=json_out) as tell,
        tempfile.TemporaryDirectory(prefix="songkin-evaluate-") as folder,
    ):
        systems = _systems(task, names, Described(Path(folder), encode=encode, tell=tell), None)
        found = evaluation.top(drawn, systems, request)
    wanted = [
        name
        for query, text in drawn.requests.items()
        if text.strip().casefold() == request.strip().casefold()
        for name in drawn.judgements[query]
    ]
    told = {name: {"id": name, "texts": list(drawn.documents[name])} for name in chain(wanted, *found.values())}
    document = {
        "task": task.name,
        "request": request,
        "seed": drawn.seed,
        "truth": told[wanted[0]] if wanted else None,
        "systems": {system: [told[name] for name in names] for system, names in found.items()},
    }
    print_json(document) if json_out else standings.print_shown(document)


def _count(task: Task, rounds: Sequence[Round], *, json_out: bool) -> None:
    """Print what the set holds."""
    from songkin.evaluation.tasks import melscribe

    counts = melscribe.statistics(task.test, rounds)
    document = {"task": task.name, "seeds": [drawn.seed for drawn in rounds], "statistics": counts}
    print_json(document) if json_out else standings.print_statistics(task.name, counts)


def _systems(task: Task, names: Sequence[str], described: Described, library: str | None) -> list[System]:
    """Return the systems under test, in the order they were named."""
    from songkin.evaluation import Bm25, System, TfIdf, rank_documents
    from songkin.evaluation.systems.terms import WORDS

    def whole(drawn: Round) -> dict[str, list[str]]:
        return {name: [", ".join(texts)] for name, texts in drawn.documents.items()}

    if task.test:
        own = [
            System("engine", "all channels", described.engine),
            System("encoder", "cosine alone", described.encoder),
            System("tf-idf", "words, cosine", lambda drawn: rank_documents(whole(drawn), TfIdf)),
            System("bm25", "words", lambda drawn: rank_documents(whole(drawn), Bm25)),
        ]
    else:
        from songkin.library import Library

        lines = remembered(Library.open(library))
        own = [
            System("engine", "songkin line", lambda drawn: lines),
            System(
                "bm25",
                "BM25 over lines, a song by its best",
                lambda drawn: rank_documents(drawn.documents, lambda texts: Bm25(texts, words=WORDS)),
            ),
        ]
    return [system for name in names for system in own if system.name == name]


def _names(given: str | None, task: Task, *, no_encoder: bool) -> list[str]:
    """Return the systems wanted; QueryError for one that the task does not have."""
    known = ["engine", "encoder", "tf-idf", "bm25"] if task.test else ["engine", "bm25"]
    names = [name.strip().casefold() for name in given.split(",")] if given else known
    for name in names:
        if name not in known:
            raise QueryError(f"{task.name} has no system '{name}'; there are {', '.join(known)}")
    kept = [name for name in dict.fromkeys(names) if not (no_encoder and name == "encoder")]
    if not kept:
        raise QueryError("--no-encoder leaves no system to judge; name another with --systems")
    return kept


def _paper(task: Task) -> dict[str, list[float]]:
    """Return what the paper prints for a task's first measure: mean and deviation by system; {} without a paper."""
    from songkin.evaluation.tasks import melscribe

    return {name: list(figure) for name, figure in melscribe.PAPER[task.test].items()} if task.test else {}


def _numbers(given: str | None) -> list[int] | None:
    """Read "0,1,2"; wrong usage where it is no list of whole numbers."""
    if given is None:
        return None
    try:
        return list(dict.fromkeys(int(part) for part in given.split(",")))
    except ValueError:
        raise typer.BadParameter(f"'{given}' is no list of whole numbers such as 0,1,2", param_hint="--seeds") from None
