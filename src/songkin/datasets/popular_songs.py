"""Popular songs: chart songs with lyrics, features and genres, joined from public collections."""

from __future__ import annotations

from songkin.datasets.corpus import Corpus, File

__all__ = ["CORPUS"]

CORPUS = Corpus(
    name="popular_songs",
    title="Popular songs",
    description="Chart songs with raw lyrics, Spotify features and genres, a coarse genre, MusicBrainz tags: "
    "MusicOSet joined with public lyrics.",
    home="https://marianaossilva.github.io/DSW2019/",
    licence="lyrics are copyrighted, features are Spotify's: local use only",
    ships="labels",
    citation="Silva, Mota, Moro: MusicOSet, SBBD Dataset Showcase 2019, joined with public lyrics.",
    bibtex="""@inproceedings{silva2019musicoset,
  author = {Silva, Mariana O. and Mota, La{\\'i}s and Moro, Mirella M.},
  title = {{MusicOSet}: An Enhanced Open Dataset for Music Data Mining},
  booktitle = {XXXII Brazilian Symposium on Databases: Dataset Showcase Workshop},
  year = {2019}
}""",
    split="by artist",
    folder="popular_songs",
    counted="songs",
    rows=4_115,
    files=(
        File(
            "songs.parquet",
            "57bcfa400c54597a3a2e13cca5146bd71675206c2b9b0d6204466d97154bff99",
            2_436_034,
            rows=4_115,
        ),
    ),
)
