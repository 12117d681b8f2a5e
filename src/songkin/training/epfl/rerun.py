"""The whole re-run, or one experiment of it, and the report of all that is there.

Conventions
-----------
An experiment leaves OUT/NAME.json and its figures; report.md is written from every such file, so experiments may be
run one by one, in any order that has what they read (clusters read the encoders that are trained by then).
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
from songkin.training.epfl.cells import Stand
from songkin.training.epfl.experiments import EXPERIMENTS
from songkin.training.epfl.songs import EIGHT, PAPER, genre_counts
from songkin.training.markdown import counts, joined
from songkin.training.networks.backbone import Backbone

__all__ = ["PAGE", "report", "rerun"]

log = logging.getLogger(__name__)
PAGE, SETTING = "report.md", "setting.json"
FAILED = "could not be run"


def rerun(stand: Stand, only: Sequence[str] = ()) -> Path:
    """Run experiments, all in order where none is named, and write the report; return its place.

    One that cannot be run is told on the page, the others go on, and TrainingError names it at the end.
    """
    for name in only:
        if name not in EXPERIMENTS:
            near = difflib.get_close_matches(name, EXPERIMENTS, 1, 0.5)
            cure = f"did you mean '{near[0]}'? " if near else ""
            raise TrainingError(f"there is no experiment '{name}'; {cure}Experiments: {', '.join(EXPERIMENTS)}")
    make_folder(stand.out)
    if set(only or EXPERIMENTS) - {"cleaning"}:
        _check_bases(stand)
    _write(stand.out / SETTING, _setting(stand))
    failed = {}
    for name in only or EXPERIMENTS:
        log.info("experiment %s", name)
        try:
            told = EXPERIMENTS[name].run(stand)
        except SongkinError as error:
            failed[name] = str(error)
            told = {FAILED: str(error)}
        _write(stand.out / f"{name}.json", told)
        report(stand.out)
    if failed:
        raise TrainingError(f"{stand.out / PAGE} lacks " + "; ".join(f"{name}: {why}" for name, why in failed.items()))
    return stand.out / PAGE


def _check_bases(stand: Stand) -> None:
    """Read every encoder once, so that a folder that is none is found before hours of work, not after."""
    for base in stand.agenda.bases:
        try:
            Backbone.read(base.start, stand.place.parent)
        except TrainingError as error:
            cure = f"--base {base.name}=FOLDER, or bases in {stand.place.name}, names the folder of an encoder"
            raise TrainingError(f"base '{base.name}': {error}; {cure}") from error


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


def _setting(stand: Stand) -> dict[str, Any]:
    own = stand.agenda
    said = [
        "Bezzam and Vidit, Music Recommender System Conditioned on Lyrics and Metadata, EPFL 2022, run again. The "
        f"paper's figures stand beside ours; its corpus holds {PAPER[EIGHT]:,} songs, ours {len(stand.read.songs):,}.",
        f"Corpus: {own.corpus}, {len(stand.read.songs):,} songs ({counts(genre_counts(stand.read.songs))}). "
        f"Encoders: {', '.join(f'{base.name} ({base.max_tokens} tokens)' for base in own.bases)}. {own.absent}",
    ]
    if own.most:
        said.append(
            f"**A quick run**: at most {own.most} songs a side, {own.clustered} clustered, {len(own.keep)} layers. It "
            "proves the chain; its figures say nothing."
        )
    return {"name": own.name, "said": said}


def _write(place: Path, told: dict[str, Any]) -> None:
    with atomically(place) as file:
        file.write(json.dumps(told, indent=1, ensure_ascii=False).encode() + b"\n")


def _read(place: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(place.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise TrainingError(f"{place} cannot be read ({error}); run its experiment again") from error
