"""The fast student adds up a vector a token, keeps the encoder's laws, and is refused where it does not belong."""

from __future__ import annotations

import json
import pickle
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays
from safetensors.numpy import load_file, save_file
from static_folders import DIM, WIDTH, random_student

from songkin.encoders import SHIPPED, OnnxEncoder, StaticEncoder, load, student_of, write_static
from songkin.encoders import static as static_module
from songkin.encoders.student import quantised
from songkin.encoders.weights import digest, read_manifest
from songkin.errors import EncoderError
from songkin.testing import EncoderContract, ToyEncoder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return random_student(tmp_path_factory.mktemp("students") / "tiny-fast", matryoshka=[256, 128])


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "tiny-fast")


class TestStaticEncoder(EncoderContract):
    @pytest.fixture(autouse=True)
    def _read(self, made: Path) -> None:
        self.encoder = load(str(made))


def test_a_vector_is_the_sum_of_its_tokens_rows_worked_out_by_hand(made: Path) -> None:
    encoder = load(str(made))
    assert isinstance(encoder, StaticEncoder)
    held = load_file(made / "model.safetensors")
    rain, train = (encoder.tokenizer.token_to_id(word) for word in ("rain", "train"))
    rows = held["table"].astype(np.float64) * held["scales"].astype(np.float64)[:, None]
    expected = (2 * rows[rain] + rows[train]) @ held["projection"].astype(np.float64)
    np.testing.assert_allclose(
        encoder.encode_songs(["Rain train RAIN"])[0], expected / np.linalg.norm(expected), atol=1e-5
    )


@pytest.mark.parametrize("blank", ["", "  \n", "\u200b"])
def test_a_text_without_words_is_a_row_of_zeros(made: Path, blank: str) -> None:
    assert np.linalg.norm(load(str(made)).encode_songs(["rain", blank]), axis=1) == pytest.approx([1, 0])


def test_a_long_text_is_read_to_its_end(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = load(str(made))
    short, long = encoder.encode_songs(["river " * 300, "river " * 300 + "thunder " * 300])
    assert short @ long < 0.99
    monkeypatch.setattr(static_module, "TOKENS_AT_ONCE", 7)
    np.testing.assert_allclose(encoder.encode_songs(["river " * 300 + "thunder " * 300])[0], long, atol=1e-5)


def test_many_texts_come_in_order(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = load(str(made))
    texts = [f"song number {n} of the rain" for n in range(10)]
    together = encoder.encode_songs(texts)
    monkeypatch.setattr(static_module, "TEXTS_AT_ONCE", 3)
    np.testing.assert_allclose(encoder.encode_songs(texts), together, atol=1e-6)


def test_half_a_character_does_not_stop_the_others(made: Path) -> None:
    broken, whole = load(str(made)).encode_songs(["rain \ud83d", "rain ?"])
    np.testing.assert_allclose(broken, whole, atol=1e-6)


TABLES = arrays(
    np.float32, some.tuples(some.integers(0, 5), some.integers(1, 6)), elements=some.floats(-60000, 60000, width=32)
)


@settings(max_examples=200, deadline=None)
@given(TABLES)
def test_no_value_moves_by_more_than_half_its_rows_scale(table: np.ndarray) -> None:
    rows, scales = quantised(table)
    assert rows.dtype == np.int8
    assert scales.dtype == np.float16
    back = rows.astype(np.float64) * scales.astype(np.float64)[:, None]
    assert (np.abs(back - table) <= 0.5 * scales.astype(np.float64)[:, None] * (1 + 1e-6)).all()
    assert (np.abs(rows.astype(int)) <= 127).all()


@pytest.mark.parametrize("wrong", [np.nan, np.inf, 1e6])
def test_a_table_that_no_training_should_give_is_refused(wrong: float) -> None:
    with pytest.raises(EncoderError, match="no numbers or too high"):
        quantised(np.array([[0.0, wrong]]))


def test_a_student_lies_beside_its_encoder_and_follows_its_cut(tmp_path: Path) -> None:
    whole = shutil.copytree(SHIPPED, tmp_path / "mine")
    listing(whole, matryoshka=[256])
    random_student(tmp_path / "mine-fast", follows=read_manifest(whole))
    encoder = load(str(whole))
    student = student_of(encoder)
    assert (student.dim, student.name, student.space) == (DIM, "tiny-fast", encoder.fingerprint)
    cut = student_of(load(str(whole), dim=256))
    assert cut.dim == 256
    assert cut.fingerprint != student.fingerprint
    longer, shorter = student.encode_songs(["rain"])[0][:256], cut.encode_songs(["rain"])[0]
    np.testing.assert_allclose(longer / np.linalg.norm(longer), shorter, atol=1e-5)


def test_a_student_of_another_space_is_refused_in_a_sentence(made: Path, tmp_path: Path) -> None:
    whole = shutil.copytree(SHIPPED, tmp_path / "mine")
    listing(whole, name="mine")
    shutil.copytree(made, tmp_path / "mine-fast")
    with pytest.raises(EncoderError, match=r"follows \w+-\w+ and not mine-\w+, so their vectors cannot be compared"):
        student_of(load(str(whole)))


def test_an_encoder_without_a_student_is_told(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"toy has no fast student; add without --fast"):
        student_of(ToyEncoder())
    alone = OnnxEncoder(read_manifest(shutil.copytree(SHIPPED, tmp_path / "mine")), threads=1)
    with pytest.raises(EncoderError, match=r"no fast student \(.*mine-fast is not there\)"):
        student_of(alone)


def test_a_failed_writing_leaves_what_was_there(copy: Path) -> None:
    before = sorted(path.name for path in copy.parent.iterdir())
    held = (copy / "model.safetensors").read_bytes()
    with pytest.raises(EncoderError, match="do not fit"):
        write_static(copy, np.ones((3, WIDTH)), np.ones((WIDTH, DIM)), name="tiny-fast", follows=read_manifest(SHIPPED))
    assert sorted(path.name for path in copy.parent.iterdir()) == before
    assert (copy / "model.safetensors").read_bytes() == held


def listing(folder: Path, **changes: object) -> None:
    """Change what a manifest says; the sizes and digests of the files become true again."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8")) | changes
    model = folder / manifest["model"]["file"]
    manifest["model"] |= {"bytes": model.stat().st_size, "sha256": digest(model)}
    path.write_text(json.dumps(manifest), encoding="utf-8")


def rewritten(folder: Path, **changes: np.ndarray | None) -> None:
    """Write the folder's arrays again, some changed or left out."""
    arrays = load_file(folder / "model.safetensors") | changes
    save_file({name: array for name, array in arrays.items() if array is not None}, folder / "model.safetensors")
    listing(folder)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"table": None}, "has no table in int8"),
        ({"scales": None}, "has no scales in float16"),
        ({"table": np.ones((30522, WIDTH), np.float32)}, "has no table in int8"),
        ({"table": np.ones((30522, WIDTH + 1), np.int8)}, "do not fit 30522 tokens and vectors of 384 numbers"),
        ({"table": np.ones((), np.int8)}, "do not fit"),
        ({"table": np.ones((5, WIDTH), np.int8), "scales": np.ones(5, np.float16)}, "do not fit"),
        ({"projection": np.ones((WIDTH, 100), np.float16)}, "do not fit"),
        ({"scales": np.full(30522, np.nan, np.float16)}, "holds values that are no numbers"),
    ],
)
def test_arrays_that_do_not_fit_are_refused_in_one_line(
    copy: Path, changes: dict[str, np.ndarray | None], message: str
) -> None:
    rewritten(copy, **changes)
    with pytest.raises(EncoderError, match=message) as raised:
        load(str(copy))
    assert "\n" not in str(raised.value)
    assert "get the folder again, or train it again" in str(raised.value)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff" * 100,
        pickle.dumps({"table": 1}),
        b"PK\x03\x04" + bytes(100),
        (8).to_bytes(8, "little") + b"{}      ",
    ],
)
def test_what_is_no_safetensors_file_is_refused_in_one_line(copy: Path, content: bytes) -> None:
    (copy / "model.safetensors").write_bytes(content)
    listing(copy)
    with pytest.raises(EncoderError, match=r"no whole safetensors file|has no table") as raised:
        load(str(copy))
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("left", [0.0, 0.1, 0.5, 0.999])
def test_a_file_cut_short_is_refused_whatever_its_manifest_says(copy: Path, left: float) -> None:
    content = (copy / "model.safetensors").read_bytes()
    (copy / "model.safetensors").write_bytes(content[: int(left * len(content))])
    with pytest.raises(EncoderError, match=r"damaged: \d+ bytes"):
        load(str(copy))
    listing(copy)
    with pytest.raises(EncoderError, match="no whole safetensors file"):
        load(str(copy))


def test_the_fingerprint_is_the_contents_not_the_folders(made: Path, copy: Path) -> None:
    assert load(str(made)).fingerprint == load(str(copy)).fingerprint
    rewritten(copy, scales=np.ones(30522, np.float16))
    listing(copy, model={"file": "model.safetensors", "sha256": "other"})
    assert load(str(made)).fingerprint != load(str(copy)).fingerprint
    weights = read_manifest(made)
    assert replace(weights, dim=128).fingerprint != weights.fingerprint
