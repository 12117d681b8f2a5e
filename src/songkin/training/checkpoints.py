"""What is kept while training runs: whole files or none, weights through safetensors only.

Conventions
-----------
A checkpoint is one safetensors file: the network's tensors under 'network.', the optimiser's under 'optimiser.', the
generators' under 'random.', and in its header, as JSON, the step and everything else that is not a tensor.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from songkin.errors import TrainingError
from songkin.training.task import Task

__all__ = ["CHECKPOINT", "Checkpoint", "atomically", "keep_best", "make_folder", "plainly", "read", "write"]

CHECKPOINT = "checkpoint.safetensors"
NEW = ".new"


class Checkpoint(NamedTuple):
    """A checkpoint as read: its tensors by name, and what is not a tensor."""

    tensors: Mapping[str, Tensor]
    told: Mapping[str, Any]


def make_folder(folder: Path) -> None:
    """Make the folder that everything goes into, unless it is there. TrainingError names it and the cure."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TrainingError(plainly(error, folder)) from error


def plainly(error: Exception, out: Path) -> str:
    """Say an error in one line with place and cure; one of the system's as of the folder `out` that is written."""
    if not isinstance(error, OSError):
        return str(error)
    place = error.filename or out
    if isinstance(error, FileExistsError | NotADirectoryError):
        return f"{place}: is a file or lies within one; name a folder with --out"
    return f"{place}: {error.strerror or error}; name another folder with --out, or mend that one"


@contextmanager
def atomically(path: Path) -> Iterator[BinaryIO]:
    """Write a file whole or not at all, beside its place first. TrainingError where there is no room."""
    beside = path.with_name(path.name + NEW)
    try:
        with beside.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise _unwritten(path, error) from error


def write(folder: Path, network: nn.Module, optimiser: torch.optim.Optimizer, told: Mapping[str, Any]) -> None:
    """Write the checkpoint of a folder over the one before."""
    tensors = {f"network.{name}": tensor for name, tensor in network.state_dict().items()}
    for index, own in optimiser.state_dict()["state"].items():
        tensors |= {f"optimiser.{index}.{key}": value for key, value in own.items()}
    tensors["random.cpu"] = torch.get_rng_state()
    if torch.cuda.is_available():
        tensors["random.cuda"] = torch.cuda.get_rng_state()
    packed = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    with atomically(folder / CHECKPOINT) as file:
        file.write(save(packed, {"told": json.dumps(told)}))


def read(folder: Path) -> Checkpoint | None:
    """Read the checkpoint of a folder; None where there is none, TrainingError where it is damaged."""
    path = folder / CHECKPOINT
    if not path.is_file():
        return None
    try:
        with safe_open(path, "pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            return Checkpoint(tensors, json.loads(file.metadata()["told"]))
    except (SafetensorError, KeyError, TypeError, ValueError, OSError) as error:
        raise TrainingError(f"{path} is no checkpoint ({error}); delete it and train again") from error


def restore(kept: Checkpoint, network: nn.Module, optimiser: torch.optim.Optimizer) -> None:
    """Bring network, optimiser and generators to where a checkpoint left them."""
    network.load_state_dict(_part(kept.tensors, "network."))
    state = optimiser.state_dict()
    state["state"] = {}
    for name, tensor in _part(kept.tensors, "optimiser.").items():
        index, key = name.split(".", 1)
        state["state"].setdefault(int(index), {})[key] = tensor
    optimiser.load_state_dict(state)
    torch.set_rng_state(kept.tensors["random.cpu"])
    if "random.cuda" in kept.tensors and torch.cuda.is_available():
        torch.cuda.set_rng_state(kept.tensors["random.cuda"])


def keep_best(task: Task, out: Path) -> None:
    """Write the task's network into the folder: first beside, then file by file moved over the ones before."""
    beside = out / f".best{NEW}"
    shutil.rmtree(beside, ignore_errors=True)
    try:
        beside.mkdir(parents=True)
        task.write(beside)
        for path in sorted(beside.rglob("*")):
            if path.is_file():
                place = out / path.relative_to(beside)
                place.parent.mkdir(parents=True, exist_ok=True)
                path.replace(place)
    except (OSError, SafetensorError) as error:
        raise _unwritten(out, error) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _part(tensors: Mapping[str, Tensor], begin: str) -> dict[str, Tensor]:
    return {name.removeprefix(begin): tensor for name, tensor in tensors.items() if name.startswith(begin)}


def _unwritten(path: Path, error: Exception) -> TrainingError:
    said = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return TrainingError(
        f"{path} cannot be written ({said}); make room and go on with --resume: what was there is whole"
    )
