"""WASABI: two million songs with metadata and what analysis made of lyrics and sound; none of it lies here."""

from __future__ import annotations

from songkin.datasets.corpus import Corpus

__all__ = ["CORPUS"]

CORPUS = Corpus(
    name="wasabi",
    title="WASABI song corpus",
    description="Two million songs with metadata, topics, emotions and structure of their lyrics, social tags and"
    " chords.",
    home="https://github.com/micbuffa/WasabiDataset",
    licence="CC-BY-NC-4.0",
    ships="no",
    citation="Buffa et al.: The WASABI Dataset, ESWC 2022.",
    bibtex="""@inproceedings{buffa2022wasabi,
  author = {Buffa, Michel and Cabrio, Elena and Fell, Michael and Gandon, Fabien and Giboin, Alain and
    Hennequin, Romain and Michel, Franck and Pauwels, Johan and Pellerin, Guillaume and Tikat, Maroua and
    Winckler, Marco},
  title = {The {WASABI} Dataset: Cultural, Lyrics and Audio Analysis Metadata About 2 Million Popular
    Commercially Released Songs},
  booktitle = {The Semantic Web: 19th International Conference, ESWC 2022},
  year = {2022}
}""",
    split="none official; split by artist",
    folder="wasabi",
    counted="songs",
)
