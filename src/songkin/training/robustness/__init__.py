"""How far closeness by words, and by sound, stands when songs are damaged: the future work of
Langevin, Annanya and Zhang 2025 [langevin2025similarity], measured."""

from __future__ import annotations

from songkin.training.robustness.grid import MEASURES, SIDES, STRENGTHS, Cell, Point, measure_grid, points
from songkin.training.robustness.run import PARTS, Setting, quick, robustness
from songkin.training.robustness.sound import SOUND_DAMAGES, hear_tracks
from songkin.training.robustness.steadiness import steadiness
from songkin.training.robustness.systems import (
    Near,
    System,
    damaged_copies,
    of_network,
    of_space,
    of_vectors,
    of_words,
)

__all__ = [
    "MEASURES",
    "PARTS",
    "SIDES",
    "SOUND_DAMAGES",
    "STRENGTHS",
    "Cell",
    "Near",
    "Point",
    "Setting",
    "System",
    "damaged_copies",
    "hear_tracks",
    "measure_grid",
    "of_network",
    "of_space",
    "of_vectors",
    "of_words",
    "points",
    "quick",
    "robustness",
    "steadiness",
]
