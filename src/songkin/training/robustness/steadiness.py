"""How steady what is heard is: damaged recordings against whole ones, and against other recordings.

Conventions
-----------
Cosines are of sound vectors. A track is found again when no other whole track is nearer to its damaged recording than
it is itself. Changes of features are means over the tracks of which both recordings tell the feature.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songkin.errors import TrainingError
from songkin.training.robustness.sound import SOUND_DAMAGES, Heard

__all__ = ["CHANGES", "steadiness"]

TEMPO_WITHIN = 0.04  # as tempo is judged in the field (MIREX)
DRAWS = 2000
CHANGES = ("tempo_bpm", "key", "mode", "loudness_db", "energy", "danceability", "brightness_hz")
SHARES = {"tempo_bpm", "key", "mode"}  # how many keep it; of the others the mean absolute change
Floats = NDArray[np.float64]


def steadiness(heard: Sequence[Mapping[str, Heard]], *, seed: int = 0) -> dict[str, Any]:
    """Say how steady tracks are, as JSON: cosines of different tracks, and what every damage and level does.

    TrainingError for fewer than two tracks.
    """
    if len(heard) < 2:
        raise TrainingError(f"{len(heard)} recordings; two at least tell how far different ones are apart")
    whole = _vectors(heard, "")
    others = (whole @ whole.T)[np.triu_indices(len(whole), 1)]
    spread = dict(zip(("5 %", "median", "95 %", "99 %"), _quantiles(others, (0.05, 0.5, 0.95, 0.99)), strict=True))
    return {
        "tracks": len(heard),
        "different": spread,
        "damages": {
            name: [_level(heard, whole, f"{name} {level:g}", level, seed) for level in own.levels]
            for name, own in SOUND_DAMAGES.items()
        },
    }


def _level(heard: Sequence[Mapping[str, Heard]], whole: Floats, name: str, level: float, seed: int) -> dict[str, Any]:
    cosines = _vectors(heard, name) @ whole.T  # (n damaged, n whole)
    own = np.diagonal(cosines)
    drawn = own[np.random.default_rng(seed).integers(0, len(own), (DRAWS, len(own)))].mean(1)
    return {
        "level": level,
        "cosine": [round(float(own.mean()), 4), *_quantiles(drawn, (0.025, 0.975))],
        "lowest": round(float(own.min()), 4),
        "found again": round(float((own >= cosines.max(1) - 1e-6).mean()), 4),
        "changes": {feature: _change(heard, name, feature) for feature in CHANGES},
    }


def _change(heard: Sequence[Mapping[str, Heard]], name: str, feature: str) -> float | None:
    """Return the share of tracks that keep a feature, or its mean absolute change; None where none tells it."""
    pairs = [(one[""].features.get(feature), one[name].features.get(feature)) for one in heard]
    both = np.array([pair for pair in pairs if None not in pair], np.float64)
    if not len(both):
        return None
    away = np.abs(both[:, 1] - both[:, 0])
    if feature == "tempo_bpm":
        away = away > TEMPO_WITHIN * both[:, 0]
    return round(float((away == 0).mean() if feature in SHARES else away.mean()), 4)


def _vectors(heard: Sequence[Mapping[str, Heard]], name: str) -> Floats:
    return np.array([one[name].vector for one in heard], np.float64)


def _quantiles(values: Floats, at: Sequence[float]) -> list[float]:
    return [round(float(value), 4) for value in np.quantile(values, at)]
