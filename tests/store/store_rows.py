"""Songs as rows, made by rule, so that each test can say what must be found."""

from __future__ import annotations

import numpy as np

from songkin.store import PassageRow, SongRow
from songkin.types import Lyrics, Song

DIM = 8
GENRES = ("Hip-Hop", "Dance Pop", "Jazz", "R&B/Soul")
LANGUAGES = ("en", "de", None)


def unit(seed: int, dim: int = DIM) -> np.ndarray:
    vector = np.random.default_rng(seed).normal(size=dim).astype(np.float32)
    return vector / np.linalg.norm(vector)


def song(number: int) -> Song:
    """A song with every field missing now and then."""
    return Song(
        id=f"s{number}",
        title=f"Title {number}",
        artists=(f"Artist {number % 5}", "A/B")[: number % 3],
        year=1990 + number % 20 if number % 3 else None,
        duration_s=100.0 + number if number % 4 else None,
        language=LANGUAGES[number % 3],
        explicit=(True, False, None)[number % 3],
        genres=(GENRES[number % 4],) if number % 5 else (),
        features={"valence": number / 100} if number % 2 else {},
        lyrics=Lyrics(text=f"hello {number}"),
    )


def row(number: int, *, passages: int = 2, dim: int = DIM, digest: str = "d", vectors: bool = True) -> SongRow:
    """The song as a row: each passage says 'all', 'w<number>' and 'p<part>', and has a vector of its own."""
    parts = tuple(
        PassageRow(
            text=f"line {number} {part}\nsecond",
            words=f"all w{number} p{part}",
            stems=f"all n{number % 7}",
            sounds=f"AL W{number}",
            start_ms=(1000 * part, -1),
            vector=unit(10 * number + part + 1, dim) if vectors else None,
        )
        for part in range(passages)
    )
    return SongRow(
        song(number),
        digest=digest,
        about=f"about {number}",
        about_stems=f"all n{number % 7}",
        title_words=f"title {number}\tartist",
        vector=unit(10 * number, dim) if vectors else None,
        encoder="toy" if vectors else None,
        passage_encoder="toy" if vectors else None,
        passages=parts,
    )
