"""Recipes: what is trained, from what, and how, as a TOML file says it.

Conventions
-----------
Every table is a frozen dataclass, every key has a default where one can be recommended, and an unknown key is an
error. A task's own keys stand in a table of its name ([contrastive], [distil]), which the task itself reads.
Paths in a recipe start at the recipe's folder. Counts of steps are steps of the optimiser.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from songkin.errors import TrainingError
from songkin.training.data.augment import Augment
from songkin.training.tables import known, read_table

__all__ = [
    "TASKS",
    "Batches",
    "Checks",
    "Network",
    "Optimiser",
    "Recipe",
    "Saving",
    "Schedule",
    "Validation",
    "parse",
    "read",
]

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """What training starts from: `start` is a folder songkin trained, a folder of a BERT as the hub lays it out, or
    "minilm", the installed package of all-MiniLM-L6-v2.

    `keep` names the layers that stay, `heads` and `feed_forward` how many heads and hidden units of each (empty and 0:
    all); `bag` sets the bag of words beside the transformer, `denials` whether what a request denies counts
    against it (`songkin.text.denials`), None = as the start has it. `positions` is the longest
    text in tokens, 0 = as the start has it.
    """

    start: str
    keep: tuple[int, ...] = ()
    heads: int = 0
    feed_forward: int = 0
    positions: int = 0
    bag: bool | None = None
    denials: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batches:
    """How texts are put together: `size` anchors a batch, `accumulate` batches a step, at most `max_tokens` a text.

    `mix` "across" draws every place of a batch from the sources in proportion to their weights; "within" draws the
    source of a whole batch, so that its negatives are of one kind.
    """

    size: int = 64
    accumulate: int = 1
    max_tokens: int = 128
    mix: str = "across"

    def __post_init__(self) -> None:
        if self.mix not in ("across", "within"):
            raise ValueError(f"mix is '{self.mix}'; it is 'across' or 'within'")
        if min(self.size, self.accumulate, self.max_tokens) < 1:
            raise ValueError("size, accumulate and max_tokens are numbers from 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimiser:
    """AdamW: Loshchilov and Hutter, ICLR 2019 [loshchilov2019adamw].

    `rate` is the peak learning rate; `rates` multiplies it for parameters whose name begins so ({"bag." = 10.0}; the
    longest beginning counts; 0 freezes). `decay` falls on matrices only. `clip` bounds the gradient's norm, 0 = never.
    `amp`: bfloat16 arithmetic: "auto" on a GPU only, "fast" also on a processor with instructions for it, "on", "off".
    """

    rate: float = 2e-4
    rates: dict[str, float] = field(default_factory=dict)
    decay: float = 0.01
    clip: float = 1.0
    amp: str = "auto"

    def __post_init__(self) -> None:
        if self.amp not in ("auto", "fast", "on", "off"):
            raise ValueError(f"amp is '{self.amp}'; it is 'auto', 'fast', 'on' or 'off'")
        if self.rate <= 0:
            raise ValueError(f"rate is {self.rate:g}; it is a number above 0, such as 2e-4")
        for name, value in {**self.rates, "decay": self.decay, "clip": self.clip}.items():
            if value < 0:
                own = f"rates.{name}" if name in self.rates else name
                raise ValueError(f"{own} is {value:g}; rates, decay and clip are numbers from 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """`steps` in all; the rate rises over `warmup` (a share of the steps) and falls to `floor` of its peak, by `shape`
    as a "cosine" or in a straight line ("linear"), at the last step, or after `period` steps where that is not 0; from
    there a cosine rises again, as PyTorch's CosineAnnealingLR does.

    Cosine: Loshchilov and Hutter, ICLR 2017 [loshchilov2017sgdr].
    """

    steps: int = 2000
    warmup: float = 0.1
    floor: float = 0.0
    shape: str = "cosine"
    period: int = 0

    def __post_init__(self) -> None:
        if self.shape not in ("cosine", "linear") or (self.period and self.shape == "linear"):
            raise ValueError(f"shape is '{self.shape}'; it is 'cosine', or 'linear' without a period")
        if self.steps < 1 or self.period < 0 or not 0 <= self.warmup < 1 or not 0 <= self.floor <= 1:
            raise ValueError("steps is a number from 1, period from 0, warmup a share below 1, floor a share")


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """Retrieval on what was held out: `every` so many steps, each held-out anchor against all held-out positives and
    `distractors` that were trained on, at most `most` anchors a source.

    The number that decides is `decides`, "hit@10", "mrr" or "both" (their mean), averaged over the sources by their
    `validate` weights. After `patience` validations without a better one training stops (0 = never).
    """

    every: int = 200
    patience: int = 0
    distractors: int = 500
    most: int = 1000
    decides: str = "both"

    def __post_init__(self) -> None:
        if self.decides not in ("hit@10", "mrr", "both"):
            raise ValueError(f"decides is '{self.decides}'; it is 'hit@10', 'mrr' or 'both'")
        if self.every < 1 or min(self.patience, self.distractors, self.most) < 0:
            raise ValueError("every is a number from 1, patience, distractors and most are numbers from 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """When a space counts as collapsed: the mean cosine of two held-out texts above `mean_cosine`, or their effective
    rank below `effective_rank`. Training stops there."""

    mean_cosine: float = 0.9
    effective_rank: float = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving:
    """A checkpoint is written after `steps` steps or `minutes`, whichever comes first (0 = not by that)."""

    steps: int = 0
    minutes: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One training, whole. `own` is the task's table and `sources` the [[source]] tables, still as TOML gave them."""

    name: str
    task: str
    seed: int = 0
    place: Path = Path()
    network: Network
    batches: Batches = field(default_factory=Batches)
    optimiser: Optimiser = field(default_factory=Optimiser)
    schedule: Schedule = field(default_factory=Schedule)
    validation: Validation = field(default_factory=Validation)
    checks: Checks = field(default_factory=Checks)
    saving: Saving = field(default_factory=Saving)
    augment: Augment = field(default_factory=Augment)
    own: Mapping[str, Any] = field(default_factory=dict)
    sources: tuple[Mapping[str, Any], ...] = ()
    text: str = ""

    def beside(self, path: str) -> Path:
        """Return a path of the recipe, which starts at the recipe's folder."""
        return self.place.parent / Path(path).expanduser()

    def beside_or_name(self, name: str) -> str:
        """Return the path of a folder beside the recipe where there is one of that name, else the name."""
        folder = self.beside(name)
        return str(folder) if folder.is_dir() else name

    def where(self, table: str) -> str:
        """Name a table of this recipe for an error."""
        return f"{self.place}: [{table}]"

    def task_table(self, kind: type[T]) -> T:
        """Read the task's own table."""
        return read_table(kind, self.own, self.where(self.task))


TASKS = ("contrastive", "distil", "gpl", "halves", "labels", "pairs", "simsiam", "static", "teacher")
TABLES = {
    "network": Network,
    "batches": Batches,
    "optimiser": Optimiser,
    "schedule": Schedule,
    "validation": Validation,
    "checks": Checks,
    "saving": Saving,
    "augment": Augment,
}


def read(path: Path) -> Recipe:
    """Read a recipe. TrainingError names the file, the table, the key, and the nearest known one."""
    try:
        return parse(path.read_text(encoding="utf-8"), path)
    except FileNotFoundError as error:
        raise TrainingError(f"{path}: there is no such recipe; recipes lie in recipes/") from error
    except (UnicodeDecodeError, OSError) as error:
        raise TrainingError(f"{path}: cannot be read as TOML: {' '.join(str(error).split())}") from error


def parse(text: str, path: Path) -> Recipe:
    """Read a recipe's text; `path` is where its own paths start, and what errors name."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TrainingError(f"{path}: cannot be read as TOML: {' '.join(str(error).split())}") from error
    for key in ("name", "task"):
        if not isinstance(tables.get(key), str) or not tables[key]:
            raise TrainingError(f'{path} says no {key}; add: {key} = "..." at the top')
    if tables["task"] not in TASKS:
        near = difflib.get_close_matches(tables["task"], TASKS, 1, 0.5)
        cure = f"did you mean '{near[0]}'? " if near else ""
        raise TrainingError(f"{path}: there is no task '{tables['task']}'; {cure}Tasks: {', '.join(TASKS)}")
    known(tables, ["name", "task", "seed", "source", *TABLES, tables["task"]], str(path))
    seed = tables.get("seed", 0)
    if not isinstance(seed, int) or isinstance(seed, bool) or seed < 0:
        raise TrainingError(f"{path}: seed is {seed!r}; it takes a whole number from 0")
    sources = tables.get("source", [])
    if not isinstance(sources, list) or not all(isinstance(one, dict) for one in sources):
        raise TrainingError(f"{path}: 'source' is no list of tables; write [[source]] above each source's keys")
    told: dict[str, Any] = {
        name: read_table(kind, tables.get(name, {}), f"{path}: [{name}]") for name, kind in TABLES.items()
    }
    own = tables.get(tables["task"], {})
    return Recipe(
        name=tables["name"],
        task=tables["task"],
        seed=seed,
        place=path,
        own=own,
        sources=tuple(sources),
        text=text,
        **told,
    )
