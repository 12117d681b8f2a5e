"""The shipped encoder keeps the laws, agrees with PyTorch, and says so when it is damaged."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from songkin.encoders import SHIPPED, OnnxEncoder, load, verify
from songkin.encoders.onnx import batches
from songkin.encoders.weights import read_manifest
from songkin.errors import EncoderError
from songkin.testing import EncoderContract

GOLDEN = json.loads((Path(__file__).parent / "golden.json").read_text(encoding="utf-8"))
SHIPPED_ENCODER = load(threads=1)


class TestShippedEncoder(EncoderContract):
    encoder = SHIPPED_ENCODER


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: row["text"][:24])
def test_it_agrees_with_pytorch_to_four_nines(row: dict) -> None:
    assert SHIPPED_ENCODER.encode_songs([row["text"]])[0] @ np.array(row["vector"]) >= 0.9999


def test_a_text_has_the_same_vector_alone_and_among_others() -> None:
    texts = [row["text"] for row in GOLDEN]
    together = SHIPPED_ENCODER.encode_songs(texts)
    alone = np.concatenate([SHIPPED_ENCODER.encode_songs([text]) for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-5)


@pytest.mark.parametrize("blank", ["", "  \n", "\u200b"])
def test_a_text_without_words_is_a_row_of_zeros(blank: str) -> None:
    vectors = SHIPPED_ENCODER.encode_songs(["rain", blank])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 0])
    assert not SHIPPED_ENCODER.encode_queries([blank]).any()


def test_half_a_character_does_not_stop_the_others() -> None:
    broken, whole = SHIPPED_ENCODER.encode_songs(["rain \ud83d", "rain ?"])
    np.testing.assert_allclose(broken, whole, atol=1e-6)


def test_words_beyond_256_tokens_are_not_read() -> None:
    read, more = "river " * 254, "river " * 254 + "thunder " * 50
    np.testing.assert_allclose(*SHIPPED_ENCODER.encode_songs([read, more]), atol=1e-6)


def test_nearer_in_meaning_is_nearer_in_space() -> None:
    wish = SHIPPED_ENCODER.encode_queries(["a song about leaving home"])[0]
    near, far = SHIPPED_ENCODER.encode_songs(
        ["i packed my bags and shut my mother's door", "two eggs and a cup of flour"]
    )
    assert wish @ near > wish @ far + 0.1


def test_a_remembered_query_cannot_be_changed_by_its_receiver() -> None:
    first = SHIPPED_ENCODER.encode_queries(["blue"])
    expected = first.copy()
    first[:] = 0
    np.testing.assert_array_equal(SHIPPED_ENCODER.encode_queries(["blue"]), expected)


def test_batches_hold_every_row_once_shortest_first_within_the_budget() -> None:
    lengths = {7: 300, 1: 4, 2: 600, 5: 4, 3: 2000}
    assert list(batches(lengths)) == [[1, 5, 7], [2], [3]]


def test_the_fingerprint_changes_with_length_prefix_and_pooling() -> None:
    weights = read_manifest(SHIPPED)
    others = [
        replace(weights, max_tokens=128),
        replace(weights, query_prefix="query: "),
        replace(weights, pooling="cls"),
    ]
    assert len({w.fingerprint for w in (weights, *others)}) == 4
    assert weights.fingerprint == SHIPPED_ENCODER.fingerprint


def test_a_shorter_limit_cuts_sooner() -> None:
    short = OnnxEncoder(replace(read_manifest(SHIPPED), max_tokens=5), threads=1)
    np.testing.assert_allclose(*short.encode_songs(["red red red", "red red red blue"]), atol=1e-6)


def test_the_shipped_files_are_intact() -> None:
    verify()


def test_the_shipped_files_stay_below_36_mb() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) < 36_000_000


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return shutil.copytree(SHIPPED, tmp_path / "minilm")


def test_a_file_cut_short_is_refused_at_load(copy: Path) -> None:
    (copy / "model.onnx").write_bytes((copy / "model.onnx").read_bytes()[:-1])
    with pytest.raises(EncoderError, match=r"model.onnx is damaged: \d+ bytes, expected \d+; get the folder again"):
        load(str(copy))


def test_a_changed_byte_is_found_by_verify(copy: Path) -> None:
    content = bytearray((copy / "model.onnx").read_bytes())
    content[-1] ^= 1
    (copy / "model.onnx").write_bytes(content)
    with pytest.raises(EncoderError, match=r"model.onnx is damaged: sha256"):
        verify(copy)


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("tokenizer.json", None, "tokenizer.json is missing"),
        ("manifest.json", "{", "cannot be read as JSON"),
        ("manifest.json", "[]", "holds no JSON object"),
        ("manifest.json", '{"name": "x"}', "'model' is missing"),
    ],
)
def test_a_damaged_folder_is_refused_in_one_line(copy: Path, file: str, content: str | None, message: str) -> None:
    (copy / file).unlink() if content is None else (copy / file).write_text(content)
    with pytest.raises(EncoderError, match=message) as raised:
        load(str(copy))
    assert "\n" not in str(raised.value)
