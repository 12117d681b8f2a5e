"""The text encoder that runs an ONNX graph on the CPU.

Conventions
-----------
Texts are sorted by length and run in small batches of one length or nearly so; rows come back in the order given.
A text without words ('' or blanks) gives a row of zeros: it is like nothing, itself included.
The id of a token that a request denies is negative, where the encoder counts these against it.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songkin.encoders.graph import OnnxRuntime, Runner, Told
from songkin.encoders.heat import Read, checked, spelt
from songkin.encoders.openvino import OpenVino, has_bfloat16, import_openvino, installed
from songkin.encoders.weights import Weights, read_json
from songkin.errors import EncoderError, SongkinError
from songkin.text.denials import denials
from songkin.types import Vectors

__all__ = ["RUNTIMES", "OnnxEncoder", "batches", "signed"]

log = logging.getLogger(__name__)
RUNTIMES = ("onnxruntime", "openvino")
BATCH_TOKENS = 1024  # tokens a batch holds, padding included: its activations stay in the cache of a CPU
MANY_TOKENS = 4096  # a call of fewer is not worth opening OpenVINO for: half a second, and 200 MB of memory
SHORT_TOKENS = 12  # special tokens included: bfloat16 takes some texts of a few words further away than SAME
CACHED_QUERIES = 1024
RETOLD = "encoders that `songkin train` made do: songkin add --reencode --encoder FOLDER"
SAME = 0.9999  # cosine from which two runtimes' vectors of a text are interchangeable
CHECKED = (
    "slow quiet songs about leaving home late in the night",
    "I left my keys beside the sink, you left your name along my sleeve",
    "Una canción de verano, noche y mar; 夜の海; Lieder vom Regen im April",
    "loud fast angry guitars 1994 " * 5,
    "and nobody sings on the corner any more, the shutters are down and the band has gone home, " * 30,
)  # the last is cut at `max_tokens`: a graph that cannot take so many fails in ONNX Runtime, in OpenVINO silently


class OnnxEncoder:
    """Reads lyrics and descriptions.

    `threads` counts CPU threads; None = the CPUs this process may use. `runtime` says what encodes songs:
    "onnxruntime", "openvino" or, by default, OpenVINO in large calls where it is installed, the CPU has bfloat16 and a
    few texts agree, and ONNX Runtime otherwise. Requests and texts of a few words always run with ONNX Runtime.
    Whichever ran, the vectors of a text agree at cosine .9999, so the fingerprint does not name the runtime.
    """

    reads = frozenset({"lyrics", "description"})

    def __init__(self, weights: Weights, *, threads: int | None = None, runtime: str | None = None) -> None:
        if runtime not in (None, *RUNTIMES):
            raise EncoderError(f"there is no runtime '{runtime}'; take {' or '.join(RUNTIMES)}")
        self.weights = weights
        self.name = weights.name
        self.fusion = weights.fusion
        self.fingerprint = weights.fingerprint
        self.threads = threads or usable_cpus()
        self.tokenizer = open_tokenizer(weights)
        self.opened = OnnxRuntime(weights.model, threads=self.threads)
        self.padding = padding_id(weights, self.tokenizer)
        self.specials = self.tokenizer.num_special_tokens_to_add(False)
        self.cached_query = lru_cache(CACHED_QUERIES)(self.encode_query)
        self.dim = self.run([[self.padding] * (self.specials + 1)], self.opened).shape[1]
        self.runtime = runtime
        if runtime == "openvino":
            import_openvino()

    def encode_songs(self, texts: Sequence[str]) -> Vectors:
        """Encode passages or descriptions (n,) -> (n, dim), unit length; no texts give (0, dim), a blank one zeros."""
        ids = self.read(texts, asked=False)
        if self.runtime != "openvino" and sum(map(len, ids.values())) < MANY_TOKENS:
            return self.encode(ids, len(texts), self.opened)
        short = {row: tokens for row, tokens in ids.items() if len(tokens) <= SHORT_TOKENS}
        long = {row: ids[row] for row in ids.keys() - short.keys()}
        vectors: Vectors = self.encode(short, len(texts), self.opened) + self.encode(long, len(texts), self.many)
        return vectors

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode requests (n,) -> (n, dim), unit length; a single one is remembered."""
        if len(texts) == 1:
            return np.array([self.cached_query(texts[0])], np.float32)
        return self.encode(self.read(texts, asked=True), len(texts), self.opened)

    def encode_query(self, text: str) -> Vectors:
        """Encode one request -> (dim,)."""
        vector: Vectors = self.encode(self.read([text], asked=True), 1, self.opened)[0]
        return vector

    def read(self, texts: Sequence[str], *, asked: bool) -> dict[int, list[int]]:
        """Return row -> token ids of texts, asked or sung, without those that hold no words."""
        prefix = self.weights.query_prefix if asked else self.weights.song_prefix
        spoken = [(row, writable(text)) for row, text in enumerate(texts) if text.strip()]
        encoded = self.tokenizer.encode_batch_fast([prefix + text for _, text in spoken])
        ids = {row: e.ids for (row, _), e in zip(spoken, encoded, strict=True) if len(e.ids) > self.specials}
        if asked and self.weights.denials:
            for row, text in spoken:
                if row in ids and (stretches := denials(text)):
                    ids[row] = signed(self.tokenizer.encode(prefix + text), stretches, skipped=len(prefix))
        return ids

    def encode(self, ids: Mapping[int, list[int]], count: int, runner: Runner) -> Vectors:
        """Run row -> token ids in batches -> (count, dim); rows that are not there are zeros."""
        vectors = np.zeros((count, self.dim), np.float32)
        for rows in batches({row: len(tokens) for row, tokens in ids.items()}):
            vectors[rows] = self.run([ids[row] for row in rows], runner)
        return vectors

    def run(self, ids: Sequence[Sequence[int]], runner: Runner) -> Vectors:
        """Run one batch of token ids -> (n, dim) of unit length."""
        tokens, mask = padded(ids, self.padding)  # (n, length) each
        hidden = runner(tokens, mask)
        if hidden.ndim == 3:
            hidden = pooled(hidden, mask, self.weights.pooling)  # (n, length, dim) -> (n, dim)
        hidden = hidden[:, : self.weights.dim]  # (n, size) -> (n, dim)
        lengths = np.linalg.norm(hidden, axis=1, keepdims=True)
        return np.asarray(hidden / np.maximum(lengths, 1e-12), np.float32)

    def token_vectors(self, text: str, *, asked: bool) -> tuple[Read, Vectors]:
        """Return what each token adds to a request's or a song's vector (t, dim); EncoderError where not told."""
        read, told = self.told(text, asked=asked)
        own = self.encode_query(text) if asked else self.encode_songs([text])[0]
        if told.vectors is None:
            raise EncoderError(f"{self.name} gives no token vectors, which a heat map needs; {RETOLD}")
        if not own.any():  # a text without words is like nothing
            return read._replace(owners=read.owners[:0]), np.zeros((0, self.dim), np.float32)
        return read, checked(self.name, told.vectors[0][:, : self.weights.dim], own)

    def token_attention(self, text: str) -> tuple[Read, Vectors]:
        """Return how a song's tokens attend to each other (layers, heads, t, t); EncoderError where not told."""
        read, told = self.told(text, asked=False)
        if told.attention is None:
            raise EncoderError(f"{self.name} does not give its attention; {RETOLD}")
        return read, told.attention[0]

    def told(self, text: str, *, asked: bool) -> tuple[Read, Told]:
        """Read one text, asked or sung, and what the graph tells of it beside its vector."""
        prefix, text = self.weights.query_prefix if asked else self.weights.song_prefix, writable(text)
        encoding = self.tokenizer.encode(prefix + text)
        denying = asked and self.weights.denials
        ids = signed(encoding, denials(text), skipped=len(prefix)) if denying else encoding.ids
        told = self.opened.told(*padded([ids or [self.padding]], self.padding))
        return spelt(text, encoding, skipped=len(prefix)), told

    @cached_property
    def many(self) -> Runner:
        """The runner of many songs, opened when the first ones come."""
        if self.runtime == "openvino":
            return self.bfloat16() or self.openvino("f32")
        if self.runtime == "onnxruntime" or not installed():
            return self.opened
        try:
            return self.bfloat16() or self.opened
        except SongkinError as error:
            log.warning("OpenVINO is installed but does not work, so ONNX Runtime goes on: %s", error)
            return self.opened

    def bfloat16(self) -> Runner | None:
        """Open OpenVINO in bfloat16; None where the CPU lacks it or the texts to check by come out different."""
        if not has_bfloat16():
            return None
        ids = self.read(CHECKED, asked=False)
        expected, runner = self.encode(ids, len(CHECKED), self.opened), self.openvino("bf16")
        cosines = (expected * self.encode(ids, len(CHECKED), runner)).sum(1)
        return runner if cosines[list(ids)].min(initial=1) >= SAME else None

    def openvino(self, precision: str) -> Runner:
        """Open OpenVINO on the graph that is open already."""
        return OpenVino(self.weights.model, self.opened, threads=self.threads, precision=precision)


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
    """Fill token ids up to the longest -> ids, mask (n, length): 1 where there is a token, -1 where it is denied."""
    lengths = np.array([len(row) for row in ids])
    mask = (np.arange(lengths.max()) < lengths[:, None]).astype(np.int64)
    tokens = np.full(mask.shape, padding, np.int64)
    flat = np.concatenate([np.asarray(row, np.int64) for row in ids])
    seen = mask.astype(bool)
    tokens[seen], mask[seen] = np.abs(flat), np.where(flat < 0, -1, 1)
    return tokens, mask


def signed(encoding: Any, stretches: Sequence[tuple[int, int]], *, skipped: int = 0) -> list[int]:
    """Return a text's token ids, negative in the stretches that are denied; `skipped` characters are a prefix."""
    ids: list[int] = list(encoding.ids)
    for start, end in stretches:
        for at, (first, behind) in enumerate(encoding.offsets):
            if first < end + skipped and behind > start + skipped:
                ids[at] = -abs(ids[at])
    return ids


def pooled(hidden: Any, mask: NDArray[np.int64], pooling: str) -> Any:
    """Reduce token vectors (n, length, dim) to text vectors (n, dim): the first token's, or the mean."""
    if pooling == "cls":
        return hidden[:, 0]
    return np.einsum("nld,nl->nd", hidden, mask.astype(np.float32)) / np.abs(mask).sum(1, keepdims=True)


def open_tokenizer(weights: Weights) -> Any:
    """Open the tokenizer, cutting at `max_tokens` (0 = never) and leaving padding to us."""
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(weights.tokenizer))
    except Exception as error:  # the library raises bare Exception
        raise EncoderError(f"{weights.tokenizer} is no tokenizer ({error}); fetch the model again") from error
    tokenizer.no_padding()
    tokenizer.no_truncation()
    if weights.max_tokens:
        tokenizer.enable_truncation(weights.max_tokens)
    return tokenizer


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
