"""songkin evaluate labels: what is learnt from, the systems that label, and how what came of it is shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from songkin.errors import QueryError
from songkin.serve.cli.contenders import minilm, readers
from songkin.serve.cli.evaluate.flags import How
from songkin.serve.cli.evaluate.telling import Tell, telling
from songkin.serve.cli.printing import console, print_json, print_notes

if TYPE_CHECKING:
    from songkin.evaluation import Labeller
    from songkin.evaluation.tasks.labels import LabelledText

__all__ = ["evaluate", "known_readers", "show"]

Document = Mapping[str, Any]
SURE = 0.05
COMMONEST = 6  # genres that are named


def evaluate(
    names: str | None, given: Sequence[str], how: How, *, test: Path | None = None, figure: Path | None = None
) -> None:
    """Judge the systems named, print the report, and draw how reliable their chances are where that is asked."""
    from songkin.evaluation import LabelReport, label
    from songkin.evaluation.tasks import labels

    _can_draw(figure)
    chosen = _chosen(names, known_readers(given, encode=how.encode))
    songs = [song for part in labels.rows() for song in labels.drawn(part, how.limit)]
    judged = labels.drawn(labels.read(test), how.limit) if test else None
    if judged is not None and not judged:
        raise QueryError(f"{test}: no song has lyrics; nothing can be judged")
    read = len(songs) + len(judged or ())
    total = len(chosen) * len(judged or songs) + read * sum(name not in COUNTED for name in chosen)
    with telling(total, quiet=how.json_out, counted="songs") as tell:
        found = label(songs, [make(tell) for make in chosen.values()], test=judged, tell=tell)
        document = LabelReport(found).as_json()
    document |= {"learnt_from": len(songs), "test": str(test) if test else None, "limit": how.limit}
    if figure:
        from songkin.evaluation.figures import draw_reliability

        draw_reliability(figure, document["reliability"])
    print_json(document) if how.json_out else show(document, {system.name: system.says for system in found.systems})
    print_notes(_unlearnt(songs, judged or ()))


def _unlearnt(songs: Sequence[LabelledText], judged: Sequence[LabelledText]) -> list[str]:
    """Count the songs whose genre was not learnt from, and which are not judged by it."""
    known = {song.genre for song in songs}
    strange = Counter(song.genre for song in judged if song.genre and song.genre not in known)
    named = ", ".join(f"{name} {count:,}" for name, count in strange.most_common(COMMONEST))
    said = f"genres never learnt, of songs that are not judged by genre: {strange.total():,} of {len(judged):,}"
    return [f"{said} ({named})"] if strange else []


def known_readers(given: Sequence[str], *, encode: bool) -> dict[str, str]:
    """Return the encoders that may take part, name -> what loads it: those given, or the shipped one and MiniLM."""
    if not encode:
        return {}
    if given:
        return {(one.partition("=")[0] if "=" in one else Path(one).name): one for one in given}
    place = minilm()
    return {"encoder": "encoder=songkin"} | ({"minilm": f"minilm={place}"} if place else {})


def show(document: Document, says: Mapping[str, str]) -> None:
    """Print a row a measure and a column a system: accuracies with bounds, then calibration; then what was judged."""
    measures = list(dict.fromkeys(name for own in document["systems"].values() for name in own))
    kept = document["test"] is None
    how = (
        f"{document['folds']} folds by artist"
        if kept
        else f"learnt from {document['learnt_from']:,} songs, {document['known']:,} judged are by artists among them"
    )
    _say(f"labels: {document['n_queries']:,} songs by {document['artists']:,} artists, {how}\n")
    main = [name for name in measures if name.endswith(("accuracy", "macro-F1", "error"))]
    _table(document, main, bounds=True)
    _table(document, [name for name in measures if "ECE" in name or name.endswith("in interval")], bounds=False)
    for label, counts in document["classes"].items():
        told = ", ".join(f"{name} {count:,}" for name, count in counts.items())
        _say(f"{label}: {told or 'no class with enough songs'}", style="dim")
    for name, said in says.items():
        _say(f"{name}: {said}", style="dim")
    _say(
        "percent, with 95 % bounds over artists; ECE, expected calibration error, and error: less is better; "
        f"* differs from the best baseline (paired permutation by artist, p < {SURE}); ! fewer than 1,000 songs",
        style="dim",
    )


def _table(document: Document, measures: Sequence[str], *, bounds: bool) -> None:
    from rich import box
    from rich.table import Table

    if not measures:
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    table.add_column("measure", style="bold")
    for name in ("n", *document["systems"]):
        table.add_column(name, justify="right")
    for measure in measures:
        label = measure.partition(" ")[0]
        n = f"{document['n'][label]:,}{'!' if label in document['small'] else ' '}"
        table.add_row(measure, n, *(_cell(document, name, measure, bounds=bounds) for name in document["systems"]))
    console().print(table)
    console().print()


def _cell(document: Document, system: str, measure: str, *, bounds: bool) -> str:
    values = document["systems"][system].get(measure)
    if values is None:
        return "-"
    mean, low, high = (100 * value for value in values)
    told = document["compared"].get(measure, {}).get(system)
    mark = "*" if told and told["p"] < SURE else " "
    return f"{mean:.1f}{mark}\n{low:.1f}-{high:.1f} " if bounds else f"{mean:.1f} "


def _chosen(names: str | None, encoders: Mapping[str, str]) -> dict[str, Callable[[Tell], Labeller]]:
    """Return what makes each system that is wanted, in order; QueryError for one that the task does not have."""
    known: dict[str, Callable[[Tell], Labeller]] = {
        **({"ours": _ours} if encoders else {}),
        **{name: _reading(name, place) for name, place in encoders.items()},
        **COUNTED,
    }
    wanted = [name.strip() for name in names.split(",")] if names else list(known)
    for name in wanted:
        if name not in known:
            raise QueryError(f"labels has no system '{name}'; there are {', '.join(known)}")
    return {name: known[name] for name in dict.fromkeys(wanted)}


def _reading(name: str, place: str) -> Callable[[Tell], Labeller]:
    """Load an encoder when it is its turn."""

    def make(tell: Tell) -> Labeller:
        from songkin.evaluation.systems.labellers import encoded

        return encoded(name, readers([place])[0].encoder, tell=tell)

    return make


def _majority(tell: Tell) -> Labeller:
    from songkin.evaluation.systems.labellers import majority

    return majority()


def _words(tell: Tell) -> Labeller:
    from songkin.evaluation.systems.labellers import word_counts

    return word_counts()


def _ours(tell: Tell) -> Labeller:
    from songkin.training.heads import ours

    return ours(tell=tell)


COUNTED: Mapping[str, Callable[[Tell], Labeller]] = {"tf-idf": _words, "majority": _majority}


def _can_draw(figure: Path | None) -> None:
    """Make sure, before the work, that the figure can be drawn; QueryError or MissingExtra otherwise."""
    if figure is None:
        return
    from songkin.evaluation.figures import ENDINGS
    from songkin.extras import need

    if figure.suffix not in ENDINGS:
        raise QueryError(f"{figure}: a figure's name ends in {', '.join(ENDINGS)}")
    if not figure.parent.is_dir():
        raise QueryError(f"{figure.parent}: there is no such folder; make it first")
    need("matplotlib.figure", extra="plots")


def _say(text: str, *, style: str | None = None) -> None:
    console().print(text, style=style, markup=False, highlight=False, soft_wrap=True)
