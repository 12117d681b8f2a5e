"""Deezer mood: valence and arousal of songs, without their lyrics."""

from __future__ import annotations

from songkin.datasets.corpus import Corpus, File

__all__ = ["CORPUS"]

CORPUS = Corpus(
    name="deezer_mood",
    title="Deezer mood detection dataset",
    description="Valence and arousal as z-scores for tracks of the Million Song Dataset that Deezer has; no "
    "lyrics, no sound.",
    home="https://github.com/deezer/deezer_mood_detection_dataset",
    licence="research use only",
    ships="no",
    citation="Delbouys, Hennequin, Piccoli, Royo-Letelier, Moussallam: Music Mood Detection Based on Audio and"
    " Lyrics with Deep Neural Net, ISMIR 2018.",
    bibtex="""@inproceedings{delbouys2018mood,
  author = {Delbouys, R{\\'e}mi and Hennequin, Romain and Piccoli, Francesco and Royo-Letelier, Jimena and
    Moussallam, Manuel},
  title = {Music Mood Detection Based on Audio and Lyrics with Deep Neural Net},
  booktitle = {Proceedings of the 19th International Society for Music Information Retrieval Conference},
  year = {2018}
}""",
    split="official: train, validation and test files, by artist",
    folder="deezer_mood",
    counted="songs",
    rows=18_644,
    files=(
        File(
            "train.csv",
            "7c92c7426325f41a41ff75c93087593859907517c4c84973f8db8463e6b20f3f",
            1_188_801,
            rows=11_267,
        ),
        File(
            "validation.csv",
            "4bf9c5b32245c523c1d3474bebe2294a1125efc3bdd2f3edb2204b0f6008e1c2",
            404_598,
            rows=3_863,
        ),
        File(
            "test.csv",
            "472edbdac17a398f27ade8a1b2ea952a84c8ae925e73e23cd6960d9e4aff92b6",
            372_267,
            rows=3_514,
        ),
    ),
)
