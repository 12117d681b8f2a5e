"""Untrained rivals: BM25 by hand, Tf-Idf equal to scikit-learn's, rankings with a defined order."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from songkin.evaluation import Bm25, TfIdf, rank_documents
from songkin.evaluation.systems.terms import WORDS

TEXTS = ["slow piano, sad piano", "fast drums", "slow drums and a piano", ""]
LETTERS = st.text(alphabet="aAbé日_1 ,.'", max_size=30)


@settings(deadline=None)
@given(st.lists(LETTERS, min_size=1, max_size=8), LETTERS)
def test_tf_idf_is_scikit_learns(texts: list[str], request: str) -> None:
    vectorizer = TfidfVectorizer()
    try:
        fitted = vectorizer.fit_transform(texts)
    except ValueError:  # theirs takes no texts without a word; ours then knows nothing
        assert not TfIdf(texts).scores(request).any()
        return
    theirs = (fitted @ vectorizer.transform([request]).T).toarray()[:, 0]
    assert TfIdf(texts).scores(request) == pytest.approx(theirs, abs=1e-12)


def test_bm25_by_hand() -> None:
    n, mean = 4, (4 + 2 + 4 + 0) / 4  # "a" is too short to be a term
    lengths = [4, 2, 4, 0]

    def part(count: int, length: int, holding: int) -> float:
        idf = math.log(1 + (n - holding + 0.5) / (holding + 0.5))
        return idf * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * length / mean))

    expected = [
        part(2, lengths[0], 2) + part(1, lengths[0], 2),
        0.0,
        part(1, lengths[2], 2) + part(1, lengths[2], 2),
        0.0,
    ]
    assert Bm25(TEXTS).scores("a slow PIANO and flute") == pytest.approx(
        [expected[0], 0.0, expected[2] + part(1, lengths[2], 1), 0.0]
    )


def test_a_word_said_twice_counts_twice() -> None:
    bm25 = Bm25(TEXTS)
    assert bm25.scores("drums drums") == pytest.approx(2 * bm25.scores("drums"))


@given(st.lists(LETTERS, max_size=6), LETTERS)
def test_no_score_is_below_zero_and_what_shares_no_word_has_none(texts: list[str], request: str) -> None:
    for scorer in (Bm25(texts), TfIdf(texts)):
        scores = scorer.scores(request)
        assert scores.shape == (len(texts),)
        assert (scores >= 0).all()
    assert not Bm25(texts, words=WORDS).scores("zzz").any()


def test_a_document_counts_by_its_best_text_and_ties_keep_their_order() -> None:
    documents = {"b": ["slow"], "a": ["fast", "slow"], "c": ["fast"], "empty": []}
    rank = rank_documents(documents, Bm25)
    assert rank(["slow", "fast fast", "", "flute"], 10) == [["b", "a"], ["a", "c"], [], []]
    assert rank(["slow"], 1) == [["b"]]


def test_no_documents_rank_nothing() -> None:
    for scorer in (Bm25, TfIdf):
        assert rank_documents({}, scorer)(["slow"], 3) == [[]]
        assert np.array_equal(scorer([]).scores("slow"), np.zeros(0))
