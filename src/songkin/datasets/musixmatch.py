"""musiXmatch: lyrics of the Million Song Dataset as bags of words."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from songkin.datasets.corpus import Corpus, File
from songkin.errors import SourceError

__all__ = ["CORPUS", "Bag", "bags", "files"]

log = logging.getLogger(__name__)
Told = Callable[[str], None]

CORPUS = Corpus(
    name="musixmatch",
    title="musiXmatch dataset",
    description="Word counts of 5,000 stems for tracks of the Million Song Dataset, with the mapping of stems to "
    "words.",
    home="http://millionsongdataset.com/musixmatch/",
    licence="research use only",
    ships="no",
    citation="Bertin-Mahieux, Ellis, Whitman, Lamere: The Million Song Dataset, ISMIR 2011.",
    bibtex="""@inproceedings{bertinmahieux2011msd,
  author = {Bertin-Mahieux, Thierry and Ellis, Daniel P. W. and Whitman, Brian and Lamere, Paul},
  title = {The Million Song Dataset},
  booktitle = {Proceedings of the 12th International Society for Music Information Retrieval Conference},
  year = {2011}
}""",
    split="official: mxm_dataset_train.txt and mxm_dataset_test.txt; split by artist beside it",
    folder="musixmatch",
    counted="tracks",
    rows=8_375,
    of=237_662,
    files=(
        File(
            "mxm_dataset_train.txt",
            "13db5b7287080e6501bfea5fa1bcb2d412c3317e4eac7bf91428095c0c1ecc21",
            89_989,
            rows=115,
            of=210_519,
            note="cut in the middle of a record",
        ),
        File(
            "mxm_dataset_test.txt",
            "48e635fb979852d237d815d9d4e54f84980dea7a0b9fca3a67abbfaae8e46d11",
            4_112_753,
            rows=8_260,
            of=27_143,
            note="cut in the middle of a record",
        ),
        File(
            "mxm_reverse_mapping.txt",
            "ecd4f8a1da147e07b4316f4805cdd3924d72b8d47f0a5d0e467db2a8158ee92e",
            80_538,
            rows=5_000,
        ),
        File(
            "MSD_track_id_and_year.txt",
            "8670f4411ea39af9b21cc30d2457ca34147867e81cdf2367dbdda52f2bdbd99f",
            2_258_148,
            rows=175_234,
        ),
    ),
)


class Bag(NamedTuple):
    """A track, and how often it sings each word: in the file's order, the corpus' most frequent word first."""

    id: str
    counts: Mapping[str, int]


def files(folder: Path) -> list[Path]:
    """Return the files of bags in a folder, mxm_dataset_train.txt and mxm_dataset_test.txt; SourceError for none."""
    found = [folder / file.path for file in CORPUS.files if file.path.startswith("mxm_dataset")]
    there = [path for path in found if path.is_file()]
    if not there:
        names = " or ".join(path.name for path in found)
        raise SourceError(f"{folder}: there is no {names}; get them from {CORPUS.home}")
    return there


def bags(folder: Path, *, stems: bool = False, told: Told = log.warning) -> Iterator[Bag]:
    """Give the bags of a folder's files as they come, a track once; a track without words is left out.

    Stems become words by mxm_reverse_mapping.txt unless `stems` keeps them. Damaged records are told with their place.
    """
    from songkin.sources import musixmatch

    seen: set[str] = set()
    for path in files(folder):
        for song in musixmatch.songs(path, stems=stems, lost=lambda loss: told(f"{loss.place}: {loss.reason}")):
            if song.id in seen:
                told(f"{path.name}: track {song.id} was read already from another file; its first bag stays")
            elif song.lyrics and song.lyrics.bag:
                seen.add(song.id)
                yield Bag(song.id, song.lyrics.bag)
