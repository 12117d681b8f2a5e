"""Run an ONNX graph on the CPU: token ids in, what the graph gives out.

Conventions
-----------
Token ids are (n, length) int64; the mask is 1 where there is a token. A graph gives token vectors (n, length, dim), or
text vectors (n, dim) where it pools by itself. A graph of ours gives more where its input `explain` is true: the token
vectors whose sum it pooled, and the attention (n, layers, heads, length, length), a row a token, rows summing to 1.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from songkin.errors import EncoderError

__all__ = ["OnnxRuntime", "Runner", "Told", "first_line"]

POOLED = ("embeddings", "sentence_embedding")  # graph outputs that need no pooling of ours
FED = ("input_ids", "attention_mask", "token_type_ids")
EXPLAIN, ATTENTION = "explain", "attention"
Tokens = NDArray[np.int64]


class Runner(Protocol):
    """A graph that is ready to run, safe to call from several threads."""

    def __call__(self, tokens: Tokens, mask: Tokens) -> Any:
        """Run one batch of token ids and mask (n, length), -1 at what is denied -> (n, length, dim) or (n, dim)."""
        ...


class Told(NamedTuple):
    """What a graph tells of one batch beside its vectors, None where it does not tell that."""

    vectors: NDArray[np.float32] | None
    attention: NDArray[np.float32] | None


class OnnxRuntime:
    """Runs a graph with ONNX Runtime in single precision. EncoderError when it is no text encoder's."""

    def __init__(self, model: Path, *, threads: int) -> None:
        self.model = model
        self.session = open_session(model, threads)
        self.inputs = [i.name for i in self.session.get_inputs()]
        self.output = choose_output(model, self.session)
        if unknown := set(self.inputs) - set(FED):
            raise EncoderError(f"{model} asks for {sorted(unknown)}; a text encoder reads only {list(FED)}")

    def __call__(self, tokens: Tokens, mask: Tokens) -> Any:
        return self.outputs([self.output], tokens, mask)[0]

    def told(self, tokens: Tokens, mask: Tokens) -> Told:
        """Run one batch for explaining: token vectors (n, length, dim) and attention, of those the graph gives."""
        shapes = {output.name: output.shape for output in self.session.get_outputs()}
        vectors = next((name for name, shape in shapes.items() if len(shape) == 3), None)
        attention = ATTENTION if len(shapes.get(ATTENTION, ())) == 5 else None
        wanted = [name for name in (vectors, attention) if name]
        given = dict(zip(wanted, self.outputs(wanted, tokens, mask, explain=True) if wanted else [], strict=True))
        return Told(given.get(vectors or ""), given.get(attention or ""))

    def outputs(self, names: list[str], tokens: Tokens, mask: Tokens, *, explain: bool = False) -> list[Any]:
        """Run one batch and return the outputs of these names; EncoderError where it cannot be run."""
        given: dict[str, Any] = fed(self.inputs, tokens, mask)
        if explain and any(one.name == EXPLAIN for one in self.session.get_overridable_initializers()):
            given[EXPLAIN] = np.array(True)
        try:
            return list(self.session.run(names, given))
        except Exception as error:  # the library's errors share no base class
            raise EncoderError(f"{self.model} cannot take {tokens.shape[1]} tokens ({first_line(error)})") from error


def fed(inputs: list[str], tokens: Tokens, mask: Tokens) -> dict[str, Tokens]:
    """Return the values of the inputs that a graph asks for."""
    values = {"input_ids": tokens, "attention_mask": mask, "token_type_ids": np.zeros_like(tokens)}
    return {name: values[name] for name in inputs}


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
    """Return the first line of an error's message."""
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
