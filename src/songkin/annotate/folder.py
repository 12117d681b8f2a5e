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
from songkin.annotate.heads import Calibration, Heads, Kernel, Styling, Terms
from songkin.annotate.style import STYLE
from songkin.errors import EncoderError, MissingExtra

__all__ = ["AGAIN", "FORMAT", "PACKAGE", "package_folder", "read_heads", "shipped_heads", "write_heads"]

FORMAT = 1
PACKAGE = "songkin_labels"
MANIFEST, TENSORS, WORDS = "heads.json", "heads.safetensors", "words.txt"
INT8 = 127
IN_A_CLONE = "pip install --force-reinstall packages/labels"
AGAIN = f"install songkin-labels again: pip install --force-reinstall 'songkin[labels]', or in a clone: {IN_A_CLONE}"


def shipped_heads() -> Heads:
    """Read the heads of the package songkin-labels; MissingExtra where it is not installed."""
    return read_heads(package_folder() / "heads")


def package_folder() -> Path:
    """Return where the package songkin-labels lies; MissingExtra where it is not installed."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        cure = "pip install 'songkin[labels]', or in a clone: pip install packages/labels"
        raise MissingExtra(f"{PACKAGE} is not installed; it holds the label heads (research use): {cure}")
    return Path(next(iter(found.submodule_search_locations)))


def read_heads(folder: Path) -> Heads:
    """Read a folder of heads; EncoderError where it is none, damaged, or of a newer songkin."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        _check(folder, manifest)
        return _heads(manifest, _tensors(folder / TENSORS), (folder / WORDS).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        name = Path(str(error.filename)).name
        raise EncoderError(f"{folder} holds no {name}; it is no folder of heads: {AGAIN}") from error
    except OSError as error:
        raise EncoderError(f"{error.filename or folder} cannot be read ({error.strerror or error}); {AGAIN}") from error
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        said = " ".join(str(error).split())[:120]
        raise EncoderError(f"{folder / MANIFEST} is damaged ({said}); {AGAIN}") from error


def _check(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Refuse heads of a newer songkin, of another set of style measures, and files that are not the written ones."""
    if manifest["format"] > FORMAT:
        newer = f"{folder} was written by a newer songkin (format {manifest['format']}, this one reads {FORMAT})"
        raise EncoderError(f"{newer}; update it: pip install --upgrade songkin")
    if tuple(manifest["style"]) != STYLE:
        cure = "install the two of one version: pip install --upgrade 'songkin[labels]', or in a clone: " + IN_A_CLONE
        raise EncoderError(f"{folder} measures style otherwise than this songkin; {cure}")
    digests = manifest["sha256"]
    for name in (TENSORS, WORDS, MANIFEST):
        if digests[name] != (_own_digest(manifest) if name == MANIFEST else _digest(folder / name)):
            raise EncoderError(f"{folder / name} is not the file that was written; {AGAIN}")


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
    manifest = _manifest(heads) | {"sha256": {name: _digest(folder / name) for name in (TENSORS, WORDS)}}
    manifest["sha256"][MANIFEST] = _own_digest(manifest)
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def _manifest(heads: Heads) -> dict[str, Any]:
    """Return what heads.json says."""
    calibration = heads.calibration
    return {
        "format": FORMAT,
        "encoder": heads.fingerprint,
        "about": dict(heads.about),
        "outputs": list(heads.outputs),
        "style": list(STYLE),
        "kernel": {name: getattr(heads.kernel, name) for name in ("vector_scale", "style_scale", "width")},
        "high": {name: asdict(own) for name, own in calibration.high.items()},
        "value": {name: asdict(own) for name, own in calibration.value.items()},
        "happy": asdict(calibration.happy),
        "genres": asdict(calibration.genres),
        "themes": {name: {**asdict(own), "cut": cut} for name, (own, cut) in calibration.themes.items()},
        "base": dict(calibration.base),
        "explicit": asdict(heads.explicit),
    }


def _heads(manifest: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]], words: str) -> Heads:
    weights = tensors["terms.weights"].astype(np.float32) * tensors["terms.scale"]  # (v, k)
    style = (tensors[f"style.{name}"] for name in ("mean", "deviation", "weights"))
    curves = {
        name: Curve(**{key: tuple(own) for key, own in curve.items()}) for name, curve in manifest["value"].items()
    }
    lists = {name: tuple(manifest["genres"][name]) for name in ("names", "inputs", "shifts", "shares")}
    lists["weights"] = tuple(tuple(row) for row in manifest["genres"]["weights"])
    calibration = Calibration(
        high={name: Logistic(**own) for name, own in manifest["high"].items()},
        value=curves,
        happy=Logistic(**manifest["happy"]),
        genres=Choice(**{**manifest["genres"], **lists}),
        themes={name: (Logistic(own["slope"], own["shift"]), own["cut"]) for name, own in manifest["themes"].items()},
        base=manifest["base"],
    )
    landmarks = tensors["kernel.landmarks"].astype(np.float32)
    return Heads(
        outputs=tuple(manifest["outputs"]),
        bias=tensors["bias"],
        terms=Terms(
            {word: at for at, word in enumerate(words.split("\n")) if word},
            tensors["terms.idf"].astype(np.float32),
            weights,
        ),
        styling=Styling(*style),
        kernel=Kernel(landmarks, tensors["kernel.weights"], **manifest["kernel"]),
        calibration=calibration,
        explicit=Explicit(**manifest["explicit"]),
        fingerprint=manifest["encoder"],
        about=manifest["about"],
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


def _own_digest(manifest: Mapping[str, Any]) -> str:
    """Return the digest of what heads.json says, its own digest left out."""
    rest = {**manifest, "sha256": {name: own for name, own in manifest["sha256"].items() if name != MANIFEST}}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()
