"""MusicMood: songs labelled happy or sad by hand."""

from __future__ import annotations

from songkin.datasets.corpus import Corpus, File

__all__ = ["CORPUS"]

CORPUS = Corpus(
    name="musicmood",
    title="MusicMood",
    description="Songs labelled happy or sad by one listener, with genre, year and lyrics.",
    home="https://github.com/rasbt/musicmood",
    licence="lyrics are copyrighted; labels GPL-3.0",
    ships="labels",
    citation="Raschka: MusicMood: Predicting the Mood of Music from Song Lyrics Using Machine Learning, arXiv "
    "1611.00138, 2016.",
    bibtex="""@article{raschka2016musicmood,
  author = {Raschka, Sebastian},
  title = {{MusicMood}: Predicting the Mood of Music from Song Lyrics Using Machine Learning},
  journal = {arXiv:1611.00138},
  year = {2016}
}""",
    split="official: train.csv to train, its validation set to test (they share artists)",
    folder="musicmood",
    counted="songs",
    rows=997,
    of=1_000,
    files=(
        File(
            "train.csv",
            "917987d36aef1bee44a6bf5bba3ba18451d68c78ada78ae2b5ff1bfcbb190923",
            1_300_970,
            rows=997,
            of=1_000,
        ),
    ),
)
