"""LP-MusicCaps: the MC and MC_reco tests of Epure et al. 2024, five draws of descriptor sets."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from songkin.datasets.checking import file_of
from songkin.datasets.corpus import Corpus, File
from songkin.errors import ColumnError, SourceError

__all__ = ["CORPUS", "Captioned", "Row", "Track", "captioned", "rows", "tracks"]

log = logging.getLogger(__name__)


class Row(NamedTuple):
    """One request of one draw and the set of descriptors, joined by ", ", that was drawn for it."""

    seed: int
    query_id: str
    query: str
    doc_id: str
    doc: str


class Track(NamedTuple):
    """A track: its caption, the request made of that, and all its descriptors."""

    caption: str
    request: str
    descriptors: tuple[str, ...]


class Captioned(NamedTuple):
    """A track of any of the collections: its id, its caption, its descriptors."""

    id: str
    caption: str
    descriptors: tuple[str, ...]


CORPUS = Corpus(
    name="lpmusiccaps",
    title="LP-MusicCaps, MC and MC_reco tests",
    description="Captions and the requests made of them, each with a set of descriptors drawn from its track, in "
    "five seeds.",
    home="https://github.com/deezer/nlp4musa_melscribe",
    licence="CC-BY-NC-4.0 (captions of LP-MusicCaps)",
    ships="test",
    citation="Doh, Choi, Lee, Nam: LP-MusicCaps: LLM-Based Pseudo Music Captioning, ISMIR 2023. Epure, "
    "Meseguer-Brocal, Afchar, Hennequin: Harnessing High-Level Song Descriptors towards Natural "
    "Language-Based Music Recommendation, NLP4MusA 2024.",
    bibtex="""@inproceedings{doh2023lpmusiccaps,
  author = {Doh, SeungHeon and Choi, Keunwoo and Lee, Jongpil and Nam, Juhan},
  title = {{LP-MusicCaps}: {LLM}-Based Pseudo Music Captioning},
  booktitle = {Proceedings of the 24th International Society for Music Information Retrieval Conference},
  year = {2023}
}
@inproceedings{epure2024harnessing,
  author = {Epure, Elena V. and Meseguer-Brocal, Gabriel and Afchar, Darius and Hennequin, Romain},
  title = {Harnessing High-Level Song Descriptors towards Natural Language-Based Music Recommendation},
  booktitle = {Proceedings of the 3rd Workshop on NLP for Music and Audio (NLP4MusA)},
  year = {2024}
}""",
    split="all of it is a test",
    folder="lpmusiccaps_mc",
    counted="requests",
    rows=2_357,
    files=(
        File(
            "mc.parquet",
            "df7215574b2cb47c7e9350873989697d552203f24483fd6f32a91e4098271c10",
            536_264,
            rows=11_785,
        ),
        File(
            "mc_reco.parquet",
            "47ecf3ba72fd86be812e65ee3a53fa6d5a9d2002317d66bf67be5fc7afbf6fa7",
            389_665,
            rows=11_790,
        ),
        File(
            "tracks.parquet",
            "dbde8c9946e7bb7c0b32ecba4adcd0196c249095f98af8a3fe0b87dd60fe6568",
            754_943,
            rows=2_357,
        ),
    ),
)


def rows(test: str) -> Iterator[Row]:
    """Yield the rows of a test, "mc" or "mc_reco", in file order; SourceError where the file is not there."""
    import pyarrow.parquet as pq

    table = pq.read_table(file_of(CORPUS, f"{test}.parquet"), columns=list(Row._fields))
    for row in table.to_pylist():
        yield Row(int(row["seed"]), str(row["query_id"]), row["query"] or "", str(row["doc_id"]), row["doc"] or "")


def tracks() -> list[Track]:
    """Return the tracks the tests were made from: caption, request and descriptors."""
    import pyarrow.parquet as pq

    columns = ["lp_caption", "request", "descriptors"]
    found = pq.read_table(file_of(CORPUS, "tracks.parquet"), columns=columns).to_pylist()
    return [Track(row["lp_caption"] or "", row["request"] or "", tuple(row["descriptors"] or ())) for row in found]


def captioned(path: Path) -> list[Captioned]:
    """Read a file of LP-MusicCaps as its makers lay it out: MTT, MSD or MC, CSV or Parquet.

    Rows that lack id, tags or caption are left out, and the log counts them. ColumnError where a file has another form.
    """
    from songkin.sources.lpmusiccaps import LAYOUT

    if not path.is_file():
        raise SourceError(
            f"{path}: there is no such file; LP-MusicCaps is on the hub as seungheondoh/LP-MusicCaps-MTT and -MSD"
        )
    if not LAYOUT.claims(path):
        raise ColumnError(f"{path} is no LP-MusicCaps; it has caption_writing, and tag_top188 or tag beside track_id")
    songs = LAYOUT.read(path, lost=lambda loss: log.warning("%s: %s: %s", path.name, loss.place, loss.reason))
    return [Captioned(song.id, song.description or "", tuple(song.tags)) for song in songs]
