"""Topics of lyrics: coherence worked out by hand, the movie group process, three models read alike."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from songkin.errors import TrainingError
from songkin.training.irvine.coherence import coherence, npmi
from songkin.training.irvine.movie_groups import movie_groups
from songkin.training.irvine.topics import KINDS, fitted

SEA = ["sail harbour anchor wave", "anchor wave gull sail", "harbour gull wave tide", "tide sail anchor gull"]
TOWN = ["neon taxi pavement bar", "taxi bar rooftop neon", "pavement rooftop bar tram", "tram neon taxi rooftop"]
SONGS = SEA * 5 + TOWN * 5


def test_npmi_is_as_worked_out_by_hand() -> None:
    # of 4 documents 2 hold one word, 2 the other, 1 both: ln((1/4) / (1/4)) = 0
    assert npmi({0, 1}, {1, 2}, 4) == pytest.approx(0.0)
    # always together in half of them: ln(.5 / .25) / -ln .5 = 1
    assert npmi({0, 1}, {0, 1}, 4) == pytest.approx(1.0)
    # 3 of 4 and 2 of 4, both in 2: ln((1/2) / (3/8)) / ln 2 = .415
    assert npmi({0, 1, 2}, {1, 2}, 4) == pytest.approx(math.log(4 / 3) / math.log(2))
    assert npmi({0}, {1}, 4) == -1.0
    assert npmi({0, 1}, {0, 1}, 2) == 0.0
    assert npmi(set(), {0}, 4) == -1.0


def test_coherence_is_the_mean_over_pairs_and_topics() -> None:
    documents = [["a", "b"], ["a", "b", "b"], ["c"], ["d"]]
    assert coherence([["a", "b"]], documents) == pytest.approx(1.0)
    assert coherence([["a", "b"], ["c", "d"]], documents) == pytest.approx(0.0)
    assert coherence([["a", "b", "c"]], documents) == pytest.approx((1 - 1 - 1) / 3)


@pytest.mark.parametrize("topics", [[], [["a"]], [["a", "a"]]])
def test_topics_without_two_words_have_no_coherence(topics: list[list[str]]) -> None:
    assert math.isnan(coherence(topics, [["a"]]))


def test_the_movie_group_process_parts_what_shares_no_word() -> None:
    counts = np.array([[2, 1, 0, 0], [1, 2, 0, 0], [0, 0, 1, 2], [0, 0, 2, 1]] * 5)
    found = movie_groups(counts, most=8, seed=1)
    assert len(set(found.labels[::4]) | set(found.labels[1::4])) == 1
    assert set(found.labels[::4]).isdisjoint(found.labels[2::4])
    assert found.filled == 2


def test_its_counts_are_those_of_its_labels() -> None:
    counts = np.random.default_rng(0).integers(0, 3, (20, 6))
    found = movie_groups(csr_matrix(counts), most=4, rounds=3)
    for topic in range(4):
        np.testing.assert_array_equal(found.words[topic], counts[found.labels == topic].sum(0))
        assert found.sizes[topic] == (found.labels == topic).sum()


def test_the_same_seed_gives_the_same_groups_and_sparse_is_as_dense() -> None:
    counts = np.random.default_rng(1).integers(0, 3, (12, 5))
    one, other = movie_groups(counts, seed=3, rounds=4), movie_groups(csr_matrix(counts), seed=3, rounds=4)
    np.testing.assert_array_equal(one.labels, other.labels)


def test_no_documents_and_empty_documents_are_grouped_too() -> None:
    assert movie_groups(np.zeros((0, 3), int)).filled == 0
    assert len(movie_groups(np.zeros((4, 3), int)).labels) == 4


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_model_parts_two_themes_and_is_measured_alike(kind: str) -> None:
    found = fitted(kind, SONGS, topics=2)
    shares = found.shares([SEA[0], TOWN[0], "zzz"])
    np.testing.assert_allclose(shares.sum(1), 1.0, atol=1e-5)
    assert shares[0].argmax() != shares[1].argmax()
    np.testing.assert_allclose(shares[2], 0.5)
    assert -1 <= found.coherence <= 1
    assert found.topics == 2
    assert math.isnan(found.perplexity) == (kind != "lda")
    sea, town = set(" ".join(SEA).split()), set(" ".join(TOWN).split())
    assert all(set(words[:4]) <= sea or set(words[:4]) <= town for words in found.words)
    assert found.shares([]).shape == (0, 2)


def test_texts_that_share_no_words_make_no_topics() -> None:
    with pytest.raises(TrainingError, match="texts that share words"):
        fitted("lda", ["", "the and of"])


def test_an_unknown_model_is_named() -> None:
    with pytest.raises(TrainingError, match="no topic model is called 'lsa'; there are lda, nmf, gsdmm"):
        fitted("lsa", SONGS)


def test_there_are_not_more_topics_than_texts() -> None:
    assert fitted("lda", ["rain roof rain", "roof rain", "rain roof wind"], topics=7).topics <= 3
