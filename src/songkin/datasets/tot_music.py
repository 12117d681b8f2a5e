"""ToT music: requests of people who forgot the name of a song, with the song they meant."""

from __future__ import annotations

from songkin.datasets.corpus import Corpus, File

__all__ = ["CORPUS"]

CORPUS = Corpus(
    name="tot_music",
    title="Tip-of-the-tongue music",
    description="Real requests for a song that somebody could not name, with the song that was meant.",
    home="https://arxiv.org/abs/2305.14072",
    licence="CC0-1.0",
    ships="yes",
    citation="Bhargav, Schuth, Hauff: When the Music Stops: Tip-of-the-Tongue Retrieval for Music, SIGIR 2023.",
    bibtex="""@inproceedings{bhargav2023music,
  author = {Bhargav, Samarth and Schuth, Anne and Hauff, Claudia},
  title = {When the Music Stops: Tip-of-the-Tongue Retrieval for Music},
  booktitle = {Proceedings of the 46th International ACM SIGIR Conference},
  year = {2023}
}""",
    split="the open part; the rest is kept for tests",
    folder="tot_music",
    counted="requests",
    rows=1_631,
    files=(
        File(
            "open.parquet",
            "45ce59ca469e99196d687d73885073168e631c35a52b7dcfefafcf9fb7b46d08",
            378_867,
            rows=1_631,
        ),
    ),
)
