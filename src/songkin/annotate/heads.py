"""The label heads: what turns a reading of a song's words into a score for each label.

Conventions
-----------
One linear layer over three readings: words weighed by Tf-Idf (rows of unit length), style in standard deviations, and
nearness to landmark songs, exp(-width * squared distance) in the space of vector and style together. Scores are (n, k),
one column for each of `outputs`. What a score means is said by `songkin.annotate.calibration`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songkin.annotate.calibration import Choice, Curve, Logistic
from songkin.annotate.explicit import Explicit
from songkin.annotate.reading import Reading

__all__ = ["FEATURES", "WIDEST", "Calibration", "Heads", "Kernel", "Styling", "Terms", "scored"]

FEATURES = ("valence", "energy", "danceability")
WIDEST = 4.0  # deviations: a style beyond them is taken for that

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Terms:
    """Known words and pairs of words: their places, how telling each is (v,), and what each adds to a score (v, k)."""

    places: Mapping[str, int]
    idf: Floats
    weights: Floats

    def scores(self, words: Sequence[Mapping[str, int]]) -> Floats:
        """Return what the words of texts (n,) add to the scores (n, k); unknown words add nothing."""
        found = np.zeros((len(words), self.weights.shape[1]), np.float32)
        for row, counts in enumerate(words):
            at = np.array([self.places[word] for word in counts if word in self.places], np.int64)
            if len(at):
                often = np.array([count for word, count in counts.items() if word in self.places], np.float32)
                weighed = (1 + np.log(often)) * self.idf[at]
                found[row] = (weighed / np.linalg.norm(weighed)) @ self.weights[at]
        return found


@dataclass(frozen=True, slots=True)
class Styling:
    """How styles are brought to one scale, and what each adds to a score (s, k)."""

    mean: Floats
    deviation: Floats
    weights: Floats

    def scaled(self, reading: Reading) -> Floats:
        """Return styles in deviations (n, s), within WIDEST; a bag of words has none, so it lies in the middle."""
        away = (reading.styles - self.mean) / self.deviation
        return np.where(reading.bags[:, None], 0.0, np.clip(away, -WIDEST, WIDEST)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Kernel:
    """Landmark songs (m, dim + s) and what nearness to each adds to a score (m, k).

    Williams and Seeger, NIPS 2000 [williams2001nystrom].
    """

    landmarks: Floats
    weights: Floats
    vector_scale: float
    style_scale: float
    width: float

    def placed(self, vectors: Floats, styles: Floats) -> Floats:
        """Return where songs lie among landmarks: vectors (n, dim) and scaled styles (n, s) -> (n, dim + s)."""
        return np.hstack([vectors * self.vector_scale, styles * self.style_scale]).astype(np.float32)

    def scores(self, placed: Floats) -> Floats:
        """Return what nearness to the landmarks adds to the scores (n, k)."""
        return nearness(placed, self.landmarks, self.width) @ self.weights


def nearness(one: Floats, other: Floats, width: float) -> Floats:
    """Return exp(-width * squared distance) of rows (n, d) and (m, d) -> (n, m)."""
    apart = (one**2).sum(1)[:, None] + (other**2).sum(1)[None] - 2 * one @ other.T
    return np.asarray(np.exp(-width * np.maximum(apart, 0.0)), np.float32)


def scored(reading: Reading, terms: Terms, styling: Styling, kernel: Kernel, bias: Floats) -> Floats:
    """Add up what words, style and nearness to landmarks say of n texts, and the biases: (n, k)."""
    styles = styling.scaled(reading)
    near = kernel.scores(kernel.placed(reading.vectors, styles))
    return np.asarray(bias + terms.scores(reading.words) + styles @ styling.weights + near, np.float32)


@dataclass(frozen=True, slots=True)
class Calibration:
    """What scores mean: each feature's chance to be above the chart songs' median and its value, moods, genres, themes.

    `themes` has for each theme its logistic and the probability from which it is said.
    """

    high: Mapping[str, Logistic]
    value: Mapping[str, Curve]
    happy: Logistic
    genres: Choice
    themes: Mapping[str, tuple[Logistic, float]]
    base: Mapping[str, float]  # what is believed of a song of which nothing was read, by the name of its column


@dataclass(frozen=True)
class Heads:
    """All heads together, with the fingerprint of the encoder whose vectors they read."""

    outputs: tuple[str, ...]
    bias: Floats
    terms: Terms
    styling: Styling
    kernel: Kernel
    calibration: Calibration
    explicit: Explicit
    fingerprint: str
    about: Mapping[str, object] = field(default_factory=dict)

    def scores(self, reading: Reading) -> Floats:
        """Return the scores (n, k) of what was read of n texts."""
        return scored(reading, self.terms, self.styling, self.kernel, self.bias)

    @cached_property
    def readers(self) -> str:
        """What changes with how words are read, whatever is made of them: a digest of terms, styles and landmarks.

        Heads that were written and read again have the same.
        """
        kernel, words = self.kernel, sorted(self.terms.places, key=lambda word: self.terms.places[word])
        told = [self.fingerprint, words, kernel.vector_scale, kernel.style_scale, kernel.width]
        resting = (self.terms.idf.astype(np.float16), self.styling.mean, self.styling.deviation)
        return _digest(told, *resting, kernel.landmarks.astype(np.float16))

    @cached_property
    def mark(self) -> str:
        """What changes with anything the heads say: a digest of their numbers."""
        told = [self.readers, self.outputs, asdict(self.calibration), asdict(self.explicit)]
        return _digest(told, self.bias, self.terms.weights, self.styling.weights, self.kernel.weights)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Where each output's scores stand."""
        return {name: at for at, name in enumerate(self.outputs)}

    def column(self, scores: Floats, name: str) -> NDArray[np.float64]:
        """Return the scores (n,) of one output."""
        return scores[:, self.places[name]].astype(np.float64)


def _digest(told: object, *parts: NDArray[Any]) -> str:
    """Return the digest of what is told and of numbers."""
    whole = hashlib.blake2b(json.dumps(told, sort_keys=True).encode(), digest_size=12)
    for part in parts:
        whole.update(np.ascontiguousarray(part).tobytes())
    return whole.hexdigest()
