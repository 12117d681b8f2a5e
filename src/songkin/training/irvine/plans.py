"""The experiments of the re-run as TOML files say them, and the smaller ones that `--quick` makes of them.

Conventions
-----------
A file's `experiment` says which it is; its other keys are a plan's fields. A table [quick] lays other values over them.
Counts of 0 mean all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from songkin.errors import TrainingError
from songkin.training.irvine.mood import Rule
from songkin.training.tables import read_table, read_toml

__all__ = ["KINDS", "Clusters", "Labels", "Models", "Optimisers", "Plan", "Retrieval", "Splits", "Topics", "read_plan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The label rule on tags: every k with every eps. `tags` is Last.fm's or WASABI's, "" the sample that lies here."""

    tags: str = ""
    ks: tuple[int, ...] = (1, 3, 5, 10)
    epses: tuple[float, ...] = (0.0, 0.05, 0.1, 0.2)
    rule: Rule = field(default_factory=Rule)


@dataclass(frozen=True, slots=True, kw_only=True)
class Topics:
    """Topic models on the words of a set of songs: "musicmood" or "popular_songs"."""

    songs: str = "musicmood"
    kinds: tuple[str, ...] = ("lda", "nmf", "gsdmm")
    counts: tuple[int, ...] = (3, 5, 7, 10, 15, 20)
    most: int = 0
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """The three models. `sets` are "musicmood", "joined", "popular" (halves of valence), "quadrants".

    The encoder starts as `start` ("minilm" or a folder) and is tuned at `rate` for `epochs`; heads are trained for
    `head_epochs`.
    """

    sets: tuple[str, ...] = ("musicmood", "joined", "popular", "quadrants")
    start: str = "minilm"
    pooling: str = "mean"
    rate: float = 2e-5
    epochs: int = 3
    batch: int = 8
    max_tokens: int = 256
    head_epochs: int = 5
    head_batch: int = 8
    topics: int = 7
    topic_model: str = "lda"
    most: int = 0
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Splits:
    """The frozen model on one set of the models' file, split by artist anew for every seed."""

    models: str = "models.toml"
    set: str = "musicmood"
    seeds: tuple[int, ...] = (0, 1, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimisers:
    """Optimisers of the tBERT head on one set of the models' file."""

    models: str = "models.toml"
    set: str = "popular"
    names: tuple[str, ...] = ("adamw", "adagrad", "sgd")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clusters:
    """Clusters of one set of the models' file: UMAP to `dims`, k-means for every k of `ks`."""

    models: str = "models.toml"
    set: str = "popular"
    dims: int = 10
    ks: tuple[int, ...] = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 122, 160, 200)
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieval:
    """Retrieval on popular_songs: `searched` seeds to find the weight by, `judged` others, within `clusters`.

    `fast` reads lyrics by the encoder's fast student. `channels` are those that songkin's own `similar` is held to:
    of lyrics, for what is right here is told by valence and tags.
    """

    most: int = 0
    searched: int = 200
    judged: int = 200
    clusters: tuple[int, ...] = (5,)
    channels: tuple[str, ...] = ("meaning", "words")
    fast: bool = False
    seed: int = 0


Plan = Labels | Topics | Models | Splits | Optimisers | Clusters | Retrieval
KINDS: Mapping[str, type[Any]] = MappingProxyType(
    {
        "labels": Labels,
        "topics": Topics,
        "models": Models,
        "splits": Splits,
        "optimisers": Optimisers,
        "clusters": Clusters,
        "retrieval": Retrieval,
    }
)


def read_plan(path: Path, *, quick: bool = False) -> Plan:
    """Read an experiment. TrainingError names the file, the key, and the nearest known one."""
    tables = read_toml(path)
    kind, smaller = tables.pop("experiment", None), tables.pop("quick", {})
    if kind not in KINDS:
        raise TrainingError(f"{path}: experiment is {kind!r}; it is one of {', '.join(KINDS)}")
    if not isinstance(smaller, dict):
        raise TrainingError(f"{path}: quick is {smaller!r}; it is a table of keys that --quick changes")
    whole = read_table(KINDS[kind], tables, str(path))
    plan: Plan = read_table(KINDS[kind], {**tables, **smaller}, f"{path}: [quick]") if quick else whole
    return plan
