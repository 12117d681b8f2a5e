"""Write the mean of several networks of one shape, weight by weight, and export it.

    python recipes/encoder/mean.py recipes/encoder/teachers/* --out recipes/encoder/teacher

Networks that were trained from the same start lie in one valley: their mean is as good as the best of them, or better,
and costs no more than one (Wortsman et al., ICML 2022 [wortsman2022soups]).
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from safetensors.torch import load_file, save_file

from songkin.training.export import export
from songkin.training.networks.shape import Shape

WEIGHTS = "model.safetensors"
NETWORK, TOKENIZER = "network.json", "tokenizer.json"
BESIDE = ("recipe.toml", "checksums.json")
DIMS = (256, 128)  # of [contrastive] dims, those below the whole


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("networks", nargs="+", type=Path, help="folders that `songkin train` wrote")
    parser.add_argument("--out", required=True, type=Path, help="the folder to write")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    mean_of(args.networks, args.out)
    made = export(args.out, args.out, name=args.out.name, matryoshka=DIMS)
    print(f"{made.folder}: the mean of {len(args.networks)} networks")


def mean_of(networks: Sequence[Path], place: Path) -> None:
    """Write the mean into a folder, and beside it, numbered from 1, what each network was made by."""
    shapes = {replace(Shape.read(folder), denials=False) for folder in networks}
    if len(shapes) > 1:
        raise SystemExit(f"the networks are of {len(shapes)} shapes; only equal ones have a mean")
    read = [load_file(folder / WEIGHTS) for folder in networks]
    save_file({name: sum(own[name] for own in read) / len(read) for name in read[0]}, place / WEIGHTS)
    for file in (NETWORK, TOKENIZER):
        shutil.copyfile(networks[-1] / file, place / file)
    for number, folder in enumerate(networks, 1):
        copy_beside(folder, place / str(number))


def copy_beside(trained: Path, place: Path) -> None:
    """Copy the recipe, and the checksums of the data it read, of one network or of each that a mean was made of."""
    members = [folder for folder in sorted(trained.glob("[0-9]*")) if folder.is_dir()]
    for member in members:
        copy_beside(member, place / member.name)
    if not members:
        place.mkdir(parents=True, exist_ok=True)
        for file in BESIDE:
            shutil.copyfile(trained / file, place / file)


if __name__ == "__main__":
    main()
