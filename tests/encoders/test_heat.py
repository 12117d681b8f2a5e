"""What words add to a cosine is exact: it is counted by hand here, and sums up for whatever tokens there are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from static_folders import random_student
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import ByteLevel

from songkin.encoders import SHIPPED, load
from songkin.encoders.graph import EXPLAIN
from songkin.encoders.heat import Attention, Read, Word, attention, checked, heat, spelt
from songkin.errors import EncoderError
from songkin.testing import TokenVectorsContract, ToyEncoder

TOKENIZER = Tokenizer.from_file(str(SHIPPED / "tokenizer.json"))
SHIPPED_ENCODER: Any = load(threads=1)
TELLS = any(one.name == EXPLAIN for one in SHIPPED_ENCODER.opened.session.get_overridable_initializers())


class TestToyTokenVectors(TokenVectorsContract):
    encoder = ToyEncoder()


class TestFastStudentTokenVectors(TokenVectorsContract):
    @pytest.fixture(autouse=True)
    def _student(self, tmp_path: Path) -> None:
        self.encoder = load(str(random_student(tmp_path / "tiny-fast")))


@pytest.mark.skipif(not TELLS, reason="the shipped encoder gives no token vectors")
class TestShippedTokenVectors(TokenVectorsContract):
    encoder = SHIPPED_ENCODER


class Handmade(ToyEncoder):
    """Texts of one token a letter, with vectors given by hand; '|' is a token that belongs to no word."""

    name = "handmade"

    def __init__(self, vectors: dict[str, Sequence[float]]) -> None:
        self.vectors = vectors

    def token_vectors(self, text: str, *, asked: bool) -> tuple[Read, Any]:
        words = tuple(Word(sign, at, at + 1) for at, sign in enumerate(text) if sign != "|")
        places = [word.start for word in words]
        owners = np.array([places.index(at) if at in places else -1 for at in range(len(text))], np.int64)
        return Read(text, words, owners, len(text)), np.array([self.vectors[sign] for sign in text], np.float32)


def test_two_words_against_two_by_hand() -> None:
    told = heat(Handmade({"a": (3, 0), "b": (0, 4), "c": (1, 0), "d": (-1, 2)}), "ab", "cd")
    # a + b = (3, 4) of length 5, c + d = (0, 2) of length 2
    np.testing.assert_allclose(told.matrix, np.array([[3, -3, 0], [0, 8, 0], [0, 0, 0]]) / 10)
    np.testing.assert_allclose(told.of_request, [0, 0.8, 0], atol=1e-12)
    np.testing.assert_allclose(told.of_song, [0.3, 0.5, 0])
    assert told.cosine == pytest.approx(0.8)


def test_tokens_of_no_word_are_the_rest_which_comes_last() -> None:
    told = heat(Handmade({"a": (1, 0), "|": (1, 0)}), "|a|", "a")
    np.testing.assert_allclose(told.of_request, [1 / 3, 2 / 3])
    assert [word.text for word in told.request.words] == ["a"]


@pytest.mark.parametrize(("request_text", "song"), [("", "a"), ("a", ""), ("", ""), ("o", "a")])
def test_a_text_of_no_words_or_of_no_length_adds_nothing(request_text: str, song: str) -> None:
    vectors: dict[str, Any] = {"a": (1, 0), "o": (0, 0)}

    class Empty(Handmade):
        def token_vectors(self, text: str, *, asked: bool) -> tuple[Read, Any]:
            read, found = super().token_vectors(text, asked=asked)
            return read, found.reshape(-1, 2)

    told = heat(Empty(vectors), request_text, song)
    assert told.cosine == 0
    assert not told.matrix.any()
    assert told.matrix.shape == (len(request_text) + 1, len(song) + 1)


tables = arrays(np.float32, st.tuples(st.integers(1, 12), st.just(3)), elements=st.floats(-10, 10, width=32))


@given(request_rows=tables, song_rows=tables, owned=st.randoms(use_true_random=False))
def test_parts_sum_up_to_the_cosine_whatever_the_tokens(request_rows: Any, song_rows: Any, owned: Any) -> None:
    class Drawn(ToyEncoder):
        def token_vectors(self, text: str, *, asked: bool) -> tuple[Read, Any]:
            rows = request_rows if asked else song_rows
            words = tuple(Word("w", at, at + 1) for at in range(3))
            return Read("www", words, np.array([owned.randint(-1, 2) for _ in rows], np.int64), 3), rows

    told = heat(Drawn(), "w", "w")
    sums = request_rows.sum(0, dtype=np.float64), song_rows.sum(0, dtype=np.float64)
    lengths = np.linalg.norm(sums[0]) * np.linalg.norm(sums[1])
    expected = float(sums[0] @ sums[1] / lengths) if lengths else 0.0
    for total in (told.cosine, told.of_request.sum(), told.of_song.sum(), told.matrix.sum()):
        assert total == pytest.approx(expected, abs=1e-5)


def words_of(text: str, **how: Any) -> list[str]:
    return [word.text for word in spelt(text, TOKENIZER.encode(text), **how).words]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rain", ["rain"]),
        ("unmelancholic kindlings", ["unmelancholic", "kindlings"]),
        ("don't stop, baby!", ["don't", "stop,", "baby!"]),
        ("hip-hop (hey) R&B", ["hip-hop", "(hey)", "R&B"]),
        ("wait...what", ["wait...", "what"]),
        ("two\nlines", ["two", "lines"]),
        ("夜の海。風", ["夜", "の", "海。", "風"]),
        ("ночь, Улица", ["ночь,", "Улица"]),
        ("canción ¡qué frío!", ["canción", "¡qué", "frío!"]),
        ("🎵 la", ["🎵", "la"]),
        ("", []),
        ("…", ["…"]),
    ],
)
def test_pieces_become_words_as_people_write_them(text: str, expected: list[str]) -> None:
    assert words_of(text) == expected


def test_marks_of_begin_and_end_and_a_prefix_belong_to_no_word() -> None:
    read = spelt("rain falls", TOKENIZER.encode("query: rain falls"), skipped=len("query: "))
    assert read.owners.tolist() == [-1, -1, -1, 0, 1, -1]
    assert read.words == (Word("rain", 0, 4), Word("falls", 5, 10))


def test_blanks_that_a_tokenizer_counts_to_a_word_are_left_off() -> None:
    tokenizer = Tokenizer(WordLevel({"Ġrain": 1, "[UNK]": 0}, "[UNK]"))
    tokenizer.pre_tokenizer = ByteLevel(add_prefix_space=False, trim_offsets=False)
    assert spelt("rain  rain", tokenizer.encode("rain  rain")).words == (Word("rain", 0, 4), Word("rain", 6, 10))


def test_a_text_too_long_says_how_far_it_was_read() -> None:
    tokenizer = Tokenizer.from_file(str(SHIPPED / "tokenizer.json"))
    tokenizer.enable_truncation(5)
    text = "one two three four five"
    assert spelt(text, tokenizer.encode(text)).read_to == len("one two three")
    assert spelt("one two", tokenizer.encode("one two")).read_to == len("one two")


def test_token_vectors_that_do_not_sum_to_the_vector_are_refused() -> None:
    vectors = np.eye(2, dtype=np.float32)
    assert checked("mean", vectors, vectors.sum(0) / 2**0.5) is vectors
    with pytest.raises(EncoderError, match="cls does not add its token vectors up but pools otherwise"):
        checked("cls", vectors, vectors[0])


def test_an_encoder_that_says_nothing_of_words_is_named() -> None:
    class Whole:
        name = "whole"

    with pytest.raises(EncoderError, match="whole gives vectors of whole texts only"):
        heat(Whole(), "a", "b")  # type: ignore[arg-type]
    with pytest.raises(EncoderError, match="toy has no attention to show"):
        attention(ToyEncoder(), "a")


@pytest.mark.skipif(TELLS, reason="the shipped encoder gives token vectors")
def test_a_graph_without_token_vectors_says_which_encoders_have_them() -> None:
    with pytest.raises(EncoderError, match=r"gives no token vectors, .*--reencode --encoder FOLDER"):
        heat(SHIPPED_ENCODER, "rain", "sun")
    with pytest.raises(EncoderError, match="does not give its attention"):
        attention(SHIPPED_ENCODER, "rain")


class Attending(ToyEncoder):
    """Two layers of one head; "ab c" has the tokens a, b of the word ab, then c, then a mark of the end."""

    def token_attention(self, text: str) -> tuple[Read, Any]:
        first = np.array([[1, 0, 0, 0], [0.5, 0.5, 0, 0], [0.25, 0.25, 0.25, 0.25], [0, 0, 0, 1]], np.float32)
        read = Read(text, (Word("ab", 0, 2), Word("c", 3, 4)), np.array([0, 0, 1, -1]), len(text))
        return read, np.stack([first, np.full((4, 4), 0.25, np.float32)])[:, None]


def test_attention_of_words_is_the_mean_over_their_tokens_of_what_they_take() -> None:
    seen = attention(Attending(), "ab c")
    expected = [[1, 0, 0], [0.5, 0.25, 0.25], [0, 0, 1]]
    np.testing.assert_allclose(seen.view(layer=1), expected)
    np.testing.assert_allclose(seen.view(layer=2, head=1), [[0.5, 0.25, 0.25]] * 3)
    np.testing.assert_allclose(seen.view(), (np.array(expected) + [[0.5, 0.25, 0.25]] * 3) / 2)
    np.testing.assert_allclose(seen.weights.sum(-1), 1)


@pytest.mark.parametrize(("where", "said"), [({"layer": 3}, "no layer 3; .* layers 1 to 2"), ({"head": 0}, "head 0")])
def test_a_layer_that_is_not_there_is_named(where: dict[str, int], said: str) -> None:
    seen: Attention = attention(Attending(), "ab c")
    with pytest.raises(EncoderError, match=said):
        seen.view(**where)
