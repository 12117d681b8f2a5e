"""The fast student of an encoder: found beside it, written from a trained table.

Conventions
-----------
The student of the encoder in the folder `name` lies in `name-fast`. It gives vectors in its encoder's space.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songkin.encoders.static import StaticEncoder
from songkin.encoders.weights import (
    FORMAT,
    MANIFEST,
    Weights,
    digest,
    is_shipped,
    read_manifest,
    student_folder,
    verify,
)
from songkin.errors import EncoderError
from songkin.types import Encoder

__all__ = ["quantised", "student_of", "write_static"]

MODEL, TOKENIZER = "model.safetensors", "tokenizer.json"
FINEST = 2.0**-24  # the smallest scale that float16 holds


def student_of(encoder: Encoder) -> StaticEncoder:
    """Load the fast student of an encoder, cut as the encoder is.

    EncoderError where there is none, or the one there follows another encoder.
    """
    weights = getattr(encoder, "weights", None)
    if not isinstance(weights, Weights):
        raise EncoderError(f"{encoder.name} has no fast student; add without --fast")
    folder = student_folder(weights.folder)
    if not (folder / MANIFEST).is_file():
        raise EncoderError(f"{encoder.name} has no fast student ({folder} is not there); add without --fast")
    if not is_shipped(folder):
        verify(folder)
    own = read_manifest(folder)
    if own.kind != "static" or own.space != weights.whole.fingerprint:
        told = f"{folder} follows {own.space or 'no encoder'} and not {weights.whole.fingerprint}"
        raise EncoderError(f"{told}, so their vectors cannot be compared; train it anew or add without --fast")
    return StaticEncoder(replace(own, dim=weights.dim))


def write_static(
    folder: Path,
    table: NDArray[np.floating[Any]],
    projection: NDArray[np.floating[Any]],
    *,
    name: str,
    follows: Weights,
    more: Mapping[str, Any] | None = None,
) -> Path:
    """Write a student's folder from its table (V, H), weights folded in, and projection (H, dim); return the folder.

    `follows` are the weights of the encoder in whose space it lives, whose tokenizer and cuts it shares. `more` goes
    into the manifest. The folder comes whole or not at all, and replaces one of the same name.
    """
    from safetensors.numpy import save

    peak = float(np.abs(table).max(initial=0)) or 1.0  # only directions count, so the highest value may be 1
    rows, scales = quantised(np.asarray(table, np.float32) / peak)
    half = np.asarray(projection, np.float16)
    if not np.isfinite(half).all():
        raise EncoderError("the projection of the student holds values that are no numbers or too high")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent, prefix=f"{folder.name}.") as place:
        making = Path(place) / folder.name
        making.mkdir()
        (making / MODEL).write_bytes(save({"table": rows, "scales": scales, "projection": half}))
        shutil.copyfile(follows.tokenizer, making / TOKENIZER)
        manifest = _manifest(making, name=name, dim=half.shape[1], follows=follows) | dict(more or {})
        (making / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
        StaticEncoder(read_manifest(making))  # what could not be read back is refused here
        shutil.rmtree(folder, ignore_errors=True)
        return making.rename(folder)


def _manifest(folder: Path, *, name: str, dim: int, follows: Weights) -> dict[str, Any]:
    """Say what the folder of a student holds."""
    files = {"model": folder / MODEL, "tokenizer": folder / TOKENIZER}
    return {
        "name": name,
        "kind": "static",
        "format": FORMAT,
        "dim": dim,
        "matryoshka": list(follows.matryoshka),
        "max_tokens": 0,
        "pooling": "mean",
        "space": follows.whole.fingerprint,
        **{
            part: {"file": path.name, "bytes": path.stat().st_size, "sha256": digest(path)}
            for part, path in files.items()
        },
    }


def quantised(table: NDArray[np.floating[Any]]) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
    """Write rows (V, H) as int8 times a float16 scale a row (V,): no value moves by more than half its row's scale.

    A scale is a 127th of its row's highest value, rounded up. EncoderError where a value is no number or beyond
    float16's reach.
    """
    rows = np.asarray(table, np.float32)
    highest = np.abs(rows).max(axis=1, initial=0)  # (V, H) -> (V,)
    if not (highest <= np.finfo(np.float16).max).all():
        raise EncoderError("the table of the student holds values that are no numbers or too high")
    scales = (highest / 127).astype(np.float16)
    low = scales.astype(np.float32) * 127 < highest
    scales[low] = np.nextafter(scales[low], np.float16(np.inf))
    steps = rows / np.maximum(scales.astype(np.float32), FINEST)[:, None]
    return np.rint(steps).astype(np.int8), scales
