"""The whole re-run, or one experiment of it, and the report of all that is there.

Conventions
-----------
An experiment leaves OUT/NAME.json and its figures; report.md is written from every such file, so experiments may be
run one by one. One that cannot be run is told on the page, and the others go on.
"""

from __future__ import annotations

import difflib
import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from songkin.errors import SongkinError, TrainingError
from songkin.training.checkpoints import atomically, make_folder
from songkin.training.deepplaylist.cells import Stand
from songkin.training.deepplaylist.corpus import COLISTEN
from songkin.training.deepplaylist.experiments import EXPERIMENTS
from songkin.training.deepplaylist.tabling import MARK
from songkin.training.markdown import joined
from songkin.training.report_command import Report

__all__ = ["PAGE", "report", "rerun"]

log = logging.getLogger(__name__)
PAGE, SETTING = "report.md", "setting.json"
PAIRS, MINI = 1_000_000, 100_000  # of the paper, and what is called mini data here
FAILED = "could not be run"


def rerun(stand: Stand, only: Sequence[str] = ()) -> Report:
    """Run experiments, all in order where none is named, and write the report.

    TrainingError where none of them could be run, or a name is no experiment's.
    """
    for name in only:
        if name not in EXPERIMENTS:
            near = difflib.get_close_matches(name, EXPERIMENTS, 1, 0.5)
            cure = f"did you mean '{near[0]}'? " if near else ""
            raise TrainingError(f"there is no experiment '{name}'; {cure}Experiments: {', '.join(EXPERIMENTS)}")
    make_folder(stand.out)
    _write(stand.out / SETTING, _setting(stand, None if set(only) == {"parameters"} else _pairs(stand)))
    failed = {}
    for name in only or EXPERIMENTS:
        log.info("experiment %s", name)
        try:
            told = EXPERIMENTS[name].run(stand)
        except SongkinError as error:
            failed[name] = str(error)
            told = {FAILED: str(error)}
            log.info("%s could not be run: %s", name, error)
        _write(stand.out / f"{name}.json", told)
        report(stand.out)
    if len(failed) == len(only or EXPERIMENTS):
        raise TrainingError(f"{stand.out / PAGE} lacks " + "; ".join(f"{name}: {why}" for name, why in failed.items()))
    return Report((stand.out / PAGE).read_text(encoding="utf-8"), [stand.out / PAGE])


def report(out: Path) -> Path:
    """Write report.md of a folder from what its experiments left."""
    setting = _read(out / SETTING)
    parts = [f"# {setting['name']}", *setting["said"]]
    parts += [_part(name, out / f"{name}.json") for name in EXPERIMENTS]
    with atomically(out / PAGE) as file:
        file.write((joined(parts) + "\n").encode())
    return out / PAGE


def _part(name: str, place: Path) -> str:
    """Write an experiment's part of the page."""
    if not place.is_file():
        return f"## {name}\n\nNot run yet: `--only {name}`."
    told = _read(place)
    return f"## {name}\n\nCould not be run: {told[FAILED]}" if FAILED in told else EXPERIMENTS[name].page(told)


def _pairs(stand: Stand) -> int | None:
    """Count the corpus' pairs; None where it cannot be read, which each experiment tells for itself."""
    try:
        return len(stand.corpus.pairs)
    except SongkinError:
        return None


def _setting(stand: Stand, pairs: int | None) -> dict[str, Any]:
    own = stand.agenda
    said = [
        "Langevin, Annanya and Zhang, Predicting Song Similarity with Deep Learning, CMU 2025, after Balakrishnan and "
        f"Dixit's DeepPlaylist of 2016, run again. The paper's figures stand beside ours. {own.absent}",
    ]
    if own.corpus == COLISTEN:
        said.append(
            "Corpus: colisten. **Not the paper's data**: a label is how much the same people of HetRec's 1,892 hear "
            "two songs' artists (cosine), not Last.fm's similarity of tracks: no error here compares with a published "
            "one."
        )
    else:
        said.append(f"Corpus: the folder {Path(own.corpus).name}, of Last.fm's similarities and musiXmatch's bags.")
    if pairs is not None and pairs < MINI:
        said.append(
            f"**Mini data**: {pairs:,} pairs, where the paper has {PAIRS:,}. They test the code; the figures are no "
            "results."
        )
    if own.hurried:
        said.append(
            "**A quick run**: few pairs, short sequences, narrow layers. It tests the code; its figures are no results."
        )
    return {"name": own.name, "said": [*said, MARK]}


def _write(place: Path, told: dict[str, Any]) -> None:
    with atomically(place) as file:
        file.write(json.dumps(told, indent=1, ensure_ascii=False).encode() + b"\n")


def _read(place: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(place.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise TrainingError(f"{place} cannot be read ({error}); run its experiment again") from error
