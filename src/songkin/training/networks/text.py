"""The text network: a small BERT with a bag of words beside it, texts to unit vectors.

Conventions
-----------
Tensors carry the names of Hugging Face's BERT, so all-MiniLM-L6-v2 is one of its shapes. Masks are 1 where there is a
token, -1 where it is denied: then its vector is taken off the sum. A text's vector is that sum, made unit length, so
every token's part in a cosine is exact.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from songkin.errors import TrainingError
from songkin.training.networks.shape import Shape

__all__ = ["TextNetwork", "read_tensors"]

EPSILON = 1e-12  # of layer norms, as BERT has it
WEIGHTS = "model.safetensors"


class TextNetwork(nn.Module):
    """Token ids (n, length) to unit vectors (n, dim).

    BERT: Devlin et al., NAACL 2019 [devlin2019bert], mean pooled as in Reimers and Gurevych, EMNLP 2019
    [reimers2019sbert]. Ours: to each token's vector its word's own is added, through a matrix and weighted by a learned
    salience, so that rare words are heard whatever the few layers make of them.
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embeddings = Embeddings(shape)
        self.encoder = nn.ModuleDict({"layer": nn.ModuleList(Layer(shape) for _ in range(shape.layers))})
        self.bag = Bag(shape) if shape.bag else None

    def forward(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """Return unit vectors (n, dim)."""
        return F.normalize(self.token_vectors(tokens, mask).float().sum(1), dim=-1)

    def token_vectors(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """Return what each token adds to its text's vector (n, length, dim), zeros where there is none."""
        hidden: Tensor = self.embeddings(tokens)
        layers: Iterable[nn.Module] = self.encoder["layer"]  # type: ignore[assignment]
        seen = mask[:, None, None, :].bool()  # (n, length) -> (n, 1, 1, length)
        for layer in layers:
            hidden = layer(hidden, seen)
        if self.bag is not None:
            hidden = hidden + self.bag(tokens, self.embeddings.word_embeddings)
        return hidden * mask[..., None]

    @classmethod
    def read(cls, folder: Path) -> TextNetwork:
        """Read a network's folder. TrainingError where the weights are not those of its shape."""
        network = cls(Shape.read(folder))
        network.fill(read_tensors(folder / WEIGHTS), str(folder / WEIGHTS))
        return network.eval()

    def write(self, folder: Path) -> None:
        """Write network.json and model.safetensors, float32."""
        folder.mkdir(parents=True, exist_ok=True)
        self.shape.write(folder)
        save_file({name: tensor.detach().contiguous() for name, tensor in self.state_dict().items()}, folder / WEIGHTS)

    def fill(self, tensors: dict[str, Tensor], place: str) -> None:
        """Take weights over by name, positions cut to our length; the bag may be missing, and starts small."""
        own = self.state_dict()
        given = {name: tensor[: len(own[name])] for name, tensor in tensors.items() if name in own}
        missing = [name for name in own if name not in given and not name.startswith("bag.")]
        wrong = [name for name, tensor in given.items() if tensor.shape != own[name].shape]
        if missing or wrong:
            first = (missing or wrong)[0]
            raise TrainingError(f"{place}: {first} is missing or of another size; it is no network of this shape")
        self.load_state_dict(own | given)

    def pruned(self, shape: Shape, layers: tuple[int, ...]) -> TextNetwork:
        """Cut a smaller network out of this one: the named layers, their heaviest heads and hidden units.

        A head or unit weighs as much as the norms of what it reads and writes. What is cut was heard: train after it.
        """
        if len(layers) != shape.layers:
            raise TrainingError(f"{len(layers)} layers are named for a network of {shape.layers}")
        if max(layers) >= self.shape.layers or shape.heads > self.shape.heads or shape.dim != self.shape.dim:
            raise TrainingError(f"{shape} does not fit into {self.shape}; take fewer layers or heads, and the same dim")
        small = TextNetwork(replace(shape, vocabulary=self.shape.vocabulary))
        own = {name: tensor for name, tensor in self.state_dict().items() if not name.startswith("encoder.")}
        for new, old in enumerate(layers):
            cut = self.encoder["layer"][old].cut(shape)  # type: ignore[index]
            own |= {f"encoder.layer.{new}.{name}": tensor for name, tensor in cut.items()}
        small.fill(own, "the larger network")
        return small


def read_tensors(place: Path) -> dict[str, Tensor]:
    """Read a safetensors file; TrainingError where it is missing, cut short or something else."""
    try:
        return load_file(place)
    except (OSError, SafetensorError, ValueError) as error:
        said = " ".join(str(error).split())[:120]
        raise TrainingError(f"{place} is no whole safetensors file ({said}); get the folder again") from error


class Embeddings(nn.Module):
    """Words, positions and the one segment, normalised."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.word_embeddings = nn.Embedding(shape.vocabulary, shape.dim)
        self.position_embeddings = nn.Embedding(shape.positions, shape.dim)
        self.token_type_embeddings = nn.Embedding(2, shape.dim)
        self.LayerNorm = nn.LayerNorm(shape.dim, EPSILON)

    def forward(self, tokens: Tensor) -> Tensor:
        placed = self.position_embeddings.weight[: tokens.shape[1]] + self.token_type_embeddings.weight[0]
        normed: Tensor = self.LayerNorm(self.word_embeddings(tokens) + placed)
        return normed


class Bag(nn.Module):
    """Word vectors through a matrix, each weighted by its word's salience: what is said, whatever stands around it."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.salience = nn.Parameter(torch.ones(shape.vocabulary))
        self.matrix = nn.Parameter(torch.eye(shape.dim))

    def forward(self, tokens: Tensor, words: nn.Embedding) -> Tensor:
        spoken: Tensor = self.salience[tokens][..., None] * (words(tokens) @ self.matrix.T)
        return spoken


class Layer(nn.Module):
    """One BERT layer: attention and feed-forward, each with its skip and norm."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads, self.head_dim = shape.heads, shape.head_dim
        width = shape.heads * shape.head_dim
        attends = {name: nn.Linear(shape.dim, width) for name in ("query", "key", "value")}
        self.attention = nn.ModuleDict({"self": nn.ModuleDict(attends), "output": Output(width, shape.dim)})
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(shape.dim, shape.feed_forward)})
        self.output = Output(shape.feed_forward, shape.dim)

    def forward(self, hidden: Tensor, seen: Tensor) -> Tensor:
        n, length, _ = hidden.shape
        attends = self.attention["self"]
        query, key, value = (
            attends[name](hidden).view(n, length, self.heads, self.head_dim).transpose(1, 2)  # type: ignore[index]
            for name in ("query", "key", "value")
        )  # (n, heads, length, head_dim) each
        mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=seen)
        hidden = self.attention["output"](mixed.transpose(1, 2).reshape(n, length, -1), hidden)
        result: Tensor = self.output(F.gelu(self.intermediate["dense"](hidden)), hidden)
        return result

    def cut(self, shape: Shape) -> dict[str, Tensor]:
        """Return the tensors of this layer with only its heaviest heads and hidden units."""
        own = self.state_dict()
        rows = _heaviest(own["attention.self.value.weight"], own["attention.output.dense.weight"], shape.heads, self)
        units = _heaviest(own["intermediate.dense.weight"], own["output.dense.weight"], shape.feed_forward, None)
        for part in ("query", "key", "value"):
            for kind in ("weight", "bias"):
                own[f"attention.self.{part}.{kind}"] = own[f"attention.self.{part}.{kind}"][rows]
        own["attention.output.dense.weight"] = own["attention.output.dense.weight"][:, rows]
        for kind in ("weight", "bias"):
            own[f"intermediate.dense.{kind}"] = own[f"intermediate.dense.{kind}"][units]
        own["output.dense.weight"] = own["output.dense.weight"][:, units]
        return own


class Output(nn.Module):
    """Back to the layer's width, added to what came in, normalised."""

    def __init__(self, width: int, dim: int) -> None:
        super().__init__()
        self.dense = nn.Linear(width, dim)
        self.LayerNorm = nn.LayerNorm(dim, EPSILON)

    def forward(self, new: Tensor, old: Tensor) -> Tensor:
        normed: Tensor = self.LayerNorm(self.dense(new) + old)
        return normed


def _heaviest(reads: Tensor, writes: Tensor, count: int, layer: Layer | None) -> Tensor:
    """Return the row numbers of the `count` heaviest units, or of whole heads where a layer is given, in order."""
    weight = reads.norm(dim=1) * writes.norm(dim=0)
    if layer is None:
        rows: Tensor = weight.topk(count).indices.sort().values
        return rows
    heads: Tensor = weight.view(layer.heads, layer.head_dim).sum(1).topk(count).indices.sort().values
    rows = (heads[:, None] * layer.head_dim + torch.arange(layer.head_dim)).flatten()
    return rows
