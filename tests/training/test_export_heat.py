"""Exported graphs, and others, tell what words add and how they attend; asking costs those nothing who do not ask."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_networks import SHAPES, TEXTS, network_in

from songkin.encoders import load
from songkin.encoders.heat import attention, heat
from songkin.errors import EncoderError
from songkin.testing import TokenVectorsContract

if any(find_spec(package) is None for package in ("torch", "onnx")):
    pytest.skip("needs pip install 'songkin[train]'", allow_module_level=True)

import onnx

from songkin.training.export import export


@pytest.fixture
def exported(tmp_path: Path) -> Callable[..., Any]:
    def made(shape: str = "a bag of words beside it", **how: Any) -> Any:
        network_in(tmp_path / "trained", SHAPES[shape])
        export(tmp_path / "trained", tmp_path / "ours", name="ours", texts=TEXTS, **how)
        return load(str(tmp_path / "ours"), threads=1)

    return made


class TestExportedTokenVectors(TokenVectorsContract):
    @pytest.fixture(autouse=True)
    def _encoder(self, exported: Callable[..., Any]) -> None:
        self.encoder = exported()


class TestTokenVectorsOfACut(TokenVectorsContract):
    @pytest.fixture(autouse=True)
    def _encoder(self, exported: Callable[..., Any], tmp_path: Path) -> None:
        exported(matryoshka=(16,))
        self.encoder = load(str(tmp_path / "ours"), dim=16, threads=1)


def hub_folder(place: Path, output: str, **pooling: bool) -> Any:
    """The exported graph as hub folders have it: token vectors alone, pooled by who runs it."""
    model = onnx.load(place / "ours" / "model.onnx")
    hidden = next(node.output[0] for node in model.graph.node if node.output[0] == output)
    del model.graph.output[:]
    value = onnx.helper.make_tensor_value_info(hidden, onnx.TensorProto.FLOAT, ["n", "length", None])
    model.graph.output.append(value)
    (place / "hub" / "1_Pooling").mkdir(parents=True)
    onnx.save(model, place / "hub" / "model.onnx")
    (place / "ours" / "tokenizer.json").rename(place / "hub" / "tokenizer.json")
    settings = {f"pooling_mode_{name}": on for name, on in pooling.items()}
    (place / "hub" / "1_Pooling" / "config.json").write_text(json.dumps(settings))
    (place / "hub" / "sentence_bert_config.json").write_text('{"max_seq_length": 24}')
    prompts = {"prompts": {"query": "the ", "document": "on "}}
    (place / "hub" / "config_sentence_transformers.json").write_text(json.dumps(prompts))
    return load(str(place / "hub"), threads=1)


class TestTokenVectorsOfAHubFolder(TokenVectorsContract):
    @pytest.fixture(autouse=True)
    def _encoder(self, exported: Callable[..., Any], tmp_path: Path) -> None:
        exported("narrower inside")
        self.encoder = hub_folder(tmp_path, "encoder.layer.2.output.hidden", mean_tokens=True)


def test_a_folder_that_takes_the_first_token_only_has_no_parts_of_words(
    exported: Callable[..., Any], tmp_path: Path
) -> None:
    exported("narrower inside")
    encoder = hub_folder(tmp_path, "encoder.layer.2.output.hidden", cls_token=True)
    with pytest.raises(EncoderError, match="pools otherwise: words have no exact part"):
        heat(encoder, "rain", "roof")
    with pytest.raises(EncoderError, match="does not give its attention; encoders that `songkin train` made do"):
        attention(encoder, "rain")


def test_attention_is_told_of_words_and_rows_sum_to_one(exported: Callable[..., Any]) -> None:
    seen = attention(exported(), "rain on the roof")
    assert seen.weights.shape == (2, 3, 5, 5)
    np.testing.assert_allclose(seen.weights.sum(-1), 1, atol=1e-5)
    assert [word.text for word in seen.song.words] == ["rain", "on", "the", "roof"]


def test_attention_of_a_text_without_words_is_that_of_the_rest(exported: Callable[..., Any]) -> None:
    np.testing.assert_allclose(attention(exported(), "").view(), [[1]], atol=1e-6)


def test_what_was_too_long_to_be_read_is_no_word(exported: Callable[..., Any]) -> None:
    told = heat(exported(), "rain", "roof " * 40)
    assert len(told.song.words) == 22
    assert told.song.read_to == len("roof " * 22) - 1


@pytest.mark.skipif(find_spec("openvino") is None, reason="needs pip install 'songkin[fast]'")
def test_openvino_computes_the_vectors_alone(exported: Callable[..., Any]) -> None:
    encoder = exported()
    runner = encoder.openvino("f32")
    assert len(runner.graph.outputs) == 1
    tokens = np.array([[2, 4, 5, 3], [2, 8, 3, 0]])
    mask = np.array([[1, 1, 1, 1], [1, 1, 1, 0]])
    np.testing.assert_allclose(runner(tokens, mask), encoder.opened(tokens, mask), atol=1e-4)


def test_what_a_request_denies_counts_against_token_by_token(exported: Callable[..., Any]) -> None:
    plain, denying = exported(), exported("counting denials")
    for one in (plain, denying):
        told = heat(one, "piano, no rain", "rain on the roof")
        assert told.cosine == pytest.approx(
            float(one.encode_queries(["piano, no rain"])[0] @ one.encode_songs(["rain on the roof"])[0]), abs=1e-5
        )
    read, vectors = denying.token_vectors("piano, no rain", asked=True)
    _, as_song = denying.token_vectors("piano, no rain", asked=False)
    denied = [read.words[owner].text == "rain" if owner >= 0 else False for owner in read.owners]
    assert sum(denied) == 1
    assert np.allclose(vectors[denied], -as_song[denied], atol=1e-5)
    assert np.allclose(vectors[~np.array(denied)], as_song[~np.array(denied)], atol=1e-5)
    batch = denying.encode_queries(["piano, no rain", "rain on the roof", "piano, no rain"])
    assert np.allclose(batch[0], denying.encode_queries(["piano, no rain"])[0], atol=1e-5)
    assert "denials" in json.loads((denying.weights.folder / "manifest.json").read_text())
