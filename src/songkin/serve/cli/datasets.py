"""songkin datasets: which public corpora songkin knows, on which terms, and whether those here are the known ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from songkin.errors import SettingsError, SourceError
from songkin.serve.cli import options
from songkin.serve.cli.printing import console, print_json, progress

if TYPE_CHECKING:
    from pathlib import Path

    from rich.table import Table

    from songkin.datasets import Checked, Corpus

EXAMPLES = (
    "songkin datasets list",
    "songkin datasets verify musixmatch musicoset",
    "songkin datasets show musiccaps",
)
ACTIONS = ("list", "verify", "show")
STYLES = {"same": "green", "missing": "dim", "cut": "red", "differs": "red"}


def run(
    action: Annotated[str, typer.Argument(metavar="list|verify|show", help="What to do.")] = "list",
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="Which corpora; all of them otherwise.")
    ] = None,
    json_out: options.JsonOut = False,
) -> None:
    """List the public corpora songkin knows, verify the copies here by checksum, or show one with its citation."""
    from songkin import datasets

    if action not in ACTIONS:
        raise typer.BadParameter(f"'{action}' is none of {', '.join(ACTIONS)}")
    if action == "show" and not names:
        raise typer.BadParameter("name the corpora to show; songkin datasets list names them all")
    chosen = [datasets.corpus(name) for name in names] if names else list(datasets.CORPORA.values())
    data = datasets.data_folder()
    if action == "verify":
        _verify(chosen, data, json_out=json_out, named=bool(names))
    elif json_out:
        print_json({"folder": str(data) if data else None, "datasets": [_card(corpus, data) for corpus in chosen]})
    else:
        (_list if action == "list" else _show)(chosen, data)


def _card(corpus: Corpus, data: Path | None) -> dict[str, Any]:
    """Return what is known of a corpus, for JSON."""
    from songkin.datasets import presence

    said = ("name", "title", "description", "rows", "of", "counted", "licence", "ships", "home", "split", "citation")
    return {**{name: getattr(corpus, name) for name in said}, "bibtex": corpus.bibtex, "here": presence(corpus, data)}


def _list(chosen: Sequence[Corpus], data: Path | None) -> None:
    from songkin.datasets import SHIPS, presence

    table = _table("name", "rows", "licence", "ships", "here")
    for corpus in chosen:
        table.add_row(corpus.name, corpus.amount, corpus.licence, corpus.ships, presence(corpus, data))
    console().print(table)
    for word in dict.fromkeys(corpus.ships for corpus in chosen):
        console().print(f"ships {word}: {SHIPS[word]}", style="dim", markup=False)
    console().print(f"folder: {data or 'none; SONGKIN_DATA names it'}", style="dim", markup=False, soft_wrap=True)


def _show(chosen: Sequence[Corpus], data: Path | None) -> None:
    from songkin.datasets import SHIPS, presence

    for corpus in chosen:
        console().print(f"[bold]{corpus.title}[/] ({corpus.name})")
        rows = {
            "what": corpus.description,
            "rows": corpus.amount,
            "home": corpus.home,
            "licence": corpus.licence,
            "ships": f"{corpus.ships}: {SHIPS[corpus.ships]}",
            "split": corpus.split,
            "here": presence(corpus, data),
            "cite": corpus.citation,
        }
        table = _table("", "")
        table.show_header = False
        for name, said in rows.items():
            table.add_row(name, said)
        console().print(table)
        console().print(f"\n{corpus.bibtex}\n", markup=False, soft_wrap=True)


def _verify(chosen: Sequence[Corpus], data: Path | None, *, json_out: bool, named: bool) -> None:
    """Compare the files with what is known of them; exit code 1 where one differs, or a corpus asked for is missing."""
    from songkin.datasets import check

    if data is None and not all(corpus.packaged for corpus in chosen):
        cure = "set SONGKIN_DATA, or 'data' in songkin.toml, to the folder of the public corpora"
        raise SettingsError(f"there is no folder of corpora to verify; {cure}")
    with progress(quiet=json_out, counted="files") as bar:
        task = bar.add_task("verifying", total=sum(len(corpus.files) for corpus in chosen)) if bar else None
        tell = (lambda: bar.advance(task)) if bar and task is not None else None
        found = [checked for corpus in chosen for checked in check(corpus, data, tell=tell)]
    if json_out:
        print_json({"folder": str(data) if data else None, "files": [checked._asdict() for checked in found]})
    else:
        _print_checked(found)
    wrong = ("cut", "differs", "missing") if named else ("cut", "differs")
    bad = [checked for checked in found if checked.state in wrong]
    if bad:
        worst = bad[0]
        files = f"{len(bad)} file{'s are' if len(bad) > 1 else ' is'} not as known"
        raise SourceError(f"{data}: {files}, first {worst.corpus}: {worst.path} ({worst.state}); take it from its home")


def _print_checked(found: Sequence[Checked]) -> None:
    from rich.text import Text

    table = _table("corpus", "file", "state", "")
    for checked in found:
        table.add_row(checked.corpus, checked.path, Text(checked.state, style=STYLES[checked.state]), checked.said)
    console().print(table)


def _table(*columns: str) -> Table:
    """Return a table without edges."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    for place, column in enumerate(columns):
        table.add_column(column, style="bold" if place == 0 else "", no_wrap=place == 0, overflow="fold")
    return table
