"""The cross network: two texts read together, one number for how well the second answers the first.

Conventions
-----------
[CLS] a [SEP] b [SEP], segment 0 for a, 1 for b. Tensors are written with the names of Hugging Face's
BertForSequenceClassification with one label, so a cross-encoder of the hub (ms-marco-MiniLM-L-6-v2) can be a start.
Logits have no bounds: 0 means nothing, only differences do.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from songkin.errors import TrainingError
from songkin.training.networks.shape import NETWORK, Shape
from songkin.training.networks.text import TextNetwork, read_tensors

__all__ = ["WEIGHTS", "CrossNetwork", "is_cross"]

KIND = "cross"
WEIGHTS = "model.safetensors"
DROPOUT = 0.1
TRUNK = ("embeddings.", "encoder.")


class CrossNetwork(nn.Module):
    """Token ids, mask and segments (n, length) to logits (n,).

    BERT with a pooler on [CLS] and one linear unit: Devlin et al., NAACL 2019 [devlin2019bert]; for ranking: Nogueira
    and Cho, arXiv 2019 [nogueira2019passage].
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = replace(shape, bag=False)
        self.bert = TextNetwork(self.shape)
        self.pooler = nn.ModuleDict({"dense": nn.Linear(shape.dim, shape.dim)})
        self.dropout = nn.Dropout(DROPOUT)
        self.classifier = nn.Linear(shape.dim, 1)
        nn.init.normal_(self.classifier.weight, std=0.02)
        nn.init.zeros_(self.classifier.bias)

    def forward(self, tokens: Tensor, mask: Tensor, segments: Tensor) -> Tensor:
        """Return logits (n,)."""
        own = self.bert.embeddings
        placed = own.position_embeddings.weight[: tokens.shape[1]] + own.token_type_embeddings(segments)
        hidden = own.LayerNorm(own.word_embeddings(tokens) + placed)  # (n, length, dim)
        seen = mask[:, None, None, :].bool()
        for layer in self.bert.encoder["layer"]:  # type: ignore[attr-defined]
            hidden = layer(hidden, seen)
        pooled = torch.tanh(self.pooler["dense"](hidden[:, 0]))  # (n, length, dim) -> (n, dim)
        logits: Tensor = self.classifier(self.dropout(pooled)).squeeze(-1)
        return logits.float()

    @classmethod
    def of(cls, text: TextNetwork, folder: Path) -> CrossNetwork:
        """Make one of a text network; pooler and classifier come from the folder's weights where it has them."""
        network = cls(text.shape)
        shared = {name: tensor for name, tensor in text.state_dict().items() if name.startswith(TRUNK)}
        network.bert.load_state_dict(shared)
        place = folder / WEIGHTS
        told = {name.removeprefix("bert."): tensor for name, tensor in read_tensors(place).items()}
        network.fill_head(told, str(place))
        return network

    @classmethod
    def read(cls, folder: Path) -> CrossNetwork:
        """Read a folder that `write` wrote. TrainingError where it is none, damaged, or of another kind."""
        path = folder / NETWORK
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            kind = told.pop("kind")
            shape = Shape(**told) if kind == KIND else None
        except FileNotFoundError as error:
            raise TrainingError(
                f"{folder} holds no teacher; train one: songkin train recipes/melscribe/teacher.toml --out {folder}"
            ) from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise TrainingError(f"{path} is not of a cross network ({error}); train the teacher again") from error
        if shape is None:
            raise TrainingError(
                f"{path} is of a {kind} network; a teacher reads two texts together, give the folder of one"
            )
        network, place = cls(shape), folder / WEIGHTS
        tensors = {name.removeprefix("bert."): tensor for name, tensor in read_tensors(place).items()}
        network.bert.fill({name: tensor for name, tensor in tensors.items() if name.startswith(TRUNK)}, str(place))
        network.fill_head(tensors, str(place))
        return network.eval()

    def write(self, folder: Path) -> None:
        """Write network.json and model.safetensors, float32."""
        folder.mkdir(parents=True, exist_ok=True)
        told = json.dumps({"kind": KIND, **asdict(self.shape)}, indent=2)
        (folder / NETWORK).write_text(told + "\n", encoding="utf-8")
        named = {_written(name): tensor.detach().contiguous() for name, tensor in self.state_dict().items()}
        save_file(named, folder / WEIGHTS)

    def fill_head(self, tensors: dict[str, Tensor], place: str) -> None:
        """Take over pooler and classifier by name; what is not there stays as it was made."""
        own = self.state_dict()
        given = {name: tensor for name, tensor in tensors.items() if name.startswith(("pooler.", "classifier."))}
        for name, tensor in given.items():
            if name not in own or own[name].shape != tensor.shape:
                raise TrainingError(f"{place}: {name} is {tuple(tensor.shape)}; a cross network has one logit")
        self.load_state_dict(own | given)


def is_cross(folder: Path) -> bool:
    """Say whether a folder holds a cross network that `write` wrote."""
    try:
        told = json.loads((folder / NETWORK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(told, dict) and told.get("kind") == KIND


def _written(name: str) -> str:
    return f"bert.{name}" if name.startswith("pooler.") else name
