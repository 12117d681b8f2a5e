"""What the task "pairs" is asked for: the [pairs] table of a recipe."""

from __future__ import annotations

from dataclasses import dataclass

from songkin.training.networks.pairs import MERGES
from songkin.training.networks.pairs.dense import DENSE

__all__ = ["KINDS", "NETWORKS", "READS", "SPLITS", "Options"]

KINDS = ("regression", "classification")
NETWORKS = ("towers", "baseline")
READS = ("lyrics", "audio", "both")
SPLITS = ("random", "track", "artist")
PADDINGS = ("masked", "behind", "before")
DRAWS = ("pairs", "songs")
AUDIO = ("cnn", "residual")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The [pairs] table.

    Data: `corpus` is "colisten" (with `unheard` pairs of label 0 for each above it) or a folder of Last.fm's
    similarities and musiXmatch's bags; `shards` a folder of timbre and chroma, for `reads` "audio" and "both". `pairs`
    are drawn of all, 0 = all. `split` "random" splits pairs, as published, so that songs are on all sides; "track" and
    "artist" let no song, no artist be on two; `shares` are those of train, validation and test. `negatives` is the
    share of each side that is drawn of unlabelled pairs, whose label is `negative` (0, or a soft .1); `balanced` makes
    both classes of the training side equal.

    Target: `kind` "regression" tells the label itself (squared error), "classification" whether it is `threshold` or
    more (binary cross-entropy). `curriculum`: sure labels, near 0 or 1, come first. `draw` "pairs" puts any pairs into
    a batch, as published; "songs" puts those of few songs together, so that a batch reads fewer songs: many times
    faster where songs are in many pairs.

    Network: "towers" (the paper's), or the "baseline" of one LSTM. `merge` as in MERGES; `first` and `second` are the
    widths of the LSTMs, `dense` of the layers on the merge, `l2` weighs their squared weights. `padding` is "masked"
    (not read), or read as zeros "behind" the words or "before" them, as Keras lays it. `audio`: "cnn" or "residual". A
    song has `length` words and `frames` segments; `vocabulary` counts padding and the unknown word. `anneal`: epochs
    after which the cosine of [schedule] is at its floor, 0 = the last.
    """

    corpus: str = "colisten"
    shards: str = ""
    unheard: float = 1.0
    pairs: int = 0
    split: str = "random"
    shares: tuple[float, ...] = (0.64, 0.16, 0.20)
    negatives: float = 0.0
    negative: float = 0.0
    balanced: bool = False
    kind: str = "regression"
    threshold: float = 0.5
    curriculum: bool = False
    draw: str = "pairs"
    network: str = "towers"
    reads: str = "lyrics"
    merge: str = "all"
    vocabulary: int = 20_000
    length: int = 300
    dim: int = 100
    first: int = 256
    second: int = 128
    dense: tuple[int, ...] = DENSE
    dropout: float = 0.3
    l2: float = 0.0
    padding: str = "masked"
    audio: str = "cnn"
    frames: int = 256
    epochs: int = 10
    anneal: int = 0

    def __post_init__(self) -> None:
        _one_of("kind", self.kind, KINDS)
        _one_of("network", self.network, NETWORKS)
        _one_of("reads", self.reads, READS)
        _one_of("split", self.split, SPLITS)
        _one_of("padding", self.padding, PADDINGS)
        _one_of("draw", self.draw, DRAWS)
        _one_of("merge", self.merge, tuple(MERGES))
        _one_of("audio", self.audio, AUDIO)
        if len(self.shares) != 3 or min(self.shares) <= 0 or abs(sum(self.shares) - 1) > 1e-6:
            raise ValueError("shares are three shares above 0, of train, validation and test, that add up to 1")
        sizes = (self.length, self.dim, self.first, self.second, self.epochs, *self.dense)
        if min(sizes) < 1 or self.vocabulary < 3 or self.frames < 8:
            raise ValueError("length, dim, first, second, dense, epochs are from 1, vocabulary from 3, frames from 8")
        if not (0 <= self.dropout < 1 and 0 <= self.negatives < 1):
            raise ValueError("dropout and negatives are shares below 1")
        if min(self.l2, self.pairs, self.anneal, self.unheard) < 0:
            raise ValueError("l2, pairs, anneal and unheard are numbers from 0")
        if not (0 <= self.threshold <= 1 and 0 <= self.negative <= 1):
            raise ValueError("threshold and negative are labels in [0, 1]")
        if self.kind == "classification" and self.reads != "lyrics":
            raise ValueError("kind 'classification' reads lyrics alone; sound is told by a decoder of numbers")
        if self.network == "baseline" and self.reads != "lyrics":
            raise ValueError("network 'baseline' reads lyrics alone")
        if self.merge == "cosine" and self.kind == "classification":
            raise ValueError("merge 'cosine' has no layers that tell a class; take kind = 'regression'")
        if self.reads != "lyrics" and not self.shards:
            raise ValueError(f"reads '{self.reads}' needs shards = \"FOLDER\", of timbre and chroma")


def _one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ValueError(f"{name} is '{value}'; it is one of {', '.join(known)}")
