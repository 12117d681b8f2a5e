"""The text encoder that runs an ONNX graph on the CPU with ONNX Runtime.

Conventions
-----------
Texts are sorted by length and run in small batches of one length or nearly so; rows come back in the order given.
A text without words ('' or blanks) gives a row of zeros: it is like nothing, itself included.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songkin.encoders.weights import Weights, read_json
from songkin.errors import EncoderError
from songkin.types import Vectors

__all__ = ["OnnxEncoder", "batches"]

BATCH_TOKENS = 1024  # tokens a batch holds, padding included: its activations stay in the cache of a CPU
CACHED_QUERIES = 1024
POOLED = ("embeddings", "sentence_embedding")  # graph outputs that need no pooling of ours
FED = ("input_ids", "attention_mask", "token_type_ids")


class OnnxEncoder:
    """Reads lyrics and descriptions. `threads` counts CPU threads; None = the CPUs this process may use."""

    reads = frozenset({"lyrics", "description"})

    def __init__(self, weights: Weights, *, threads: int | None = None) -> None:
        self.weights = weights
        self.name = weights.name
        self.fingerprint = weights.fingerprint
        self.tokenizer = open_tokenizer(weights)
        self.session = open_session(weights.model, threads or usable_cpus())
        self.inputs = [i.name for i in self.session.get_inputs()]
        self.output = choose_output(weights.model, self.session)
        self.padding = padding_id(weights, self.tokenizer)
        self.specials = self.tokenizer.num_special_tokens_to_add(False)
        self.cached_query = lru_cache(CACHED_QUERIES)(self.encode_query)
        if unknown := set(self.inputs) - set(FED):
            raise EncoderError(f"{weights.model} asks for {sorted(unknown)}; a text encoder reads only {list(FED)}")
        self.dim = self.run([[self.padding] * (self.specials + 1)]).shape[1]

    def encode_songs(self, texts: Sequence[str]) -> Vectors:
        """Encode passages or descriptions (n,) -> (n, dim), unit length; no texts give (0, dim), a blank one zeros."""
        return self.encode(texts, self.weights.song_prefix)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode requests (n,) -> (n, dim), unit length; a single one is remembered."""
        if len(texts) == 1:
            return np.array([self.cached_query(texts[0])], np.float32)
        return self.encode(texts, self.weights.query_prefix)

    def encode_query(self, text: str) -> Vectors:
        """Encode one request -> (dim,)."""
        vector: Vectors = self.encode([text], self.weights.query_prefix)[0]
        return vector

    def encode(self, texts: Sequence[str], prefix: str) -> Vectors:
        """Encode texts (n,) behind a prefix -> (n, dim)."""
        vectors = np.zeros((len(texts), self.dim), np.float32)
        if not texts:
            return vectors
        spoken = [(i, writable(text)) for i, text in enumerate(texts) if text.strip()]
        encoded = self.tokenizer.encode_batch_fast([prefix + text for _, text in spoken])
        ids = {i: e.ids for (i, _), e in zip(spoken, encoded, strict=True) if len(e.ids) > self.specials}
        for rows in batches({i: len(tokens) for i, tokens in ids.items()}):
            vectors[rows] = self.run([ids[i] for i in rows])
        return vectors

    def run(self, ids: Sequence[Sequence[int]]) -> Vectors:
        """Run one batch of token ids -> (n, dim) of unit length."""
        tokens, mask = padded(ids, self.padding)  # (n, length) each
        values = {"input_ids": tokens, "attention_mask": mask, "token_type_ids": np.zeros_like(tokens)}
        hidden = self.session.run([self.output], {name: values[name] for name in self.inputs})[0]
        if hidden.ndim == 3:
            hidden = pooled(hidden, mask, self.weights.pooling)  # (n, length, dim) -> (n, dim)
        lengths = np.linalg.norm(hidden, axis=1, keepdims=True)
        return np.asarray(hidden / np.maximum(lengths, 1e-12), np.float32)


def batches(lengths: dict[int, int]) -> Iterator[list[int]]:
    """Group rows (row -> tokens) into batches of near lengths, each of at most BATCH_TOKENS tokens with its padding."""
    batch: list[int] = []
    for row in sorted(lengths, key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[row] > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def writable(text: str) -> str:
    """Return the text with '?' for lone surrogates (of damaged JSON), which no tokenizer takes."""
    return text.encode("utf-8", "replace").decode()


def padded(ids: Sequence[Sequence[int]], padding: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Fill token ids up to the longest -> ids (n, length), mask (n, length), 1 where there is a token."""
    lengths = np.array([len(row) for row in ids])
    mask = (np.arange(lengths.max()) < lengths[:, None]).astype(np.int64)
    tokens = np.full(mask.shape, padding, np.int64)
    tokens[mask.astype(bool)] = np.concatenate([np.asarray(row, np.int64) for row in ids])
    return tokens, mask


def pooled(hidden: Any, mask: NDArray[np.int64], pooling: str) -> Any:
    """Reduce token vectors (n, length, dim) to text vectors (n, dim): the first token's, or the mean."""
    if pooling == "cls":
        return hidden[:, 0]
    return np.einsum("nld,nl->nd", hidden, mask.astype(np.float32)) / mask.sum(1, keepdims=True)


def open_tokenizer(weights: Weights) -> Any:
    """Open the tokenizer, cutting at `max_tokens` and leaving padding to us."""
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(weights.tokenizer))
    except Exception as error:  # the library raises bare Exception
        raise EncoderError(f"{weights.tokenizer} is no tokenizer ({error}); fetch the model again") from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(weights.max_tokens)
    return tokenizer


def open_session(model: Path, threads: int) -> Any:
    """Open an ONNX file on the CPU with a fixed number of threads."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # twice as fast where CPUs are shared
    try:
        return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the library's errors share no base class
        raise EncoderError(f"{model} is no ONNX model that runs here ({first_line(error)}); fetch it again") from error


def first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def choose_output(model: Path, session: Any) -> str:
    """Choose the graph's pooled output, or else the token vectors, which we pool."""
    shapes: dict[str, list[Any]] = {o.name: o.shape for o in session.get_outputs()}
    for name in POOLED:
        if name in shapes:
            return name
    for name, shape in shapes.items():
        if len(shape) == 3:
            return name
    raise EncoderError(f"{model} gives {list(shapes)}, neither token vectors nor a sentence_embedding")


def padding_id(weights: Weights, tokenizer: Any) -> int:
    """Return the id that fills short rows: the tokenizer's own, 0 where it names none."""
    settings = weights.tokenizer.with_name("tokenizer_config.json")
    token = read_json(settings).get("pad_token") if settings.is_file() else "[PAD]"
    if isinstance(token, dict):
        token = token.get("content")
    return (tokenizer.token_to_id(token) if isinstance(token, str) else None) or 0


def usable_cpus() -> int:
    """Count the CPUs this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
