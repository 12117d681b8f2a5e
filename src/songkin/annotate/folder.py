"""Heads at rest: a folder with heads.json, heads.safetensors and words.txt, each checked by its digest when it is read.

Conventions
-----------
Word weights rest as int8 with one scale an output, other matrices as float16, calibrations as JSON. The folder that
ships is that of the package songkin-labels, which has terms of its own.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songkin.annotate.calibration import Choice, Curve, Logistic
from songkin.annotate.explicit import Explicit
from songkin.annotate.heads import Heads, Kernel, Meanings, Styling, Terms
from songkin.annotate.style import STYLE
from songkin.errors import EncoderError, MissingExtra

__all__ = ["FORMAT", "PACKAGE", "read_heads", "shipped_heads", "write_heads"]

FORMAT = 1
PACKAGE = "songkin_labels"
TOLD, TENSORS, WORDS = "heads.json", "heads.safetensors", "words.txt"
INT8 = 127


def shipped_heads() -> Heads:
    """Read the heads of the package songkin-labels; MissingExtra where it is not installed."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        cure = "pip install 'songkin[labels]', or in a clone: pip install packages/labels"
        raise MissingExtra(f"{PACKAGE} is not installed; it holds the label heads (research use): {cure}")
    return read_heads(Path(next(iter(found.submodule_search_locations))) / "heads")


def read_heads(folder: Path) -> Heads:
    """Read a folder of heads; EncoderError where it is none, damaged, or of a newer songkin."""
    try:
        told = json.loads((folder / TOLD).read_text(encoding="utf-8"))
        _check(folder, told)
        return _heads(told, _tensors(folder / TENSORS), (folder / WORDS).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise EncoderError(f"{folder} holds no {Path(str(error.filename)).name}; it is no folder of heads") from error
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        said = " ".join(str(error).split())[:120]
        raise EncoderError(f"{folder / TOLD} is damaged ({said}); install songkin-labels again") from error


def _check(folder: Path, told: Mapping[str, Any]) -> None:
    """Refuse heads of a newer songkin, of another set of style measures, and files that are not the written ones."""
    if told["format"] > FORMAT:
        raise EncoderError(f"{folder} was written by a newer songkin; update songkin, or install older heads")
    if tuple(told["style"]) != STYLE:
        raise EncoderError(f"{folder} measures style otherwise than this songkin; install the songkin-labels of it")
    digests = told["sha256"]
    for name in (TENSORS, WORDS, TOLD):
        if digests[name] != (_own_digest(told) if name == TOLD else _digest(folder / name)):
            raise EncoderError(f"{folder / name} is not the file that was written; install songkin-labels again")


def write_heads(heads: Heads, folder: Path) -> None:
    """Write heads into a folder; reading them again gives scores that differ by rounding alone."""
    from safetensors.numpy import save

    folder.mkdir(parents=True, exist_ok=True)
    scale = np.maximum(np.abs(heads.terms.weights).max(0, initial=0.0), 1e-9) / INT8  # (k,)
    tensors = {
        "bias": heads.bias,
        "terms.idf": heads.terms.idf.astype(np.float16),
        "terms.weights": np.round(heads.terms.weights / scale).astype(np.int8),
        "terms.scale": scale.astype(np.float32),
        "style.mean": heads.styling.mean,
        "style.deviation": heads.styling.deviation,
        "style.weights": heads.styling.weights,
        "kernel.landmarks": heads.kernel.landmarks.astype(np.float16),
        "kernel.weights": heads.kernel.weights,
    }
    whole = save({name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()})
    (folder / TENSORS).write_bytes(whole)  # save_file would let nobody but its owner read it
    words = sorted(heads.terms.places, key=lambda word: heads.terms.places[word])
    (folder / WORDS).write_text("\n".join(words), encoding="utf-8")
    told = _told(heads) | {"sha256": {name: _digest(folder / name) for name in (TENSORS, WORDS)}}
    told["sha256"][TOLD] = _own_digest(told)
    (folder / TOLD).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def _told(heads: Heads) -> dict[str, Any]:
    """Return what heads.json says."""
    means = heads.meanings
    return {
        "format": FORMAT,
        "encoder": heads.fingerprint,
        "about": dict(heads.about),
        "outputs": list(heads.outputs),
        "style": list(STYLE),
        "kernel": {name: getattr(heads.kernel, name) for name in ("vector_scale", "style_scale", "width")},
        "high": {name: asdict(own) for name, own in means.high.items()},
        "value": {name: asdict(own) for name, own in means.value.items()},
        "happy": asdict(means.happy),
        "genres": asdict(means.genres),
        "themes": {name: {**asdict(own), "cut": cut} for name, (own, cut) in means.themes.items()},
        "base": dict(means.base),
        "explicit": asdict(heads.explicit),
    }


def _heads(told: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]], words: str) -> Heads:
    weights = tensors["terms.weights"].astype(np.float32) * tensors["terms.scale"]  # (v, k)
    style = (tensors[f"style.{name}"] for name in ("mean", "deviation", "weights"))
    curves = {name: Curve(**{key: tuple(own) for key, own in told["value"][name].items()}) for name in told["value"]}
    lists = {name: tuple(told["genres"][name]) for name in ("names", "inputs", "shifts", "shares")}
    lists["weights"] = tuple(tuple(row) for row in told["genres"]["weights"])
    means = Meanings(
        high={name: Logistic(**own) for name, own in told["high"].items()},
        value=curves,
        happy=Logistic(**told["happy"]),
        genres=Choice(**{**told["genres"], **lists}),
        themes={name: (Logistic(own["slope"], own["shift"]), own["cut"]) for name, own in told["themes"].items()},
        base=told["base"],
    )
    landmarks = tensors["kernel.landmarks"].astype(np.float32)
    return Heads(
        outputs=tuple(told["outputs"]),
        bias=tensors["bias"],
        terms=Terms(
            {word: at for at, word in enumerate(words.split("\n")) if word},
            tensors["terms.idf"].astype(np.float32),
            weights,
        ),
        styling=Styling(*style),
        kernel=Kernel(landmarks, tensors["kernel.weights"], **told["kernel"]),
        meanings=means,
        explicit=Explicit(**told["explicit"]),
        fingerprint=told["encoder"],
        about=told["about"],
    )


def _tensors(path: Path) -> dict[str, NDArray[Any]]:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        return dict(load_file(path))
    except SafetensorError as error:
        raise ValueError(str(error)) from error


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _own_digest(told: Mapping[str, Any]) -> str:
    """Return the digest of what heads.json says, its own digest left out."""
    rest = {**told, "sha256": {name: own for name, own in told["sha256"].items() if name != TOLD}}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()
