"""OpenVINO runs the shipped graph to the same vectors, in bfloat16 where the CPU has it, and tells nobody."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from songkin.encoders import SHIPPED, OnnxEncoder, load, onnx
from songkin.encoders.graph import OnnxRuntime
from songkin.encoders.openvino import OpenVino
from songkin.encoders.weights import read_manifest
from songkin.errors import EncoderError, MissingExtra
from songkin.testing import EncoderContract

GOLDEN = json.loads((Path(__file__).parent / "golden.json").read_text(encoding="utf-8"))
TEXTS = [row["text"] for row in GOLDEN]
WITHOUT = find_spec("openvino") is None
needs_openvino = pytest.mark.skipif(WITHOUT, reason="needs OpenVINO: pip install 'songkin[fast]'")


@pytest.fixture(scope="module")
def openvino() -> OnnxEncoder:
    return load(threads=1, runtime="openvino")


@pytest.fixture
def every_call_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx, "MANY_TOKENS", 0)


@needs_openvino
class TestOpenVinoEncoder(EncoderContract):
    @pytest.fixture(autouse=True)
    def one_encoder(self, openvino: OnnxEncoder) -> None:
        self.encoder = openvino


@needs_openvino
def test_it_agrees_with_pytorch_to_four_nines(openvino: OnnxEncoder) -> None:
    cosines = (openvino.encode_songs(TEXTS) * [row["vector"] for row in GOLDEN]).sum(1)
    assert cosines.min() >= 0.9999


@needs_openvino
@pytest.mark.parametrize("precision", ["f32", "bf16"])
def test_either_precision_agrees_with_onnx_runtime(openvino: OnnxEncoder, precision: str) -> None:
    runner, ids = openvino.openvino(precision), openvino.read(TEXTS, asked=False)
    vectors, expected = (openvino.encode(ids, len(TEXTS), run) for run in (runner, openvino.opened))
    assert (vectors * expected).sum(1).min() >= 0.9999


@needs_openvino
def test_a_few_words_run_in_single_precision(openvino: OnnxEncoder) -> None:
    words = ["dun", "the rain on the roof of the house where we were born, and no one home", "not now", ""]
    expected = load(threads=1, runtime="onnxruntime").encode_songs(words)
    found = openvino.encode_songs(words)
    np.testing.assert_allclose(found[[0, 2, 3]], expected[[0, 2, 3]], atol=1e-6)
    assert found[1] @ expected[1] >= 0.9999


@needs_openvino
def test_the_fingerprint_does_not_name_the_runtime(openvino: OnnxEncoder) -> None:
    assert openvino.fingerprint == read_manifest(SHIPPED).fingerprint


@needs_openvino
@pytest.mark.usefixtures("every_call_is_large")
def test_the_songs_of_a_large_call_run_with_openvino_where_the_cpu_has_bfloat16(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(onnx, "has_bfloat16", lambda: True)
    encoder = load(threads=1)
    encoder.encode_songs(TEXTS)
    assert isinstance(vars(encoder)["many"], OpenVino)


@needs_openvino
@pytest.mark.usefixtures("every_call_is_large")
def test_texts_that_come_out_different_leave_it_to_onnx_runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx, "has_bfloat16", lambda: True)
    monkeypatch.setattr(onnx, "SAME", 1.1)
    assert isinstance(load(threads=1).many, OnnxRuntime)
    assert isinstance(load(threads=1, runtime="openvino").many, OpenVino)


@needs_openvino
def test_a_cpu_without_bfloat16_keeps_onnx_runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx, "has_bfloat16", lambda: False)
    assert isinstance(load(threads=1).many, OnnxRuntime)


@needs_openvino
def test_it_is_imported_at_the_first_large_call_and_without_its_telemetry(tmp_path: Path) -> None:
    script = """
import sys
from songkin.encoders import load
encoder = load(threads=1)
encoder.encode_queries(["rain"])
encoder.encode_songs(["rain"])
print("openvino" in sys.modules)
load(threads=1, runtime="openvino").encode_songs(["rain " * 20])
print("openvino" in sys.modules, any(name.startswith("openvino_telemetry") for name in sys.modules))
"""
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, env={"HOME": str(tmp_path)}
    )
    assert ran.stdout.split() == ["False", "True", "False"], ran.stderr[-2000:]
    assert not list(tmp_path.rglob("*openvino*"))


@needs_openvino
def test_a_graph_of_token_vectors_is_pooled_by_us(tmp_path: Path) -> None:
    """The shipped graph cut off before its pooling, which a hub model has not either."""
    if find_spec("onnx") is None:
        pytest.skip("needs onnx: pip install 'songkin[train]'")
    shutil.copytree(SHIPPED, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("manifest.json", "model.onnx"))
    cut_before_pooling(tmp_path / "model.onnx")
    (tmp_path / "sentence_bert_config.json").write_text('{"max_seq_length": 256}')
    one, other = (load(str(tmp_path), threads=1, runtime=runtime) for runtime in ("openvino", "onnxruntime"))
    assert (one.encode_songs(TEXTS) * other.encode_songs(TEXTS)).sum(1).min() >= 0.9999


@needs_openvino
def test_a_folder_that_names_more_tokens_than_its_graph_takes_is_found_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given them, OpenVINO would raise nothing and return some vector."""
    monkeypatch.setattr(onnx, "has_bfloat16", lambda: True)
    shutil.copytree(SHIPPED, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("manifest.json"))
    (tmp_path / "sentence_bert_config.json").write_text('{"max_seq_length": 400}')
    assert isinstance(load(str(tmp_path), threads=1).many, OnnxRuntime)
    assert "cannot take 400 tokens" in caplog.text
    with pytest.raises(EncoderError, match="cannot take 400 tokens"):
        load(str(tmp_path), threads=1, runtime="openvino").encode_songs(TEXTS)


def cut_before_pooling(path: Path) -> None:
    """Write the shipped graph up to its last token vectors: the output of the last normalisation over a token."""
    import onnx as package

    graph = package.load(str(SHIPPED / "model.onnx"))
    last = [node.output[0] for node in graph.graph.node if node.op_type == "SkipLayerNormalization"][-1]
    del graph.graph.output[:]
    graph.graph.output.append(package.helper.make_tensor_value_info(last, package.TensorProto.FLOAT, ["n", "l", 384]))
    package.save(graph, str(path))


def test_an_unknown_runtime_is_refused() -> None:
    with pytest.raises(EncoderError, match="there is no runtime 'abacus'; take onnxruntime or openvino"):
        load(runtime="abacus")


def test_without_the_package_it_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(MissingExtra, match=r"pip install 'songkin\[fast\]'"):
        load(threads=1, runtime="openvino")


def test_a_package_that_does_not_work_leaves_it_to_onnx_runtime(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(onnx, "installed", lambda: True)
    monkeypatch.setitem(sys.modules, "openvino", None)
    encoder = load(threads=1)
    assert encoder.many is encoder.opened
    assert "so ONNX Runtime goes on" in caplog.text


def test_forced_onnx_runtime_runs_everything() -> None:
    encoder = load(threads=1, runtime="onnxruntime")
    assert encoder.many is encoder.opened
