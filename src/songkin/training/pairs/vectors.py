"""Word vectors: read from a file of GloVe's form, or trained on the songs where there is none.

Conventions
-----------
A matrix is (len(vocabulary), dim) float32: row 0, padding, is zero; row 1, the unknown word, is the mean of the words'.
Trained vectors are brought to the spread of GloVe's, so that a network begins alike with either. A word of which
nothing is known gets a small random vector.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.errors import SourceError, TrainingError
from songkin.extras import need
from songkin.training.pairs.counting import counts
from songkin.training.pairs.words import FIRST, PADDING, UNKNOWN, Vocabulary

__all__ = ["DIM", "WINDOW", "WordVectors", "read_vectors", "trained_vectors"]

log = logging.getLogger(__name__)
DIM, WINDOW = 100, 5
SMOOTHING = 0.75  # the power of a context's frequency: rare contexts would count too much (Levy et al. 2015)
SPREAD = 0.4  # standard deviation of the coordinates of GloVe's 100-d vectors, about
SPARE, POWERS = 10, 4  # directions beyond those kept, and how often they are turned towards the strongest
UNSEEN = SPREAD / 10  # that of a word of which nothing is known


class WordVectors(NamedTuple):
    """A matrix of vectors, and how many of the vocabulary's words have one of their own."""

    matrix: NDArray[np.float32]
    known: int


def trained_vectors(
    songs: Sequence[Sequence[str]],
    vocabulary: Vocabulary,
    *,
    dim: int = DIM,
    window: int | None = WINDOW,
    seed: int = 0,
) -> WordVectors:
    """Train vectors on songs: positive pointwise mutual information, cut to `dim` dimensions by SVD.

    A word's context are the words up to `window` places away, by 1 / distance; None = the songs it stands in, as for
    bags, whose order means nothing. Rows are U sqrt(S) of the SVD, scaled; the same seed gives the same vectors.
    Levy, Goldberg and Dagan, "Improving Distributional Similarity", TACL 2015 [levy2015improving].
    """
    if window is not None and window < 1:
        raise TrainingError(f"the window is {window}; it is 1 or more words, or None for whole songs")
    met = counts(songs, vocabulary).T.tocsr() if window is None else _neighbours(songs, vocabulary, window)
    rows = _reduced(_ppmi(met), dim, seed)
    known = (rows != 0).any(1)
    rows *= SPREAD / max(float(rows[known].std()) if known.any() else 0.0, 1e-12)
    return _whole(rows, known, seed)


def read_vectors(
    path: Path, vocabulary: Vocabulary, *, dim: int = DIM, seed: int = 0, told: Callable[[str], None] = log.warning
) -> WordVectors:
    """Read the vectors of the vocabulary's words from a file of GloVe's form: a word and `dim` numbers a line.

    A first line of two numbers (word2vec's) is passed over; another line that has not `dim` numbers is told with its
    place. SourceError where the file is not there or no line is of that length.
    Pennington, Socher and Manning, EMNLP 2014 [pennington2014glove].
    """
    if not path.is_file():
        raise SourceError(f"{path}: there is no such file; GloVe's are at https://nlp.stanford.edu/projects/glove/")
    rows = np.full((len(vocabulary.words), dim), np.nan, np.float32)
    whole = 0
    with path.open(encoding="utf-8", errors="replace") as stream:
        for number, line in enumerate(stream, 1):
            word, vector = _vector(line, dim)
            whole += vector is not None
            if vector is None and not (number == 1 and len(line.split()) == 2):
                told(f"{path.name}:{number}: no word and {dim} numbers: {line[:40].strip()!r}")
            elif (
                vector is not None and word in vocabulary.places and np.isnan(rows[vocabulary.places[word] - FIRST, 0])
            ):
                rows[vocabulary.places[word] - FIRST] = vector
    if not whole:
        raise SourceError(f"{path}: no line holds a word and {dim} numbers; are its vectors of another length?")
    return _whole(rows, ~np.isnan(rows[:, 0]), seed)


def _vector(line: str, dim: int) -> tuple[str, NDArray[np.float32] | None]:
    """Read a line; a word may hold spaces, as some of GloVe's do."""
    cells = line.rstrip().rsplit(" ", dim)
    try:
        vector = np.array(cells[1:], np.float32)
    except ValueError:
        return "", None
    return cells[0], vector if len(vector) == dim and np.isfinite(vector).all() and cells[0] else None


def _neighbours(songs: Sequence[Sequence[str]], vocabulary: Vocabulary, window: int) -> Any:
    """Count how often two known words stand at most `window` places apart, nearer counting more, (words, words)."""
    sparse = need("scipy.sparse", extra="train")
    size, last = len(vocabulary.words), -1
    gap = np.full(window, last)
    flat = [np.array([*vocabulary.numbers(words)], np.int64) - FIRST for words in songs]
    ids = np.concatenate([part for own in flat for part in (own, gap)]) if flat else gap
    met = sparse.csr_matrix((size, size), dtype=np.float64)
    for away in range(1, window + 1):
        near = (ids[:-away] >= 0) & (ids[away:] >= 0)
        pair = ids[:-away][near], ids[away:][near]
        met = met + sparse.csr_matrix((np.full(len(pair[0]), 1.0 / away), pair), shape=(size, size))
    return (met + met.T).tocsr()


def _ppmi(met: Any) -> Any:
    """Turn counts (words, contexts) into positive pointwise mutual information; what is not positive is left out."""
    sparse = need("scipy.sparse", extra="train")
    words = np.asarray(met.sum(1)).ravel()
    contexts = np.asarray(met.sum(0)).ravel() ** SMOOTHING
    total = max(contexts.sum(), 1e-12)
    table = met.tocoo()
    with np.errstate(divide="ignore"):
        said = np.log(table.data * total / (words[table.row] * contexts[table.col]))
    kept = said > 0
    return sparse.csr_matrix((said[kept], (table.row[kept], table.col[kept])), shape=met.shape)


def _reduced(table: Any, dim: int, seed: int) -> NDArray[np.float64]:
    """Return U sqrt(S) of the first `dim` singular vectors (words, dim), signs fixed, zeros where there are fewer.

    By seeded random projection and power iterations: Halko, Martinsson and Tropp, SIAM Review 2011 [halko2011finding].
    """
    size = min(dim + SPARE, *table.shape)
    seen = table @ np.random.default_rng(seed).normal(size=(table.shape[1], size))
    for _ in range(POWERS):
        seen = table @ (table.T @ np.linalg.qr(seen)[0])
    basis = np.linalg.qr(seen)[0]  # (words, size)
    left, values, _ = np.linalg.svd((table.T @ basis).T, full_matrices=False)
    left, values = (basis @ left)[:, :dim], values[:dim]
    signs = np.sign(left[np.abs(left).argmax(0), np.arange(left.shape[1])]) if len(left) else np.ones(left.shape[1])
    found = np.zeros((table.shape[0], dim))
    kept = values > max(float(values.max(initial=0.0)) * 1e-9, 1e-12)
    found[:, : left.shape[1]] = left * np.where(kept, signs * np.sqrt(values), 0.0)
    return found


def _whole(rows: NDArray[Any], known: NDArray[np.bool_], seed: int) -> WordVectors:
    """Give the words that are not known small random vectors, and put padding and the unknown word before all."""
    assert (PADDING, UNKNOWN, FIRST) == (0, 1, 2)
    drawn = np.random.default_rng(seed).normal(0.0, UNSEEN, rows.shape)
    words = np.where(known[:, None], rows, drawn)
    unknown = words.mean(0) if len(words) else np.zeros(rows.shape[1])
    matrix = np.vstack([np.zeros(rows.shape[1]), unknown, words]).astype(np.float32)
    return WordVectors(matrix, int(known.sum()))
