"""Texts into token ids, and through a network in pieces of like length."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.func import functional_call

from songkin.encoders.onnx import signed
from songkin.errors import TrainingError
from songkin.text.denials import denials
from songkin.types import Vectors

__all__ = ["TOKENIZER", "Reader"]

TOKENIZER = "tokenizer.json"
PIECE = 32  # texts that are padded to one length together
BY_WORD = ("embeddings.word_embeddings.weight", "bag.salience")  # tables with a row for every word of the vocabulary


class Reader:
    """Reads texts for a network: its tokenizer, cut at `max_tokens`, on a device."""

    def __init__(self, tokenizer: Path, max_tokens: int, device: torch.device) -> None:
        try:
            self.tokenizer = Tokenizer.from_file(str(tokenizer))
        except Exception as error:  # the only class tokenizers raises
            raise TrainingError(f"{tokenizer} is no tokenizer ({error}); get the folder again") from error
        self.tokenizer.enable_truncation(max_tokens)
        self.tokenizer.no_padding()
        self.path, self.device = tokenizer, device

    def vectors(self, network: nn.Module, texts: Sequence[str], *, denying: Collection[int] = ()) -> Tensor:
        """Encode texts (n,) -> (n, dim), with gradients; equal texts once, neighbours in length padded together.

        What those in the rows `denying` deny counts against them.
        """
        read = [(text, row in denying) for row, text in enumerate(texts)]
        unique = list(dict.fromkeys(read))
        encoded = self.tokenizer.encode_batch([text for text, _ in unique])
        ids = [
            signed(own, denials(text)) if against else own.ids
            for (text, against), own in zip(unique, encoded, strict=True)
        ]
        order = sorted(range(len(unique)), key=lambda at: len(ids[at]))
        words = sorted({0, *(abs(word) for own in ids for word in own)})
        tables, renamed = self._used(network, words), {word: at for at, word in enumerate(words)}
        renamed |= {-word: -at for word, at in renamed.items()}
        parts = []
        for first in range(0, len(order), PIECE):
            piece = [[renamed[word] for word in ids[at]] if tables else ids[at] for at in order[first : first + PIECE]]
            parts.append(functional_call(network, tables, self._padded(piece)))
        place = {unique[at]: row for row, at in enumerate(order)}
        rows = torch.tensor([place[one] for one in read], device=self.device)
        found: Tensor = torch.cat(parts)[rows]
        return found

    @torch.no_grad()
    def encoded(self, network: nn.Module, texts: Sequence[str], *, denying: bool = False) -> Vectors:
        """Encode texts (n,) -> (n, dim) as numpy, without gradients; no texts give (0, 0)."""
        if not texts:
            return np.zeros((0, 0), np.float32)
        was = network.training
        network.eval()
        found = self.vectors(network, texts, denying=range(len(texts) if denying else 0)).float().cpu().numpy()
        network.train(was)
        if not np.isfinite(found).all():
            raise TrainingError("the network gives vectors that are no numbers; lower [optimiser] rate, or clip")
        return np.asarray(found, np.float32)

    def _used(self, network: nn.Module, words: Sequence[int]) -> dict[str, Tensor]:
        """Return the rows of the words in use, of every table by word: one gradient a batch instead of one a piece."""
        rows = torch.tensor(words, device=self.device)
        tables = {name: table for name, table in network.named_parameters() if name in BY_WORD}
        return {name: table[rows] for name, table in tables.items()}

    def _padded(self, ids: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
        longest = max(map(len, ids))
        tokens = torch.zeros((len(ids), longest), dtype=torch.long)
        mask = torch.zeros_like(tokens)
        for row, own in enumerate(ids):
            told = torch.tensor(own)
            tokens[row, : len(own)] = told.abs()
            mask[row, : len(own)] = torch.where(told < 0, -1, 1)
        return tokens.to(self.device), mask.to(self.device)
