"""Public-domain songs: hymns, ballads, shanties and carols from books of 1846 to 1921."""

from __future__ import annotations

from songkin.datasets.corpus import Corpus, File

__all__ = ["CORPUS"]

CORPUS = Corpus(
    name="public_domain_songs",
    title="Public-domain songs",
    description="Full texts with author, metre, theme and topics, from Project Gutenberg's books and the Open Hymnal.",
    home="https://www.gutenberg.org/",
    licence="public domain in the USA",
    ships="yes",
    citation="Project Gutenberg; The Open Hymnal Project (http://openhymnal.org).",
    bibtex="""@misc{gutenberg,
  author = {{Project Gutenberg}},
  title = {Books of Songs, 1846-1921},
  howpublished = {https://www.gutenberg.org}
}
@misc{openhymnal,
  author = {{The Open Hymnal Project}},
  title = {Open Hymnal},
  howpublished = {http://openhymnal.org}
}""",
    split="by book",
    folder="public_domain_songs",
    counted="songs",
    rows=2_779,
    files=(
        File(
            "songs.jsonl",
            "0fba597c91cbe36d2d7225410de8755ce90a1084b9de1d3b631b890f5500e960",
            4_263_548,
            rows=2_779,
        ),
    ),
)
