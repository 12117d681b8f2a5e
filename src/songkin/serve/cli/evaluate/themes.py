"""songkin evaluate themes: the systems that say themes, and how what came of it is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from songkin.errors import QueryError
from songkin.serve.cli.evaluate.flags import How
from songkin.serve.cli.evaluate.labels import SURE
from songkin.serve.cli.evaluate.telling import Tell, telling
from songkin.serve.cli.printing import console, print_json

if TYPE_CHECKING:
    from songkin.evaluation import Labeller

__all__ = ["evaluate", "show"]

Document = Mapping[str, Any]
OURS = "ours"


def evaluate(names: str | None, how: How) -> None:
    """Judge the systems named, and print the report."""
    from songkin.evaluation.tasks import labels, themes
    from songkin.evaluation.theme_report import judge_themes

    chosen = _chosen(names, encode=how.encode)
    songs = labels.drawn(themes.rows(), how.limit)
    with telling((len(chosen) + (OURS in chosen)) * len(songs), quiet=how.json_out, counted="songs") as tell:
        report = judge_themes(songs, [make(tell) for make in chosen.values()], tell=tell)
        document = report.as_json() | {"limit": how.limit}
    print_json(document) if how.json_out else show(document, {one.name: one.says for one in report.systems})


def show(document: Document, says: Mapping[str, str]) -> None:
    """Print a row a measure, then a row a theme, the commonest first, and a column a system."""
    _say(
        f"themes: {document['n_queries']:,} songs by {document['artists']:,} artists, {document['folds']} folds by "
        "artist; agreement with what a language model read in them\n"
    )
    systems = list(document["systems"])
    overall = [[name, *(_bounded(document, own, name) for own in systems)] for name in document["measures"]]
    _table(["measure", *systems], overall)
    themes = sorted(document["themes"].items(), key=lambda own: -own[1]["n"])
    _table(["theme, F1", "n", *systems], [[name, f"{own['n']:,}", *_cells(own["F1"])] for name, own in themes])
    for name, said in says.items():
        _say(f"{name}: {said}; {document['themes_a_song'][name] or 0:.1f} themes a song", style="dim")
    _say(
        f"{document['themes_a_song']['read'] or 0:.1f} themes a song were read; percent, with 95 % bounds over "
        f"artists; * differs from the best baseline (paired permutation by artist, p < {SURE})",
        style="dim",
    )


def _bounded(document: Document, system: str, measure: str) -> str:
    mean, low, high = (100 * value for value in document["systems"][system][measure])
    told = document["compared"].get(measure, {}).get(system)
    return f"{mean:.1f}{'*' if told and told['p'] < SURE else ' '}\n{low:.1f}-{high:.1f} "


def _cells(told: Mapping[str, Sequence[float | None]]) -> list[str]:
    """Return the F1 of each system, that of the first with its bounds."""
    known = [[100 * value for value in own if value is not None] for own in told.values()]
    return [
        "-" if len(own) < 3 else f"{own[0]:.1f}" if at else f"{own[0]:.1f} ({own[1]:.1f}-{own[2]:.1f})"
        for at, own in enumerate(known)
    ]


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich import box
    from rich.table import Table

    if not rows:
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    table.add_column(heads[0], style="bold")
    for head in heads[1:]:
        table.add_column(head, justify="right")
    for row in rows:
        table.add_row(*row)
    console().print(table)
    console().print()


def _chosen(names: str | None, *, encode: bool) -> dict[str, Callable[[Tell], Labeller]]:
    """Return what makes each system that is wanted, in order; QueryError for one that the task does not have."""
    known = {name: make for name, make in SYSTEMS.items() if encode or name != OURS}
    wanted = [name.strip() for name in names.split(",")] if names else list(known)
    for name in wanted:
        if name not in known:
            raise QueryError(f"themes has no system '{name}'; there are {', '.join(known)}")
    return {name: known[name] for name in dict.fromkeys(wanted)}


def _ours(tell: Tell) -> Labeller:
    from songkin.training.heads import ours

    return ours(tell=tell)


def _keywords(tell: Tell) -> Labeller:
    from songkin.evaluation.systems.themers import keywords

    return keywords()


def _majority(tell: Tell) -> Labeller:
    from songkin.evaluation.systems.themers import commonest_themes

    return commonest_themes()


def _all(tell: Tell) -> Labeller:
    from songkin.evaluation.systems.themers import all_themes

    return all_themes()


SYSTEMS: Mapping[str, Callable[[Tell], Labeller]] = {
    OURS: _ours, "keywords": _keywords, "majority": _majority, "all": _all
}  # fmt: skip


def _say(text: str, *, style: str | None = None) -> None:
    console().print(text, style=style, markup=False, highlight=False, soft_wrap=True)
