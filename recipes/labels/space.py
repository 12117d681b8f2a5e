"""Fit the space of genres, tags and eras that says how alike songs are; songkin-labels ships it.

    SONGKIN_DATA=../shared/data python recipes/labels/space.py [--out FILE.safetensors]

Songs come from popular_songs and musicmood, those that the label heads were fitted to (fit.py beside this file, run
first). Nothing of who listens to what is used. `songkin evaluate colisten` judges such spaces, fitted without the
artists they are judged on.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import os
from pathlib import Path

from songkin.annotate import shipped_heads, write_space
from songkin.datasets import file_of, musicmood, popular_songs
from songkin.encoders import load
from songkin.evaluation.tasks import labels, similar
from songkin.training.heads import fit_space, folds_of, read_texts, song_of
from songkin.types import Lyrics, Song

OUT = Path(__file__).parents[2] / "packages" / "labels" / "src" / "songkin_labels" / "space" / "space.safetensors"
log = logging.getLogger("space")


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--data", type=Path, help="where the data sets lie; default: $SONGKIN_DATA")
    told = parser.parse_args()
    if told.data:
        os.environ["SONGKIN_DATA"] = str(told.data)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    texts = [song for part in labels.rows() for song in part]  # as the heads were fitted to them
    described = {song.lyrics: song_of(song) for song in similar.songs()}
    songs = [described.get(own.text, Song(str(at), lyrics=Lyrics(own.text))) for at, own in enumerate(texts)]
    log.info("reading %d songs", len(songs))
    reading = read_texts([own.text for own in texts], load(None))
    space = fit_space(songs, reading, shipped_heads(), folds_of([own.key for own in texts]), tell=log.info)
    files = (file_of(popular_songs.CORPUS, "songs.parquet"), file_of(musicmood.CORPUS, "train.csv"))
    data = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    write_space(space, told.out, about={"songs": len(songs), "data": data})
    log.info("%s: %.1f MB", told.out, told.out.stat().st_size / 1e6)


if __name__ == "__main__":
    main()
