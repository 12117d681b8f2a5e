"""Write the mean of several networks of one shape, weight by weight, and export it.

    python recipes/encoder/mean.py recipes/encoder/teachers/* --out recipes/encoder/teacher

Networks that were trained from the same start lie in one valley: their mean is as good as the best of them, or better,
and costs no more than one (Wortsman et al., ICML 2022 [wortsman2022soups]).
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path

from safetensors.torch import load_file, save_file

from songkin.training.export import export

WEIGHTS = "model.safetensors"
BESIDE = ("network.json", "tokenizer.json", "recipe.toml", "checksums.json")
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
    """Write the mean into a folder, with the last one's shape, tokenizer, recipe and checksums."""
    read = [load_file(folder / WEIGHTS) for folder in networks]
    save_file({name: sum(own[name] for own in read) / len(read) for name in read[0]}, place / WEIGHTS)
    for file in BESIDE:
        if (networks[-1] / file).is_file():
            shutil.copyfile(networks[-1] / file, place / file)


if __name__ == "__main__":
    main()
