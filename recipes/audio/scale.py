"""Make the constants by which measures of sound become one vector: src/songkin/audio/scale.npz.

    python recipes/audio/scale.py FOLDER... [--out src/songkin/audio/scale.npz]

Every sound file of 40 s or more below the folders is cut in two halves, and each half is measured. From all halves come
the mean and deviation of every measure. From how the two halves of one recording differ comes, for each part (timbre,
harmony, rhythm, dynamics), the matrix that makes such differences small and equal in all directions: within-class
covariance normalisation (Hatch, Kajarekar and Stolcke, Interspeech 2006), shrunk towards a multiple of the identity.
Each part is then brought to the same mean square, times its reliability: the share of its variance that is not
between halves. The constants that are shipped were made from 126 recordings, the music of Debian's packages
`wesnoth-1.16-music`, `0ad-data` and `warzone2100-music`. --check prints how often the other half of a recording is the
nearest of all halves, by constants made from the other folders.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from songkin.audio import SOUND_DIM, Waveform, analyse, read
from songkin.audio.vector import Scale, measures, part_slices, scaled
from songkin.errors import SourceError

ENDINGS = {".flac", ".m4a", ".mp3", ".ogg", ".opus", ".wav"}
SHORTEST_S = 40.0
SHRINKING = 0.3  # of the covariance towards the identity: the best of .1, .3 and .6 on folders left out
SHIPPED = Path(__file__).parents[2] / "src" / "songkin" / "audio" / "scale.npz"


def main() -> None:
    """Measure halves, fit, check if asked, and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--check", action="store_true", help="leave each folder out in turn as well")
    wanted = parser.parse_args()
    raw = {folder: measured(folder) for folder in wanted.folders}
    if wanted.check:
        check(raw)
    scale = fitted(np.concatenate(list(raw.values())))
    np.savez_compressed(wanted.out, **scale._asdict())
    print(f"{wanted.out}: {wanted.out.stat().st_size:,} bytes from {sum(map(len, raw.values()))} recordings")


def measured(folder: Path) -> NDArray[np.float64]:
    """Return the measures of both halves of every recording below a folder (n, 2, SOUND_DIM)."""
    rows = []
    for path in sorted(path for path in folder.rglob("*") if path.suffix.lower() in ENDINGS):
        try:
            whole = read(path)
        except SourceError as error:
            print(error)
            continue
        if whole.duration_s >= SHORTEST_S:
            halves = np.array_split(whole.samples, 2)
            rows.append([measures(analyse(Waveform(half, whole.rate))) for half in halves])
    print(f"{folder}: {len(rows)} recordings", flush=True)
    return np.array(rows, float).reshape(-1, 2, SOUND_DIM)


def fitted(raw: NDArray[np.float64]) -> Scale:
    """Fit the constants to the halves (n, 2, SOUND_DIM) of n recordings."""
    mean, deviation = raw.mean((0, 1)), raw.std((0, 1)) + 1e-9
    standard = np.clip((raw - mean) / deviation, -3, 3)
    mixing = np.zeros((SOUND_DIM, SOUND_DIM))
    for part in part_slices().values():
        mixing[part, part] = mixed(standard[..., part])
    return Scale(*(np.asarray(constant, np.float32) for constant in (mean, deviation, mixing)))


def mixed(halves: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the matrix (d, d) of one part, whose standard measures are (n, 2, d)."""
    apart = (halves[:, 0] - halves[:, 1]) / np.sqrt(2)
    within = apart.T @ apart / len(apart)
    within = (1 - SHRINKING) * within + SHRINKING * np.trace(within) / len(within) * np.eye(len(within))
    sizes, directions = np.linalg.eigh(within)
    matrix = directions @ np.diag(sizes**-0.5) @ directions.T
    turned = halves @ matrix
    whole = (turned**2).sum(-1).mean()
    reliability = 1 - ((turned[:, 0] - turned[:, 1]) ** 2).sum(-1).mean() / 2 / whole
    print(f"  {len(matrix)} measures, reliability {reliability:.2f}")
    return np.asarray(matrix / np.sqrt(whole) * max(reliability, 0.01))


def check(raw: Mapping[Path, NDArray[np.float64]]) -> None:
    """Print how the halves of each folder find each other by the constants of the other folders."""
    for folder, halves in raw.items():
        others = [rows for other, rows in raw.items() if other != folder]
        if not others:
            raise SystemExit("--check needs two folders or more")
        scale = fitted(np.concatenate(others))
        vectors = scaled(halves.transpose(1, 0, 2).reshape(-1, SOUND_DIM), scale=scale)  # first halves, second halves
        likeness = vectors @ vectors.T
        np.fill_diagonal(likeness, -np.inf)
        twin = np.roll(np.arange(len(vectors)), len(halves))
        rank = 1 + (likeness > likeness[np.arange(len(vectors)), twin][:, None]).sum(1)
        print(
            f"{folder} left out: first {np.mean(rank == 1):.2f}, among five {np.mean(rank <= 5):.2f} of {len(rank) - 1}"
        )


if __name__ == "__main__":
    main()
