"""Topics of lyrics by three models, measured alike: LDA, NMF, and the movie group process for short texts.

Conventions
-----------
A model is fitted on some texts and read on any: shares are (n, topics), rows that sum to 1; a text without a known word
has equal shares. Words are content words as `songkin.text` writes them. Coherence is NPMI of the ten foremost words.
LDA: Blei, Ng and Jordan, JMLR 3, 2003 [blei2003lda]. NMF: Lee and Seung, Nature 401, 1999 [lee1999nmf].
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.errors import TrainingError
from songkin.extras import need
from songkin.text import content_words
from songkin.training.irvine.coherence import coherence
from songkin.training.irvine.movie_groups import movie_groups

__all__ = ["KINDS", "Topics", "fitted", "searched"]

SHOWN = 10  # foremost words of a topic, by which coherence is measured
RARE, COMMON = 5, 0.5  # a word counts that at least so many texts hold, and at most this share of them
ALPHA = BETA = 0.1  # of the movie group process, as its authors have them


class Topics(NamedTuple):
    """A fitted model: its foremost words, how it measures, and how it reads texts.

    `perplexity` is the bound on the logarithm of a word's chance (nats a word, LDA only, NaN otherwise), `filled` how
    many topics hold a text.
    """

    kind: str
    topics: int
    words: list[list[str]]
    coherence: float
    perplexity: float
    filled: int
    shares: Callable[[Sequence[str]], NDArray[np.float32]]


class _Counts(NamedTuple):
    """Texts as counts (n, words), sparse, the words, and what counts other texts alike."""

    counts: Any
    names: NDArray[Any]
    of: Callable[[Sequence[str]], Any]
    documents: list[list[str]]


def fitted(kind: str, texts: Sequence[str], *, topics: int = 7, seed: int = 0) -> Topics:
    """Fit "lda", "nmf" or "gsdmm" on texts; TrainingError where they share no words to make topics of.

    Not more topics are made than there are texts.
    """
    if kind not in KINDS:
        raise TrainingError(f"no topic model is called '{kind}'; there are {', '.join(KINDS)}")
    held = _counted(texts)
    parts, perplexity, shares = KINDS[kind](held, min(topics, len(texts)), seed)
    order = np.argsort(-parts, axis=1, kind="stable")[:, :SHOWN]
    words = [[str(held.names[at]) for at in row if own[at] > 0] for row, own in zip(order, parts, strict=True)]
    words = [own for own in words if own]
    measured = coherence(words, held.documents)
    reads = _guarded(held, shares, len(parts))
    return Topics(kind, len(parts), words, measured, perplexity, len(words), reads)


def searched(kind: str, texts: Sequence[str], counts: Sequence[int], *, seed: int = 0) -> list[Topics]:
    """Fit a model for each number of topics, in order."""
    return [fitted(kind, texts, topics=count, seed=seed) for count in counts]


def _counted(texts: Sequence[str]) -> _Counts:
    vectorizer = need("sklearn.feature_extraction.text", extra="map").CountVectorizer(
        analyzer=content_words, min_df=min(RARE, max(1, len(texts) // 20)), max_df=COMMON
    )
    try:
        counts = vectorizer.fit_transform(texts)
    except ValueError as error:
        cure = "topics need some texts that share words"
        raise TrainingError(f"{len(texts):,} texts make no topics ({error}); {cure}") from error
    return _Counts(counts, vectorizer.get_feature_names_out(), vectorizer.transform, [content_words(t) for t in texts])


def _guarded(
    held: _Counts, shares: Callable[[Any], Any], topics: int
) -> Callable[[Sequence[str]], NDArray[np.float32]]:
    """Return what reads texts: rows that sum to 1, equal where a text has no known word or no topic takes it."""

    def read(texts: Sequence[str]) -> NDArray[np.float32]:
        if not len(texts):
            return np.empty((0, topics), np.float32)
        found = np.asarray(shares(held.of(texts)), np.float64)
        sums = found.sum(1, keepdims=True)
        even = np.full_like(found, 1 / topics)
        rows: NDArray[np.float32] = np.divide(found, sums, out=even, where=sums > 1e-12).astype(np.float32)
        return rows

    return read


Parted = tuple[NDArray[np.float64], float, Callable[[Any], Any]]


def _lda(held: _Counts, topics: int, seed: int) -> Parted:
    model = need("sklearn.decomposition", extra="map").LatentDirichletAllocation(
        n_components=topics, random_state=seed, max_iter=20
    )
    model.fit(held.counts)
    bound = float(model.score(held.counts)) / max(float(held.counts.sum()), 1.0)
    return model.components_ / model.components_.sum(1, keepdims=True), bound, model.transform


def _nmf(held: _Counts, topics: int, seed: int) -> Parted:
    """Factor Tf-Idf weights: NMF of bare counts finds the commonest words again and again."""
    weigher = need("sklearn.feature_extraction.text", extra="map").TfidfTransformer()
    model = need("sklearn.decomposition", extra="map").NMF(
        n_components=min(topics, *held.counts.shape), random_state=seed, init="nndsvda", max_iter=500, tol=1e-3
    )
    model.fit(weigher.fit_transform(held.counts))
    return model.components_, float("nan"), lambda counts: model.transform(weigher.transform(counts))


def _groups(held: _Counts, topics: int, seed: int) -> Parted:
    """Sample groups; a new text's shares are the chances of its words in each, by the same formula."""
    found = movie_groups(held.counts, most=topics, alpha=ALPHA, beta=BETA, seed=seed)
    chances = (found.words + BETA) / (found.words + BETA).sum(1, keepdims=True)
    prior = np.log((found.sizes + ALPHA) / (found.sizes + ALPHA).sum())

    def read(counts: Any) -> NDArray[np.float64]:
        logs = counts @ np.log(chances).T + np.where(np.asarray(counts.sum(1)) > 0, prior, 0.0)
        rows: NDArray[np.float64] = np.exp(logs - logs.max(1, keepdims=True))
        return rows

    return found.words.astype(np.float64), float("nan"), read


KINDS: Mapping[str, Callable[[_Counts, int, int], Parted]] = MappingProxyType(
    {"lda": _lda, "nmf": _nmf, "gsdmm": _groups}
)
