"""What an encoder's folder holds: the files, how they are meant to be used, and whether they are intact.

Conventions
-----------
Our own folders carry a `manifest.json` with sizes and sha256; other folders are read by `songkin.encoders.folder`.
`max_tokens` counts the special tokens. Prefixes go before every text ("query: "), '' = none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from songkin.errors import EncoderError

__all__ = [
    "MANIFEST",
    "PREPROCESSING",
    "SHIPPED",
    "Weights",
    "combined",
    "digest",
    "read_any_json",
    "read_json",
    "read_manifest",
    "verify",
]

PREPROCESSING = 1  # raise it whenever the same text would reach the model as other tokens
SHIPPED = Path(__file__).parent / "models" / "minilm"
MANIFEST = "manifest.json"
PARTS = ("model", "tokenizer")
CURE = "install again with: pip install --force-reinstall --no-deps songkin"


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of one encoder and how to run them.

    `pooling` is "mean" or "cls". `sha256` covers the model and the tokenizer; with the fields that change a vector it
    makes the fingerprint.
    """

    name: str
    model: Path
    tokenizer: Path
    sha256: str
    max_tokens: int
    pooling: str = "mean"
    query_prefix: str = ""
    song_prefix: str = ""

    @property
    def fingerprint(self) -> str:
        """A short string that changes whenever the same text would give another vector."""
        how = [self.sha256, self.max_tokens, self.pooling, PREPROCESSING, self.query_prefix, self.song_prefix]
        return f"{self.name}-{hashlib.sha256(json.dumps(how).encode()).hexdigest()[:16]}"


def read_manifest(folder: Path) -> Weights:
    """Read the folder of an encoder of ours. Only file sizes are checked here; `verify` reads every byte."""
    manifest = read_json(folder / MANIFEST)
    try:
        for part in PARTS:
            check_size(folder / manifest[part]["file"], manifest[part]["bytes"])
        return Weights(
            name=manifest["name"],
            model=folder / manifest["model"]["file"],
            tokenizer=folder / manifest["tokenizer"]["file"],
            sha256=combined(manifest[part]["sha256"] for part in PARTS),
            max_tokens=manifest["max_tokens"],
            pooling=manifest["pooling"],
            query_prefix=manifest.get("query_prefix", ""),
            song_prefix=manifest.get("song_prefix", ""),
        )
    except (KeyError, TypeError) as error:
        raise EncoderError(f"{folder / MANIFEST}: {error} is missing or of another kind; {CURE}") from error


def verify(folder: Path = SHIPPED) -> None:
    """Compare every byte of an encoder's files with its manifest; EncoderError names the first damaged file."""
    manifest = read_json(folder / MANIFEST)
    read_manifest(folder)
    for part in PARTS:
        path, expected = folder / manifest[part]["file"], manifest[part]["sha256"]
        if (found := digest(path)) != expected:
            raise EncoderError(f"{path} is damaged: sha256 {found[:12]}…, expected {expected[:12]}…; {CURE}")


def check_size(path: Path, expected: int) -> None:
    """Raise EncoderError unless the file is there with the expected number of bytes."""
    if not path.is_file():
        raise EncoderError(f"{path} is missing; {CURE}")
    if (found := path.stat().st_size) != expected:
        raise EncoderError(f"{path} is damaged: {found} bytes, expected {expected}; {CURE}")


def digest(path: Path) -> str:
    """Return the sha256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def combined(digests: Iterable[str]) -> str:
    """Return one sha256 for several."""
    return hashlib.sha256(" ".join(digests).encode()).hexdigest()


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object; EncoderError when the file is missing or is not one."""
    content = read_any_json(path)
    if not isinstance(content, dict):
        raise EncoderError(f"{path} holds no JSON object; fetch the model again")
    return content


def read_any_json(path: Path) -> Any:
    """Read a JSON value of any kind; EncoderError when the file is missing or is none."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EncoderError(f"{path} cannot be read as JSON ({type(error).__name__}); fetch the model again") from error
