"""MusicOSet: chart songs with metadata, Spotify features and lyrics, in its own folder layout."""

from __future__ import annotations

import logging
from pathlib import Path

from songkin.datasets.checking import file_of
from songkin.datasets.corpus import Corpus, File
from songkin.types import Song

__all__ = ["CORPUS", "songs"]

log = logging.getLogger(__name__)

CORPUS = Corpus(
    name="musicoset",
    title="MusicOSet",
    description="Songs of the US charts with artists, albums, features, popularity and lyrics, in tab-separated files.",
    home="https://marianaossilva.github.io/DSW2019/",
    licence="CC-BY-4.0 by its authors; lyrics are copyrighted, features are Spotify's",
    ships="labels",
    citation="Silva, Mota, Moro: MusicOSet: An Enhanced Open Dataset for Music Data Mining, SBBD Dataset "
    "Showcase 2019.",
    bibtex="""@inproceedings{silva2019musicoset,
  author = {Silva, Mariana O. and Mota, La{\\'i}s and Moro, Mirella M.},
  title = {{MusicOSet}: An Enhanced Open Dataset for Music Data Mining},
  booktitle = {XXXII Brazilian Symposium on Databases: Dataset Showcase Workshop},
  year = {2019}
}""",
    split="by artist; the papers split songs at random, which leaks",
    folder="musicoset",
    counted="songs",
    rows=16_337,
    of=20_405,
    files=(
        File(
            "musicoset_metadata/songs.csv",
            "b437c50fc36f82aff15c3e6b930cbe30fa15765efba1161da53915ea560213e1",
            2_347_391,
            rows=16_337,
            of=20_405,
        ),
        File(
            "musicoset_metadata/artists.csv",
            "2207111ab78eba695f21077a030cb32f441a4152143392e15d5d6b9dac4aede6",
            1_845_290,
            rows=10_913,
            of=11_518,
        ),
        File(
            "musicoset_metadata/tracks.csv",
            "779ea24b5033d98cd7298b089483476944fdc9817345b94c945f88ec7f4deadf",
            1_016_809,
            rows=16_337,
            of=20_405,
        ),
        File(
            "musicoset_songfeatures/acoustic_features.csv",
            "6ead84e4c2f76fe8c0293b12ddce0f20b38be79b54abb91f9ea31b2dc2438246",
            1_535_726,
            rows=16_337,
            of=20_405,
        ),
        File(
            "musicoset_songfeatures/lyrics.csv",
            "35812cf09dde728e9cce3c63d2467dc3379d0556c51550115bfbcaac86b43a30",
            1_577_893,
            rows=650,
            of=20_404,
            note="cut inside a quoted field",
        ),
        File(
            "musicoset_popularity/song_pop.csv",
            "a0a1906c3839ecfe58afb090d80b7511bf0ac04f639cd4681221bffeeb934459",
            754_464,
        ),
    ),
)


def songs(data: Path | None = None) -> list[Song]:
    """Read all songs of the folder, those without words too; SourceError where it is not there.

    Damaged records are left out, and the log names them.
    """
    from songkin.sources.musicoset import LAYOUT

    folder = file_of(CORPUS, "musicoset_metadata/songs.csv", data).parent.parent
    return list(LAYOUT.read(folder, lost=lambda loss: log.info("%s: %s", loss.place, loss.reason)))
