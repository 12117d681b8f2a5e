"""HetRec 2011: how often 1,892 listeners of Last.fm played which artists."""

from __future__ import annotations

from pathlib import Path

from songkin.datasets.checking import file_of
from songkin.datasets.corpus import Corpus, File
from songkin.errors import SourceError

__all__ = ["CORPUS", "plays"]

COUNTS = 2  # lines of counts before the data

CORPUS = Corpus(
    name="hetrec_lastfm2k",
    title="HetRec 2011 Last.fm",
    description="Play counts of artists by 1,892 users of Last.fm; two lines of counts stand before the data.",
    home="https://grouplens.org/datasets/hetrec-2011/",
    licence="research use only",
    ships="no",
    citation="Cantador, Brusilovsky, Kuflik: 2nd Workshop on Information Heterogeneity and Fusion in "
    "Recommender Systems, RecSys 2011.",
    bibtex="""@inproceedings{cantador2011hetrec,
  author = {Cantador, Iv{\\'a}n and Brusilovsky, Peter and Kuflik, Tsvi},
  title = {2nd Workshop on Information Heterogeneity and Fusion in Recommender Systems (HetRec 2011)},
  booktitle = {Proceedings of the 5th ACM Conference on Recommender Systems},
  year = {2011}
}""",
    split="by artist",
    folder="hetrec_lastfm2k",
    counted="play counts",
    rows=92_834,
    files=(
        File(
            "user_artists.dat",
            "97c9bcab016b89854557fc41fc03934bbeb76fecbab036e3728a040cccfa4ffc",
            1_203_609,
            rows=92_834,
            note="two lines of counts before its data",
        ),
        File(
            "artists.dat",
            "c173881362c6b28551368fecb3c0be5a6a30a6cd859e1f5775413dfe46d48648",
            1_925_879,
            rows=17_632,
        ),
    ),
)


def plays(data: Path | None = None) -> dict[str, dict[int, int]]:
    """Return each artist's plays by listener, by the artist's name; two artists of one name are one.

    SourceError where a file is not there, or a line is no listener, artist and count.
    """
    names = dict(_names(file_of(CORPUS, "artists.dat", data)))
    found: dict[str, dict[int, int]] = {}
    place = file_of(CORPUS, "user_artists.dat", data)
    for number, row in enumerate(place.read_text(encoding="utf-8").splitlines()[COUNTS:], COUNTS + 1):
        try:
            user, artist, count = map(int, row.split("\t"))
        except ValueError:
            raise SourceError(
                f"{place}:{number}: '{row[:40]}' is no listener, artist and count; get it again"
            ) from None
        if artist in names:
            heard = found.setdefault(names[artist], {})
            heard[user] = heard.get(user, 0) + count
    return found


def _names(place: Path) -> list[tuple[int, str]]:
    """Return the artists' numbers and names; a line that has not both is passed over."""
    rows = (row.split("\t") for row in place.read_text(encoding="utf-8").splitlines()[1:])
    return [(int(row[0]), row[1]) for row in rows if len(row) > 1 and row[0].isdecimal() and row[1]]
