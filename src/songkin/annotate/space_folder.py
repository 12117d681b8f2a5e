"""A space of genres, tags and eras at rest: one safetensors file, sealed by a digest, beside the heads it reads by.

Conventions
-----------
Weights of words rest as int8 with one scale an axis, all else as float32; what is said in words lies in the file's
metadata as JSON. The file that ships is that of the package songkin-labels, which has terms of its own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songkin.annotate.folder import AGAIN, package_folder, shipped_heads
from songkin.annotate.heads import Heads
from songkin.annotate.tag_space import Axes, Layer, Rising, TagSpace
from songkin.errors import EncoderError
from songkin.types import NOTHING

__all__ = ["read_space", "shipped_space", "write_space"]

FORMAT = 1
FILE = "space.safetensors"
INT8 = 127


def shipped_space(heads: Heads | None = None) -> TagSpace:
    """Read the space of the package songkin-labels; MissingExtra where it is not installed."""
    return read_space(package_folder() / "space" / FILE, heads or shipped_heads())


def write_space(space: TagSpace, path: Path, *, about: Mapping[str, object] = NOTHING) -> None:
    """Write a space; `about` says what it was fitted to. Reading it again differs by rounding alone."""
    from safetensors.numpy import save

    scale = np.maximum(np.abs(space.layer.terms).max(0, initial=0.0), 1e-9) / INT8  # (dim,)
    tensors = {
        "terms": np.round(space.layer.terms / scale).astype(np.int8),
        "scale": scale.astype(np.float32),
        "style": space.layer.style.astype(np.float32),
        "kernel": space.layer.kernel.astype(np.float32),
        "bias": space.layer.bias.astype(np.float32),
    }
    for own in space.blocks:
        parts = {"idf": own.idf, "mean": own.mean, "axes": own.axes}
        tensors |= {f"{own.block}.{name}": part.astype(np.float32) for name, part in parts.items()}
    tensors = {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}
    told = json.dumps(_manifest(space, about), sort_keys=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(save(tensors, metadata={"space": told, "sha256": _digest(told, tensors)}))


def read_space(path: Path, heads: Heads) -> TagSpace:
    """Read a space that reads by `heads`; EncoderError where the file is none, damaged, newer, or of other heads."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
        told = json.loads(metadata["space"])
        if told["format"] > FORMAT:
            raise EncoderError(f"{path} was written by a newer songkin; update it: pip install --upgrade songkin")
        if _digest(metadata["space"], tensors) != metadata["sha256"]:
            raise EncoderError(f"{path} is not the file that was written; {AGAIN}")
        if told["readers"] != heads.readers:
            raise EncoderError(f"{path} reads by other label heads; {AGAIN}")
        return _space(told, tensors, heads)
    except FileNotFoundError as error:
        raise EncoderError(f"{path}: there is no such file; {AGAIN}") from error
    except (SafetensorError, OSError, ValueError, KeyError, TypeError) as error:
        said = " ".join(str(error).split())[:120]
        raise EncoderError(f"{path} is damaged ({said}); {AGAIN}") from error


def _manifest(space: TagSpace, about: Mapping[str, object]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "readers": space.heads.readers,
        "about": dict(about),
        "blocks": [{"block": own.block, "weight": own.weight, "names": own.names} for own in space.blocks],
        "curves": {kind: curve._asdict() for kind, curve in space.curves.items()},
    }


def _space(told: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]], heads: Heads) -> TagSpace:
    blocks = tuple(
        Axes(
            own["block"],
            float(own["weight"]),
            tuple(own["names"]),
            *(tensors[f"{own['block']}.{name}"] for name in ("idf", "mean", "axes")),
        )
        for own in told["blocks"]
    )
    terms = tensors["terms"].astype(np.float32) * tensors["scale"]
    layer = Layer(terms, tensors["style"], tensors["kernel"], tensors["bias"])
    curves = {kind: Rising(tuple(own["dots"]), tuple(own["values"])) for kind, own in told["curves"].items()}
    return TagSpace(blocks, layer, heads, curves)


def _digest(told: str, tensors: Mapping[str, NDArray[Any]]) -> str:
    """Return the digest of all that the file holds."""
    whole = hashlib.sha256(told.encode())
    for name in sorted(tensors):
        whole.update(name.encode() + tensors[name].tobytes())
    return whole.hexdigest()
