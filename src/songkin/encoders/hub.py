"""Fetch a text encoder from the Hugging Face hub by its name, only the files that are needed."""

from __future__ import annotations

from pathlib import Path

from songkin.encoders.folder import ONNX_FILES, has_onnx
from songkin.errors import EncoderError

__all__ = ["fetch"]

SETTINGS = ("*.json", "*/config.json", "vocab.txt")  # small: tokenizer, pooling, prompts
ONNX = tuple(pattern for file in ONNX_FILES for pattern in (file, f"{file}_data"))
TENSORS = ("*.safetensors", "*/*.safetensors")  # never pickles


def fetch(name: str) -> Path:
    """Return the local folder of the hub's "org/name", fetched at the first use: ONNX, or else safetensors."""
    folder = snapshot(name, (*SETTINGS, *ONNX))
    return folder if has_onnx(folder) else snapshot(name, (*SETTINGS, *TENSORS))


def snapshot(name: str, patterns: tuple[str, ...]) -> Path:
    """Bring the hub's files that match the patterns into its cache and return their folder."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import (
        HfHubHTTPError,
        HFValidationError,
        LocalEntryNotFoundError,
        RepositoryNotFoundError,
    )

    try:
        return Path(snapshot_download(name, allow_patterns=list(patterns)))
    except HFValidationError as error:
        raise EncoderError(f"'{name}' is no hub name; write it as org/name") from error
    except RepositoryNotFoundError as error:
        raise EncoderError(f"the hub has no model '{name}', or it asks for a login (hf auth login)") from error
    except (LocalEntryNotFoundError, HfHubHTTPError, OSError) as error:
        cure = "fetch it once while online, or give the path of a folder that holds it"
        raise EncoderError(f"'{name}' is not on this machine and the hub cannot be reached; {cure}") from error
