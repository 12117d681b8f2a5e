"""Run a paper's experiments into a folder, one by one, and write one page of all that they left there.

Conventions
-----------
An experiment leaves OUT/NAME.json and its figures; report.md is written from every such file, so experiments may be
run in any order that has what they read. One that cannot be run is told on the page, and the others go on.
"""

from __future__ import annotations

import difflib
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from songkin.errors import SongkinError, TrainingError
from songkin.training.checkpoints import atomically
from songkin.training.markdown import joined

__all__ = ["PAGE", "Experiment", "Setting", "check_names", "lacking", "run_each", "write_page"]

log = logging.getLogger(__name__)
PAGE, SETTING = "report.md", "setting.json"
FAILED = "could not be run"


class Experiment(NamedTuple):
    """One experiment: what it measures on a stand, as JSON, and its Markdown."""

    run: Callable[[Any], dict[str, Any]]
    page: Callable[[dict[str, Any]], str]


class Setting(NamedTuple):
    """The page's title, and the paragraphs at its head."""

    name: str
    said: Sequence[str]


def check_names(only: Sequence[str], experiments: Mapping[str, Experiment]) -> None:
    """Refuse a name that is no experiment's with TrainingError, which names the nearest."""
    for name in only:
        if name not in experiments:
            near = difflib.get_close_matches(name, experiments, 1, 0.5)
            cure = f"did you mean '{near[0]}'? " if near else ""
            raise TrainingError(f"there is no experiment '{name}'; {cure}Experiments: {', '.join(experiments)}")


def run_each(
    experiments: Mapping[str, Experiment], stand: Any, out: Path, setting: Setting, only: Sequence[str] = ()
) -> dict[str, str]:
    """Run those named, all in order where none is, writing the page after each; return why others could not be run."""
    _write(out / SETTING, {"name": setting.name, "said": list(setting.said)})
    failed = {}
    for name in only or experiments:
        log.info("experiment %s", name)
        try:
            found = experiments[name].run(stand)
        except SongkinError as error:
            failed[name] = str(error)
            found = {FAILED: str(error)}
            log.info("%s could not be run: %s", name, error)
        _write(out / f"{name}.json", found)
        write_page(out, experiments)
    return failed


def lacking(out: Path, failed: Mapping[str, str]) -> TrainingError:
    """Return the error that names what a page lacks, and why."""
    return TrainingError(f"{out / PAGE} lacks " + "; ".join(f"{name}: {why}" for name, why in failed.items()))


def write_page(out: Path, experiments: Mapping[str, Experiment]) -> Path:
    """Write report.md of a folder from what its experiments left."""
    setting = _read(out / SETTING)
    parts = [f"# {setting['name']}", *setting["said"]]
    parts += [_part(name, own, out / f"{name}.json") for name, own in experiments.items()]
    with atomically(out / PAGE) as file:
        file.write((joined(parts) + "\n").encode())
    return out / PAGE


def _part(name: str, experiment: Experiment, place: Path) -> str:
    """Write an experiment's part of the page."""
    if not place.is_file():
        return f"## {name}\n\nNot run yet: `--only {name}`."
    found = _read(place)
    return f"## {name}\n\nCould not be run: {found[FAILED]}" if FAILED in found else experiment.page(found)


def _write(place: Path, found: Mapping[str, Any]) -> None:
    with atomically(place) as file:
        file.write(json.dumps(found, indent=1, ensure_ascii=False).encode() + b"\n")


def _read(place: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(place.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise TrainingError(f"{place} cannot be read ({error}); run its experiment again") from error
