"""The encoder that adds up a vector a token: numpy alone, so that bulk lyrics cost little.

Conventions
-----------
The vector of a text is the unit vector of (sum over its tokens t of scales[t] * table[t]) @ projection, with the table
(V, H) int8, scales (V,) and projection (H, dim). What a token weighs is the length of its row. Texts are read to their
end, without special tokens; one without words is a row of zeros.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.encoders.heat import Read, spelt
from songkin.encoders.onnx import open_tokenizer, writable
from songkin.encoders.weights import Weights, cure
from songkin.errors import EncoderError
from songkin.types import Vectors

__all__ = ["KINDS", "StaticEncoder", "StaticTable"]

TEXTS_AT_ONCE = 1024  # handed to the tokenizer in one go
TOKENS_AT_ONCE = 4096  # of one text, added in one go: 4 MB
KINDS = {"table": ("int8",), "scales": ("float16",), "projection": ("float16", "float32")}


class StaticEncoder:
    """Reads lyrics and descriptions by adding up a vector a token; of the kind of model2vec's models.

    `space` is the fingerprint of the encoder it was trained to follow, whose vectors its own may be compared with.
    """

    reads = frozenset({"lyrics", "description"})

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.name = weights.name
        self.fusion = weights.fusion
        self.fingerprint = weights.fingerprint
        self.space = weights.space
        self.tokenizer = open_tokenizer(weights)
        self.table, self.scales, projection = read_table(weights, self.tokenizer.get_vocab_size())
        self.projection = np.ascontiguousarray(projection[:, : weights.dim])  # (H, D) -> (H, dim)
        self.dim = self.projection.shape[1]

    def encode_songs(self, texts: Sequence[str]) -> Vectors:
        """Encode passages or descriptions (n,) -> (n, dim), unit length; no texts give (0, dim), a blank one zeros."""
        sums = np.zeros((len(texts), self.table.shape[1]), np.float32)
        for at in range(0, len(texts), TEXTS_AT_ONCE):
            chunk = [writable(text) for text in texts[at : at + TEXTS_AT_ONCE]]
            for row, tokens in enumerate(self.tokenizer.encode_batch_fast(chunk, add_special_tokens=False), at):
                sums[row] = self.added(tokens.ids)
        vectors = sums @ self.projection  # (n, H) @ (H, dim) -> (n, dim)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode requests just as songs (n,) -> (n, dim)."""
        return self.encode_songs(texts)

    def token_vectors(self, text: str, *, asked: bool) -> tuple[Read, Vectors]:
        """Return what each token adds to a text's vector (t, dim), before that is made unit length."""
        text = writable(text)
        encoding = self.tokenizer.encode(text, add_special_tokens=False)
        rows = self.table[encoding.ids].astype(np.float32) * self.scales[encoding.ids, None]  # (t, H)
        return spelt(text, encoding), np.asarray(rows @ self.projection, np.float32)

    def added(self, ids: list[int]) -> NDArray[np.float32]:
        """Add up the rows of a text's tokens -> (H,); each token counts as often as it comes."""
        total = np.zeros(self.table.shape[1], np.float32)
        for at in range(0, len(ids), TOKENS_AT_ONCE):
            some = ids[at : at + TOKENS_AT_ONCE]
            total += self.scales[some] @ self.table[some].astype(np.float32)  # (t,) @ (t, H) -> (H,)
        return total


class StaticTable(NamedTuple):
    """A static encoder's numbers: table (V, H), scales (V,) and projection (H, dim) in single precision."""

    table: NDArray[np.int8]
    scales: NDArray[np.float32]
    projection: NDArray[np.float32]


def read_table(weights: Weights, vocabulary: int) -> StaticTable:
    """Read a static encoder's safetensors; EncoderError unless types, shapes and the vocabulary fit."""
    arrays, cured = opened(weights), cure(weights.folder)
    for name, kinds in KINDS.items():
        if name not in arrays or str(arrays[name].dtype) not in kinds:
            raise EncoderError(f"{weights.model} has no {name} in {' or '.join(kinds)}; {cured}")
    table, scales, projection = (arrays[name] for name in KINDS)
    width = table.shape[-1] if table.ndim else 0
    if [table.shape, scales.shape, projection.shape] != [(vocabulary, width), (vocabulary,), (width, weights.size)]:
        shapes = f"{table.shape}, {scales.shape} and {projection.shape}"
        wanted = f"{vocabulary} tokens and vectors of {weights.size} numbers"
        raise EncoderError(f"{weights.model}: the shapes {shapes} do not fit {wanted}; {cured}")
    if not (np.isfinite(scales).all() and np.isfinite(projection).all()):
        raise EncoderError(f"{weights.model} holds values that are no numbers; {cured}")
    return StaticTable(table, scales.astype(np.float32), projection.astype(np.float32))


def opened(weights: Weights) -> dict[str, NDArray[Any]]:
    """Open a safetensors file; EncoderError where it is cut short or something else."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        return load_file(weights.model)
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        said = " ".join(str(error).split())[:120]
        raise EncoderError(f"{weights.model} is no whole safetensors file ({said}); {cure(weights.folder)}") from error
