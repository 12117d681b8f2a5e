"""The task "distil": a network learns to give the vectors of a larger one, its teacher, for plain texts."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from songkin.errors import TrainingError
from songkin.evaluation.spaces import shared_neighbours
from songkin.training.checkpoints import atomically
from songkin.training.data.distil import texts_of
from songkin.training.losses import matryoshka, similarity_kl, teacher_cosine, teacher_mse
from songkin.training.starting import start
from songkin.training.task import Bench
from songkin.training.tokens import TOKENIZER, Reader
from songkin.training.validation import Retrieval, Verdict
from songkin.types import Vectors

__all__ = ["Distil", "Options"]

ORDER = 4  # what a generator is for
HELD = 1000  # texts, a tenth at most, that are not learned from: a network is judged by its neighbours among them
CHUNK = 8192  # texts a call: enough to be sorted by length, and for the fastest runtime to open


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The [distil] table: the `teacher` (any encoder songkin loads, or a folder beside the recipe), how many `texts` of
    the sources it reads, once, and how many of them stay `together` in a batch as they stand together in the sources (a
    text, then what belongs to it; batches.size is a multiple of it); the weights of the losses: `cosine` and `mse` to
    its vectors (which must be as wide as ours), `similarity` of the texts of a batch, at `temperature`; `dims` as in
    [contrastive]."""

    teacher: str = "minilm"
    texts: int = 50_000
    together: int = 1
    cosine: float = 1.0
    mse: float = 0.0
    similarity: float = 1.0
    temperature: float = 0.05
    dims: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if (
            self.texts < 2
            or self.together < 1
            or self.temperature <= 0
            or min(self.cosine, self.mse, self.similarity) < 0
        ):
            raise ValueError("texts is a number from 2, together from 1, temperature above 0, the weights from 0")
        if not self.cosine + self.mse + self.similarity:
            raise ValueError("all weights are 0; give cosine, mse or similarity one above 0")


class Distil:
    """Trains a text network on a teacher's vectors, computed once and kept in the folder."""

    def __init__(self, bench: Bench) -> None:
        recipe = bench.recipe
        self.options, self.seed, self.size = recipe.task_table(Options), recipe.seed, recipe.batches.size
        started = start(recipe)
        self.network = started.network.to(bench.device).train()
        self.reader = Reader(started.tokenizer, recipe.batches.max_tokens, bench.device)
        self.retrieval = Retrieval(bench.sources, bench.ground, recipe.validation, seed=recipe.seed)
        self.texts = texts_of(bench.sources, bench.ground, self.options.texts, seed=recipe.seed)
        self.learned, self.held = parted(len(self.texts), self.options.together)
        self.teacher = taught(self.texts, recipe.beside_or_name(self.options.teacher), bench.out)
        dim = self.network.shape.dim
        if self.teacher.shape[1] != dim and self.options.cosine + self.options.mse:
            wide = f"{self.options.teacher}'s vectors have {self.teacher.shape[1]} numbers, ours {dim}"
            raise TrainingError(f"{wide}; set cosine = 0.0 and mse = 0.0 in [distil] and learn its similarities alone")

    def loss(self, number: int) -> Tensor:
        """Return the weighted losses of a batch; every epoch goes through the texts in a new order."""
        rows = self._rows(number)
        wanted = torch.from_numpy(self.teacher[rows]).to(self.reader.device)
        vectors = self.reader.vectors(self.network, [self.texts[row] for row in rows])
        return matryoshka(self._loss, self.options.dims, vectors, wanted)

    def _loss(self, vectors: Tensor, wanted: Tensor) -> Tensor:
        own = self.options
        loss = vectors.sum() * 0
        if own.cosine:
            loss = loss + own.cosine * teacher_cosine(vectors, wanted)
        if own.mse:
            loss = loss + own.mse * teacher_mse(vectors, wanted)
        if own.similarity:
            loss = loss + own.similarity * similarity_kl(vectors, wanted, temperature=own.temperature)
        return loss

    def _rows(self, number: int) -> list[int]:
        """Return the texts of a batch; the last batch of an epoch is whole, its texts end the order."""
        per = max(1, self.size // self.options.together)
        batches = max(1, len(self.learned) // per)
        epoch, at = divmod(number, batches)
        order = np.random.default_rng([self.seed, ORDER, epoch]).permutation(len(self.learned))
        return [int(row) for run in order[at * per : (at + 1) * per] for row in self.learned[run]]

    def validate(self) -> Verdict:
        """Judge by the share of the teacher's ten nearest that it keeps among texts held out; report retrieval too.

        Retrieval cannot decide: a network that has hardly learned to read may beat its teacher where words are shared.
        """
        found = self.retrieval(lambda texts: self.reader.encoded(self.network, texts))
        own = self.reader.encoded(self.network, [self.texts[row] for row in self.held])
        kept = shared_neighbours(own, self.teacher[self.held])
        return found._replace(score=kept, measures={"neighbours kept": kept, **found.measures})

    def state(self) -> Any:
        """Return nothing: the order depends on the batch's number alone."""
        return None

    def restore(self, state: Any) -> None:
        """Go on: nothing is needed."""

    def write(self, folder: Path) -> None:
        """Write the network and its tokenizer."""
        self.network.write(folder)
        shutil.copyfile(self.reader.path, folder / TOKENIZER)


def parted(count: int, together: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Part rows into runs to learn from (runs, together), and rows to judge by (n,), drawn evenly; [] if few."""
    runs = np.arange(count // together * together).reshape(-1, together)
    judged = min(HELD // together, len(runs) // 10)
    places = np.unique(np.linspace(0, len(runs) - 1, judged).astype(np.int64)) if judged else np.empty(0, np.int64)
    return np.delete(runs, places, axis=0), runs[places].ravel()


def taught(texts: list[str], teacher: str, out: Path) -> Vectors:
    """Return the teacher's vectors (n, dim), unit length, read from the folder where they were computed before."""
    from songkin.encoders import load

    encoder = load(teacher)
    key = hashlib.sha256("\0".join([encoder.fingerprint, *texts]).encode()).hexdigest()[:16]
    place = out / f"teacher-{key}.npy"
    if place.is_file():
        return np.asarray(np.load(place, allow_pickle=False), np.float32)
    parts = [encoder.encode_songs(texts[at : at + CHUNK]) for at in range(0, len(texts), CHUNK)]
    vectors = np.concatenate(parts).astype(np.float32)
    with atomically(place) as file:
        np.save(file, vectors, allow_pickle=False)
    return vectors
