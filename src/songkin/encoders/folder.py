"""Read a model folder as sentence-transformers and the hub lay it out: ONNX file, tokenizer.json, small settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from songkin.encoders.weights import Weights, combined, digest, read_any_json, read_json
from songkin.errors import EncoderError

__all__ = ["ONNX_FILES", "has_onnx", "onnx_file", "read_folder"]

ONNX_FILES = ("model.onnx", "onnx/model.onnx")
KNOWN_LAYERS = {"Transformer", "Pooling", "Normalize"}
LONGEST = 512  # tokens, where the folder does not say
SENSIBLE = 1_000_000  # tokenizers say "no limit" with a number beyond this


def onnx_file(folder: Path) -> Path | None:
    """Find the folder's ONNX file, None when it has none."""
    return next((folder / name for name in ONNX_FILES if (folder / name).is_file()), None)


def has_onnx(folder: Path) -> bool:
    """Say whether the folder can be run without PyTorch."""
    return onnx_file(folder) is not None


def read_folder(folder: Path, name: str) -> Weights:
    """Read how the folder's ONNX model is meant to be used; its weights are hashed for the fingerprint."""
    model, tokenizer = onnx_file(folder), folder / "tokenizer.json"
    if model is None or not tokenizer.is_file():
        raise EncoderError(
            f"{folder} holds no {'tokenizer.json' if model else 'model.onnx'}; it is not a text encoder's folder"
        )
    check_layers(folder)
    prompts = optional(folder / "config_sentence_transformers.json").get("prompts") or {}
    return Weights(
        name=name,
        model=model,
        tokenizer=tokenizer,
        sha256=combined(digest(path) for path in (*sorted(model.parent.glob(f"{model.name}*")), tokenizer)),
        max_tokens=max_tokens(folder),
        pooling=pooling(folder),
        query_prefix=prompts.get("query") or "",
        song_prefix=prompts.get("passage") or prompts.get("document") or "",
    )


def check_layers(folder: Path) -> None:
    """Refuse folders whose vectors pass through more than a transformer, pooling and normalisation."""
    path = folder / "modules.json"
    if not path.is_file():
        return
    layers = read_any_json(path)
    if not isinstance(layers, list) or not all(isinstance(layer, dict) for layer in layers):
        raise EncoderError(f"{path} is no list of layers; get the folder again")
    kinds = {str(layer.get("type")).rpartition(".")[2] for layer in layers}
    if more := kinds - KNOWN_LAYERS:
        raise EncoderError(f"{folder} adds {sorted(more)} behind its ONNX model, which songkin cannot run")


def pooling(folder: Path) -> str:
    """Return "mean" or "cls" as 1_Pooling says, mean where it is silent."""
    settings = optional(folder / "1_Pooling" / "config.json")
    chosen = [
        key.removeprefix("pooling_mode_") for key, on in settings.items() if key.startswith("pooling_mode_") and on
    ]
    chosen = chosen or [settings.get("pooling_mode", "mean")]
    known = {"mean_tokens": "mean", "mean": "mean", "cls_token": "cls", "cls": "cls"}
    if len(chosen) != 1 or chosen[0] not in known:
        raise EncoderError(f"{folder} pools by {', '.join(map(str, chosen))}; songkin pools by mean or cls")
    return known[chosen[0]]


def max_tokens(folder: Path) -> int:
    """Return the smallest sensible length limit that the folder's settings name."""
    places = (
        ("sentence_bert_config.json", "max_seq_length"),
        ("tokenizer_config.json", "model_max_length"),
        ("config.json", "max_position_embeddings"),
    )
    limits = [optional(folder / file).get(key) for file, key in places]
    whole = [int(limit) for limit in limits if isinstance(limit, int | float) and 0 < limit < SENSIBLE]
    return min(whole, default=LONGEST)


def optional(path: Path) -> dict[str, Any]:
    """Read a JSON object, {} when the file is not there."""
    return read_json(path) if path.is_file() else {}
