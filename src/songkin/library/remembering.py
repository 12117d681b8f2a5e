"""An encoder that keeps what it has read: for collections whose texts come again and again, such as draws of a test."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from songkin.encoders import load
from songkin.settings import Settings
from songkin.types import Encoder, Vectors

__all__ = ["Remembering"]


class Remembering:
    """Another encoder's vectors, each made once; it takes 4 * dim bytes a text and never forgets."""

    def __init__(self, encoder: Encoder) -> None:
        self.name, self.dim, self.reads = encoder.name, encoder.dim, encoder.reads
        self.fingerprint = encoder.fingerprint
        self._encoder = encoder
        self._songs: dict[str, Vectors] = {}
        self._queries: dict[str, Vectors] = {}

    @classmethod
    def of_settings(cls) -> Remembering:
        """Remember what the encoder reads that the settings name."""
        return cls.of(Settings.load().encoder)

    @classmethod
    def of(cls, name: str | None, *, dim: int | None = None) -> Remembering:
        """Remember what an encoder reads, cut to `dim` numbers: a folder, a hub model, or the shipped one (None)."""
        settings = Settings.load()
        return cls(load(name, dim=dim, threads=settings.threads, runtime=settings.runtime))

    def encode_songs(self, texts: Sequence[str]) -> Vectors:
        """Encode passages or descriptions (n,) -> (n, dim), those that are new."""
        return self._all(texts, self._songs, self._encoder.encode_songs)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode requests (n,) -> (n, dim), those that are new."""
        return self._all(texts, self._queries, self._encoder.encode_queries)

    def _all(
        self, texts: Sequence[str], known: dict[str, Vectors], encode: Callable[[Sequence[str]], Vectors]
    ) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known |= zip(new, encode(new), strict=True)
        return np.stack([known[text] for text in texts]) if texts else np.empty((0, self.dim), np.float32)
