"""The pairs: how many there are, how their labels lie, and what the sides of each split share."""

from __future__ import annotations

from typing import Any

import numpy as np

from songkin.training.deepplaylist.cells import REGRESSION, Stand
from songkin.training.deepplaylist.options import Options
from songkin.training.markdown import counts, joined, share, size, table
from songkin.training.pairs import PairSet

__all__ = ["page", "run"]

QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1.0)


def run(stand: Stand) -> dict[str, Any]:
    """Split the pairs as the regression does, in every way of the agenda."""
    own = stand.recipe(REGRESSION, stand.agenda.splits[0], {}).task_table(Options)
    read = stand.corpus
    labels = read.pairs.labels[~np.isnan(read.pairs.labels)]
    return {
        "said": dict(read.said),
        "songs": len(read.pairs.songs),
        "without words": sum(not read.words.get(read.pairs.ids[at]) for at in read.pairs.songs.tolist()),
        "artists": len({read.artists.get(read.pairs.ids[at], "") for at in read.pairs.songs.tolist()} - {""}),
        "labels": dict(zip(map(str, QUANTILES), np.quantile(labels, QUANTILES).tolist(), strict=True)),
        "threshold": own.threshold,
        "similar": float((labels >= np.float32(own.threshold)).mean()),
        "splits": {how: _split(stand, how) for how in stand.agenda.splits},
    }


def _split(stand: Stand, how: str) -> dict[str, Any]:
    told = stand.split(REGRESSION, how)
    test = told.sides.test
    train = set(told.sides.train.songs.tolist())
    return {
        "pairs": {name: len(side) for name, side in told.sides._asdict().items()},
        "said": dict(told.said),
        "test songs": len(test.songs),
        "test songs trained on": _known(test, train),
    }


def _known(test: PairSet, train: set[int]) -> int:
    return sum(song in train for song in test.songs.tolist())


def page(told: dict[str, Any]) -> str:
    """Write the tables."""
    rows = [
        (how, *(size(n) for n in own["pairs"].values()), own["said"].get("pairs across sides, dropped", 0),
         own["test songs"], own["test songs trained on"])
        for how, own in told["splits"].items()
    ]  # fmt: skip
    quantiles = [f"{float(name):.0%}" for name in told["labels"]]
    return joined(
        [
            "## Data",
            f"{told['songs']:,} songs by {told['artists']:,} known artists ({told['without words']:,} without words); "
            f"{counts(told['said'])}. Similar, of {told['threshold']:g} or more: {told['similar']:.1%}.",
            table(["share of pairs", *quantiles], [["label at most", *map(share, told["labels"].values())]]),
            table(
                ["split", "train", "validation", "test", "dropped", "test songs", "of which trained on"],
                rows,
            ),
            "The paper splits pairs at random, so a test song is known from training; by artist, neither song nor "
            "artist is.",
        ]
    )
