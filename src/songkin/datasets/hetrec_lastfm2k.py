"""HetRec 2011: how often 1,892 listeners of Last.fm played which artists."""

from __future__ import annotations

from songkin.datasets.corpus import Corpus, File

__all__ = ["CORPUS"]

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
