"""The text encoder that runs a folder of safetensors with PyTorch, for models that come without an ONNX file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from songkin.encoders.weights import PREPROCESSING, digest
from songkin.errors import EncoderError, MissingExtra
from songkin.extras import need
from songkin.types import Vectors

__all__ = ["TorchEncoder"]


class TorchEncoder:
    """Reads lyrics and descriptions through sentence-transformers, which applies the model's own layers and prompts."""

    reads = frozenset({"lyrics", "description"})

    def __init__(self, folder: Path, name: str, *, threads: int | None = None) -> None:
        self.name = name
        self.model = open_model(folder, threads)
        self.dim = int(self.model.get_embedding_dimension())
        digests = [digest(path) for path in sorted(folder.rglob("*.safetensors"))]
        how = [*digests, self.model.max_seq_length, self.model.prompts, PREPROCESSING]
        self.fingerprint = f"{name}-{hashlib.sha256(json.dumps(how).encode()).hexdigest()[:16]}"

    def encode_songs(self, texts: Sequence[str]) -> Vectors:
        """Encode passages or descriptions (n,) -> (n, dim), unit length; no texts give (0, dim), a blank one zeros."""
        return self.encode(texts, self.model.encode_document)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode requests (n,) -> (n, dim), unit length."""
        return self.encode(texts, self.model.encode_query)

    def encode(self, texts: Sequence[str], read: Any) -> Vectors:
        vectors = np.zeros((len(texts), self.dim), np.float32)
        spoken = [i for i, text in enumerate(texts) if text.strip()]
        if spoken:
            vectors[spoken] = read([texts[i] for i in spoken], normalize_embeddings=True, show_progress_bar=False)
        return vectors


def open_model(folder: Path, threads: int | None) -> Any:
    """Open the folder's safetensors on the CPU; pickled weights and code in the folder are refused."""
    if not any(folder.rglob("*.safetensors")):
        raise EncoderError(f"{folder} holds neither model.onnx nor safetensors; give the folder of a text encoder")
    try:
        sentence_transformers = need("sentence_transformers", extra="train")
    except MissingExtra as error:
        cure = "running its safetensors needs: pip install 'songkin[train]'"
        raise EncoderError(f"{folder} holds no model.onnx; {cure}") from error
    if threads:
        need("torch", extra="train").set_num_threads(threads)
    need("transformers", extra="train").utils.logging.disable_progress_bar()  # its own, of weights that are there
    safe = {"use_safetensors": True}
    try:
        return sentence_transformers.SentenceTransformer(
            str(folder), device="cpu", model_kwargs=safe, trust_remote_code=False, local_files_only=True
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        said = " ".join(str(error).split())[:200]
        raise EncoderError(f"{folder} cannot be opened as a text encoder ({said}); get the folder again") from error
