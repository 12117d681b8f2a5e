"""MTG-Jamendo: genre, instrument and mood tags of Creative Commons tracks, as their uploaders gave them."""

from __future__ import annotations

from songkin.datasets.corpus import Corpus, File

__all__ = ["CORPUS"]

CORPUS = Corpus(
    name="mtg_jamendo",
    title="MTG-Jamendo",
    description="Genre, instrument and mood tags of Jamendo tracks, train and validation parts of split 0; no lyrics.",
    home="https://github.com/MTG/mtg-jamendo-dataset",
    licence="CC-BY-NC-SA-4.0 (metadata)",
    ships="no",
    citation="Bogdanov, Won, Tovstogan, Porter, Serra: The MTG-Jamendo Dataset for Automatic Music Tagging, "
    "ML4MD at ICML 2019.",
    bibtex="""@inproceedings{bogdanov2019mtgjamendo,
  author = {Bogdanov, Dmitry and Won, Minz and Tovstogan, Philip and Porter, Alastair and Serra, Xavier},
  title = {The {MTG-Jamendo} Dataset for Automatic Music Tagging},
  booktitle = {Machine Learning for Music Discovery Workshop, ICML},
  year = {2019}
}""",
    split="official: split 0, by artist",
    folder="mtg_jamendo",
    counted="tracks",
    rows=43_960,
    of=55_701,
    files=(
        File(
            "tracks_train_valid.parquet",
            "08dd18b67991d10ccff2e983a1fe5afcbc707111c35819ae72e31f0c327816e1",
            713_461,
            rows=43_960,
            of=55_701,
        ),
    ),
)
