"""The experiments of the re-run as TOML files say them, and the smaller ones that `--quick` makes of them.

Conventions
-----------
A file's `experiment` says which it is; its other keys are a plan's fields. A table [quick] lays other values over them.
`most` 0 means all songs. What is drawn follows `seed`, a number from 0 to 4294967295. A list names at least one, unless
its plan says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from songkin.errors import TrainingError
from songkin.training.irvine.head import OPTIMISERS
from songkin.training.irvine.mood import Rule
from songkin.training.irvine.topics import KINDS as TOPIC_MODELS
from songkin.training.irvine.tuning import POOLINGS
from songkin.training.irvine.values import check_from, check_names, check_seeds, check_shares
from songkin.training.tables import read_table, read_toml

__all__ = ["KINDS", "Clusters", "Labels", "Models", "Optimisers", "Plan", "Retrieval", "Splits", "Topics", "read_plan"]

CORPORA = ("musicmood", "popular_songs")
SETS = ("musicmood", "joined", "popular", "quadrants")
LYRIC_CHANNELS = ("meaning", "words")
FEWEST_TOKENS = 3  # where a text begins, one of its own, where it ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The label rule on tags: every k with every eps. `tags` is Last.fm's or WASABI's, "" the sample that lies here."""

    tags: str = ""
    ks: tuple[int, ...] = (1, 3, 5, 10)
    epses: tuple[float, ...] = (0.0, 0.05, 0.1, 0.2)
    rule: Rule = field(default_factory=Rule)

    def __post_init__(self) -> None:
        check_from(1, ks=self.ks)
        check_shares(epses=self.epses)


@dataclass(frozen=True, slots=True, kw_only=True)
class Topics:
    """Topic models on the words of a set of songs: "musicmood" or "popular_songs"."""

    songs: str = "musicmood"
    kinds: tuple[str, ...] = ("lda", "nmf", "gsdmm")
    counts: tuple[int, ...] = (3, 5, 7, 10, 15, 20)
    most: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        check_names(CORPORA, songs=self.songs)
        check_names(TOPIC_MODELS, kinds=self.kinds)
        check_from(1, counts=self.counts)
        check_from(0, most=self.most)
        check_seeds(seed=self.seed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """The three models. `sets` are "musicmood", "joined", "popular" (halves of valence), "quadrants".

    The encoder starts as `start` ("minilm" or a folder) and is tuned at `rate` for `epochs`; heads are trained for
    `head_epochs`.
    """

    sets: tuple[str, ...] = SETS
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

    def __post_init__(self) -> None:
        check_names(SETS, sets=self.sets)
        check_names(POOLINGS, pooling=self.pooling)
        check_names(TOPIC_MODELS, topic_model=self.topic_model)
        if self.rate <= 0:
            raise ValueError(f"rate is {self.rate:g}; it is a number above 0, such as 2e-5")
        check_from(1, epochs=self.epochs, batch=self.batch, head_epochs=self.head_epochs, head_batch=self.head_batch)
        check_from(FEWEST_TOKENS, max_tokens=self.max_tokens)
        check_from(1, topics=self.topics)
        check_from(0, most=self.most)
        check_seeds(seed=self.seed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Splits:
    """The frozen model on one set of the models' file, split by artist anew for every seed."""

    models: str = "models.toml"
    set: str = "musicmood"
    seeds: tuple[int, ...] = (0, 1, 2)

    def __post_init__(self) -> None:
        check_names(SETS, set=self.set)
        check_seeds(seeds=self.seeds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimisers:
    """Optimisers of the tBERT head on one set of the models' file."""

    models: str = "models.toml"
    set: str = "popular"
    names: tuple[str, ...] = ("adamw", "adagrad", "sgd")

    def __post_init__(self) -> None:
        check_names(SETS, set=self.set)
        check_names(OPTIMISERS, names=self.names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clusters:
    """Clusters of one set of the models' file: UMAP to `dims`, k-means for every k of `ks`."""

    models: str = "models.toml"
    set: str = "popular"
    dims: int = 10
    ks: tuple[int, ...] = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 122, 160, 200)
    seed: int = 0

    def __post_init__(self) -> None:
        check_names(SETS, set=self.set)
        check_from(1, dims=self.dims, ks=self.ks)
        check_seeds(seed=self.seed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieval:
    """Retrieval on popular_songs: `searched` seeds to find the weight by, `judged` others, within `clusters`.

    `clusters` may be empty. `fast` reads lyrics by the encoder's fast student. `channels` are those that songkin's own
    `similar` is held to: of lyrics, for what is right here is told by valence and tags.
    """

    most: int = 0
    searched: int = 200
    judged: int = 200
    clusters: tuple[int, ...] = (5,)
    channels: tuple[str, ...] = LYRIC_CHANNELS
    fast: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        check_names(LYRIC_CHANNELS, channels=self.channels)
        check_from(1, searched=self.searched, judged=self.judged)
        if self.clusters:
            check_from(1, clusters=self.clusters)
        check_from(0, most=self.most)
        check_seeds(seed=self.seed)


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
    if not isinstance(kind, str) or kind not in KINDS:
        raise TrainingError(f"{path}: experiment is {kind!r}; it is one of {', '.join(KINDS)}")
    if not isinstance(smaller, dict):
        raise TrainingError(f"{path}: quick is {smaller!r}; it is a table of keys that --quick changes")
    whole = read_table(KINDS[kind], tables, str(path))
    plan: Plan = read_table(KINDS[kind], {**tables, **smaller}, f"{path}: [quick]") if quick else whole
    return plan
