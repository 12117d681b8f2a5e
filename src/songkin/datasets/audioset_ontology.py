"""AudioSet ontology: what kinds of sound there are, and in words what they are."""

from __future__ import annotations

from songkin.datasets.corpus import Corpus, File

__all__ = ["CORPUS"]

CORPUS = Corpus(
    name="audioset_ontology",
    title="AudioSet ontology",
    description="Classes of sound with descriptions and hierarchy; 191 below Music name genres, instruments and moods.",
    home="https://github.com/audioset/ontology",
    licence="CC-BY-SA-4.0",
    ships="yes",
    citation="Gemmeke et al.: Audio Set: An Ontology and Human-Labeled Dataset for Audio Events, ICASSP 2017.",
    bibtex="""@inproceedings{gemmeke2017audioset,
  author = {Gemmeke, Jort F. and Ellis, Daniel P. W. and Freedman, Dylan and Jansen, Aren and Lawrence, Wade and
    Moore, R. Channing and Plakal, Manoj and Ritter, Marvin},
  title = {Audio Set: An Ontology and Human-Labeled Dataset for Audio Events},
  booktitle = {IEEE International Conference on Acoustics, Speech and Signal Processing (ICASSP)},
  year = {2017}
}""",
    split="none: it is a vocabulary",
    folder="audioset_ontology",
    counted="classes",
    rows=632,
    files=(
        File(
            "ontology.json",
            "9c685f4403eecc3ca9be37fd7285cf212feaaea6ff7229d3e7ca89e0d1f2d15d",
            342_780,
            rows=632,
        ),
    ),
)
