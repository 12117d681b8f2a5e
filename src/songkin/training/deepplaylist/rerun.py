"""The whole re-run, or one experiment of it, and the report of all that is there.

Conventions
-----------
An experiment leaves OUT/NAME.json and its figures; report.md is written from every such file, so experiments may be
run one by one. One that cannot be run is told on the page, and the others go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from songkin.errors import SongkinError
from songkin.training.checkpoints import make_folder
from songkin.training.deepplaylist.cells import Stand
from songkin.training.deepplaylist.corpus import COLISTEN
from songkin.training.deepplaylist.experiments import EXPERIMENTS
from songkin.training.deepplaylist.tabling import MARK
from songkin.training.report_command import Report
from songkin.training.rerunning import PAGE, Setting, check_names, lacking, run_each

__all__ = ["PAGE", "rerun"]

PAIRS, MINI = 1_000_000, 100_000  # of the paper, and what is called mini data here


def rerun(stand: Stand, only: Sequence[str] = ()) -> Report:
    """Run experiments, all in order where none is named, and write the report.

    TrainingError where none of them could be run, or a name is no experiment's.
    """
    check_names(only, EXPERIMENTS)
    make_folder(stand.out)
    setting = _setting(stand, None if set(only) == {"parameters"} else _pairs(stand))
    failed = run_each(EXPERIMENTS, stand, stand.out, setting, only)
    if len(failed) == len(only or EXPERIMENTS):
        raise lacking(stand.out, failed)
    return Report((stand.out / PAGE).read_text(encoding="utf-8"), [stand.out / PAGE])


def _pairs(stand: Stand) -> int | None:
    """Count the corpus' pairs; None where it cannot be read, which each experiment tells for itself."""
    try:
        return len(stand.corpus.pairs)
    except SongkinError:
        return None


def _setting(stand: Stand, pairs: int | None) -> Setting:
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
    return Setting(own.name, [*said, MARK])
