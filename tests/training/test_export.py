"""A trained text network becomes an encoder's folder that gives PyTorch's vectors, or nothing is written."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_networks import SHAPES, TEXTS, VOCABULARY, network_in, write_tokenizer
from tokenizers import Tokenizer

from songkin.encoders import load, verify
from songkin.encoders.graph import OnnxRuntime
from songkin.encoders.weights import read_json
from songkin.errors import TrainingError
from songkin.training.networks.shape import Shape

if any(find_spec(package) is None for package in ("torch", "onnx")):
    pytest.skip("needs pip install 'songkin[train]'", allow_module_level=True)

import torch

from songkin.training.export import export
from songkin.training.networks.text import TextNetwork


@pytest.fixture(params=SHAPES.values(), ids=SHAPES.keys())
def pair(request: Any, tmp_path: Path) -> tuple[TextNetwork, Path]:
    network = network_in(tmp_path / "trained", request.param)
    export(tmp_path / "trained", tmp_path / "ours", name="ours", texts=TEXTS)
    return network, tmp_path / "ours"


def batch_of(folder: Path) -> tuple[torch.Tensor, torch.Tensor]:
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(24)
    tokenizer.enable_padding()
    encoded = tokenizer.encode_batch(TEXTS)
    return torch.tensor([e.ids for e in encoded]), torch.tensor([e.attention_mask for e in encoded])


def test_the_graph_gives_pytorchs_vectors_padded_or_not(pair: tuple[TextNetwork, Path]) -> None:
    network, folder = pair
    with torch.inference_mode():
        expected = network(*batch_of(folder)).numpy()
    vectors = load(str(folder), threads=1).encode_songs(TEXTS)
    assert ((vectors * expected).sum(1) > 0.9999).all()


def test_asked_to_explain_it_gives_the_token_vectors_it_summed(pair: tuple[TextNetwork, Path]) -> None:
    network, folder = pair
    tokens, mask = batch_of(folder)
    with torch.inference_mode():
        expected = network.token_vectors(tokens, mask).numpy()
    told = OnnxRuntime(folder / "model.onnx", threads=1).told(tokens.numpy(), mask.numpy())
    np.testing.assert_allclose(told.vectors, expected, atol=0.02 * np.abs(expected).max())
    assert not told.vectors[~mask.numpy().astype(bool)].any()


def test_asked_to_explain_it_gives_an_attention_that_sums_to_one_and_skips_padding(
    pair: tuple[TextNetwork, Path],
) -> None:
    network, folder = pair
    tokens, mask = (batch.numpy() for batch in batch_of(folder))
    seen = OnnxRuntime(folder / "model.onnx", threads=1).told(tokens, mask).attention
    shape = network.shape
    assert seen.shape == (len(TEXTS), shape.layers, shape.heads, tokens.shape[1], tokens.shape[1])
    np.testing.assert_allclose(seen.sum(-1), 1, atol=1e-5)
    assert seen[0, :, :, :, mask[0] == 0].max() < 1e-6


def test_the_attention_is_that_of_the_first_layer_by_hand(tmp_path: Path) -> None:
    network = network_in(tmp_path / "trained", SHAPES["narrower inside"])
    export(tmp_path / "trained", tmp_path / "ours", name="ours", texts=TEXTS)
    tokens = torch.tensor([[2, 4, 5, 3]])
    attends = network.encoder["layer"][0].attention["self"]
    with torch.inference_mode():
        hidden = network.embeddings(tokens)[0]
        query, key = (attends[name](hidden)[:, :8] for name in ("query", "key"))  # the first head
        expected = torch.softmax(query @ key.T / 8**0.5, -1).numpy()
    seen = OnnxRuntime(tmp_path / "ours" / "model.onnx", threads=1).told(tokens.numpy(), np.ones((1, 4), np.int64))
    np.testing.assert_allclose(seen.attention[0, 0, 0], expected, atol=0.02)


def test_unasked_it_computes_none_of_that(pair: tuple[TextNetwork, Path]) -> None:
    tokens, mask = (batch.numpy() for batch in batch_of(pair[1]))
    vectors, seen = OnnxRuntime(pair[1] / "model.onnx", threads=1).outputs(["token_vectors", "attention"], tokens, mask)
    assert (vectors.size, seen.size) == (0, 0)


def test_the_manifest_says_what_it_is_and_the_files_are_whole(tmp_path: Path) -> None:
    trained, out = tmp_path / "trained", tmp_path / "ours"
    network_in(trained, SHAPES["a bag of words beside it"])
    (trained / "recipe.toml").write_text("seed = 1\n")
    (trained / "checksums.json").write_text("{}\n")
    done = export(trained, out, name="ours", licence="CC0-1.0", matryoshka=(48, 16), texts=TEXTS, golden=out / "g")
    verify(out)
    manifest = read_json(out / "manifest.json")
    told = [manifest[key] for key in ("format", "kind", "name", "dim", "max_tokens", "licence")]
    assert told == [1, "onnx", "ours", 48, 24, "CC0-1.0"]
    assert set(manifest["trained"]) == {"recipe", "data"}
    assert done.cosine > 0.9999
    assert done.bytes == manifest["model"]["bytes"] + manifest["tokenizer"]["bytes"]
    assert load(str(out)).weights.matryoshka == (48, 16)
    golden = json.loads((out / "g").read_text(encoding="utf-8"))
    assert [row["text"] for row in golden] == TEXTS
    assert load(str(out)).encode_songs(TEXTS[:1])[0] @ golden[0]["vector"] > 0.9999


def test_what_differs_from_pytorch_is_not_exported_and_what_was_there_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained, out = tmp_path / "trained", tmp_path / "ours"
    network = network_in(trained, SHAPES["narrower inside"])
    export(trained, out, name="ours", texts=TEXTS)
    (out / "CARD.md").write_text("card")
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    monkeypatch.setattr("songkin.training.graph.EPSILON", 9.0)
    with pytest.raises(TrainingError, match=r"the export differs from PyTorch: '.*' has cosine 0.\d+, below 0.9999"):
        export(trained, out, name="ours", texts=TEXTS)
    monkeypatch.undo()
    torch.nn.init.constant_(network.encoder["layer"][0].output.dense.weight, float("nan"))
    network.write(trained)
    with pytest.raises(TrainingError, match="has cosine nan"):
        export(trained, out, name="ours", texts=TEXTS)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("model.safetensors", "holds no model.safetensors; give a folder that `songkin train` wrote"),
        ("tokenizer.json", "holds no tokenizer.json"),
        ("network.json", "holds no network.json"),
    ],
)
def test_a_folder_without_a_part_is_refused_before_anything_is_written(
    tmp_path: Path, missing: str, message: str
) -> None:
    network_in(tmp_path / "trained", SHAPES["narrower inside"])
    (tmp_path / "trained" / missing).unlink()
    with pytest.raises(TrainingError, match=message):
        export(tmp_path / "trained", tmp_path / "ours", name="ours")
    assert not (tmp_path / "ours").exists()


def test_a_tokenizer_of_more_words_than_the_network_is_refused(tmp_path: Path) -> None:
    network_in(tmp_path / "trained", SHAPES["narrower inside"])
    write_tokenizer(tmp_path / "trained" / "tokenizer.json", [*VOCABULARY, "more"])
    with pytest.raises(TrainingError, match="its tokenizer knows 12 words, its network 11"):
        export(tmp_path / "trained", tmp_path / "ours", name="ours")


def test_a_width_that_is_no_multiple_of_sixteen_is_refused(tmp_path: Path) -> None:
    network_in(tmp_path / "trained", Shape(1, 24, 2, 8, 16, 24, len(VOCABULARY), False))
    with pytest.raises(TrainingError, match="24 wide; its word table is written in blocks of 16"):
        export(tmp_path / "trained", tmp_path / "ours", name="ours")
