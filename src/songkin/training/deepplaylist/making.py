"""The network that options ask for, the folder it is kept in, and how many numbers it learns.

Conventions
-----------
A folder holds network.json (kind "pairs", the options), vocabulary.txt (a word a line, by id) where lyrics are read,
and model.safetensors.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

from safetensors.torch import save_file
from torch import Tensor, nn

from songkin.errors import TrainingError
from songkin.training.deepplaylist.options import Options
from songkin.training.networks.pairs import (
    AudioEmbeddingCNN,
    BilstmClassifier,
    DenseHead,
    LyricsTower,
    PairNetwork,
    ResidualAudio,
    SiameseFusion,
    merged_dim,
)
from songkin.training.networks.shape import NETWORK
from songkin.training.networks.text import read_tensors
from songkin.training.tables import read_table

__all__ = ["KIND", "Kept", "counted", "kept", "made", "write"]

KIND, WEIGHTS, WORDS = "pairs", "model.safetensors", "vocabulary.txt"


class Kept(NamedTuple):
    """A network of a folder, its options, and its words by id."""

    network: PairNetwork
    options: Options
    words: tuple[str, ...]


def made(options: Options, *, vectors: Tensor | None = None) -> PairNetwork:
    """Make the network of options, new; `vectors` (vocabulary, dim) is what its word vectors begin as."""
    if options.network == "baseline":
        return BilstmClassifier(
            vocabulary=options.vocabulary,
            dim=options.dim,
            width=options.second,
            widths=options.dense,
            dropout=options.dropout,
            masked=options.padding == "masked",
            vectors=vectors,
        )
    if options.reads == "audio":
        return SiameseFusion(_audio(options), None, options.merge, dropout=options.dropout)
    lyrics = LyricsTower(
        vocabulary=options.vocabulary,
        dim=options.dim,
        first=options.first,
        second=options.second,
        dropout=options.dropout,
        masked=options.padding == "masked",
        vectors=vectors,
    )
    if options.reads == "both":
        return SiameseFusion(_audio(options), lyrics, options.merge, dropout=options.dropout)
    if options.merge == "cosine":
        return PairNetwork(lyrics, "cosine")
    head = DenseHead(merged_dim(options.merge, lyrics.dim), options.dense, dropout=options.dropout)
    return PairNetwork(lyrics, options.merge, head)


def _audio(options: Options) -> nn.Module:
    if options.audio == "residual":
        return ResidualAudio()
    return AudioEmbeddingCNN(frames=options.frames, dropout=options.dropout)


def counted(network: nn.Module) -> dict[str, int]:
    """Count the parameters of a network's parts by what the paper calls them; those of batch norms stand apart."""
    found: dict[str, int] = {}
    norms = {name for name, own in network.named_modules() if isinstance(own, nn.BatchNorm1d | nn.BatchNorm2d)}
    for name, parameter in network.named_parameters():
        part = "batch norm" if name.rpartition(".")[0] in norms else _part(name)
        found[part] = found.get(part, 0) + parameter.numel()
    return found


def _part(name: str) -> str:
    """Name the part of a parameter's name: the tower's layer, or the layers on the merge."""
    own = name.removeprefix("tower.").removeprefix("lyrics.").split(".")[0]
    known = {"words": "word vectors", "first": "first BiLSTM", "second": "second BiLSTM", "lstm": "BiLSTM"}
    return known.get(own, "dense" if own == "head" else "audio")


def write(network: nn.Module, options: Options, words: Sequence[str], folder: Path) -> None:
    """Write a network's folder."""
    told = {"kind": KIND, "options": asdict(options)}
    (folder / NETWORK).write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    (folder / WORDS).write_text("".join(f"{word}\n" for word in words), encoding="utf-8")
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in network.state_dict().items()}
    save_file(tensors, folder / WEIGHTS)


def kept(folder: Path) -> Kept:
    """Read a folder that `write` wrote, ready to be asked. TrainingError where it is none, or damaged."""
    place = folder / NETWORK
    try:
        told = json.loads(place.read_text(encoding="utf-8"))
        words = tuple((folder / WORDS).read_text(encoding="utf-8").splitlines())
    except (OSError, ValueError) as error:
        said = f"{folder} holds no network of pairs ({error})"
        raise TrainingError(f"{said}; give a folder that was trained") from error
    if not isinstance(told, Mapping) or told.get("kind") != KIND:
        raise TrainingError(f'{place} is of another network; give a folder trained by the task "pairs"')
    options = read_table(Options, told.get("options", {}), str(place))
    network, tensors = made(options), read_tensors(folder / WEIGHTS)
    if {name: own.shape for name, own in network.state_dict().items()} != {n: t.shape for n, t in tensors.items()}:
        raise TrainingError(f"{folder / WEIGHTS} holds another network than {place} says; train it again")
    network.load_state_dict(tensors)
    return Kept(network.eval(), options, words)
