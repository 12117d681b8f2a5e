"""The task "gpl": a bi-encoder learns the margins that a teacher puts between a query's own sets and its negatives.

Generative pseudo-labelling: Wang, Thakur, Reimers and Gurevych, NAACL 2022 [wang2022gpl]; for song descriptors: Epure,
Meseguer-Brocal, Afchar and Hennequin, NLP4MusA 2024 [epure2024harnessing].
"""

from __future__ import annotations

import logging
import math
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from songkin.errors import TrainingError
from songkin.training.data import TRAIN, VALID
from songkin.training.data.reading import sha256
from songkin.training.losses import margin_mse
from songkin.training.melscribe.labels import Labels, label
from songkin.training.melscribe.margins import LEARNED, MARGINS, RAW, SCALED, ratio
from songkin.training.melscribe.mining import Ints, retriever
from songkin.training.melscribe.pairs import Pair, PairReader
from songkin.training.melscribe.ranking import by_cosine, share, trials
from songkin.training.melscribe.standing import STANDING, compared, encoders, require, write
from songkin.training.networks.cross import WEIGHTS, CrossNetwork
from songkin.training.networks.text import TextNetwork
from songkin.training.recipes import Network
from songkin.training.starting import start
from songkin.training.task import Bench
from songkin.training.tasks.teacher import drawn_of
from songkin.training.tokens import TOKENIZER, Reader
from songkin.training.validation import Retrieval, Verdict

__all__ = ["SCALE", "Gpl", "Options"]

log = logging.getLogger(__name__)
ORDER, NEGATIVE, MEASURED = 36, 37, 38  # what a generator is for
SCALE = "scale"
PAIRS = 512  # pairs the student's own margins are measured on


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The [gpl] table.

    `teacher` is the folder of a trained teacher. `labels` is where its labels are kept and found again, "" = in the
    folder of the training. `negatives` a query, from `retrievers` in turn. `margin` "scaled", "raw" or "learned": see
    `songkin.training.melscribe.margins`. `trials` held-out queries with `trial_negatives` each compare teacher and
    bi-encoders; a teacher that does not beat the best of them labels nothing, unless `weak_teacher`. `teacher_tokens`:
    the longest pair it reads.
    """

    teacher: str
    labels: str = ""
    retrievers: tuple[str, ...] = ("shipped", "tf-idf")
    negatives: int = 30
    margin: str = SCALED
    trials: int = 300
    trial_negatives: int = 10
    weak_teacher: bool = False
    teacher_tokens: int = 256

    def __post_init__(self) -> None:
        if self.margin not in MARGINS:
            raise ValueError(f"margin is '{self.margin}'; it is one of {', '.join(MARGINS)}")
        if min(self.negatives, self.trials, self.trial_negatives, self.teacher_tokens) < 1 or not self.retrievers:
            raise ValueError(
                "negatives, trials, trial_negatives and teacher_tokens are from 1, retrievers names at least one"
            )


class Gpl:
    """Trains a text network with MarginMSE on a teacher's pseudo-labels."""

    def __init__(self, bench: Bench) -> None:
        recipe = bench.recipe
        self.options, self.seed, self.size = recipe.task_table(Options), recipe.seed, recipe.batches.size
        begun = start(recipe)
        self.network: TextNetwork = begun.network.to(bench.device).train()
        self.reader = Reader(begun.tokenizer, recipe.batches.max_tokens, bench.device)
        self.retrieval = Retrieval(bench.sources, bench.ground, recipe.validation, seed=recipe.seed)
        self._ask_teacher(bench)
        self.pairs = self.labels.pairs()
        self.factor = self._factor()
        if self.options.margin == LEARNED:
            self.network.register_parameter(
                SCALE, nn.Parameter(torch.tensor(math.log(self.factor), device=bench.device))
            )

    def _ask_teacher(self, bench: Bench) -> None:
        """Compare the teacher with the bi-encoders, and let it label the training queries if it counts."""
        own, recipe = self.options, bench.recipe
        folder = recipe.beside(own.teacher)
        teacher = CrossNetwork.read(folder).to(bench.device)
        pairs = PairReader(folder / TOKENIZER, own.teacher_tokens, bench.device)
        place = recipe.beside(own.labels) if own.labels else bench.out
        searching = [retriever(recipe.beside_or_name(name)) for name in own.retrievers]
        held = drawn_of(bench, VALID)
        self.trials = trials(held, queries=own.trials, negatives=own.trial_negatives, seed=self.seed)
        begun = start(replace(recipe, network=Network(start=recipe.network.start)))
        whole = begun.network.to(bench.device)
        rivals = {f"{recipe.network.start} (its start)": by_cosine(lambda texts: self.reader.encoded(whole, texts))}
        self.teacher = sha256(folder / WEIGHTS)
        key = f"{self.teacher}:{own.teacher_tokens}"

        def score(given: Sequence[Pair]) -> NDArray[np.floating]:
            return pairs.scored(teacher, given)

        told = ":".join([key, sha256(begun.tokenizer.parent / WEIGHTS), *(one.fingerprint for one in searching)])
        self.comparison = compared(score, rivals | encoders(searching), self.trials, key=told, place=place)
        write(self.comparison, bench.out / STANDING)
        require(self.comparison, weak=own.weak_teacher)
        self.labels: Labels = label(drawn_of(bench, TRAIN), searching, score, key, place, negatives=own.negatives)

    def _factor(self) -> float:
        """Return s, by which the teacher's margins are wider than the network's own before training; raw ones stay."""
        if self.options.margin == RAW:
            return 1.0
        rng = np.random.default_rng([self.seed, MEASURED])
        chosen = self.pairs[rng.permutation(len(self.pairs))[:PAIRS]]
        columns = self._negatives(chosen, rng)
        queries, right, wrong = (self.reader.encoded(self.network, texts) for texts in self._texts(chosen, columns))
        found = ratio(self.labels.margins(), ((right - wrong) * queries).sum(1))
        log.info("margins: the teacher's are %.2f times as wide as the bi-encoder's", found)
        return found

    def loss(self, number: int) -> Tensor:
        """Return MarginMSE of a batch of triples: every epoch all pairs in a new order, each with another negative."""
        rows = self._rows(number)
        columns = self._negatives(rows, np.random.default_rng([self.seed, NEGATIVE, number]))
        queries, right, wrong = self._texts(rows, columns)
        vectors = self.reader.vectors(self.network, [*queries, *right, *wrong])
        query, positive, negative = torch.split(vectors, len(rows))
        wanted = self.labels.right_scores[rows[:, 0], rows[:, 1]] - self.labels.wrong_scores[rows[:, 0], columns]
        margins = torch.tensor(wanted, dtype=torch.float32, device=self.reader.device)
        own, other = (query * positive).sum(-1), (query * negative).sum(-1)
        if self.options.margin == LEARNED:
            by = self.network.get_parameter(SCALE).exp()
            return margin_mse(own * by, other * by, margins)
        return margin_mse(own, other, margins / self.factor)

    def _rows(self, number: int) -> Ints:
        """Return the pairs of a batch, (size, 2); what does not fill a batch ends the order and is left out."""
        batches = max(1, len(self.pairs) // self.size)
        epoch, at = divmod(number, batches)
        order = np.random.default_rng([self.seed, ORDER, epoch]).permutation(len(self.pairs))
        return np.asarray(self.pairs[order[at * self.size : (at + 1) * self.size]], np.int64)

    def _negatives(self, rows: Ints, rng: np.random.Generator) -> Ints:
        """Draw the column of a negative for each pair."""
        there = self.labels.wrong[rows[:, 0]] >= 0  # (n, negatives)
        return np.asarray(np.where(there, rng.random(there.shape), -1.0).argmax(1), np.int64)

    def _texts(self, rows: Ints, columns: Ints) -> tuple[list[str], list[str], list[str]]:
        """Return the queries, their sets and their negatives of some pairs."""
        own, texts = self.labels, self.labels.texts
        queries = [own.queries[row] for row, _ in rows]
        right = [texts[own.own[row, column]] for row, column in rows]
        return queries, right, [texts[own.wrong[row, column]] for row, column in zip(rows[:, 0], columns, strict=True)]

    def validate(self) -> Verdict:
        """Judge by retrieval on held-out pairs; beside it, pair ranking of teacher, bi-encoder and this network."""
        found = self.retrieval(lambda texts: self.reader.encoded(self.network, texts))
        own = share(by_cosine(lambda texts: self.reader.encoded(self.network, texts)), self.trials.hard)
        measures = {
            **found.measures,
            "pairs, student": own,
            **self.comparison.measures(),
            "margin scale": self._scale(),
        }
        return found._replace(measures=measures)

    def _scale(self) -> float:
        if self.options.margin == LEARNED:
            return math.exp(float(self.network.get_parameter(SCALE).detach()))
        return self.factor

    def state(self) -> Any:
        """Return the teacher; the order depends on the batch's number alone."""
        return {"teacher": self.teacher}

    def restore(self, state: Any) -> None:
        """Go on with the same teacher; TrainingError with another one."""
        if state != self.state():
            raise TrainingError(f"{self.options.teacher} is another teacher now; bring it back or name another folder")

    def write(self, folder: Path) -> None:
        """Write the network, without the scale of its margins, and its tokenizer."""
        bare = TextNetwork(self.network.shape)
        bare.load_state_dict({name: tensor for name, tensor in self.network.state_dict().items() if name != SCALE})
        bare.write(folder)
        shutil.copyfile(self.reader.path, folder / TOKENIZER)
