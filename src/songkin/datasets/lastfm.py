"""Last.fm: which tracks of the Million Song Dataset are alike, and their tags."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from songkin.datasets.corpus import Corpus, File

if TYPE_CHECKING:
    from songkin.sources.lastfm import Similar

__all__ = ["CORPUS", "official", "similars"]

log = logging.getLogger(__name__)

CORPUS = Corpus(
    name="lastfm",
    title="Last.fm dataset",
    description="Similar tracks with a score in [0, 1] and tags with weights, one JSON file a track; here one "
    "record shows the format.",
    home="http://millionsongdataset.com/lastfm/",
    licence="research use only",
    ships="-",
    citation="Bertin-Mahieux, Ellis, Whitman, Lamere: The Million Song Dataset, ISMIR 2011.",
    bibtex="""@inproceedings{bertinmahieux2011msd,
  author = {Bertin-Mahieux, Thierry and Ellis, Daniel P. W. and Whitman, Brian and Lamere, Paul},
  title = {The Million Song Dataset},
  booktitle = {Proceedings of the 12th International Society for Music Information Retrieval Conference},
  year = {2011}
}""",
    split="official: lastfm_train and lastfm_test; split by artist beside it",
    folder="lastfm_sample",
    counted="tracks",
    rows=1,
    of=943_347,
    files=(
        File(
            "TRAAAFD128F92F423A.excerpt.json",
            "7ee729a0017ced624fa735483c380fd7603c71ed0001df12070103edcfd3910c",
            350,
            rows=1,
            of=943_347,
        ),
    ),
)


def similars(path: Path, *, told: Callable[[str], None] = log.warning) -> Iterator[Similar]:
    """Give the pairs of similar tracks as they come: of a folder of JSON files, one such file, or lastfm_similars.db.

    Nothing is held in memory. A damaged record is told with its place; SourceError where there is none.
    """
    from songkin.sources import lastfm

    return lastfm.similars(path, lost=lambda loss: told(f"{loss.place}: {loss.reason}"))


def official(path: Path) -> dict[str, str]:
    """Return track -> "train" or "test" by the official lists or folders lastfm_train and lastfm_test; {} without."""
    from songkin.sources import lastfm

    return lastfm.official(path)
