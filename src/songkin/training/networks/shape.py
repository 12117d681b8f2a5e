"""The sizes of a text network, as its folder's network.json holds them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from songkin.errors import TrainingError

__all__ = ["NETWORK", "Shape"]

NETWORK = "network.json"
KIND = "text"


@dataclass(frozen=True, slots=True)
class Shape:
    """A BERT of `layers` layers; its attention has `heads` heads of `head_dim`, together perhaps narrower than `dim`.

    `bag`: whether a bag of words stands beside the transformer; `denials`: whether what a request denies counts against
    it, token by token.
    """

    layers: int = 3
    dim: int = 384
    heads: int = 8
    head_dim: int = 32
    feed_forward: int = 512
    positions: int = 256
    vocabulary: int = 30522
    bag: bool = True
    denials: bool = False

    @classmethod
    def read(cls, folder: Path) -> Shape:
        """Read a network's folder. TrainingError where it is none, or one of another kind."""
        path = folder / NETWORK
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise TrainingError(f"{folder} holds no {NETWORK}; give a folder that `songkin train` wrote") from error
        except ValueError as error:
            raise TrainingError(f"{path} is no JSON ({error}); train again") from error
        if not isinstance(told, dict) or told.pop("kind", None) != KIND:
            raise TrainingError(f"{path} is not of a text network; give the folder of one")
        try:
            return cls(**told)
        except TypeError as error:
            known = ", ".join(field.name for field in fields(cls))
            raise TrainingError(f"{path}: {error}; known are {known}: it may come from another version") from error

    def write(self, folder: Path) -> None:
        """Write network.json."""
        (folder / NETWORK).write_text(json.dumps({"kind": KIND, **asdict(self)}, indent=2) + "\n", encoding="utf-8")
