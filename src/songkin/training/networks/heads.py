"""Heads that predict labels: a token head, added layers, and the network of one backbone with a head a task.

Conventions
-----------
A task is a target's name. A head gives (n, classes) logits, or (n, 1) for a number. Vectors are (n, dim).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from safetensors.torch import save_file
from torch import Tensor, nn

from songkin.errors import TrainingError
from songkin.training.networks.backbone import INSIDE, LABELS, POOLINGS, Backbone, pooled
from songkin.training.networks.shape import NETWORK
from songkin.training.networks.text import read_tensors

__all__ = [
    "ARCHITECTURES",
    "HEADS",
    "AddedLayers",
    "LabelNetwork",
    "LinearHead",
    "Make",
    "TokenHead",
    "is_labels",
    "kept_heads",
]

ARCHITECTURES = ("head", "original", "modified")
HEADS = "heads.safetensors"
INITIAL = 0.02  # deviation of a new head's weights, as BERT has it


@dataclass(frozen=True, slots=True, kw_only=True)
class Make:
    """How a label network is made: "head" puts a TokenHead on each task, "original" a linear unit on the pooled vector,
    "modified" AddedLayers between that vector and the linear units. `pooling` is "first" or "mean"."""

    architecture: str = "head"
    pooling: str = "first"
    dropout: float = 0.1


class TokenHead(nn.Module):
    """Dense dim -> dim, tanh, dropout, dense -> out: how Bezzam and Vidit 2022 [bezzam2022lyrics] predict a label.

    Dropout comes before the first dense layer too, which they do not name: theirs is RoBERTa's classification head (Liu
    et al., arXiv 2019 [liu2019roberta]), or MPNet's, as transformers has them, and both drop there.
    """

    def __init__(self, dim: int, out: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.dense, self.dropout, self.out = nn.Linear(dim, dim), nn.Dropout(dropout), nn.Linear(dim, out)
        _begin(self)

    def forward(self, vectors: Tensor) -> Tensor:
        """Return logits (n, dim) -> (n, out)."""
        logits: Tensor = self.out(self.dropout(self.dense(self.dropout(vectors)).tanh()))
        return logits


class LinearHead(nn.Module):
    """Dropout and one dense layer: what stands on the vector of LyricsBERT."""

    def __init__(self, dim: int, out: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.dropout, self.out = nn.Dropout(dropout), nn.Linear(dim, out)
        _begin(self)

    def forward(self, vectors: Tensor) -> Tensor:
        """Return logits (n, dim) -> (n, out)."""
        logits: Tensor = self.out(self.dropout(vectors))
        return logits


class AddedLayers(nn.Sequential):
    """Two dense layers dim -> dim -> dim, each with ReLU and layer norm: how we read the added layers of LyricsBERT.

    Xu, Kim, Zheng and Wen, MIT 2023 [xu2023lyricsbert].
    """

    def __init__(self, dim: int) -> None:
        first, second = (nn.Sequential(nn.Linear(dim, dim), nn.ReLU(), nn.LayerNorm(dim)) for _ in range(2))
        super().__init__(first, second)
        _begin(self)


class LabelNetwork(nn.Module):
    """One backbone, perhaps added layers, and a head a task; `heads` maps a task to its number of outputs."""

    def __init__(self, backbone: Backbone, heads: Mapping[str, int], make: Make | None = None) -> None:
        super().__init__()
        self.make, dim = make or Make(), backbone.dim
        if self.make.architecture not in ARCHITECTURES or self.make.pooling not in POOLINGS:
            raise TrainingError(f"architecture is one of {', '.join(ARCHITECTURES)}, pooling of {', '.join(POOLINGS)}")
        kind = TokenHead if self.make.architecture == "head" else LinearHead
        self.backbone, self.outputs = backbone, dict(heads)
        self.added = AddedLayers(dim) if self.make.architecture == "modified" else None
        self.heads = nn.ModuleDict({name: kind(dim, out, self.make.dropout) for name, out in heads.items()})

    def pool(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """Return the pooled vector of each text (n, length) -> (n, dim)."""
        return pooled(self.backbone.hidden(tokens, mask), mask, self.make.pooling)

    def vectors(self, pooled: Tensor) -> Tensor:
        """Return texts' vectors (n, dim) of their pooled ones (n, dim): through the added layers, if there are any."""
        return pooled if self.added is None else self.added(pooled)

    def answer(self, pooled: Tensor, task: str) -> Tensor:
        """Return a task's logits (n, out) of pooled vectors (n, dim)."""
        logits: Tensor = self.heads[task](self.vectors(pooled))
        return logits.float()

    def forward(self, tokens: Tensor, mask: Tensor, task: str) -> Tensor:
        """Return a task's logits (n, out)."""
        return self.answer(self.pool(tokens, mask), task)

    def write(self, folder: Path, *, trained: bool = True) -> None:
        """Write network.json, heads.safetensors and the backbone's folder; an untrained backbone is only named."""
        folder.mkdir(parents=True, exist_ok=True)
        told = {"kind": LABELS, **asdict(self.make), "heads": self.outputs}
        (folder / NETWORK).write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
        own = {name: tensor for name, tensor in self.state_dict().items() if not name.startswith("backbone.")}
        save_file({name: tensor.detach().contiguous() for name, tensor in own.items()}, folder / HEADS)
        self.backbone.write(folder / INSIDE, trained=trained)

    @classmethod
    def read(cls, folder: Path) -> LabelNetwork:
        """Read a folder that `write` wrote. TrainingError where it is none, or damaged."""
        place = folder / NETWORK
        try:
            told = json.loads(place.read_text(encoding="utf-8"))
            kind, heads = told.pop("kind"), told.pop("heads")
            make = Make(**told) if kind == LABELS else None
        except FileNotFoundError as error:
            raise TrainingError(f"{folder} holds no {NETWORK}; give a folder that `songkin train` wrote") from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise TrainingError(f"{place} is not of a label network ({error}); train it again") from error
        if make is None:
            raise TrainingError(f'{place} is of a {kind} network; give the folder of one trained by the task "labels"')
        network = cls(Backbone.read(str(folder.resolve()), folder), heads, make)
        tensors = read_tensors(folder / HEADS)
        own = {name: tensor.shape for name, tensor in network.state_dict().items() if not name.startswith("backbone.")}
        if own != {name: tensor.shape for name, tensor in tensors.items()}:
            raise TrainingError(f"{folder / HEADS} holds other heads than {place} says; train it again")
        network.load_state_dict(tensors, strict=False)
        return network.eval()


def is_labels(folder: Path) -> bool:
    """Say whether a folder holds a label network that `write` wrote."""
    try:
        told = json.loads((folder / NETWORK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(told, dict) and told.get("kind") == LABELS


def kept_heads(network: LabelNetwork, folder: Path) -> list[str]:
    """Take heads and added layers of another label network over where name and sizes are the same; return the tasks.

    A task the other does not know keeps its new head.
    """
    tensors, own = read_tensors(folder / HEADS), network.state_dict()
    fits = {name: tensor for name, tensor in tensors.items() if name in own and own[name].shape == tensor.shape}
    network.load_state_dict(own | fits)
    return [task for task in network.outputs if any(name.startswith(f"heads.{task}.") for name in fits)]


def _begin(layers: nn.Module) -> None:
    """Begin dense layers as BERT begins its own: small normal weights, no bias."""
    for layer in layers.modules():
        if isinstance(layer, nn.Linear):
            nn.init.normal_(layer.weight, std=INITIAL)
            nn.init.zeros_(layer.bias)
