"""A library keeps its vectors whole or cut, remembers which, and changes only when told."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from library_songs import LOAD, add, song

from songkin.encoders import SHIPPED, load, weights
from songkin.errors import EncoderError, StoreError
from songkin.library import Library
from songkin.library.encoding import Choice, chosen
from songkin.settings import Settings
from songkin.store import Store
from songkin.testing import ToyEncoder


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An encoder that may be cut, in a folder."""
    monkeypatch.setattr(*LOAD, load)
    folder = shutil.copytree(SHIPPED, tmp_path / "model")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps(manifest | {"name": "model", "matryoshka": [256, 64]}))
    return str(folder)


def test_a_library_remembers_its_cut(tmp_path: Path, model: str) -> None:
    add(tmp_path / "L", [song(0), song(1)], encoder=model, dim=64)
    store = Store.open(tmp_path / "L")
    assert (store.facts()["dim"], store.tables.dim()) == ("64", 64)
    library = Library.open(tmp_path / "L")
    assert library.encoder is not None
    assert library.encoder.dim == 64
    assert library.search("a song about a train", k=1).hits[0].song.id == "s1"
    assert library.info()["encoders"]["dim"] == 64
    again = add(tmp_path / "L", [song(0), song(2)])
    assert (again.unchanged, again.encoded) == (1, 1)


def test_another_cut_needs_to_be_allowed(tmp_path: Path, model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    add(tmp_path / "L", [song(0), song(1)], encoder=model)
    with pytest.raises(StoreError, match="its vectors are whole; to make them cut to 64 numbers, add --reencode"):
        add(tmp_path / "L", [], dim=64)
    monkeypatch.setenv("SONGKIN_DIM", "64")
    assert add(tmp_path / "L", [], reencode=True).encoded == 2
    monkeypatch.delenv("SONGKIN_DIM")
    assert Store.open(tmp_path / "L").tables.dim() == 64
    with pytest.raises(StoreError, match="its vectors are cut to 64 numbers; to make them whole, add --reencode"):
        add(tmp_path / "L", [], dim=384)
    assert add(tmp_path / "L", [], dim=384, reencode=True).encoded == 2
    assert Store.open(tmp_path / "L").facts()["dim"] == ""


def test_a_cut_nobody_trained_makes_no_library(tmp_path: Path, model: str) -> None:
    with pytest.raises(EncoderError, match="model cannot give vectors of 100 numbers; it gives 384 or 256 or 64"):
        add(tmp_path / "L", [song(0)], encoder=model, dim=100)
    assert not (tmp_path / "L").exists()


@pytest.mark.parametrize(
    ("settings", "facts", "choice"),
    [
        ({}, {}, Choice("", None)),
        ({"dim": 64}, {}, Choice("", 64)),
        ({}, {"encoder": "org/name", "dim": "64"}, Choice("org/name", 64)),
        ({"encoder": "org/other"}, {"encoder": "org/name", "dim": "64"}, Choice("org/other", None)),
        ({"encoder": "org/name"}, {"encoder": "org/name", "dim": "64"}, Choice("org/name", 64)),
        ({"dim": 32}, {"encoder": "org/name", "dim": "64"}, Choice("org/name", 32)),
        ({"encoder": weights.SHIPPED_NAME}, {"encoder": "org/name", "dim": "64"}, Choice("", None)),
        ({}, {"encoder": "minilm"}, Choice("", None)),
    ],
)
def test_flags_beat_settings_and_the_library_remembers_the_rest(
    settings: dict[str, object], facts: dict[str, str], choice: Choice
) -> None:
    assert chosen(Settings(**settings), facts) == choice  # type: ignore[arg-type]


def test_an_encoder_that_is_given_is_taken_as_it_is(model: str) -> None:
    assert chosen(Settings(dim=3), {}, ToyEncoder()) == Choice("toy", None)
    assert chosen(Settings(), {}, load(model, dim=64)) == Choice("model", 64)


def test_vectors_of_an_encoder_that_was_shipped_once_are_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = ToyEncoder()
    once.name, once.fingerprint = "minilm", "minilm-0123"
    add(tmp_path / "L", [song(0)], encoder=once)
    monkeypatch.setattr(*LOAD, lambda name, **how: ToyEncoder())
    with pytest.raises(EncoderError, match=r"made by another version of toy; make them again with: .*--reencode"):
        Library.open(tmp_path / "L").search("ocean")
    assert add(tmp_path / "L", [], reencode=True).encoded == 1
    assert Library.open(tmp_path / "L").search("rain", k=1).hits
