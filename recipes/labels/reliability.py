"""Draw whether the agreement that scores expect of two songs is what such pairs have, by what is known of them.

    SONGKIN_DATA=../shared/data python recipes/labels/reliability.py [--out FILE.png]

Each song's words are read by a layer that knew no song of its artist's fold, and what closeness means is learnt from
half of the folds and judged on the others. Prints a line a kind of evidence: pairs, and the mean distance of expected
and true agreement, weighed by pairs (the expected calibration error).
"""

from __future__ import annotations

import argparse
import logging
import os
from pathlib import Path

import numpy as np

from songkin.annotate.heads import scored
from songkin.annotate.reading import Reading
from songkin.annotate.tag_space import Axes
from songkin.encoders import load
from songkin.evaluation.figures import draw_reliability
from songkin.evaluation.tasks import similar
from songkin.training.heads.fitting import fit_layer
from songkin.training.heads.heads import folds_of, read_texts
from songkin.training.heads.reliability import score_reliability
from songkin.training.heads.resembling import song_of
from songkin.training.heads.tag_space import axes_of, targets
from songkin.types import Song

OUT = Path(__file__).parents[2] / "docs" / "figures" / "score-reliability.png"
log = logging.getLogger("reliability")


def main() -> None:
    """Read, foretell by folds, judge, print and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--data", type=Path, help="where the data sets lie; default: $SONGKIN_DATA")
    told = parser.parse_args()
    if told.data:
        os.environ["SONGKIN_DATA"] = str(told.data)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    given = similar.songs()
    songs, folds = [song_of(own) for own in given], folds_of([own.key for own in given])
    blocks = axes_of(songs)
    log.info("reading %d songs", len(songs))
    reading = read_texts([own.lyrics for own in given], load(None))
    found = score_reliability(blocks, songs, foretold(blocks, songs, reading, folds), folds)
    for kind, bins in found.items():
        n = sum(one.n for one in bins)
        apart = sum(one.n * abs(one.mean - one.share) for one in bins if one.n) / n
        print(f"{kind}\t{n:,} pairs\t{apart:.4f}")
    panels = {kind: [one._asdict() for one in bins] for kind, bins in found.items()}
    draw_reliability(told.out, {"score": panels}, across="expected agreement", up="mean agreement")


def foretold(blocks: tuple[Axes, ...], songs: list[Song], reading: Reading, folds: np.ndarray) -> np.ndarray:
    """Return where words put songs (n, dim), each fold foretold by the others."""
    wanted = targets(blocks, songs)
    found = np.zeros(wanted.shape, np.float32)
    for fold in np.unique(folds):
        log.info("fold %d", fold + 1)
        learnt, held = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        found[held] = scored(reading.at(held), *fit_layer(reading.at(learnt), wanted[learnt]))
    return found


if __name__ == "__main__":
    main()
