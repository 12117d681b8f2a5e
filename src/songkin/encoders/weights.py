"""What an encoder's folder holds: the files, how they are meant to be used, and whether they are intact.

Conventions
-----------
Our own folders carry a `manifest.json` with sizes and sha256; other folders are read by `songkin.encoders.folder`.
`max_tokens` counts the special tokens. Prefixes go before every text ("query: "), '' = none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from songkin.errors import EncoderError

__all__ = [
    "FORMAT",
    "FUSION",
    "MANIFEST",
    "PICKLES",
    "PREPROCESSING",
    "SHIPPED",
    "SHIPPED_NAME",
    "Weights",
    "combined",
    "digest",
    "is_shipped",
    "read_any_json",
    "read_json",
    "read_manifest",
    "refuse_pickle",
    "student_folder",
    "verify",
]

PREPROCESSING = 1  # raise it whenever the same text would reach the model as other tokens
FORMAT = 1  # raise it when a manifest means something else, so that an older songkin refuses the folder
MODELS = Path(__file__).parent / "models"
SHIPPED_NAME = "songkin"
SHIPPED = MODELS / SHIPPED_NAME
STUDENT = "-fast"  # what the folder of an encoder's fast student adds to the encoder's own name
MANIFEST = "manifest.json"
FUSION = "fusion.json"
PARTS = ("model", "tokenizer")
KINDS = {"onnx": ".onnx", "static": ".safetensors"}  # how an encoder runs, and what its weights rest in
PICKLES = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib")


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of one encoder and how to run them.

    `kind` is "onnx" or "static". `pooling` is "mean" or "cls". `sha256` covers the model and the tokenizer; with the
    fields that change a vector it makes the fingerprint. `max_tokens` 0 = texts are read to their end. `size` counts
    the numbers of a whole vector, None = the model says; `dim` of them are kept, None = all; `matryoshka` names the
    cuts it was trained for. `space` is the fingerprint of the encoder in whose space a static one lives, '' = its own.
    `denials`: what a request denies counts against (`songkin.text.denials`), by a mask of -1 at its tokens.
    `fusion` is how much each channel of a search counts beside it, by kind of request; empty = nothing was learned.
    """

    name: str
    model: Path
    tokenizer: Path
    sha256: str
    max_tokens: int
    pooling: str = "mean"
    query_prefix: str = ""
    song_prefix: str = ""
    kind: str = "onnx"
    space: str = ""
    size: int | None = None
    matryoshka: tuple[int, ...] = ()
    dim: int | None = None
    denials: bool = False
    fusion: Mapping[str, Mapping[str, float]] = field(default_factory=dict, compare=False)

    @property
    def fingerprint(self) -> str:
        """A short string that changes whenever the same text would give another vector."""
        how = [self.sha256, self.max_tokens, self.pooling, PREPROCESSING, self.query_prefix, self.song_prefix]
        how += [self.dim] if self.dim else []
        how += ["denials"] if self.denials else []
        return f"{self.name}-{hashlib.sha256(json.dumps(how).encode()).hexdigest()[:16]}"

    @property
    def whole(self) -> Weights:
        """The same weights without a cut."""
        return replace(self, dim=None)

    @property
    def folder(self) -> Path:
        """The folder that holds them."""
        return self.tokenizer.parent

    def cut(self, dim: int | None) -> Weights:
        """Keep the first `dim` numbers of every vector, None = all; EncoderError where it was not trained for that.

        Kusupati et al., NeurIPS 2022 [kusupati2022matryoshka].
        """
        if dim is None or dim == self.size:
            return self.whole
        if dim not in self.matryoshka:
            raise EncoderError(f"{self.name} cannot give vectors of {dim} numbers; it gives {self._sizes()}")
        return replace(self, dim=dim)

    def _sizes(self) -> str:
        sizes = sorted({*self.matryoshka, *([self.size] if self.size else [])}, reverse=True)
        return " or ".join(map(str, sizes)) if sizes else "them whole only"


def read_manifest(folder: Path) -> Weights:
    """Read the folder of an encoder of ours. Only file sizes are checked here; `verify` reads every byte."""
    manifest = read_json(folder / MANIFEST)
    try:
        check_format(folder, manifest)
        for part in PARTS:
            check_size(folder / manifest[part]["file"], manifest[part]["bytes"])
        return Weights(
            name=manifest["name"],
            model=folder / manifest["model"]["file"],
            tokenizer=folder / manifest["tokenizer"]["file"],
            sha256=combined(manifest[part]["sha256"] for part in PARTS),
            max_tokens=manifest["max_tokens"],
            pooling=manifest["pooling"],
            query_prefix=manifest.get("query_prefix", ""),
            song_prefix=manifest.get("song_prefix", ""),
            kind=manifest.get("kind", "onnx"),
            space=manifest.get("space", ""),
            size=manifest["dim"],
            matryoshka=tuple(int(dim) for dim in manifest.get("matryoshka", ())),
            denials=bool(manifest.get("denials", False)),
            fusion=read_fusion(folder, manifest["model"]["sha256"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise EncoderError(f"{folder / MANIFEST}: {error} is missing or of another kind; {cure(folder)}") from error


def read_fusion(folder: Path, model: str = "") -> dict[str, dict[str, float]]:
    """Read how much each channel counts beside this encoder, kind of request -> channel -> weight; without a file {}.

    EncoderError where a weight is no number in [0, 10], all of a kind are 0, or the file names a `model` (sha256) that
    is another: weights are learned for one network.
    """
    if not (path := folder / FUSION).is_file():
        return {}
    read = read_json(path)
    if model and read.get("model", model) != model:
        raise EncoderError(f"{path} was learned for other weights; learn it again (recipes/fusion.py), or remove it")
    told = read.get("weights")
    if not isinstance(told, dict) or not all(isinstance(own, dict) and _are_weights(own) for own in told.values()):
        raise EncoderError(f"{path}: 'weights' maps kinds of request to channels' weights in [0, 10]; {cure(folder)}")
    return {str(kind): {str(name): float(weight) for name, weight in own.items()} for kind, own in told.items()}


def _are_weights(weights: Mapping[str, Any]) -> bool:
    numbers = [weight for weight in weights.values() if isinstance(weight, int | float)]
    return len(numbers) == len(weights) and all(0 <= weight <= 10 for weight in numbers) and any(numbers)


def check_format(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Refuse a manifest of a newer songkin, an unknown kind, and files that are none of the kind's."""
    place, number, kind = folder / MANIFEST, manifest.get("format", FORMAT), manifest.get("kind", "onnx")
    if not isinstance(number, int) or number != FORMAT:
        raise EncoderError(f"{place} has format {number}, this songkin reads {FORMAT}; {other_version(number)}")
    if kind not in KINDS:
        raise EncoderError(f"{place}: the kind '{kind}' is none of {', '.join(KINDS)}; {other_version(FORMAT + 1)}")
    for part, ending in (("model", KINDS[kind]), ("tokenizer", ".json")):
        refuse_pickle(folder / manifest[part]["file"])
        if (name := Path(manifest[part]["file"])).suffix != ending or len(name.parts) != 1:
            raise EncoderError(f"{place}: '{name}' is no {ending} file of this folder; {cure(folder)}")


def other_version(number: object) -> str:
    """Return the cure of a folder that another songkin made."""
    newer = not isinstance(number, int) or number > FORMAT
    return "update with: pip install -U songkin" if newer else "train it again, or get one made for this songkin"


def refuse_pickle(path: Path) -> None:
    """Refuse weights that only a pickle reader opens: opening one runs whatever program it holds."""
    if path.suffix.lower() in PICKLES:
        why = "a pickle runs whatever program it holds when it is opened"
        raise EncoderError(f"{path} is never loaded, {why}; give its weights as safetensors or ONNX")


def verify(folder: Path | None = None) -> None:
    """Compare every byte of an encoder's files with its manifest; EncoderError names the first damaged file.

    No folder means what songkin ships: its encoder, and the encoder's fast student.
    """
    for one in [folder] if folder else shipped():
        manifest = read_json(one / MANIFEST)
        read_manifest(one)
        for part in PARTS:
            path, expected = one / manifest[part]["file"], manifest[part]["sha256"]
            if (found := digest(path)) != expected:
                raise EncoderError(f"{path} is damaged: sha256 {found[:12]}…, expected {expected[:12]}…; {cure(one)}")


def shipped() -> list[Path]:
    """Return the folders of the encoders that songkin ships."""
    return [SHIPPED, *(one for one in [student_folder(SHIPPED)] if one.is_dir())]


def is_shipped(folder: Path) -> bool:
    """Say whether a folder came with songkin; those `songkin doctor` verifies, others are verified on loading."""
    return folder.resolve().is_relative_to(MODELS)


def student_folder(folder: Path) -> Path:
    """Return where the fast student of a folder's encoder lies: beside it."""
    return folder.with_name(folder.name + STUDENT)


def cure(folder: Path) -> str:
    """Say how a damaged folder is put right."""
    if is_shipped(folder):
        return "install again with: pip install --force-reinstall --no-deps songkin"
    return "get the folder again, or train it again"


def check_size(path: Path, expected: int) -> None:
    """Raise EncoderError unless the file is there with the expected number of bytes."""
    if not path.is_file():
        raise EncoderError(f"{path} is missing; {cure(path.parent)}")
    if (found := path.stat().st_size) != expected:
        raise EncoderError(f"{path} is damaged: {found} bytes, expected {expected}; {cure(path.parent)}")


def digest(path: Path) -> str:
    """Return the sha256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def combined(digests: Iterable[str]) -> str:
    """Return one sha256 for several."""
    return hashlib.sha256(" ".join(digests).encode()).hexdigest()


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object; EncoderError when the file is missing or is not one."""
    content = read_any_json(path)
    if not isinstance(content, dict):
        raise EncoderError(f"{path} holds no JSON object; fetch the model again")
    return content


def read_any_json(path: Path) -> Any:
    """Read a JSON value of any kind; EncoderError when the file is missing or is none."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EncoderError(f"{path} cannot be read as JSON ({type(error).__name__}); fetch the model again") from error
