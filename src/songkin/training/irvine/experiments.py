"""Each experiment of the re-run: a plan in, numbers out that can be written as JSON and told on a page.

Conventions
-----------
Every result says in `songs` how many songs it really had. Benches are kept in the folder of the run, so that optimisers
and clusters use what the models made.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from songkin.datasets import file_of, lastfm
from songkin.datasets.tagged import tagged
from songkin.errors import TrainingError
from songkin.training.irvine import audio, grouping, plans
from songkin.training.irvine.bench import Bench, Stage, laid_out
from songkin.training.irvine.head import Course
from songkin.training.irvine.models import inner, judged, optimised, three_models
from songkin.training.irvine.mood import funnel, kept
from songkin.training.irvine.songs import (
    AUDIO,
    MoodSet,
    MoodSong,
    by_artist,
    by_hand,
    chart,
    halves,
    joined,
    measured,
    quadrants,
    valued,
)
from songkin.training.irvine.topics import fitted
from songkin.training.irvine.tuning import Slowly
from songkin.training.networks.backbone import Backbone

__all__ = ["Ground", "clusters", "labels", "models", "optimisers", "splits", "topics"]

Tell = Callable[[str, int, int, float], None]


@dataclass
class Ground:
    """Where an experiment works: the folder of the recipes, that of the run, that of the corpora."""

    place: Path
    out: Path
    data: Path | None = None
    tell: Tell = lambda name, step, steps, loss: None

    @cached_property
    def chart(self) -> list[MoodSong]:
        """The popular songs, read once."""
        return chart(self.data)


def labels(plan: plans.Labels, ground: Ground) -> dict[str, Any]:
    """Count what the label rule keeps, step by step and for every k and eps."""
    path = ground.place / plan.tags if plan.tags else file_of(lastfm.CORPUS, lastfm.CORPUS.files[0].path, ground.data)
    counts = [song.counts for song in tagged(path)]
    rows = kept(counts, plan.ks, plan.epses, plan.rule)
    told = [
        {"k": r.rule.k, "eps": r.rule.eps, "happy": r.happy, "sad": r.sad, "majority": _known(r.majority)} for r in rows
    ]
    return {"songs": len(counts), "rule": asdict(plan.rule), "funnel": funnel(counts, plan.rule), "kept": told}


def topics(plan: plans.Topics, ground: Ground) -> dict[str, Any]:
    """Fit every kind of topic model for every number of topics, all measured alike."""
    songs = by_hand(ground.data).songs if plan.songs == "musicmood" else ground.chart
    texts = [song.text for song in few(songs, plan.most)]
    rows = []
    for kind in plan.kinds:
        for count in plan.counts:
            began = time.perf_counter()
            own = fitted(kind, texts, topics=count, seed=plan.seed)
            told = {"kind": kind, "topics": count, "filled": own.filled, "coherence": _known(own.coherence)}
            took = time.perf_counter() - began
            rows.append({**told, "perplexity": _known(own.perplexity), "words": own.words, "time_s": took})
    return {"songs": len(texts), "name": plan.songs, "rows": rows}


def models(plan: plans.Models, ground: Ground) -> dict[str, Any]:
    """Judge the three models on every set."""
    told = {}
    for name in plan.sets:
        given, stage = _bench(plan, name, ground), _stage(plan, name)
        told[name] = {
            "songs": len(given.labelled.songs),
            "name": given.labelled.name,
            "note": given.labelled.note,
            "classes": list(given.labelled.classes),
            "majority": given.labelled.majority,
            "sides": [len(side) for side in given.sides],
            "audio": list(given.labelled.audio),
            "rows": [{**row._asdict(), "scores": row.scores._asdict()} for row in three_models(given, stage)],
        }
    return {"songs": sum(own["songs"] for own in told.values()), "sets": told}


def splits(plan: plans.Splits, ground: Ground, *, quick: bool = False) -> dict[str, Any]:
    """Judge the frozen model on one set for every seed of the split; songs are encoded once."""
    own = _models(plan.models, ground, quick)
    read, label = _bench(own, plan.set, ground, tune=False), _set(plan.set, ground)[1]
    songs, rows = read.labelled.songs, []
    for seed in plan.seeds:
        sides, stage = by_artist(songs, seed=seed), _stage(replace(own, seed=seed), plan.set)
        frozen = three_models(read.split_anew(label(songs, sides.train), sides), stage)[0]
        rows.append({"seed": seed, "rate": frozen.rate, "scores": frozen.scores._asdict()})
    return {"songs": len(songs), "name": read.labelled.name, "rows": rows}


def optimisers(plan: plans.Optimisers, ground: Ground, *, quick: bool = False) -> dict[str, Any]:
    """Train the tBERT head by each optimiser, its rate from a grid."""
    own = _models(plan.models, ground, quick)
    given, course = _bench(own, plan.set, ground), _stage(own, plan.set).course
    found = optimised(given, course, plan.names)
    rows = {
        name: {
            "rate": best.course.rate,
            "valid": best.valid,
            "scores": judged(given, best)._asdict(),
            "losses": [round(loss, 5) for loss in best.losses],
        }
        for name, best in found.items()
    }
    return {"songs": len(given.labelled.songs), "name": given.labelled.name, "epochs": course.epochs, "rows": rows}


def clusters(plan: plans.Clusters, ground: Ground, *, quick: bool = False) -> dict[str, Any]:
    """Group songs by the head's hidden layer, their features, and a column for each value of the discrete ones."""
    own = _models(plan.models, ground, quick)
    given = _bench(own, plan.set, ground)
    everywhere = np.arange(len(given.labelled.songs))
    names = AUDIO if given.labelled.audio else ()
    features = audio.table(given.labelled.songs, names, one_hot=True)
    hidden = inner(given, _stage(own, plan.set).course)
    rows = audio.scaled(np.concatenate([hidden, features], axis=1, dtype=np.float64), everywhere)
    flat = grouping.flattened(rows, dims=plan.dims, seed=plan.seed)
    swept = grouping.sweep(flat, plan.ks, seed=plan.seed)
    best = grouping.best_k(swept)
    return {
        "songs": len(rows),
        "name": given.labelled.name,
        "width": rows.shape[1],
        "ks": list(swept.ks),
        "distortion": list(swept.distortion),
        "silhouette": [_known(value) for value in swept.silhouette],
        "best": best,
        "density": [one._asdict() for one in grouping.by_density(flat)],
        "labels": grouping.kmeans(flat, best, seed=plan.seed).labels.tolist(),
        "moods": given.moods.tolist(),
        "classes": list(given.labelled.classes),
        "places": np.round(grouping.flattened(rows, dims=2, seed=plan.seed), 4).tolist(),
    }


def few(songs: Sequence[MoodSong], most: int) -> list[MoodSong]:
    """Return at most so many songs, spread evenly over all; 0 = all."""
    if not most or most >= len(songs):
        return list(songs)
    return [songs[at] for at in np.linspace(0, len(songs) - 1, most).astype(int)]


def _models(name: str, ground: Ground, quick: bool) -> plans.Models:
    own = plans.read_plan(ground.place / name, quick=quick)
    if not isinstance(own, plans.Models):
        raise TrainingError(f"{ground.place / name} is no experiment of models; `models` names the file that is")
    return own


def _stage(plan: plans.Models, name: str) -> Stage:
    slowly = Slowly(plan.rate, plan.epochs, plan.batch, plan.max_tokens, plan.pooling, plan.seed)
    course = Course(epochs=plan.head_epochs, batch=plan.head_batch, seed=plan.seed)
    return Stage(course, slowly, plan.topics, plan.topic_model, plan.start, tune=name != "quadrants")


def _bench(plan: plans.Models, name: str, ground: Ground, *, tune: bool = True) -> Bench:
    songs, label = _set(name, ground)
    own, stage = few(songs, plan.most), _stage(plan, name)
    sides = by_artist(own, seed=plan.seed)
    return laid_out(
        label(own, sides.train),
        sides,
        lambda: Backbone.read(plan.start, ground.place),
        stage if tune else stage._replace(tune=False),
        ground.out / (f"bench-{name}.npz" if tune else f"bench-{name}-frozen.npz"),
        lambda step, steps, loss: ground.tell(name, step, steps, loss),
    )


def _set(name: str, ground: Ground) -> tuple[list[MoodSong], Callable[[list[MoodSong], Any], MoodSet]]:
    """Return the songs of a set, and what labels them when it is known which are trained on."""
    if name == "popular":
        return valued(ground.chart, "valence"), halves
    if name == "quadrants":
        return valued(ground.chart, "valence", "energy"), quadrants
    assert name in ("musicmood", "joined"), name
    own = by_hand(ground.data)
    if name == "joined":
        own = joined(own, [*ground.chart, *measured(ground.data)])
    return own.songs, lambda songs, train: own._replace(songs=songs)


def _known(value: float) -> float | None:
    """Return a number as JSON can hold it: NaN is none."""
    return None if math.isnan(value) else value
