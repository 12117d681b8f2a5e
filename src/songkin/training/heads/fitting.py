"""Fit the linear layer of the label heads: ridge regression of every target on words, style and landmark songs.

Conventions
-----------
Targets are (n, k), nan = not known; targets known of the same songs are fitted together. Hoerl and Kennedy,
Technometrics 12(1), 1970 [hoerl1970ridge].
"""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.annotate.heads import Kernel, Styling, Terms, nearness
from songkin.annotate.reading import Reading
from songkin.extras import need

__all__ = ["DEFAULT", "Layer", "Options", "fit_layer"]

Floats = NDArray[np.float64]
FEWEST = 1e-6  # deviations and eigenvalues below it count as none


class Options(NamedTuple):
    """How heads are fitted: `penalty` of the ridge, songs a term must be in (`rarest`) and the share of songs it may be
    in (`commonest`), how many `landmarks`, and how vector and style are scaled beside each other."""

    penalty: float = 2.0
    rarest: int = 3
    commonest: float = 0.5
    landmarks: int = 800
    vector_scale: float = 3.0
    style_scale: float = 0.3
    width: float = 0.1
    style_weight: float = 0.05
    seed: int = 0


DEFAULT = Options()


class Layer(NamedTuple):
    """The fitted layer: its parts and the biases (k,)."""

    terms: Terms
    styling: Styling
    kernel: Kernel
    bias: NDArray[np.float32]


class Readers(NamedTuple):
    """What does not depend on targets: terms, style's scale, landmarks, and the matrix that makes them orthogonal."""

    places: dict[str, int]
    idf: NDArray[np.float32]
    mean: NDArray[np.float32]
    deviation: NDArray[np.float32]
    landmarks: NDArray[np.float32]
    whitening: Floats


class Inputs(NamedTuple):
    """What the layer adds up: words (n, v), sparse, and style and nearness to landmarks (n, s + m)."""

    words: Any
    others: Floats


def fit_layer(reading: Reading, targets: Floats, options: Options = DEFAULT) -> Layer:
    """Fit all targets (n, k) of the songs that were read; one that is known of no song is answered with 0."""
    readers = _readers(reading, options)
    inputs = _inputs(reading, readers, options)
    weights, bias = _ridge(inputs, targets, options.penalty)  # (f, k), (k,)
    v, s = len(readers.places), len(readers.mean)
    styled = (weights[v : v + s] * options.style_weight).astype(np.float32)
    near = (readers.whitening @ weights[v + s :]).astype(np.float32)
    kernel = Kernel(readers.landmarks, near, options.vector_scale, options.style_scale, options.width)
    styling = Styling(readers.mean, readers.deviation, styled)
    return Layer(Terms(readers.places, readers.idf, weights[:v].astype(np.float32)), styling, kernel, bias)


def _readers(reading: Reading, options: Options) -> Readers:
    """Learn which terms there are, how styles spread, and draw landmarks."""
    n = len(reading.words)
    often = Counter(word for words in reading.words for word in words)
    most = max(options.commonest * n, options.rarest)
    kept = sorted(word for word, count in often.items() if options.rarest <= count <= most)
    idf = np.array([np.log((1 + n) / (1 + often[word])) + 1 for word in kept], np.float32)
    mean, deviation = reading.styles.mean(0), np.maximum(reading.styles.std(0), FEWEST)
    styling = Styling(mean, deviation, np.zeros((len(mean), 0), np.float32))
    empty = Kernel(np.zeros((0, 0), np.float32), np.zeros((0, 0), np.float32), *_scales(options))
    placed = empty.placed(reading.vectors, styling.scaled(reading))
    drawn = np.random.default_rng(options.seed).permutation(n)[: options.landmarks]
    landmarks = placed[np.sort(drawn)].astype(np.float16).astype(np.float32)  # as they will rest
    values, vectors = np.linalg.eigh(nearness(landmarks, landmarks, options.width).astype(np.float64))
    sound = values > FEWEST * values.max(initial=1.0)
    whitening = (vectors[:, sound] / np.sqrt(values[sound])) @ vectors[:, sound].T  # (m, m): Nystroem's
    return Readers({word: at for at, word in enumerate(kept)}, idf, mean, deviation, landmarks, whitening)


def _scales(options: Options) -> tuple[float, float, float]:
    return options.vector_scale, options.style_scale, options.width


def _inputs(reading: Reading, readers: Readers, options: Options) -> Inputs:
    """Return the layer's inputs: words (n, v), and beside them style and nearness to landmarks (n, s + m)."""
    styling = Styling(readers.mean, readers.deviation, np.zeros((len(readers.mean), 0), np.float32))
    styles = styling.scaled(reading)
    kernel = Kernel(readers.landmarks, np.zeros((0, 0), np.float32), *_scales(options))
    near = nearness(kernel.placed(reading.vectors, styles), readers.landmarks, options.width) @ readers.whitening
    return Inputs(_weighed(reading, readers), np.hstack([styles * options.style_weight, near]))


def _weighed(reading: Reading, readers: Readers) -> Any:
    """Return the Tf-Idf of known terms as a sparse matrix (n, v), rows of unit length."""
    sparse = need("scipy.sparse", extra="train")
    columns, values, ends = [], [], [0]
    for words in reading.words:
        at = np.array([readers.places[word] for word in words if word in readers.places], np.int64)
        often = np.array([count for word, count in words.items() if word in readers.places], np.float64)
        weighed = (1 + np.log(often)) * readers.idf[at] if len(at) else often
        columns.append(at)
        values.append(weighed / np.linalg.norm(weighed) if len(at) else weighed)
        ends.append(ends[-1] + len(at))
    flat = (np.concatenate(values), np.concatenate(columns), ends)
    return sparse.csr_matrix(flat, shape=(len(reading.words), len(readers.places)))


def _ridge(inputs: Inputs, targets: Floats, penalty: float) -> tuple[Floats, NDArray[np.float32]]:
    """Fit targets (n, k), those known of the same songs together: weights (f, k) and biases (k,).

    There are more inputs than songs, so scikit-learn solves it in the songs' own products (n, n).
    """
    solver = need("sklearn.kernel_ridge", extra="train").KernelRidge
    products = np.asarray((inputs.words @ inputs.words.T).todense()) + inputs.others @ inputs.others.T
    duals, bias = np.zeros(targets.shape), np.zeros(targets.shape[1], np.float32)
    there = np.isfinite(targets)
    groups: dict[bytes, list[int]] = {}
    for at in range(targets.shape[1]):
        groups.setdefault(there[:, at].tobytes(), []).append(at)
    for columns in groups.values():
        rows = np.flatnonzero(there[:, columns[0]])
        if not len(rows):
            continue
        own = targets[rows][:, columns]
        bias[columns] = own.mean(0)
        fitted = solver(alpha=penalty, kernel="precomputed").fit(products[np.ix_(rows, rows)], own - own.mean(0))
        duals[np.ix_(rows, np.array(columns))] = fitted.dual_coef_.reshape(len(rows), -1)
    return np.vstack([inputs.words.T @ duals, inputs.others.T @ duals]), bias
