"""songkin add --fast and --dim, and what songkin info says of them."""

from __future__ import annotations

import json
import pickle
import shutil
from pathlib import Path

import pytest
from command_line import ROWS, InProcess, fails_plainly, write_rows

from songkin.encoders import SHIPPED
from songkin.encoders.student import write_static
from songkin.encoders.weights import read_manifest


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Songs, and an encoder that may be cut to 64 numbers with a student beside it, of the real kind."""
    import numpy as np

    monkeypatch.undo()  # the real loader, which knows no toys
    monkeypatch.chdir(tmp_path)
    write_rows(tmp_path / "songs.jsonl", ROWS)
    folder = shutil.copytree(SHIPPED, tmp_path / "mine")
    say(folder, name="mine", matryoshka=[64])
    weights = read_manifest(folder)
    tokens = len(json.loads(weights.tokenizer.read_text(encoding="utf-8"))["model"]["vocab"])
    draw = np.random.default_rng(1)
    table, projection = draw.normal(size=(tokens, 8)), draw.normal(size=(8, 384))
    write_static(tmp_path / "mine-fast", table, projection, name="mine-fast", follows=weights)
    return folder


def say(folder: Path, **changes: object) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | changes), encoding="utf-8")


def test_info_counts_what_the_student_filled_until_the_encoder_reads_it_after_all(
    songkin: InProcess, model: Path
) -> None:
    songkin("add", "songs.jsonl", "-L", "L", "--encoder", "mine", "--fast", "--dim", "64")
    about = songkin("info", "--json", "-L", "L").document["encoders"]
    (encoder, songs), (student, passages) = about["songs"].popitem(), about["passages"].popitem()
    assert (encoder.rpartition("-")[0], student.rpartition("-")[0], about["dim"]) == ("mine", "mine-fast", 64)
    shown = songkin("info", "-L", "L").out
    assert f"vectors    {songs} songs by mine, {passages} passages by mine-fast" in shown
    assert songkin("add", "-L", "L", "--reencode", "--json").document["added"] == 0
    about = songkin("info", "--json", "-L", "L").document["encoders"]
    assert about["passages"] == {encoder: passages}
    assert songkin("search", "rain at night", "-L", "L", "--json").document["hits"]


def test_a_student_of_another_encoder_is_refused_before_anything_is_made(songkin: InProcess, model: Path) -> None:
    say(model, name="other")
    said = fails_plainly(songkin("add", "songs.jsonl", "-L", "L", "--encoder", "mine", "--fast"))
    assert "their vectors cannot be compared; train it anew or add without --fast" in said
    assert not Path("L").exists()


def test_an_encoder_without_a_student_says_so(songkin: InProcess, model: Path) -> None:
    shutil.rmtree("mine-fast")
    said = fails_plainly(songkin("add", "songs.jsonl", "-L", "L", "--encoder", "mine", "--fast"))
    assert "mine has no fast student" in said
    assert not Path("L").exists()


def test_a_cut_nobody_trained_is_refused(songkin: InProcess, model: Path) -> None:
    said = fails_plainly(songkin("add", "songs.jsonl", "-L", "L", "--encoder", "mine", "--dim", "100"))
    assert "mine cannot give vectors of 100 numbers; it gives 384 or 64" in said
    assert not Path("L").exists()


@pytest.mark.parametrize("option", [("--fast",), ("--dim", "64")])
def test_without_encoding_there_is_nothing_to_do_for_them(
    songkin: InProcess, model: Path, option: tuple[str, ...]
) -> None:
    assert songkin("add", "songs.jsonl", "--no-encode", *option).code == 2


def test_pickled_weights_are_never_opened(songkin: InProcess, model: Path) -> None:
    Path("pickled").mkdir()
    Path("pickled/pytorch_model.bin").write_bytes(pickle.dumps({"weight": 1}))
    said = fails_plainly(songkin("add", "songs.jsonl", "-L", "L", "--encoder", "pickled"))
    assert "is never loaded" in said
    assert "give its weights as safetensors or ONNX" in said
