"""melscribe-mc, melscribe-mc-reco: from a caption or a request to the set of descriptors that was drawn for it.

One set is right for each request, so that Recall@10 is a hit rate. Queries of `mc` are captions, those of `mc_reco`
requests a language model made of them. Epure, Meseguer-Brocal, Afchar and Hennequin, NLP4MusA 2024.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from statistics import fmean
from types import MappingProxyType
from typing import NamedTuple

from songkin.datasets import lpmusiccaps
from songkin.errors import QueryError
from songkin.evaluation.tasks.rounds import Round

__all__ = ["MEASURES", "PAPER", "Figure", "rounds", "statistics"]

MEASURES = (
    "Recall@10", "MRR@10", "nDCG@10", "MAP@100", "P@1", "P@3", "P@5", "P@10", "Recall@1", "Recall@3", "Recall@5",
)  # fmt: skip


class Figure(NamedTuple):
    """What the paper prints: mean and population standard deviation over its seeds, in [0, 1]."""

    mean: float
    std: float


PAPER: Mapping[str, Mapping[str, Figure]] = MappingProxyType(
    {
        "mc": {
            "Tf-Idf": Figure(0.894, 0.004),
            "CLAP text": Figure(0.365, 0.011),
            "TTMR text": Figure(0.199, 0.002),
            "BERT": Figure(0.243, 0.009),
            "all-MiniLM-L12": Figure(0.599, 0.009),
            "msmarco-BERT": Figure(0.661, 0.002),
            "theirs (GPL)": Figure(0.848, 0.002),
        },
        "mc_reco": {
            "Tf-Idf": Figure(0.777, 0.005),
            "CLAP text": Figure(0.276, 0.004),
            "TTMR text": Figure(0.179, 0.012),
            "BERT": Figure(0.163, 0.001),
            "all-MiniLM-L12": Figure(0.483, 0.004),
            "msmarco-BERT": Figure(0.507, 0.010),
            "theirs (GPL)": Figure(0.701, 0.004),
        },
    }
)  # Recall@10
PAPER_SHARED = MappingProxyType({"mc": 0.41, "mc_reco": 0.34})
WORD = re.compile(r"\w+")


def rounds(test: str, seeds: Sequence[int] | None = None) -> list[Round]:
    """Return one round a seed of "mc" or "mc_reco", of all seeds of the file (0 to 4; the paper's are 0, 1, 2).

    QueryError for a seed the file lacks.
    """
    drawn: dict[int, list[lpmusiccaps.Row]] = {}
    for row in lpmusiccaps.rows(test):
        drawn.setdefault(row.seed, []).append(row)
    seeds = sorted(drawn) if seeds is None else seeds
    missing = [seed for seed in seeds if seed not in drawn]
    if missing:
        raise QueryError(f"{test}.parquet has no seed {missing[0]}; it has {', '.join(map(str, sorted(drawn)))}")
    return [_round(seed, drawn[seed]) for seed in seeds]


def _round(seed: int, rows: Sequence[lpmusiccaps.Row]) -> Round:
    documents = {row.doc_id: descriptors(row.doc) for row in rows}
    requests = {row.query_id: row.query for row in rows}
    return Round(seed, documents, requests, {row.query_id: {row.doc_id: 1.0} for row in rows})


def descriptors(document: str) -> tuple[str, ...]:
    """Split a set of descriptors as it was joined; an empty one has none."""
    return tuple(part for part in document.split(", ") if part)


def statistics(test: str, drawn: Sequence[Round]) -> dict[str, float]:
    """Count what the paper's table of sets counts, and what decides how hard a test is.

    `shared words` is the share of a request's distinct words that its track's descriptors hold, in [0, 1], the mean
    over tracks; the paper prints .41 and .34 without saying how it counted.
    """
    tracks = lpmusiccaps.tracks()
    pairs = [(track.caption if test == "mc" else track.request, " ".join(track.descriptors)) for track in tracks]
    return {
        "tracks": len(tracks),
        "requests": round(fmean(len(one.requests) for one in drawn), 1),
        "descriptors": len({name for track in tracks for name in track.descriptors}),
        "shared words": round(fmean(shared(*pair) for pair in pairs), 3),
        "shared words, paper": PAPER_SHARED[test],
        "documents a seed": round(fmean(len(one.documents) for one in drawn), 1),
        "descriptors a document": round(fmean(len(doc) for one in drawn for doc in one.documents.values()), 2),
        "words a request": round(fmean(len(WORD.findall(text)) for one in drawn for text in one.requests.values()), 1),
        "requests without descriptors": round(fmean(len(one.requests) * (1 - one.ceiling) for one in drawn), 1),
        "ceiling": round(fmean(one.ceiling for one in drawn), 4),
    }


def shared(request: str, described: str) -> float:
    """Return the share of a request's distinct words that a description holds; no words share nothing."""
    asked, held = (set(WORD.findall(text.lower())) for text in (request, described))
    return len(asked & held) / max(len(asked), 1)
