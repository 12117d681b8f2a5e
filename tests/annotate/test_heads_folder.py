"""Heads at rest: what is read is what was written, up to rounding; a folder that is none, or not whole, says so."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from little_heads import fitted, heads, lyrics, other_heads, texts
from songkin.annotate import Heads, folder, read_heads, shipped_heads, write_heads
from songkin.annotate.heads import Terms
from songkin.annotate.reading import read
from songkin.errors import EncoderError, MissingExtra
from songkin.testing import ToyEncoder
from songkin.training.heads.fitting import Options
from songkin.types import Lyrics

READING = read([Lyrics(lyrics(number)) for number in range(100, 120)] + [Lyrics(bag={"rain": 2})], ToyEncoder())


@pytest.fixture
def written(tmp_path: Path) -> Path:
    write_heads(heads(), tmp_path / "heads")
    return tmp_path / "heads"


def test_heads_that_were_read_score_as_those_that_were_written_up_to_rounding(written: Path) -> None:
    again = read_heads(written)
    np.testing.assert_allclose(again.scores(READING), heads().scores(READING), atol=0.01)
    assert again.calibration == heads().calibration
    assert again.explicit == heads().explicit
    assert (again.outputs, again.fingerprint) == (heads().outputs, heads().fingerprint)
    assert again.about["songs"] == 60


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32 - 1), st.floats(1e-6, 1e4))
def test_rounding_is_by_the_largest_weight_of_an_output(tmp_path: Path, seed: int, size: float) -> None:
    draw, own = np.random.default_rng(seed), heads()
    weights = (draw.normal(size=own.terms.weights.shape) * size).astype(np.float32)
    changed = replace(own, terms=Terms(own.terms.places, own.terms.idf, weights))
    write_heads(changed, tmp_path / "heads")
    apart = np.abs(read_heads(tmp_path / "heads").terms.weights - weights)
    assert (apart <= np.abs(weights).max(0) / folder.INT8 * 0.51).all()


def test_writing_what_was_read_changes_nothing_more(written: Path, tmp_path: Path) -> None:
    once = read_heads(written)
    write_heads(once, tmp_path / "again")
    np.testing.assert_allclose(read_heads(tmp_path / "again").scores(READING), once.scores(READING), atol=1e-4)


def test_the_mark_is_of_all_that_heads_say(written: Path) -> None:
    assert read_heads(written).mark == read_heads(written).mark
    assert heads().mark != other_heads().mark
    stricter = replace(heads(), explicit=replace(heads().explicit, cut=0.99))
    assert stricter.mark != heads().mark
    sadder = replace(heads(), calibration=replace(heads().calibration, happy=heads().calibration.high["energy"]))
    assert sadder.mark != heads().mark


def test_heads_without_a_single_known_term_are_heads(tmp_path: Path) -> None:
    wordless = fitted(texts(24), Options(landmarks=4, rarest=99))
    assert not wordless.terms.places
    write_heads(wordless, tmp_path / "heads")
    np.testing.assert_allclose(read_heads(tmp_path / "heads").scores(READING), wordless.scores(READING), atol=0.01)


@pytest.mark.parametrize("name", ["heads.json", "heads.safetensors", "words.txt"])
def test_a_folder_that_lacks_a_file_is_no_folder_of_heads(written: Path, name: str) -> None:
    (written / name).unlink()
    said = f"holds no {re.escape(name)}; it is no folder of heads: install songkin-labels again: pip install"
    with pytest.raises(EncoderError, match=said):
        read_heads(written)


@pytest.mark.parametrize("name", ["heads.safetensors", "words.txt"])
def test_a_file_that_is_not_the_written_one_is_refused(written: Path, name: str) -> None:
    (written / name).write_bytes((written / name).read_bytes()[:-3])
    with pytest.raises(EncoderError, match=r"is not the file that was written; install songkin-labels again"):
        read_heads(written)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": 1}', '{"format": "x"}', "\xff"])
def test_a_damaged_heads_json_is_told(written: Path, text: str) -> None:
    (written / "heads.json").write_text(text, encoding="latin-1")
    with pytest.raises(EncoderError, match=r"damaged .*; install songkin-labels again: pip install --force-reinstall"):
        read_heads(written)


@pytest.mark.parametrize("value", ["abc", None, [], {}, math.nan, math.inf])
@pytest.mark.parametrize(
    "place",
    [
        ("sha256",),
        ("outputs",),
        ("kernel", "width"),
        ("kernel", "vector_scale"),
        ("high", "energy", "slope"),
        ("value", "valence", "scores"),
        ("happy", "shift"),
        ("genres", "weights"),
        ("genres", "shifts"),
        ("base",),
        ("base", "p_happy"),
        ("explicit", "bias"),
    ],
)
def test_a_heads_json_that_was_changed_by_hand_is_refused(written: Path, place: tuple[str, ...], value: object) -> None:
    told = json.loads((written / "heads.json").read_text())
    within = told
    for name in place[:-1]:
        within = within[name]
    within[place[-1]] = value
    (written / "heads.json").write_text(json.dumps(told))
    with pytest.raises(EncoderError, match=r"install songkin-labels again"):
        read_heads(written)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("format", 99, r"newer songkin \(format 99, this one reads 1\); update it: pip install --upgrade songkin"),
        ("style", ["words"], "measures style otherwise than this songkin; install the two of one version: pip install"),
    ],
)
def test_heads_of_another_songkin_name_the_cure(written: Path, key: str, value: object, said: str) -> None:
    told = json.loads((written / "heads.json").read_text())
    (written / "heads.json").write_text(json.dumps({**told, key: value}))
    with pytest.raises(EncoderError, match=said):
        read_heads(written)


def test_a_file_that_cannot_be_opened_is_named_with_the_cure(written: Path) -> None:
    (written / "words.txt").unlink()
    (written / "words.txt").mkdir()
    with pytest.raises(EncoderError, match=r"words\.txt cannot be read \(.*\); install songkin-labels again: pip"):
        read_heads(written)


def test_a_package_without_heads_names_the_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "emptied_labels").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(folder, "PACKAGE", "emptied_labels")
    with pytest.raises(EncoderError, match=r"holds no heads\.json; .*pip install .* 'songkin\[labels\]'"):
        shipped_heads()


def test_without_the_package_the_cure_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "PACKAGE", "songkin_labels_that_nobody_installed")
    with pytest.raises(MissingExtra, match=r"songkin\[labels\]"):
        shipped_heads()


def test_numbers_of_heads_are_plain(written: Path) -> None:
    def plain(own: Heads) -> bool:
        return all(type(x) is float for x in (*own.calibration.genres.weights[0], *own.calibration.genres.shifts))

    assert plain(heads())
    assert plain(read_heads(written))
