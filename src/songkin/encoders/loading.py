"""Load an encoder by name: the shipped one, a folder, or a model of the hub."""

from __future__ import annotations

import re
from pathlib import Path

from songkin.encoders.folder import has_onnx, read_folder
from songkin.encoders.hub import fetch
from songkin.encoders.onnx import OnnxEncoder
from songkin.encoders.torch import TorchEncoder
from songkin.encoders.weights import MANIFEST, SHIPPED, read_manifest
from songkin.errors import EncoderError
from songkin.types import Encoder

__all__ = ["load"]

HUB_NAME = re.compile(r"\w[\w.-]*/[\w.-]+")


def load(name: str | None = None, *, threads: int | None = None, runtime: str | None = None) -> Encoder:
    """Load the shipped encoder (None or "minilm"), a local folder's, or a hub model's ("org/name").

    `threads` counts CPU threads; None = all CPUs this process may use. `runtime` runs ONNX graphs: "onnxruntime",
    "openvino" (MissingExtra where it is not installed), or None, the best there is: both give the same vectors (cosine
    .9999). EncoderError when there is no such model or runtime, or the files are damaged or of another kind.
    """
    if name in (None, "minilm"):
        return OnnxEncoder(read_manifest(SHIPPED), threads=threads, runtime=runtime)
    assert name is not None
    if name and (folder := Path(name).expanduser()).is_dir():
        return load_folder(folder, folder.resolve().name, threads, runtime)
    if HUB_NAME.fullmatch(name):
        return load_folder(fetch(name), name, threads, runtime)
    raise EncoderError(f"there is no encoder or folder '{name}'; take minilm, a folder, or a hub name such as org/name")


def load_folder(folder: Path, name: str, threads: int | None, runtime: str | None) -> Encoder:
    """Load from a folder with our manifest, an ONNX file, or, where PyTorch is installed, safetensors."""
    if (folder / MANIFEST).is_file():
        return OnnxEncoder(read_manifest(folder), threads=threads, runtime=runtime)
    if has_onnx(folder):
        return OnnxEncoder(read_folder(folder, name), threads=threads, runtime=runtime)
    return TorchEncoder(folder, name, threads=threads)
