"""songkin info: what the library holds and what it lacks."""

from __future__ import annotations

from typing import Any

from songkin.serve.cli import options
from songkin.serve.cli.printing import console, print_json

EXAMPLES = ("songkin info", "songkin info --json -L ~/my-songs")
PREDICTED = "predicted_"  # before the names of features that songkin annotate filled


def run(json_out: options.JsonOut = False, library: options.LibraryPlace = None) -> None:
    """Show how many songs there are, in which languages and genres, with which features, and what is missing."""
    from songkin.library import Library

    about = Library.open(library).info()
    if json_out:
        print_json(about)
    else:
        _show(about)


def _show(about: dict[str, Any]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(show_header=False, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="cyan")
    rows = {"library": about["place"], "songs": f"{about['songs']:,} in {about['passages']:,} passages"}
    rows["encoder"] = about["encoders"]["current"] or "none: nothing is encoded yet"
    rows["vectors"] = _vectors(about["encoders"]) or "none"
    if about["heard"]:
        rows["sound"] = f"{about['heard']:,} songs heard"
    rows |= {name: _counted(about[name]) or "-" for name in ("languages", "genres")}
    given, predicted = _features(about)
    rows["features"] = ", ".join(given) or "-"
    if predicted:
        rows["predicted"] = _counted(predicted)
    if about["kept"]:
        rows["kept"] = _counted({f"vectors of {name}": count for name, count in about["kept"].items()})
    if disk := about["disk"]:
        spare = f", {disk['spare'] / 1e6:,.1f} MB more in older versions" if disk["spare"] else ""
        rows["disk"] = f"{disk['needed'] / 1e6:,.1f} MB{spare}"
    missing = {name: songs for name, songs in about["missing"].items() if not name.startswith(PREDICTED)}
    rows["missing"] = _counted(missing) or "nothing"
    for name, said in rows.items():
        table.add_row(name, Text(said))
    console().print(table)


def _features(about: dict[str, Any]) -> tuple[list[str], dict[str, int]]:
    """Return the features that some song was given, and of how many songs each of the others is predicted."""
    having = {name: about["songs"] - about["missing"][name] for name in about["features"]}
    given = [name for name, songs in having.items() if songs and not name.startswith(PREDICTED)]
    predicted = {name.removeprefix(PREDICTED): n for name, n in having.items() if name.startswith(PREDICTED)}
    return given, predicted


def _vectors(encoders: dict[str, Any]) -> str:
    """Say how many vectors of songs and passages each encoder filled, by its name without its mark."""
    said = []
    for what in ("songs", "passages"):
        for mark, count in encoders[what].items():
            said.append(f"{count:,} {what} by {mark.rpartition('-')[0]}")
    return ", ".join(said)


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items() if count)
