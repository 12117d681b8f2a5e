"""Export a trained text network: the ONNX graph that searching runs, its tokenizer and its manifest, checked.

Conventions
-----------
A trained network's folder holds network.json, model.safetensors and tokenizer.json, and recipe.toml and checksums.json
where `songkin train` wrote it. Nothing reaches the place of export before its vectors agree with PyTorch's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.encoders.onnx import OnnxEncoder, signed
from songkin.encoders.weights import FORMAT, MANIFEST, digest, read_manifest
from songkin.errors import TrainingError
from songkin.extras import need
from songkin.text.denials import denials
from songkin.training.graph import Graph
from songkin.training.networks.shape import Shape

if TYPE_CHECKING:
    from songkin.training.networks.text import TextNetwork

__all__ = ["CHECKS", "Exported", "export"]

SAME = 0.9999  # cosine from which two vectors of a text are interchangeable
GOLDEN = 8  # texts whose vectors are kept for tests
MODEL, TOKENIZER, WEIGHTS = "model.onnx", "tokenizer.json", "model.safetensors"
TRAINED = {"recipe": "recipe.toml", "data": "checksums.json"}  # digests that go into the manifest
SONNET = """Shall I compare thee to a summer's day? Thou art more lovely and more temperate: rough winds do shake the
darling buds of May, and summer's lease hath all too short a date. Sometime too hot the eye of heaven shines, and often
is his gold complexion dimm'd; and every fair from fair sometime declines, by chance or nature's changing course
untrimm'd. But thy eternal summer shall not fade, nor lose possession of that fair thou ow'st; nor shall Death brag thou
wander'st in his shade, when in eternal lines to time thou grow'st: so long as men can breathe or eyes can see, so long
lives this, and this gives life to thee."""
CHECKS = (  # of all lengths and scripts; the first eight become the golden vectors
    "love",
    "hey, hey, the bells are ringing",
    "melancholic teen voice over acoustic guitar, not about a break-up",
    "la la la la la la",
    SONNET[:180],
    "夜の海を渡る風が君の名前を呼んでいる",
    "El tren se fue sin mí, y la estación se quedó callada — ¡qué frío!",
    " ".join([SONNET] * 3),
    "🎵🎵",
    "ты не один",
    "a piano piece, no drums, without any singing",
    "90s hip-hop, 93 BPM, upbeat",
    SONNET,
    " ".join([SONNET] * 2),
)


class Exported(NamedTuple):
    """What was exported: where, how large model and tokenizer are together, the lowest cosine against PyTorch."""

    folder: Path
    bytes: int
    cosine: float


def export(
    folder: Path,
    out: Path,
    *,
    name: str,
    licence: str = "MIT",
    recipe: str = "recipe.toml",
    source: Mapping[str, str] | None = None,
    matryoshka: Sequence[int] = (),
    golden: Path | None = None,
    texts: Sequence[str] = CHECKS,
) -> Exported:
    """Export the network in `folder` to `out`, whose other files stay.

    `name` is the encoder's; `recipe` says what made it, `source` ({"name", "sha256"}) what it was made from,
    `matryoshka` to how many numbers its vectors may be cut.
    `golden` is written with PyTorch's vectors of the first eight `texts`. TrainingError where a file is missing or a
    text's vector falls below cosine .9999 against PyTorch; then `out` holds what it held.
    """
    network, tokenizer = read_network(folder)
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=out, prefix=".export-") as made:
        place = Path(made)
        need("onnx", extra="train").save(Graph(weights_of(network), network.shape).model(), str(place / MODEL))
        write_tokenizer(folder / TOKENIZER, place / TOKENIZER)
        kept = {"licence": licence, "recipe": recipe, "trained": digests(folder), "source": source}
        write_manifest(place, name, network.shape, {"matryoshka": [*matryoshka], **kept})
        reference = reference_vectors(network, tokenizer, texts)
        asked = reference_vectors(network, tokenizer, texts, denying=network.shape.denials)
        encoder = OnnxEncoder(read_manifest(place), threads=1, runtime="onnxruntime")
        sung, requests = encoder.encode_songs(texts), encoder.encode_queries(texts)
        cosine = min(lowest_cosine(texts, sung, reference), lowest_cosine(texts, requests, asked))
        for file in (MODEL, TOKENIZER, MANIFEST):
            (place / file).replace(out / file)
    if golden:
        write_golden(golden, texts[:GOLDEN], reference)
    return Exported(out, sum((out / file).stat().st_size for file in (MODEL, TOKENIZER)), cosine)


def read_network(folder: Path) -> tuple[TextNetwork, Any]:
    """Read a trained network and its tokenizer, which cuts as the network does; TrainingError where one lacks."""
    from tokenizers import Tokenizer

    need("torch", extra="train")
    from songkin.training.networks.text import TextNetwork

    for file in (WEIGHTS, TOKENIZER):
        if not (folder / file).is_file():
            raise TrainingError(f"{folder} holds no {file}; give a folder that `songkin train` wrote")
    network, tokenizer = TextNetwork.read(folder), Tokenizer.from_file(str(folder / TOKENIZER))
    if (words := tokenizer.get_vocab_size()) > network.shape.vocabulary:
        raise TrainingError(f"{folder}: its tokenizer knows {words} words, its network {network.shape.vocabulary}")
    tokenizer.no_padding()
    tokenizer.enable_truncation(network.shape.positions)
    return network, tokenizer


def weights_of(network: TextNetwork) -> dict[str, NDArray[np.float32]]:
    """Return the network's tensors by name, float32."""
    return {name: tensor.detach().float().numpy() for name, tensor in network.state_dict().items()}


def write_tokenizer(source: Path, target: Path) -> None:
    """Copy the tokenizer without fixed padding and truncation, which the encoder sets itself."""
    settings = json.loads(source.read_text(encoding="utf-8"))
    settings["truncation"] = settings["padding"] = None
    target.write_text(json.dumps(settings, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def digests(folder: Path) -> dict[str, str]:
    """Return the sha256 of the recipe and of the list of its data, of those that lie beside the weights."""
    return {part: digest(folder / file) for part, file in TRAINED.items() if (folder / file).is_file()}


def write_manifest(folder: Path, name: str, shape: Shape, about: Mapping[str, Any]) -> None:
    """Write what the weights are, how they are used, where they come from, and the digests of the files."""
    files = {part: folder / file for part, file in (("model", MODEL), ("tokenizer", TOKENIZER))}
    manifest = {
        "format": FORMAT,
        "kind": "onnx",
        "name": name,
        "dim": shape.dim,
        "max_tokens": shape.positions,
        "pooling": "mean",
        **({"denials": True} if shape.denials else {}),
        **{n: {"file": p.name, "bytes": p.stat().st_size, "sha256": digest(p)} for n, p in files.items()},
        **{key: value for key, value in about.items() if value},
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")


def reference_vectors(
    network: TextNetwork, tokenizer: Any, texts: Sequence[str], *, denying: bool = False
) -> NDArray[np.float32]:
    """Encode texts (n,) with PyTorch -> (n, dim), each by itself; `denying`: what they deny counts against."""
    torch = need("torch", extra="train")
    with torch.inference_mode():
        read = [(text, tokenizer.encode(text)) for text in texts]
        ids = [torch.tensor([signed(own, denials(text)) if denying else own.ids]) for text, own in read]
        return np.concatenate([network(row.abs(), torch.where(row < 0, -1, 1)).numpy() for row in ids])


def lowest_cosine(texts: Sequence[str], vectors: NDArray[np.float32], reference: NDArray[np.float32]) -> float:
    """Return the lowest cosine between the exported graph's vectors and the reference; TrainingError below .9999."""
    cosines = (vectors * reference).sum(1)
    lowest = float(cosines.min())
    if not lowest >= SAME:  # NaN too
        worst = texts[int(np.nan_to_num(cosines, nan=-1).argmin())]
        raise TrainingError(f"the export differs from PyTorch: '{worst[:30]}' has cosine {lowest:.6f}, below {SAME}")
    return lowest


def write_golden(path: Path, texts: Sequence[str], vectors: NDArray[np.float32]) -> None:
    """Write texts and their vectors, six digits, one text a line."""
    pairs = zip(texts, vectors.tolist(), strict=False)
    rows = [{"text": text, "vector": [round(value, 6) for value in vector]} for text, vector in pairs]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n", encoding="utf-8")
