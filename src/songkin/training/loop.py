"""The training loop, from top to bottom: the same for every task.

Conventions
-----------
Steps are steps of the optimiser and count from 1 once done. A batch is known by its number, so that a run that was
killed and resumed does to the last bit what it would have done. The folder always holds the best network so far.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import nn

from songkin.errors import TrainingError
from songkin.training import checkpoints
from songkin.training.arithmetic import arithmetic
from songkin.training.recipes import Batches, Optimiser, Recipe, Schedule
from songkin.training.task import Task
from songkin.training.validation import Verdict

__all__ = ["HISTORY", "Diverged", "Outcome", "Step", "rate_at", "told_plainly", "train"]

HISTORY = "history.jsonl"
OUTCOME = "outcome.json"
LESS_TO_JUDGE = "set [validation] most or distractors lower"


class Diverged(TrainingError):
    """The loss or a gradient is no number any more."""


class Step(NamedTuple):
    """Where training is: what a progress bar shows. `score` is the best so far, None before the first validation."""

    step: int
    steps: int
    loss: float
    score: float | None


@dataclass(slots=True)
class Outcome:
    """What training reached: the last step, the best one and its score and measures; `stopped` early says why."""

    step: int = 0
    best_step: int = 0
    score: float | None = None
    measures: dict[str, float] = field(default_factory=dict)
    worse: int = 0
    stopped: str = ""


def train(
    task: Task, recipe: Recipe, out: Path, *, resume: bool = False, tell: Callable[[Step], None] = lambda step: None
) -> Outcome:
    """Train a task by its recipe into a folder, which then holds the best network. `resume` goes on from a checkpoint.

    TrainingError, in one line with the cure, where the loss is no number, the space collapses, memory or the disk is
    full; the best network and the last checkpoint are kept.
    """
    device = next(task.network.parameters()).device
    optimiser = _optimiser(task.network, recipe.optimiser)
    reached, history, saved = _begun(task, optimiser, out, resume=resume), out / HISTORY, time.monotonic()
    _cut_history(history, reached.step)

    while reached.step < recipe.schedule.steps and not reached.stopped:
        share = rate_at(reached.step, recipe.schedule)
        for group in optimiser.param_groups:
            group["lr"] = group["peak"] * share
        with told_plainly(f"step {reached.step + 1}", _smaller(recipe.batches), out):
            loss = _gradients(task, recipe, reached.step, device)
            norm = _clipped(task.network, recipe.optimiser.clip)
            _check_number(loss, norm, reached, recipe, out)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        reached.step += 1
        _note(history, {"step": reached.step, "loss": loss, "rate": recipe.optimiser.rate * share, "norm": norm})

        if reached.step % recipe.validation.every == 0 or reached.step == recipe.schedule.steps:
            with told_plainly(f"validation after step {reached.step}", LESS_TO_JUDGE, out):
                verdict = task.validate()
            _note(history, {"step": reached.step, "score": verdict.score, **verdict.measures, **_spread(verdict)})
            _check_spread(verdict, reached, recipe, out)
            _judge(task, verdict, reached, recipe, out)
        tell(Step(reached.step, recipe.schedule.steps, loss, reached.score))
        if _is_due(reached.step, saved, recipe):
            checkpoints.write(out, task.network, optimiser, {"task": task.state(), "reached": asdict(reached)})
            saved = time.monotonic()

    with checkpoints.atomically(out / OUTCOME) as file:
        file.write(json.dumps(asdict(reached), indent=2).encode() + b"\n")
    (out / checkpoints.CHECKPOINT).unlink(missing_ok=True)  # what is finished needs none
    return reached


def _begun(task: Task, optimiser: torch.optim.Optimizer, out: Path, *, resume: bool) -> Outcome:
    """Return what training reached before, and put all back as it was then; of a new training nothing."""
    kept = checkpoints.read(out) if resume else None
    if not kept:
        return Outcome()
    checkpoints.restore(kept, task.network, optimiser)
    task.restore(kept.told["task"])
    return Outcome(**kept.told["reached"])


def rate_at(step: int, schedule: Schedule) -> float:
    """Return the share in [0, 1] of the peak rate at a step (from 0): a linear rise, then by shape to the floor."""
    rising = round(schedule.steps * schedule.warmup)
    if step < rising:
        return (step + 1) / rising
    done = (step - rising) / (schedule.period or max(1, schedule.steps - rising))
    left = 1 - done if schedule.shape == "linear" else (1 + math.cos(math.pi * done)) / 2
    return schedule.floor + (1 - schedule.floor) * left


def _optimiser(network: nn.Module, settings: Optimiser) -> torch.optim.Optimizer:
    """Make AdamW with one group for each pair of rate and decay; parameters whose rate is 0 are frozen."""
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, parameter in network.named_parameters():
        fits = [begin for begin in settings.rates if name.startswith(begin)]
        factor = settings.rates[max(fits, key=len)] if fits else 1.0
        parameter.requires_grad_(factor > 0)
        if factor > 0:
            decay = settings.decay if parameter.ndim > 1 else 0.0
            groups.setdefault((settings.rate * factor, decay), []).append(parameter)
    names = [name for name, _ in network.named_parameters()]
    unused = [begin for begin in settings.rates if not any(name.startswith(begin) for name in names)]
    if unused:
        raise TrainingError(f"[optimiser] rates names '{unused[0]}', and no parameter begins so; one is {names[0]}")
    if not groups:
        raise TrainingError("[optimiser] rates freezes every parameter; leave one to be trained")
    own = [
        {"params": parameters, "lr": rate, "peak": rate, "weight_decay": decay}
        for (rate, decay), parameters in sorted(groups.items(), key=lambda pair: pair[0])
    ]
    return torch.optim.AdamW(own, fused=True)


def _gradients(task: Task, recipe: Recipe, step: int, device: torch.device) -> float:
    """Add up the gradients of a step's batches, and return their mean loss."""
    settings, total = recipe.batches, 0.0
    for part in range(settings.accumulate):
        with arithmetic(device, recipe.optimiser.amp):
            loss = task.loss(step * settings.accumulate + part) / settings.accumulate
        loss.backward()  # type: ignore[no-untyped-call]
        total += float(loss.detach())
    return total


def _clipped(network: nn.Module, most: float) -> float:
    """Bound the gradient's norm, and return what it was."""
    own = [parameter for parameter in network.parameters() if parameter.grad is not None]
    return float(nn.utils.clip_grad_norm_(own, most or math.inf))


def _judge(task: Task, verdict: Verdict, reached: Outcome, recipe: Recipe, out: Path) -> None:
    """Keep the network if it is the best so far; count how often it was not."""
    if reached.score is None or verdict.score > reached.score:
        checkpoints.keep_best(task, out)
        reached.score, reached.best_step, reached.worse = verdict.score, reached.step, 0
        reached.measures = dict(verdict.measures) | _spread(verdict)
        return
    reached.worse += 1
    if recipe.validation.patience and reached.worse >= recipe.validation.patience:
        reached.stopped = f"no better in {reached.worse} validations"


def _is_due(step: int, saved: float, recipe: Recipe) -> bool:
    """Say whether a checkpoint is due: by steps, or by minutes since the last."""
    own = recipe.saving
    by_steps = bool(own.steps) and step % own.steps == 0
    return by_steps or (own.minutes > 0 and time.monotonic() - saved >= 60 * own.minutes)


def _check_number(loss: float, norm: float, reached: Outcome, recipe: Recipe, out: Path) -> None:
    if not math.isfinite(loss) or not math.isfinite(norm):
        what = f"the loss is {loss}" if not math.isfinite(loss) else f"the gradient is {norm}"
        cure = f"lower [optimiser] rate, {recipe.optimiser.rate:g} now, or clip"
        raise Diverged(f"step {reached.step + 1}: {what}; {cure}; {_kept(reached, out)}")


def _check_spread(verdict: Verdict, reached: Outcome, recipe: Recipe, out: Path) -> None:
    """Stop where all texts have come to lie in one place, whatever the score says."""
    own = verdict.spread
    if own and (own.mean_cosine > recipe.checks.mean_cosine or own.effective_rank < recipe.checks.effective_rank):
        found = f"mean cosine {own.mean_cosine:.2f}, effective rank {own.effective_rank:.1f}"
        cure = "lower [optimiser] rate or [contrastive] temperature, or widen [checks]"
        raise TrainingError(f"step {reached.step}: the space has collapsed ({found}); {cure}; {_kept(reached, out)}")


@contextmanager
def told_plainly(when: str, cure: str, out: Path) -> Iterator[None]:
    """Say in one line, with the cure, that memory ran out; any other error stays as it is."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        said = str(error).lower()
        if not (isinstance(error, MemoryError) or "out of memory" in said or "allocate memory" in said):
            raise
        raise TrainingError(f"{when}: out of memory; {cure}, and go on with --resume into {out}") from error


def _smaller(batches: Batches) -> str:
    """Return the settings that let the same step pass with half the memory."""
    halved = f"set [batches] size = {max(1, batches.size // 2)}"
    return f"{halved} and accumulate = {batches.accumulate * 2}, or max_tokens lower"


def _kept(reached: Outcome, out: Path) -> str:
    best = f"the best network, of step {reached.best_step}," if reached.score is not None else "nothing yet"
    last = ", and the last checkpoint" if (out / checkpoints.CHECKPOINT).is_file() else ""
    return f"{best}{last} is kept in {out}"


def _spread(verdict: Verdict) -> dict[str, float]:
    return dict(verdict.spread._asdict()) if verdict.spread else {}


def _note(history: Path, row: Mapping[str, Any]) -> None:
    with history.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")


def _cut_history(history: Path, step: int) -> None:
    """Forget what came behind the step training goes on from; it will come again."""
    if history.is_file():
        rows = [json.loads(line) for line in history.read_text(encoding="utf-8").splitlines() if line.endswith("}")]
        kept = "".join(json.dumps(row) + "\n" for row in rows if row["step"] <= step)
        with checkpoints.atomically(history) as file:
            file.write(kept.encode())
