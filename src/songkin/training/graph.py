"""Write a text network as an ONNX graph: the weights by name and its shape in, the graph out.

Conventions
-----------
Matrices lie as (in, out), float16, cast to float32 when the graph is loaded. The word table is int8 with one float16
scale per 16 values, widened after the look-up; transformer and bag of words share it. The second segment is dropped.
`embeddings` is what encoding asks for. `token_vectors` and `attention` are for explaining: they are computed where the
input `explain` is true (it is false where it is not given), and empty otherwise, so that they cost encoding nothing.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, MutableMapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songkin.errors import TrainingError
from songkin.extras import need
from songkin.training.networks.shape import Shape

__all__ = ["Graph"]

BLOCK = 16  # values of a word's vector that share a scale
EPSILON = 1e-12  # of layer norms, as BERT has it
FUSED = "com.microsoft"  # ONNX Runtime's fused operators
UNSEEN = 10_000.0  # taken off the attention to what is padding, which leaves nothing of it
WORDS = "embeddings.word_embeddings.weight"


class Graph:
    """A text network as ONNX: input_ids, attention_mask (n, length) int64 -> embeddings (n, dim) of unit length.

    Further outputs: token_vectors (n, length, dim), whose sum made unit length is the embedding, zeros at padding; and
    attention (n, layers, heads, length, length), what each token (row) takes of each other, rows summing to 1.
    A mask of -1 marks a token that is denied: it is read like any other, and its vector is taken off the sum.
    A node or constant of a name that is there already is the same one.
    """

    def __init__(self, weights: Mapping[str, NDArray[np.float32]], shape: Shape) -> None:
        if shape.dim % BLOCK:
            raise TrainingError(f"the network is {shape.dim} wide; its word table is written in blocks of {BLOCK}")
        self.weights, self.shape = weights, shape
        self.onnx = need("onnx", extra="train")
        self.float = self.onnx.TensorProto.FLOAT
        self.nodes: MutableMapping[str, Any] = {}
        self.constants: dict[str, Any] = {}

    def model(self) -> Any:
        """Return the graph as an ONNX ModelProto."""
        helper, kinds = self.onnx.helper, self.onnx.TensorProto
        words = self.words()
        self.masks()
        hidden = [self.embed(words)]
        for layer in range(self.shape.layers):
            hidden.append(self.feed_forward(self.attend(hidden[-1], layer), layer))
        self.pool(hidden[-1], words)
        self.explain(hidden, words)
        given = ("input_ids", "attention_mask")
        ins = [helper.make_tensor_value_info(name, kinds.INT64, ["n", "length"]) for name in given]
        ins.append(helper.make_tensor_value_info("explain", kinds.BOOL, []))
        self.constant("explain", np.array(False))
        outs = [self.output("embeddings", "n", self.shape.dim), *self.told("")]
        graph = helper.make_graph([*self.nodes.values()], "text", ins, outs, [*self.constants.values()])
        opsets = [helper.make_opsetid("", 18), helper.make_opsetid(FUSED, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=9, producer_name="songkin")

    def output(self, name: str, *sizes: int | str) -> Any:
        return self.onnx.helper.make_tensor_value_info(name, self.float, sizes)

    def told(self, suffix: str) -> list[Any]:
        """Return the outputs for explaining."""
        shape, length = self.shape, f"length{suffix}"
        tokens = self.output(f"token_vectors{suffix}", f"n{suffix}", length, shape.dim)
        return [tokens, self.output(f"attention{suffix}", f"n{suffix}", shape.layers, shape.heads, length, length)]

    # -- from token ids to vectors -------------------------------------------------------------------------------------

    def words(self) -> str:
        """Look up the words' vectors (n, length, dim): int8 blocks times their scales."""
        words = self.weights[WORDS].reshape(-1, self.shape.dim // BLOCK, BLOCK)
        scales = np.maximum(np.abs(words).max(-1, keepdims=True) / 127, 1e-7).astype(np.float16)
        rounded = np.clip(np.round(words / scales.astype(np.float32)), -127, 127).astype(np.int8)
        looked_up = [self.look_up("words", rounded), self.look_up("scales", scales)]  # (n, length, blocks, 16), (…, 1)
        blocks = self.node("Mul", looked_up, "words.blocks")
        return self.node("Reshape", [blocks, self.whole("flat", 0, 0, self.shape.dim)], "words.vectors")

    def masks(self) -> None:
        """Prepare the mask in the kinds the nodes ask for: whole numbers, and a row (n, 1, length)."""
        seen = self.node("Abs", ["attention_mask"], "mask.seen")
        self.node("Cast", [seen], "mask", to=self.onnx.TensorProto.INT32)
        wide = self.node("Cast", ["attention_mask"], "mask.wide", to=self.float)
        self.node("Unsqueeze", [wide, self.whole("one", 1)], "mask.row")

    def embed(self, words: str) -> str:
        """Add the positions, into which the one segment is folded, and normalise."""
        segment = self.weights["embeddings.token_type_embeddings.weight"][0]
        positions = self.weights["embeddings.position_embeddings.weight"][: self.shape.positions] + segment
        zero = self.whole("zero", 0)
        length = self.node("Shape", ["input_ids"], "length", start=1, end=2)
        placed = self.node("Slice", [self.constant("positions", positions), zero, length, zero], "positions.at")
        summed = self.node("Add", [words, placed], "embedded")
        return self.node("LayerNormalization", [summed, *self.norm("embeddings.LayerNorm")], "hidden", epsilon=EPSILON)

    def attend(self, hidden: str, layer: int) -> str:
        """Mix each token with what it attends to."""
        own, width = f"encoder.layer.{layer}.attention", self.shape.heads * self.shape.head_dim
        narrower = {"qkv_hidden_sizes": [width] * 3} if width != self.shape.dim else {}
        given = [hidden, *self.projection(layer), "mask"]
        mixed = self.node("Attention", given, f"{own}.mixed", domain=FUSED, num_heads=self.shape.heads, **narrower)
        return self.project_and_add(mixed, hidden, f"{own}.output")

    def projection(self, layer: int) -> list[str]:
        """Return the matrix and bias that give query, key and value side by side, (dim, 3 x heads x head_dim)."""
        own = f"encoder.layer.{layer}.attention"
        parts = [f"{own}.self.{part}" for part in ("query", "key", "value")]
        matrix = self.matrix(f"{own}.qkv", np.concatenate([self.weights[f"{p}.weight"].T for p in parts], axis=1))
        return [matrix, self.constant(f"{own}.qkv.bias", np.concatenate([self.weights[f"{p}.bias"] for p in parts]))]

    def feed_forward(self, hidden: str, layer: int) -> str:
        """Bend each token's vector by itself."""
        own = f"encoder.layer.{layer}"
        dense = f"{own}.intermediate.dense"
        bias = self.constant(f"{dense}.bias", self.weights[f"{dense}.bias"])
        bent = self.node("BiasGelu", [self.project(hidden, dense), bias], f"{own}.bent", domain=FUSED)
        return self.project_and_add(bent, hidden, f"{own}.output")

    def pool(self, hidden: str, words: str) -> None:
        """Sum over the tokens that are not padding and scale to length 1, so the mean's divisor cancels out."""
        one = self.whole("one", 1)
        summed = self.node("MatMul", ["mask.row", hidden], "summed.row")  # -> (n, 1, dim)
        if self.shape.bag:
            salient = self.node("Unsqueeze", [self.salience(), one], "salience.row")  # (n, length) -> (n, 1, length)
            heavy = self.node("Mul", ["mask.row", salient], "salience.seen")
            bag = self.node("MatMul", [self.node("MatMul", [heavy, words], "bag.words"), self.bag()], "bag.row")
            summed = self.node("Add", [summed, bag], "both.row")
        summed = self.node("Squeeze", [summed, one], "summed")  # -> (n, dim)
        length = self.node("ReduceL2", [summed, one], "summed.length", keepdims=1)
        floor = self.constant("floor", np.array(EPSILON, np.float32))
        self.node("Div", [summed, self.node("Max", [length, floor], "summed.divisor")], "embeddings")

    # -- what explaining asks for --------------------------------------------------------------------------------------

    def explain(self, hidden: list[str], words: str) -> None:
        """Give token vectors and attention where they are asked for, which is a branch of its own."""
        helper, outside = self.onnx.helper, self.nodes
        own: dict[str, Any] = {}
        self.nodes = ChainMap(own, outside)
        self.tokens(hidden[-1], words)
        seen = [self.attention(before, layer) for layer, before in enumerate(hidden[:-1])]
        self.node("Concat", seen, "attention.told", axis=1)
        asked = helper.make_graph([*own.values()], "asked", [], self.told(".told"))
        self.nodes = outside
        shape = self.shape
        empty = {"token_vectors": (0, 0, shape.dim), "attention": (0, shape.layers, shape.heads, 0, 0)}
        none = [self.onnx.numpy_helper.from_array(np.zeros(n, np.float32), f"{name}.none") for name, n in empty.items()]
        nodes = [helper.make_node("Constant", [], [value.name], value=value) for value in none]
        unasked = helper.make_graph(nodes, "unasked", [], self.told(".none"))
        branches = {"then_branch": asked, "else_branch": unasked}
        self.nodes["explain"] = helper.make_node("If", ["explain"], [*empty], name="explain", **branches)

    def tokens(self, hidden: str, words: str) -> None:
        """Give each token's own part of the sum, zeros at padding."""
        if self.shape.bag:
            salient = self.node("Unsqueeze", [self.salience(), self.whole("two", 2)], "salience.column")
            bag = self.node("Mul", [self.node("MatMul", [words, self.bag()], "bag.tokens"), salient], "bag.weighed")
            hidden = self.node("Add", [hidden, bag], "both.tokens")
        column = self.node("Unsqueeze", ["mask.wide", self.whole("two", 2)], "mask.column")
        self.node("Mul", [hidden, column], "token_vectors.told")

    def attention(self, hidden: str, layer: int) -> str:
        """Return what each token takes of each other in one layer, (n, 1, heads, length, length)."""
        own, heads, head_dim = f"attention.{layer}", self.shape.heads, self.shape.head_dim
        matrix, bias = self.projection(layer)
        both = self.node("Add", [self.node("MatMul", [hidden, matrix], f"{own}.product"), bias], f"{own}.qkv")
        width = heads * head_dim
        query = self.heads_of(both, f"{own}.query", 0, width, [0, 2, 1, 3])  # (n, heads, length, head_dim)
        key = self.heads_of(both, f"{own}.key", width, 2 * width, [0, 2, 3, 1])  # (n, heads, head_dim, length)
        scale = self.constant(f"{own}.scale", np.array(head_dim**-0.5, np.float32))
        scores = self.node("Mul", [self.node("MatMul", [query, key], f"{own}.raw"), scale], f"{own}.scores")
        seen = self.node("Add", [scores, self.unseen()], f"{own}.masked")
        taken = self.node("Softmax", [seen], f"{own}.taken", axis=-1)
        return self.node("Unsqueeze", [taken, self.whole("one", 1)], own)

    def heads_of(self, both: str, name: str, start: int, end: int, order: list[int]) -> str:
        """Cut columns out of query, key and value, and lay the heads apart."""
        edges = [self.whole(f"at.{start}", start), self.whole(f"at.{end}", end), self.whole("two", 2)]
        cut = self.node("Slice", [both, *edges], f"{name}.cut")
        sizes = self.whole("heads", 0, 0, self.shape.heads, self.shape.head_dim)
        apart = self.node("Reshape", [cut, sizes], f"{name}.heads")
        return self.node("Transpose", [apart], name, perm=order)

    def unseen(self) -> str:
        """Return what is taken off the attention to padding, (n, 1, 1, length)."""
        seen = self.node("Abs", ["mask.row"], "mask.row.seen")
        less = self.node("Sub", [seen, self.constant("seen", np.array(1, np.float32))], "unseen.row")
        row = self.node("Mul", [less, self.constant("far", np.array(UNSEEN, np.float32))], "unseen.far")
        return self.node("Unsqueeze", [row, self.whole("one", 1)], "unseen")

    # -- parts ---------------------------------------------------------------------------------------------------------

    def salience(self) -> str:
        """Look up how much each word counts in the bag, (n, length)."""
        return self.look_up("salience", self.weights["bag.salience"].astype(np.float16))

    def bag(self) -> str:
        """Return the matrix that the bag's word vectors pass through, (dim, dim)."""
        return self.matrix("bag", self.weights["bag.matrix"].T)

    def look_up(self, name: str, table: NDArray[Any]) -> str:
        """Take the table's rows at the input ids, widened to float32."""
        rows = self.node("Gather", [self.constant(name, table), "input_ids"], f"{name}.at")
        return self.node("Cast", [rows], f"{name}.wide", to=self.float)

    def project(self, hidden: str, dense: str) -> str:
        matrix = self.matrix(dense, self.weights[f"{dense}.weight"].T)
        return self.node("MatMul", [hidden, matrix], f"{dense}.projected")

    def project_and_add(self, new: str, old: str, own: str) -> str:
        """Project `new` back to (n, length, dim), add `old` and normalise."""
        projected = self.project(new, f"{own}.dense")
        bias = self.constant(f"{own}.dense.bias", self.weights[f"{own}.dense.bias"])
        inputs = [projected, old, *self.norm(f"{own}.LayerNorm"), bias]
        return self.node("SkipLayerNormalization", inputs, f"{own}.hidden", domain=FUSED, epsilon=EPSILON)

    def norm(self, name: str) -> list[str]:
        return [self.constant(f"{name}.{part}", self.weights[f"{name}.{part}"]) for part in ("weight", "bias")]

    def matrix(self, name: str, values: NDArray[np.float32]) -> str:
        return self.node("Cast", [self.constant(f"{name}.half", values.astype(np.float16))], name, to=self.float)

    def whole(self, name: str, *values: int) -> str:
        """Return a constant of whole numbers."""
        return self.constant(name, np.array(values))

    def constant(self, name: str, values: NDArray[Any]) -> str:
        if name not in self.constants:
            self.constants[name] = self.onnx.numpy_helper.from_array(np.asarray(values, order="C"), name)
        return name

    def node(self, kind: str, inputs: list[str], output: str, *, domain: str = "", **attributes: Any) -> str:
        if output not in self.nodes:
            made = self.onnx.helper.make_node(kind, inputs, [output], name=output, domain=domain, **attributes)
            self.nodes[output] = made
        return output
