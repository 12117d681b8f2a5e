"""Load an encoder by name: the shipped one or its fast student, a folder, or a model of the hub."""

from __future__ import annotations

import re
from pathlib import Path

from songkin.encoders.folder import has_onnx, read_folder
from songkin.encoders.hub import fetch
from songkin.encoders.onnx import OnnxEncoder
from songkin.encoders.static import StaticEncoder
from songkin.encoders.torch import TorchEncoder
from songkin.encoders.weights import (
    MANIFEST,
    SHIPPED,
    SHIPPED_NAME,
    is_shipped,
    read_manifest,
    refuse_pickle,
    student_folder,
    verify,
)
from songkin.errors import EncoderError
from songkin.types import Encoder

__all__ = ["load", "means_shipped"]

HUB_NAME = re.compile(r"\w[\w.-]*/[\w.-]+")
ONCE_SHIPPED = {"minilm": "sentence-transformers/all-MiniLM-L6-v2"}  # and where it is to be had


def load(
    name: str | None = None, *, dim: int | None = None, threads: int | None = None, runtime: str | None = None
) -> Encoder:
    """Load the shipped encoder (None or its name), its fast student, a local folder's, or a hub model's ("org/name").

    `dim` keeps so many numbers of every vector, None = all; only cuts that its manifest lists are taken. `threads`
    counts CPU threads; None = all CPUs this process may use. `runtime` runs ONNX graphs: "onnxruntime", "openvino"
    (MissingExtra where it is not installed), or None, the best there is: both give the same vectors (cosine .9999).
    EncoderError when there is no such model, cut or runtime, or the files are damaged or of another kind.
    """
    if name in (None, SHIPPED_NAME):
        return load_ours(SHIPPED, dim, threads, runtime)
    assert name is not None
    if name == student_folder(SHIPPED).name and student_folder(SHIPPED).is_dir():
        return load_ours(student_folder(SHIPPED), dim, threads, runtime)
    if name and (folder := Path(name).expanduser()).is_dir():
        return load_folder(folder, folder.resolve().name, dim, threads, runtime)
    refuse_file(name)
    if name in ONCE_SHIPPED:
        raise EncoderError(f"'{name}' is no longer shipped; take {SHIPPED_NAME}, or from the hub {ONCE_SHIPPED[name]}")
    if HUB_NAME.fullmatch(name):
        return load_folder(fetch(name), name, dim, threads, runtime)
    known = f"take {SHIPPED_NAME}, a folder, or a hub name such as org/name"
    raise EncoderError(f"there is no encoder or folder '{name}'; {known}")


def means_shipped(name: str) -> bool:
    """Say whether a name is, or once was, the shipped encoder's, '' included; a folder of that name comes first."""
    return name in ("", SHIPPED_NAME) or (name in ONCE_SHIPPED and not Path(name).is_dir())


def load_ours(folder: Path, dim: int | None, threads: int | None, runtime: str | None) -> Encoder:
    """Load from a folder with our manifest."""
    weights = read_manifest(folder).cut(dim)
    if weights.kind == "static":
        return StaticEncoder(weights)
    return OnnxEncoder(weights, threads=threads, runtime=runtime)


def load_folder(folder: Path, name: str, dim: int | None, threads: int | None, runtime: str | None) -> Encoder:
    """Load from a folder with our manifest, an ONNX file, or, where PyTorch is installed, safetensors."""
    if (folder / MANIFEST).is_file():
        if not is_shipped(folder):
            verify(folder)
        return load_ours(folder, dim, threads, runtime)
    if has_onnx(folder):
        return OnnxEncoder(read_folder(folder, name).cut(dim), threads=threads, runtime=runtime)
    if not any(folder.rglob("*.safetensors")):
        for path in sorted(folder.rglob("*")):
            refuse_pickle(path)
    encoder = TorchEncoder(folder, name, threads=threads)
    if dim not in (None, encoder.dim):
        raise EncoderError(f"{name} cannot give vectors of {dim} numbers; it gives {encoder.dim}")
    return encoder


def refuse_file(name: str) -> None:
    """Refuse a file where a folder belongs, a pickle with the reason."""
    path = Path(name).expanduser()
    refuse_pickle(path)
    if path.is_file():
        raise EncoderError(f"{path} is a file; give the folder it lies in, with its tokenizer.json")
