"""Clusters, retrieval, recommendations and the sanity check, by hand and against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest

from songkin.errors import TrainingError
from songkin.training.data.labelled import LabelledSong
from songkin.training.epfl import sanity
from songkin.training.epfl.clusters import KS, PAPER, cut, principal, rows, tree
from songkin.training.epfl.recommend import Conditions, centroids, nearest, recommend, seed_of
from songkin.training.epfl.retrieval import same_genre

cluster = pytest.importorskip("sklearn.cluster")


def units(n: int, dim: int = 8, seed: int = 0) -> np.ndarray:
    drawn = np.random.default_rng(seed).normal(size=(n, dim)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def same_partition(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(((one[:, None] == one) == (other[:, None] == other)).all())


@pytest.mark.parametrize("k", [2, 3, 5, 15])
def test_one_tree_cut_gives_what_scikit_learn_gives_for_each_k(k: int) -> None:
    vectors = units(40)
    own = cluster.AgglomerativeClustering(n_clusters=k, metric="cosine", linkage="complete").fit_predict(vectors)
    found = cut(tree(vectors), k)
    assert same_partition(found, own)
    sizes = np.bincount(found)
    assert len(sizes) == k
    assert (np.diff(sizes) <= 0).all()


def test_k_runs_from_2_to_15_and_stops_below_the_number_of_songs() -> None:
    assert [row.k for row in rows(units(30), tree(units(30)))] == list(KS) == list(range(2, 16))
    assert [row.k for row in rows(units(5), tree(units(5)))] == [2, 3, 4]
    assert [row.k for row in rows(units(3), tree(units(3)))] == [2]
    assert sorted(cut(tree(units(4)), 9).tolist()) == [0, 1, 2, 3]


def test_fewer_than_three_songs_cannot_be_clustered() -> None:
    with pytest.raises(TrainingError, match="2 songs cannot be clustered"):
        tree(units(2))


def test_songs_without_a_vector_and_equal_songs_are_clustered_all_the_same() -> None:
    vectors = np.zeros((6, 4), np.float32)
    vectors[:3, 0] = 1
    assert len(cut(tree(vectors), 2)) == 6
    assert len(rows(vectors, tree(vectors))) == 4


def test_three_tight_themes_make_three_clusters() -> None:
    centres = units(3, seed=3)
    vectors = np.repeat(centres, 10, 0) + 0.02 * units(30, seed=4)
    own = cut(tree(vectors), 3)
    assert same_partition(own, np.repeat([0, 1, 2], 10))
    best = max(rows(vectors, tree(vectors)), key=lambda row: row.sh)
    assert (best.k, round(best.largest, 3)) == (3, 0.333)


def test_a_collapsed_space_looks_excellent_to_the_papers_measures() -> None:
    heap = np.ones((40, 8), np.float32) + 0.01 * np.repeat(units(2, seed=5), 20, 0) + 0.001 * units(40)
    assert rows(heap, tree(heap), [2])[0].ch > rows(units(40), tree(units(40)), [2])[0].ch
    assert PAPER["SimSiam mpnet (collapsed)"][2][2] > PAPER["mpnet"][2][2]


def test_principal_components_have_three_columns_even_of_a_line() -> None:
    line = np.outer(np.arange(5.0), [1.0, 0.0]).astype(np.float32)
    found = principal(line)
    assert found.shape == (5, 3)
    assert np.allclose(np.abs(found[:, 0]), [2, 1, 0, 1, 2])
    assert np.allclose(found[:, 1:], 0)


def song(at: int, artist: str, genre: str | None, **known: object) -> LabelledSong:
    return LabelledSong(id=f"s{at}", artist=artist, title=f"T{at}", text="la la", genre=genre, **known)  # type: ignore[arg-type]


def test_retrieval_leaves_the_own_artist_out() -> None:
    songs = [song(0, "A", "rock"), song(1, "A", "rock"), song(2, "B", "rock"), song(3, "C", "pop")]
    vectors = np.array([[1, 0], [1, 0], [0.6, 0.8], [0.8, 0.6]], np.float32)
    found = same_genre(vectors, songs)
    # for 0 and 1: 3 (pop) before 2 (rock); for 2: 3 (pop, .96), then 0 and 1; 3 has nothing of its genre
    assert found.n == 3
    assert found.p10 == pytest.approx((0.1 + 0.1 + 0.2) / 3)
    discounts = 1 / np.log2(np.arange(2, 5))
    assert found.ndcg10 == pytest.approx((2 * discounts[1] + (discounts[1] + discounts[2]) / (1 + discounts[1])) / 3)
    assert found.chance == pytest.approx((0.5 + 0.5 + 2 / 3) / 3)


def test_retrieval_without_anything_relevant_is_nothing() -> None:
    assert same_genre(units(2), [song(0, "A", "rock"), song(1, "B", "pop")]) == (0.0, 0.0, 0.0, 0)
    assert same_genre(np.zeros((0, 4), np.float32), []) == (0.0, 0.0, 0.0, 0)
    assert same_genre(units(2), [song(0, "A", None), song(1, "B", None)]).n == 0


SEED = song(0, "A", "rock", year=1977, explicit=False, popularity=50.0, features={"energy": 0.4, "mode": 0.0})
LIKE = song(1, "B", "country", year=1980, explicit=True, popularity=50.0, features={"energy": 0.4, "mode": 1.0})
MORE = song(2, "C", "country", year=1970, explicit=False, features={"energy": 0.5, "mode": 1.0})


@pytest.mark.parametrize(
    ("conditions", "met"),
    [
        (Conditions(), [True, True]),
        (Conditions(genre="rock"), [False, False]),
        (Conditions(more=("energy",)), [False, True]),  # equal is not more
        (Conditions(less=("energy",)), [False, False]),
        (Conditions(explicit=1), [True, False]),
        (Conditions(explicit=-1), [False, True]),
        (Conditions(mode=1, more=("year",)), [True, False]),
        (Conditions(less=("popularity",)), [False, False]),  # one is equal, the other is not known
        (Conditions(more=("valence",)), [False, False]),  # nobody knows it
    ],
)
def test_conditions_compare_strictly_with_the_seed(conditions: Conditions, met: list[bool]) -> None:
    assert [conditions.meets(own, SEED) for own in (LIKE, MORE)] == met


def test_conditions_say_themselves_in_words() -> None:
    said = Conditions(genre="country", mode=-1, explicit=1, more=("energy",), less=("year",)).words()
    assert said == "country, more energy, less year, explicit, minor"
    assert Conditions().words() == "no condition"
    with pytest.raises(ValueError, match="-1, 0 or 1"):
        Conditions(mode=2)


def test_a_recommendation_comes_from_the_nearest_cluster_or_from_all() -> None:
    vectors = np.array([[1, 0], [0.9, 0.1], [0.8, 0.3], [0, 1], [0.95, 0.05]], np.float32)
    songs = [SEED, LIKE, MORE, song(3, "D", "country"), song(4, "E", "country")]
    labels = np.array([0, 0, 0, 1, 1])
    own = recommend(SEED, vectors[0], songs, vectors, Conditions(genre="country"), labels=labels)
    assert [found.song.id for found in own] == ["s1", "s2"]
    every = recommend(SEED, vectors[0], songs, vectors, Conditions(genre="country"))
    assert [found.song.id for found in every] == ["s4", "s1", "s2"]
    assert every[0].distance == pytest.approx(1 - 0.95 / np.hypot(0.95, 0.05), abs=1e-6)
    assert recommend(SEED, vectors[0], songs, vectors, Conditions(genre="jazz")) == []
    assert recommend(SEED, vectors[0], [], vectors[:0], Conditions()) == []


def test_centroids_are_means_and_the_nearest_is_by_cosine() -> None:
    centres = centroids(np.array([[2, 0], [4, 0], [0, 1]], np.float32), np.array([0, 0, 1]))
    assert centres.tolist() == [[3, 0], [0, 1]]
    assert nearest(np.array([0.1, 0.2]), centres) == 1


def test_a_seed_is_the_first_title_that_is_there() -> None:
    assert seed_of([SEED, LIKE], ["Nothing", "t1"]) is LIKE
    with pytest.raises(TrainingError, match="none of these songs is in the corpus: Nothing"):
        seed_of([SEED], ["Nothing"])


def test_pairs_of_two_themes_have_a_gap_or_none() -> None:
    groups = [[song(0, "A", None), song(1, "A", None)], [song(2, "B", None), song(3, "B", None)]]
    apart = np.array([[1, 0], [1, 0], [0, 1], [0.6, 0.8]], np.float32)
    found = sanity.pairs(groups, apart)
    assert found.within == pytest.approx((0.8, 1.0))
    assert found.across == pytest.approx((0.0, 0.6))
    assert found.gap == pytest.approx(0.2)
    assert [pair.within for pair in found.pairs] == [True, True, False, False, False, False]
    assert np.isnan(sanity.pairs([[song(0, "A", None)], [song(1, "B", None)]], apart[:2]).within[0])


def test_themes_are_a_word_of_titles_and_an_artist() -> None:
    titled = LabelledSong(id="x", artist="A", title="A Snow Song", text="la")
    groups = sanity.themed([titled, song(1, "A", None), song(2, "B", None)], "snow", "A", 3)
    assert [[own.id for own in group] for group in groups] == [["x"], ["s1"]]


def test_skewness_is_the_third_moment() -> None:
    assert sanity.skewness([0, 0, 0, 1]) == pytest.approx(1.1547, abs=1e-4)
    assert sanity.skewness([1, 2, 3]) == pytest.approx(0.0)
    assert sanity.skewness([]) == sanity.skewness([4, 4]) == 0.0


def test_columns_leave_out_what_is_unknown() -> None:
    told = sanity.columns([SEED, MORE, song(5, "F", None)])
    assert told["popularity"] == [50.0]
    assert told["year"] == [1977.0, 1970.0]
    assert told["valence"] == []
    assert told["words"] == [2.0, 2.0, 2.0]
    assert len(told) == 14
