"""An encoder that reads no text twice, not even after a restart: vectors rest in a SQLite file.

Conventions
-----------
One file holds one encoder's vectors, float32, under the SHA-256 of the text. Damaged songs share most passages with
whole ones, and a grid of damages asks for each again and again.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from songkin.errors import TrainingError
from songkin.types import Encoder, Vectors

__all__ = ["KeptEncoder"]

AT_ONCE = 256  # texts that are encoded together, and kept before the next
ASKED = 500  # digests in one question to the file: SQLite takes 999 at least


class KeptEncoder:
    """Another encoder, with what it said of songs' passages kept in `folder`; requests are not kept.

    TrainingError names a file that is no such store.
    """

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self._encoder = encoder
        self.name, self.dim, self.reads = encoder.name, encoder.dim, encoder.reads
        self.fingerprint = encoder.fingerprint
        folder.mkdir(parents=True, exist_ok=True)
        self._place = folder / f"{encoder.fingerprint}.sqlite"
        try:
            self._file = sqlite3.connect(self._place)
            self._file.execute("CREATE TABLE IF NOT EXISTS vectors (text BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID")
        except sqlite3.DatabaseError as error:
            raise TrainingError(
                f"{self._place}: cannot be read ({error}); delete it, and texts are read anew"
            ) from error

    def encode_songs(self, texts: Sequence[str]) -> Vectors:
        """Return vectors (n, dim), those known from the file."""
        digests = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts]
        known = self._known(digests)
        new = {digest: text for digest, text in zip(digests, texts, strict=True) if digest not in known}
        order = sorted(new, key=lambda digest: len(new[digest]))  # texts of one length waste no padding
        for at in range(0, len(order), AT_ONCE):
            part = order[at : at + AT_ONCE]
            known.update(zip(part, self._encoder.encode_songs([new[digest] for digest in part]), strict=True))
            with self._file:
                rows = ((digest, np.asarray(known[digest], np.float32).tobytes()) for digest in part)
                self._file.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
        found = np.zeros((len(texts), self.dim), np.float32)
        for row, digest in enumerate(digests):
            found[row] = known[digest]
        return found

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode requests (n,) -> (n, dim)."""
        return self._encoder.encode_queries(texts)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _known(self, digests: Sequence[bytes]) -> dict[bytes, Vectors]:
        wanted, found = list(dict.fromkeys(digests)), {}
        for at in range(0, len(wanted), ASKED):
            part = wanted[at : at + ASKED]
            asked = f"SELECT text, vector FROM vectors WHERE text IN ({','.join('?' * len(part))})"
            for digest, vector in self._file.execute(asked, part):
                row = np.frombuffer(vector, np.float32)
                if row.shape != (self.dim,):
                    raise TrainingError(
                        f"{self._place}: holds vectors of {len(row)} numbers, not {self.dim}; delete it"
                    )
                found[digest] = row
        return found
