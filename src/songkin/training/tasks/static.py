"""The task "static": a table of token vectors learns to give an encoder's vectors, so that bulk lyrics cost little."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from songkin.encoders import OnnxEncoder, load, write_static
from songkin.encoders.onnx import open_tokenizer
from songkin.errors import TrainingError
from songkin.evaluation.spaces import nearest, spread
from songkin.training.data import VALID
from songkin.training.data.distil import texts_of
from songkin.training.losses import info_nce, matryoshka, teacher_cosine
from songkin.training.static import begun, laid_out, swapped
from songkin.training.task import Bench
from songkin.training.tasks.distil import taught
from songkin.training.validation import Verdict
from songkin.types import Vectors

__all__ = ["Options", "Static", "kept_neighbours"]

ORDER, SWAPS, HELD = 6, 7, 8  # what a generator is for
NEAR = 10
SEEN = 2000  # held-out texts that the space is looked at by


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The [static] table: the `name` of the student ('' = its encoder's, with -fast), the `width` of its table, how
    many `texts` of the sources the encoder reads, once, and how many times they come with `swap` of their words put
    out for others (`swapped`), so that every word of the vocabulary is learnt; the weights of the losses, `cosine` to
    the encoder's vectors and `contrast`, telling them from the batch's others at `temperature`."""

    name: str = ""
    width: int = 256
    texts: int = 50_000
    swapped: int = 1
    swap: float = 0.3
    cosine: float = 1.0
    contrast: float = 1.0
    temperature: float = 0.05

    def __post_init__(self) -> None:
        if self.texts < 2 or self.width < 1 or self.temperature <= 0 or min(self.cosine, self.contrast) < 0:
            raise ValueError("texts is a number from 2, width from 1, temperature above 0, the weights from 0")
        if not (0 <= self.swap <= 1 and self.swapped >= 0):
            raise ValueError("swap is a share in [0, 1], swapped a number from 0")
        if not self.cosine + self.contrast:
            raise ValueError("both weights are 0; give cosine or contrast one above 0")


class Static:
    """Trains the fast student of the encoder that [network] start names, on plain texts alone."""

    def __init__(self, bench: Bench) -> None:
        recipe = bench.recipe
        self.options, self.seed, self.size = recipe.task_table(Options), recipe.seed, recipe.batches.size
        self.device, start = bench.device, recipe.beside_or_name(recipe.network.start)
        encoder = load(start)
        if not isinstance(encoder, OnnxEncoder):
            raise TrainingError(f"{recipe.where('network')} start = '{start}' is no encoder with a model.onnx")
        self.follows = encoder.weights
        self.tokenizer = open_tokenizer(replace(self.follows, max_tokens=0))
        self.texts = self._learnt(bench)
        self.teacher = taught(self.texts, start, bench.out)
        self.held = held_out(bench)
        self.wanted = encoder.encode_songs(self.held)
        self.ids = self._read(self.texts)
        counts = np.bincount(np.concatenate(self.ids), minlength=self.tokenizer.get_vocab_size())
        self.network = begun(encoder, counts, self.options.width).to(self.device).train()

    def _learnt(self, bench: Bench) -> list[str]:
        """Return the texts of the sources, and the same with some words swapped."""
        own = self.options
        texts = texts_of(bench.sources, bench.ground, own.texts, seed=self.seed)
        words = sorted(word for word in self.tokenizer.get_vocab() if word.isalpha() and len(word) > 2)
        rng = np.random.default_rng([self.seed, SWAPS])
        more = [text for _ in range(own.swapped) for text in swapped(texts, words, own.swap, rng)]
        return list(dict.fromkeys([*texts, *more]))

    def loss(self, number: int) -> Tensor:
        """Return the weighted losses of a batch, at every width the encoder may be cut to."""
        rows = self._rows(number)
        wanted = torch.from_numpy(self.teacher[rows]).to(self.device)
        vectors = self.network(*laid_out([self.ids[row] for row in rows], self.device))
        return matryoshka(self._loss, self.follows.matryoshka, vectors, wanted)

    def _loss(self, vectors: Tensor, wanted: Tensor) -> Tensor:
        own = self.options
        loss = own.cosine * teacher_cosine(vectors, wanted)
        if own.contrast:
            loss = loss + own.contrast * info_nce(vectors, wanted, temperature=own.temperature)
        return loss

    def _rows(self, number: int) -> list[int]:
        """Return the texts of a batch; every epoch goes through them in a new order."""
        batches = max(1, len(self.texts) // self.size)
        epoch, at = divmod(number, batches)
        order = np.random.default_rng([self.seed, ORDER, epoch]).permutation(len(self.texts))
        return [int(row) for row in order[at * self.size : (at + 1) * self.size]]

    def validate(self) -> Verdict:
        """Judge by how many of a held-out text's neighbours stay, when those are read by the student; and by cosine."""
        with torch.no_grad():
            vectors = self.network(*laid_out(self._read(self.held), self.device)).float().cpu().numpy()
        near, cosine = kept_neighbours(self.wanted, vectors), float((self.wanted * vectors).sum(1).mean())
        return Verdict(near, {f"neighbours@{NEAR}": near, "cosine": cosine}, spread(vectors))

    def _read(self, texts: Sequence[str]) -> list[NDArray[np.int32]]:
        """Return the token ids of texts, to their end."""
        found = self.tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [np.asarray(one.ids, np.int32) for one in found]

    def state(self) -> Any:
        """Return nothing: the order depends on the batch's number alone."""
        return None

    def restore(self, state: Any) -> None:
        """Go on: nothing is needed."""

    def write(self, folder: Path) -> None:
        """Write the student as songkin reads it, int8 and all."""
        table = self.network.table.weight.detach().float().cpu().numpy()
        projection = self.network.projection.detach().float().cpu().numpy()
        name = self.options.name or f"{self.follows.name}-fast"
        write_static(folder, table, projection, name=name, follows=self.follows)


def held_out(bench: Bench) -> list[str]:
    """Return the held-out texts of the sources that are validated on, at most SEEN."""
    rng = np.random.default_rng([bench.recipe.seed, HELD])
    found: dict[str, None] = {}
    for mixed in bench.sources:
        if mixed.validate > 0:
            for example in mixed.source.examples(bench.ground, VALID, rng):
                found.update(dict.fromkeys((example.anchor, example.positive)))
    texts = list(found)
    if len(texts) < 2:
        raise TrainingError("nothing is held out to validate on; give a [[source]] a validate weight above 0")
    return [texts[at] for at in sorted(rng.permutation(len(texts))[:SEEN])]


def kept_neighbours(wanted: Vectors, vectors: Vectors, near: int = NEAR) -> float:
    """Return the share in [0, 1] of each text's `near` neighbours that stay neighbours when the others are read anew.

    The texts ask in their own vectors `wanted` (n, dim) and are found among `wanted`, and among `vectors`.
    """
    near = min(near, len(wanted) - 1)
    before, after = (nearest(wanted @ rows.T, near) for rows in (wanted, vectors))
    return float(np.mean([len(set(own) & set(other)) / near for own, other in zip(before, after, strict=True)]))
