"""The agenda of the re-run: encoders, splits, tasks with their schedules, and what a quick run changes.

Conventions
-----------
report.toml holds the agenda; the recipes it lays tables over lie beside it. A stage is a number of epochs at a peak
rate; "frozen" leaves the encoder as it is, "tuned" trains it whole, from where the frozen stage left the head.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from songkin.errors import TrainingError
from songkin.training.epfl.recommend import Conditions
from songkin.training.epfl.songs import POPULAR
from songkin.training.tables import read_table, read_toml

__all__ = [
    "Agenda",
    "Base",
    "Chain",
    "Example",
    "Quick",
    "Regression",
    "Single",
    "Stage",
    "Theme",
    "hurried",
    "read_agenda",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """So many epochs at a peak learning rate."""

    epochs: int
    rate: float

    def __post_init__(self) -> None:
        if self.epochs < 1 or self.rate <= 0:
            raise ValueError(f"epochs is {self.epochs} and rate {self.rate:g}; both are numbers above 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """An encoder to begin with: its name in the report, and "minilm" or a folder; texts are cut at `max_tokens`."""

    name: str
    start: str
    max_tokens: int = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Single:
    """One task by itself; without `tuned` the encoder stays frozen, as with the tasks the paper could not learn."""

    target: str
    frozen: Stage
    tuned: Stage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Regression:
    """What was tried first: the value itself, by the same head with one output."""

    targets: tuple[str, ...] = ("valence", "danceability", "energy")
    frozen: Stage = Stage(epochs=5, rate=2e-3)
    tuned: Stage = Stage(epochs=1, rate=2e-5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Tasks one after another on one encoder: the first is the single task's network, later ones have both stages."""

    targets: tuple[str, ...] = ("genre", "valence", "energy", "danceability", "genre")
    frozen: Stage = Stage(epochs=5, rate=2e-3)
    tuned: Stage = Stage(epochs=3, rate=2e-6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """The sanity check: so many songs with a word in the title, and as many of an artist."""

    word: str = "christmas"
    artist: str = "Eminem"
    songs: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A worked recommendation: the first of `seeds` (titles) that is in the corpus, and the conditions.

    `paper` is the title the paper asks with.
    """

    seeds: tuple[str, ...]
    conditions: Conditions
    paper: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quick:
    """What a quick run changes: at most `songs` a side and `clustered` in all, epochs a stage, layers, targets."""

    songs: int = 120
    clustered: int = 400
    epochs: int = 1
    max_tokens: int = 64
    keep: tuple[int, ...] = (0, 3, 5)
    targets: tuple[str, ...] = ("genre", "valence")


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """The whole re-run.

    `splits` are "random" and "artist"; regression, the chain, all tasks at once and the self-supervised ones run on the
    first. `absent` says what of the paper's is not reachable. `padded` pools over padding too, as published.
    `most` songs a side and `clustered` in all, 0 = all.
    """

    name: str
    corpus: str = POPULAR
    bases: tuple[Base, ...]
    splits: tuple[str, ...] = ("random", "artist")
    single: tuple[Single, ...]
    regression: Regression = Regression()
    chain: Chain = Chain()
    together: tuple[str, ...] = ("genre", "valence", "danceability")
    theme: Theme = Theme()
    example: tuple[Example, ...] = ()
    absent: str = ""
    padded: bool = False
    most: int = 0
    clustered: int = 0
    keep: tuple[int, ...] = ()
    quick: Quick = field(default_factory=Quick)

    def __post_init__(self) -> None:
        names = [base.name for base in self.bases]
        if not names or len(set(names)) < len(names) or not self.splits:
            raise ValueError("bases and splits name at least one each, and no base twice")
        if self.chain.targets[0] not in {own.target for own in self.single}:
            raise ValueError(f"the chain begins with {self.chain.targets[0]}, which [[single]] does not train")


def read_agenda(path: Path, *, bases: tuple[Base, ...] = ()) -> Agenda:
    """Read an agenda, with further bases. TrainingError names the file, the key, and the nearest known one."""
    agenda = read_table(Agenda, read_toml(path), str(path))
    try:
        return replace(agenda, bases=(*agenda.bases, *bases))
    except ValueError as error:
        raise TrainingError(f"{path} {error}") from error


def hurried(agenda: Agenda) -> Agenda:
    """Return the agenda of a quick run: the first base, few songs, few epochs, few tasks."""
    quick = agenda.quick
    first = replace(agenda.bases[0], max_tokens=quick.max_tokens)
    chain, regression = agenda.chain, agenda.regression
    short = tuple(own for own in chain.targets if own in quick.targets)
    return replace(
        agenda,
        bases=(first,),
        single=tuple(_shorter(own, quick.epochs) for own in agenda.single if own.target in quick.targets),
        regression=replace(
            regression,
            targets=tuple(own for own in regression.targets if own in quick.targets),
            frozen=_cut(regression.frozen, quick.epochs),
            tuned=_cut(regression.tuned, quick.epochs),
        ),
        chain=replace(
            chain, targets=short, frozen=_cut(chain.frozen, quick.epochs), tuned=_cut(chain.tuned, quick.epochs)
        ),
        together=tuple(own for own in agenda.together if own in quick.targets),
        most=quick.songs,
        clustered=quick.clustered,
        keep=quick.keep,
    )


def _shorter(single: Single, epochs: int) -> Single:
    return replace(
        single, frozen=_cut(single.frozen, epochs), tuned=_cut(single.tuned, epochs) if single.tuned else None
    )


def _cut(stage: Stage, epochs: int) -> Stage:
    return replace(stage, epochs=min(stage.epochs, epochs))
