"""The whole re-run, or one experiment of it, and the report of all that is there.

Conventions
-----------
An experiment leaves OUT/NAME.json and its figures; report.md is written from every such file, so experiments may be
run one by one, in any order that has what they read (clusters read the encoders that are trained by then).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from songkin.errors import TrainingError
from songkin.training.checkpoints import make_folder
from songkin.training.epfl.cells import Stand
from songkin.training.epfl.experiments import EXPERIMENTS
from songkin.training.epfl.songs import EIGHT, PAPER, genre_counts
from songkin.training.markdown import counts
from songkin.training.networks.backbone import Backbone
from songkin.training.rerunning import PAGE, Setting, check_names, lacking, run_each

__all__ = ["PAGE", "rerun"]


def rerun(stand: Stand, only: Sequence[str] = ()) -> Path:
    """Run experiments, all in order where none is named, and write the report; return its place.

    One that cannot be run is told on the page, the others go on, and TrainingError names it at the end.
    """
    check_names(only, EXPERIMENTS)
    make_folder(stand.out)
    if set(only or EXPERIMENTS) - {"cleaning"}:
        _check_bases(stand)
    failed = run_each(EXPERIMENTS, stand, stand.out, _setting(stand), only)
    if failed:
        raise lacking(stand.out, failed)
    return stand.out / PAGE


def _check_bases(stand: Stand) -> None:
    """Read every encoder once, so that a folder that is none is found before hours of work, not after."""
    for base in stand.agenda.bases:
        try:
            Backbone.read(base.start, stand.place.parent)
        except TrainingError as error:
            cure = f"--base {base.name}=FOLDER, or bases in {stand.place.name}, names the folder of an encoder"
            raise TrainingError(f"base '{base.name}': {error}; {cure}") from error


def _setting(stand: Stand) -> Setting:
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
    return Setting(own.name, said)
