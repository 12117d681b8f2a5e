"""What a manifest must say: cuts, kinds and formats; never a pickle; what is shipped, and what once was."""

from __future__ import annotations

import json
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
from static_folders import random_student

from songkin.encoders import SHIPPED, load, loading, means_shipped, verify, weights
from songkin.encoders.weights import read_manifest
from songkin.errors import EncoderError


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The shipped encoder as one of another name, which lists no cuts."""
    folder = shutil.copytree(SHIPPED, tmp_path / "mine")
    say(folder, name="mine", matryoshka=[])
    return folder


def say(folder: Path, **changes: object) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | changes), encoding="utf-8")


def test_a_cut_keeps_the_first_numbers_at_unit_length_and_has_a_fingerprint_of_its_own(copy: Path) -> None:
    say(copy, matryoshka=[256, 128])
    whole, cut = load(str(copy)), load(str(copy), dim=128)
    assert (whole.dim, cut.dim) == (384, 128)
    texts = ["rain on the roof", "a train leaving home"]
    for longer, shorter in (
        (whole.encode_songs(texts), cut.encode_songs(texts)),
        (whole.encode_queries(texts[:1]), cut.encode_queries(texts[:1])),
    ):
        expected = longer[:, :128] / np.linalg.norm(longer[:, :128], axis=1, keepdims=True)
        np.testing.assert_allclose(shorter, expected, atol=1e-5)
    assert len({whole.fingerprint, cut.fingerprint, load(str(copy), dim=256).fingerprint}) == 3


def test_the_whole_size_is_no_cut(copy: Path) -> None:
    assert load(str(copy), dim=384).fingerprint == load(str(copy)).fingerprint


def test_a_cut_nobody_trained_is_refused_and_the_others_are_named(copy: Path) -> None:
    with pytest.raises(EncoderError, match=r"mine cannot give vectors of 100 numbers; it gives 384$"):
        load(str(copy), dim=100)
    say(copy, matryoshka=[256, 128])
    with pytest.raises(EncoderError, match=r"of 100 numbers; it gives 384 or 256 or 128$"):
        load(str(copy), dim=100)


def test_a_folder_that_lists_no_cuts_gives_whole_vectors_only(copy: Path) -> None:
    (copy / "manifest.json").unlink()
    with pytest.raises(EncoderError, match=r"mine cannot give vectors of 256 numbers; it gives them whole only"):
        load(str(copy), dim=256)


@pytest.mark.parametrize(
    ("says", "message"),
    [
        ({"format": 2}, r"has format 2, this songkin reads 1; update with: pip install -U songkin"),
        ({"format": 0}, r"has format 0, this songkin reads 1; train it again"),
        ({"format": "new"}, r"has format new"),
        ({"kind": "quantum"}, r"the kind 'quantum' is none of onnx, static; update with"),
        ({"model": {"file": "../mine/model.onnx"}}, r"is no .onnx file of this folder"),
        ({"model": {"file": "tokenizer.json"}}, r"'tokenizer.json' is no .onnx file"),
        ({"kind": "static"}, r"'model.onnx' is no .safetensors file"),
        ({"model": {"file": "model.bin"}}, r"model.bin is never loaded, a pickle runs whatever program it holds"),
        ({"matryoshka": ["short"]}, r"'short' is missing or of another kind"),
        ({"matryoshka": 5}, r"is missing or of another kind"),
    ],
)
def test_a_manifest_that_says_something_else_is_refused_in_one_line(
    copy: Path, says: dict[str, object], message: str
) -> None:
    say(copy, **says)
    with pytest.raises(EncoderError, match=message) as raised:
        load(str(copy))
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "weights.pt", "deep/weights.ckpt"])
def test_a_pickle_is_never_opened(tmp_path: Path, name: str) -> None:
    trap = tmp_path / "mine" / name
    trap.parent.mkdir(parents=True)
    trap.write_bytes(pickle.dumps(Trap(tmp_path / "sprung")))
    for given in (str(tmp_path / "mine"), str(trap)):
        with pytest.raises(EncoderError, match=r"is never loaded, .*give its weights as safetensors or ONNX") as raised:
            load(given)
        assert "\n" not in str(raised.value)
    assert not (tmp_path / "sprung").exists()


class Trap:
    """What makes a file as soon as it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> object:
        return Path.touch, (self.path,)


def test_a_file_in_place_of_a_folder_is_told(copy: Path) -> None:
    with pytest.raises(EncoderError, match=r"model.onnx is a file; give the folder it lies in"):
        load(str(copy / "model.onnx"))


def ship(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let a folder be what songkin ships."""
    monkeypatch.setattr(weights, "MODELS", folder.parent)
    for module in (weights, loading):
        monkeypatch.setattr(module, "SHIPPED", folder)
        monkeypatch.setattr(module, "SHIPPED_NAME", folder.name)


def test_what_was_shipped_once_is_named_with_the_place_to_get_it(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ship(monkeypatch, copy)
    monkeypatch.chdir(copy.parent)
    assert load("mine").name == load().name == "mine"
    with pytest.raises(EncoderError, match=r"'minilm' is no longer shipped; take mine, or from the hub sentence-tr"):
        load("minilm")
    assert [means_shipped(name) for name in ("", "mine", "minilm", "other")] == [True, True, True, False]
    copy.rename(copy.with_name("minilm"))
    assert load("minilm").dim == 384
    assert not means_shipped("minilm")


def test_the_shipped_student_is_loaded_by_name_and_verified_too(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ship(monkeypatch, copy)
    student = random_student(copy.with_name("mine-fast"), follows=read_manifest(copy))
    assert load("mine-fast").name == "tiny-fast"
    verify()
    content = bytearray((student / "model.safetensors").read_bytes())
    content[-1] ^= 1
    (student / "model.safetensors").write_bytes(content)
    with pytest.raises(EncoderError, match=r"model.safetensors is damaged: sha256 .*install again with: pip install"):
        verify()
    verify(copy)


def test_a_shipped_file_that_is_gone_is_installed_again(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ship(monkeypatch, copy)
    (copy / "model.onnx").unlink()
    with pytest.raises(EncoderError, match=r"model.onnx is missing; install again with: pip install --force"):
        load()


def test_a_folder_whose_bytes_are_not_those_of_its_manifest_is_refused(copy: Path) -> None:
    content = bytearray((copy / "model.onnx").read_bytes())
    content[-1] ^= 1
    (copy / "model.onnx").write_bytes(content)
    with pytest.raises(EncoderError, match=r"model.onnx is damaged: sha256 .*get the folder again, or train it again"):
        load(str(copy))


def test_what_is_denied_is_part_of_the_fingerprint(copy: Path) -> None:
    fingerprints = []
    for denials in (True, False):
        say(copy, denials=denials)
        fingerprints.append(load(str(copy)).fingerprint)
    assert fingerprints[0] != fingerprints[1]


def test_fusion_that_was_learned_for_other_weights_is_refused(copy: Path) -> None:
    (copy / "fusion.json").write_text('{"model": "0", "weights": {"all": {"meaning": 1.0, "words": 1.0}}}')
    with pytest.raises(EncoderError, match=r"fusion.json was learned for other weights"):
        load(str(copy))
