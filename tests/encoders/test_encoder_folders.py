"""Encoders from folders laid out as the hub does, and from the hub itself."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from songkin.encoders import SHIPPED, hub, load
from songkin.encoders.folder import max_tokens, pooling, read_folder
from songkin.encoders.onnx import padded, pooled
from songkin.errors import EncoderError

MEAN = {"1_Pooling/config.json": {"pooling_mode_mean_tokens": True, "pooling_mode_cls_token": False}}
CLS = {"1_Pooling/config.json": {"pooling_mode_mean_tokens": False, "pooling_mode_cls_token": True}}


def write(folder: Path, files: dict[str, object]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    return folder


@pytest.fixture
def hub_like(tmp_path: Path) -> Path:
    """The shipped model in the hub's layout: settings in several files, the graph under onnx/."""
    (tmp_path / "onnx").mkdir()
    shutil.copy(SHIPPED / "model.onnx", tmp_path / "onnx")
    shutil.copy(SHIPPED / "tokenizer.json", tmp_path)
    return write(tmp_path, {**MEAN, "sentence_bert_config.json": {"max_seq_length": 256}})


def test_a_hub_folder_gives_the_vectors_of_the_shipped_one(hub_like: Path) -> None:
    texts = ["rain on the roof", "nobody dances like my father did"]
    np.testing.assert_allclose(load(str(hub_like)).encode_songs(texts), load().encode_songs(texts), atol=1e-6)


def test_the_prompts_of_a_folder_go_before_the_texts(hub_like: Path) -> None:
    write(hub_like, {"config_sentence_transformers.json": {"prompts": {"query": "find: ", "document": ""}}})
    encoder = load(str(hub_like), threads=1)
    np.testing.assert_allclose(encoder.encode_queries(["rain"]), encoder.encode_songs(["find: rain"]), atol=1e-6)


def test_a_hub_name_is_fetched_and_keeps_its_name(hub_like: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(
        "huggingface_hub.snapshot_download", lambda name, allow_patterns: asked.append(name) or hub_like
    )
    encoder = load("org/model", threads=1)
    assert (asked, encoder.name, encoder.dim) == (["org/model"], "org/model", 384)


def test_a_hub_model_without_onnx_brings_safetensors_and_no_pickle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(
        "huggingface_hub.snapshot_download", lambda name, allow_patterns: asked.extend(allow_patterns) or tmp_path
    )
    hub.fetch("org/model")
    assert "*.safetensors" in asked
    assert not any("bin" in pattern or "pt" in pattern.split(".")[-1] for pattern in asked)


def test_an_unreachable_hub_is_one_line_with_the_cure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(
        EncoderError, match="'org/absent' is not on this machine and the hub cannot be reached; fetch it"
    ):
        load("org/absent")


@pytest.mark.parametrize("name", ["nowhere", "./nowhere", "a/b/c", ""])
def test_a_name_that_is_neither_folder_nor_hub_name_is_refused(name: str) -> None:
    with pytest.raises(EncoderError, match="there is no encoder or folder"):
        load(name)


def test_safetensors_without_torch_name_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"")
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(EncoderError, match=r"pip install 'songkin\[train\]'"):
        load(str(tmp_path))


def test_an_empty_folder_is_no_encoder(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"holds neither model.onnx nor safetensors"):
        load(str(tmp_path))


def test_a_graph_that_is_none_is_refused_in_one_line(hub_like: Path) -> None:
    (hub_like / "onnx" / "model.onnx").write_bytes(b"not a graph")
    with pytest.raises(EncoderError, match="is no ONNX model that runs here") as raised:
        load(str(hub_like))
    assert "\n" not in str(raised.value)


def test_a_tokenizer_that_is_none_is_refused(hub_like: Path) -> None:
    (hub_like / "tokenizer.json").write_text("{}")
    with pytest.raises(EncoderError, match="is no tokenizer"):
        load(str(hub_like))


def test_a_further_layer_behind_the_graph_is_refused(hub_like: Path) -> None:
    layers = [{"type": f"sentence_transformers.models.{kind}"} for kind in ("Transformer", "Pooling", "Dense")]
    (hub_like / "modules.json").write_text(json.dumps(layers))
    with pytest.raises(EncoderError, match="Dense"):
        read_folder(hub_like, "model")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, "mean"),
        (MEAN, "mean"),
        (CLS, "cls"),
        ({"1_Pooling/config.json": {"pooling_mode": "cls"}}, "cls"),
    ],
)
def test_pooling_is_read_from_the_folder(tmp_path: Path, files: dict[str, object], expected: str) -> None:
    assert pooling(write(tmp_path, files)) == expected


def test_a_pooling_we_do_not_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="pools by max_tokens"):
        pooling(write(tmp_path, {"1_Pooling/config.json": {"pooling_mode_max_tokens": True}}))


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, 512),
        ({"sentence_bert_config.json": {"max_seq_length": 128}, "config.json": {"max_position_embeddings": 512}}, 128),
        ({"tokenizer_config.json": {"model_max_length": 10**30}, "config.json": {"max_position_embeddings": 64}}, 64),
    ],
)
def test_the_smallest_sensible_limit_counts(tmp_path: Path, files: dict[str, object], expected: int) -> None:
    assert max_tokens(write(tmp_path, files)) == expected


def test_pooling_by_hand() -> None:
    ids, mask = padded([[5, 6], [7]], 9)
    assert ids.tolist() == [[5, 6], [7, 9]]
    assert mask.tolist() == [[1, 1], [1, 0]]
    hidden = np.array([[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [100.0, 100.0]]])
    assert pooled(hidden, mask, "mean").tolist() == [[2.0, 3.0], [5.0, 6.0]]
    assert pooled(hidden, mask, "cls").tolist() == [[1.0, 2.0], [5.0, 6.0]]


@pytest.mark.slow
def test_safetensors_run_through_sentence_transformers(tmp_path: Path) -> None:
    """A BERT of one layer with random weights: what counts is that the laws hold."""
    if find_spec("sentence_transformers") is None:
        pytest.skip("needs pip install 'songkin[train]'")
    script = f"""
import numpy, torch, transformers
from songkin.encoders import load
torch.manual_seed(0)
tiny = transformers.BertConfig(hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64)
transformers.BertModel(tiny).save_pretrained({str(tmp_path)!r})
tokens = transformers.PreTrainedTokenizerFast(
    tokenizer_file={str(SHIPPED / "tokenizer.json")!r}, pad_token="[PAD]", unk_token="[UNK]", model_max_length=64
)
tokens.save_pretrained({str(tmp_path)!r})
encoder = load({str(tmp_path)!r}, threads=1)
vectors = encoder.encode_songs(["rain", "", "sun and rain"])
print(type(encoder).__name__, encoder.dim, numpy.linalg.norm(vectors, axis=1).round(4).tolist())
print(encoder.encode_queries([]).shape, encoder.fingerprint.startswith(encoder.name))
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert ran.stdout.splitlines()[-2:] == ["TorchEncoder 32 [1.0, 0.0, 1.0]", "(0, 32) True"], ran.stderr[-2000:]
    assert "Loading weights" not in ran.stderr
