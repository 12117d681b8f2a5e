"""Words of songs as rows of ids: bags to sequences, vocabularies, padding; tf-idf; vectors read and trained."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from songkin.errors import SourceError, TrainingError
from songkin.training.pairs.counting import by_words, counts
from songkin.training.pairs.vectors import _reduced, read_vectors, trained_vectors
from songkin.training.pairs.words import ORDERS, PADDING, UNKNOWN, Vocabulary, expanded, sequences, song_words

BAG = {"the": 3, "sea": 1, "salt": 2}
BAGS = st.dictionaries(st.sampled_from(["the", "sea", "salt", "road", "oh"]), st.integers(1, 5))


def test_a_bag_comes_in_its_own_order_with_repeats_together_or_in_rounds() -> None:
    assert expanded(BAG) == ["the", "the", "the", "sea", "salt", "salt"]
    assert expanded(BAG, order="rounds") == ["the", "sea", "salt", "the", "salt", "the"]
    assert expanded({}) == expanded({}, order="rounds") == []
    with pytest.raises(TrainingError, match="it is file or rounds"):
        expanded(BAG, order="random")


@given(BAGS, st.sampled_from(ORDERS))
def test_a_sequence_counts_as_its_bag(bag: dict[str, int], order: str) -> None:
    assert Counter(expanded(bag, order=order)) == Counter(bag)


@given(BAGS, st.integers(0, 8))
def test_rounds_keep_as_many_different_words_as_fit(bag: dict[str, int], length: int) -> None:
    assert len(set(expanded(bag, order="rounds")[:length])) == min(length, len(bag))


def test_lyrics_as_text_give_their_sung_words() -> None:
    assert song_words("[Verse 1]\nSalt on the road, don't you know\n\n[Chorus]\nOh, the sea!") == (
        ["salt", "on", "the", "road", "dont", "you", "know", "oh", "the", "sea"]
    )
    assert song_words(BAG) == expanded(BAG)
    assert song_words("") == song_words({}) == []


def test_the_most_frequent_words_have_the_smallest_ids() -> None:
    own = Vocabulary.of([["sea", "the", "the"], ["salt", "the", "sea"], ["road"]], size=5)
    assert own.words == ("the", "sea", "road")
    assert len(own) == 5
    assert own.numbers(["the", "road", "salt"]) == [2, 4, UNKNOWN]
    with pytest.raises(TrainingError, match="stands twice"):
        Vocabulary(("a", "a"))


def test_twenty_thousand_count_padding_and_the_unknown_word() -> None:
    own = Vocabulary.of([[f"w{at}" for at in range(20_500)]])
    assert len(own) == 20_000
    assert len(own) * 100 == 2_000_000  # the paper's embedding


def test_rows_are_padded_behind_or_before_and_cut_at_the_length() -> None:
    own = Vocabulary(("the", "sea"))
    songs = [["the", "sea", "salt"], [], ["sea"] * 9]
    assert sequences(songs, own, length=4).tolist() == [[2, 3, 1, 0], [0, 0, 0, 0], [3, 3, 3, 3]]
    assert sequences(songs, own, length=4, padding="pre").tolist() == [[0, 2, 3, 1], [0, 0, 0, 0], [3, 3, 3, 3]]
    assert sequences(iter(songs), own).shape == (3, 300)
    assert (sequences([], own).shape, sequences([], own).dtype) == ((0, 300), np.int64)
    with pytest.raises(TrainingError, match="it is post or pre"):
        sequences(songs, own, padding="both")


@given(st.lists(st.lists(st.sampled_from("abcde"), max_size=12), max_size=6))
def test_rows_say_the_words_they_come_from(songs: list[list[str]]) -> None:
    own = Vocabulary.of(songs, size=5)
    for words, row in zip(songs, sequences(songs, own, length=8), strict=True):
        said = [own.words[at - 2] if at > UNKNOWN else None for at in row.tolist() if at != PADDING]
        assert said == [word if word in own.words else None for word in words[:8]]


def test_counts_have_a_column_a_known_word() -> None:
    pytest.importorskip("scipy")
    own = counts([["the", "sea", "the"], [], ["salt"]], Vocabulary(("the", "sea")))
    assert own.toarray().tolist() == [[2.0, 1.0], [0.0, 0.0], [0.0, 0.0]]


def test_songs_of_like_words_are_alike_by_tf_idf() -> None:
    pytest.importorskip("scipy")
    songs = [["the", "sea", "salt"], ["the", "sea", "salt"], ["the", "road"], [], ["tram", "night"]]
    alike = by_words(songs)
    left, right = np.array([0, 0, 0, 0, 3]), np.array([1, 2, 3, 4, 3])
    scores = alike(left, right)
    assert scores[0] == pytest.approx(1.0)
    assert 0.0 < scores[1] < 0.3
    assert scores[2:].tolist() == [0.0, 0.0, 0.0]
    assert alike(right, left).tolist() == scores.tolist()
    assert alike(left[:0], right[:0]).tolist() == []


def test_tf_idf_is_scikit_learns_with_sublinear_counts() -> None:
    text = pytest.importorskip("sklearn.feature_extraction.text")
    songs = [["the", "sea", "the"], ["salt", "sea", "sea"], ["the", "road", "salt"]]
    table = text.TfidfVectorizer(analyzer=list, sublinear_tf=True).fit_transform(songs)
    left, right = np.triu_indices(3, 1)
    wanted = np.asarray((table @ table.T).todense())[left, right]
    assert by_words(songs)(left, right) == pytest.approx(wanted)


def near(matrix: np.ndarray, own: Vocabulary, one: str, other: str) -> float:
    two = matrix[own.numbers([one, other])]
    return float(two[0] @ two[1] / np.linalg.norm(two, axis=1).prod())


@pytest.mark.parametrize("window", [2, None])
def test_words_of_one_company_have_vectors_alike(window: int | None) -> None:
    pytest.importorskip("scipy")
    rng = np.random.default_rng(0)
    sea, town = ["sea", "salt", "wave", "sail"], ["tram", "night", "neon", "street"]
    songs = [rng.permutation([*(sea if at % 2 else town), "oh", "the"]).tolist() for at in range(60)]
    own = Vocabulary.of(songs)
    found = trained_vectors(songs, own, dim=4, window=window, seed=1)
    assert found.matrix.shape == (len(own), 4)
    assert found.matrix.dtype == np.float32
    assert found.known == len(own.words)
    assert not found.matrix[PADDING].any()
    assert near(found.matrix, own, "sea", "wave") > near(found.matrix, own, "sea", "neon") + 0.3
    again = trained_vectors(songs, own, dim=4, window=window, seed=1)
    assert (again.matrix == found.matrix).all()


def test_a_large_vocabulary_goes_by_the_sparse_solver_and_repeats_itself() -> None:
    pytest.importorskip("scipy")
    rng = np.random.default_rng(1)
    songs = [[f"w{at}" for at in rng.zipf(1.4, 60) % 400] for _ in range(80)]
    own = Vocabulary.of(songs)
    one, two = (trained_vectors(songs, own, dim=20, seed=5).matrix for _ in range(2))
    assert (one == two).all()
    assert np.isfinite(one).all()
    assert one[2:].std() == pytest.approx(0.4, rel=0.05)


def test_vectors_hold_what_the_full_decomposition_holds() -> None:
    sparse = pytest.importorskip("scipy.sparse")
    rng = np.random.default_rng(2)
    table = rng.normal(size=(60, 45)) @ np.diag(0.8 ** np.arange(45)) @ rng.normal(size=(45, 45))
    left, values, _ = np.linalg.svd(table)
    wanted = left[:, :6] * values[:6] @ left[:, :6].T
    found = _reduced(sparse.csr_matrix(table), 6, seed=3)
    assert found @ found.T == pytest.approx(wanted, abs=0.02)


def test_songs_without_words_give_small_random_vectors() -> None:
    pytest.importorskip("scipy")
    own = Vocabulary(("sea", "salt"))
    for songs in ([], [[]], [["road"]]):
        found = trained_vectors(songs, own, dim=3)
        assert found.known == 0
        assert 0 < np.abs(found.matrix[2:]).max() < 0.2
    with pytest.raises(TrainingError, match="the window is 0"):
        trained_vectors([], own, window=0)


def glove(path: Path, text: str = "sea 1 2 3\nroad 9 9 9\n. . 4 4 4\nsalt -1 0 0.5\nsea 7 7 7\n") -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_vectors_are_read_as_glove_writes_them(tmp_path: Path) -> None:
    losses: list[str] = []
    own = Vocabulary(("sea", "salt", "tram"))
    found = read_vectors(glove(tmp_path / "glove.txt"), own, dim=3, told=losses.append)
    assert (found.known, losses) == (2, [])
    assert found.matrix[2:4].tolist() == [[1.0, 2.0, 3.0], [-1.0, 0.0, 0.5]]
    assert 0 < np.abs(found.matrix[4]).max() < 0.2
    assert found.matrix[UNKNOWN] == pytest.approx(found.matrix[2:].mean(0))


def test_a_heading_is_passed_over_and_a_damaged_line_told(tmp_path: Path) -> None:
    losses: list[str] = []
    path = glove(tmp_path / "own.vec", "2 3\nsea 1 2 3\nsalt 1 2\nroad 1 2 x\ntram 1 2 nan\n\n")
    assert read_vectors(path, Vocabulary(("sea", "salt")), dim=3, told=losses.append).known == 1
    assert [line.split(": ")[0] for line in losses] == ["own.vec:3", "own.vec:4", "own.vec:5", "own.vec:6"]


def test_a_file_that_is_none_is_an_error_with_the_cure(tmp_path: Path) -> None:
    own = Vocabulary(("sea",))
    with pytest.raises(SourceError, match="GloVe's are at"):
        read_vectors(tmp_path / "absent.txt", own)
    with pytest.raises(SourceError, match="are its vectors of another length"):
        read_vectors(glove(tmp_path / "short.txt"), own, told=lambda line: None)
