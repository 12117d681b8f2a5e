"""What the fast student keeps: nDCG@10 of requests the encoder reads, over passages that it or its student has read.

    SONGKIN_DATA=FOLDER python benchmarks/student.py [--encoder NAME] [--student FOLDER] [--tasks stories,forgotten]

The shipped encoder and its student unless others are named. Tasks as in `songkin evaluate encoders`. The share comes
with 95 % bounds (paired bootstrap over requests). Mark: .95.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from songkin.encoders import load, student_of
from songkin.evaluation import TASKS, Round, measure
from songkin.evaluation.systems import cosine
from songkin.types import Encoder

MEASURE = "nDCG@10"
DEPTH = 10
SAMPLES = 2000


class ReadBy:
    """Requests as one encoder reads them, passages as another does."""

    reads = frozenset({"lyrics", "description"})

    def __init__(self, asked: Encoder, sung: Encoder) -> None:
        self.name, self.dim, self.fingerprint = f"{asked.name} over {sung.name}", asked.dim, sung.fingerprint
        self.encode_queries, self.encode_songs = asked.encode_queries, sung.encode_songs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--encoder", default="songkin", help="the encoder")
    parser.add_argument("--student", help="its student's folder; the shipped one otherwise")
    parser.add_argument("--tasks", default="stories", help="tasks, with commas")
    args = parser.parse_args()
    encoder = load(args.encoder)
    student = load(args.student) if args.student else student_of(encoder)
    table = Table("task", "requests", "encoder", "student reads passages", "kept", title=MEASURE)
    for name in args.tasks.split(","):
        rounds = TASKS[name].rounds()
        whole, kept = (scores(rounds, one) for one in (encoder, ReadBy(encoder, student)))
        low, high = bounds(whole, kept)
        share = f"{kept.mean() / whole.mean():.3f} ({low:.3f}-{high:.3f})"
        table.add_row(name, f"{len(whole):,}", f"{whole.mean():.3f}", f"{kept.mean():.3f}", share)
    Console().print(table)


def scores(rounds: Sequence[Round], encoder: Encoder | ReadBy) -> NDArray[np.float64]:
    """Return the measure of every request (n,)."""
    judge = measure(MEASURE)
    found: list[float] = []
    for drawn in rounds:
        answers = cosine(drawn.documents, encoder)(list(drawn.requests.values()), DEPTH)
        found += [judge(ids, drawn.judgements[name]) for name, ids in zip(drawn.requests, answers, strict=True)]
    return np.array(found)


def bounds(whole: NDArray[np.float64], kept: NDArray[np.float64]) -> tuple[float, float]:
    """Return the 95 % bounds of the share that is kept, the same requests drawn for both."""
    rows = np.random.default_rng(0).integers(len(whole), size=(SAMPLES, len(whole)))
    low, high = np.quantile(kept[rows].mean(1) / whole[rows].mean(1), [0.025, 0.975])
    return float(low), float(high)


if __name__ == "__main__":
    main()
