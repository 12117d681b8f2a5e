"""Fit the label heads, and write them where songkin-labels ships them from.

    SONGKIN_DATA=../shared/data python recipes/labels/fit.py [--out packages/labels/src/songkin_labels/heads]

Songs come from popular_songs and musicmood, what was read in them from readings.jsonl beside this file. Six fits take
some minutes on two cores; `songkin evaluate labels` judges such heads, fitted without the artists they are judged on.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import os
from dataclasses import replace
from pathlib import Path

from songkin.annotate import write_heads
from songkin.datasets import file_of, musicmood, popular_songs, songkin_readings
from songkin.encoders import load
from songkin.evaluation.tasks import labels
from songkin.training.heads import fit

OUT = Path(__file__).parents[2] / "packages" / "labels" / "src" / "songkin_labels" / "heads"
log = logging.getLogger("labels")
READINGS = Path(__file__).with_name("readings.jsonl")


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--data", type=Path, help="where the data sets lie; default: $SONGKIN_DATA")
    arguments = parser.parse_args()
    if arguments.data:
        os.environ["SONGKIN_DATA"] = str(arguments.data)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    songs = [song for part in labels.rows() for song in part]
    heads = fit(songs, load(None), read=songkin_readings.readings(), tell=log.info).heads
    files = (file_of(popular_songs.CORPUS, "songs.parquet"), file_of(musicmood.CORPUS, "train.csv"), READINGS)
    data = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    write_heads(replace(heads, about={**heads.about, "data": data}), arguments.out)
    log.info("%s: %.1f MB", arguments.out, sum(path.stat().st_size for path in arguments.out.iterdir()) / 1e6)


if __name__ == "__main__":
    main()
