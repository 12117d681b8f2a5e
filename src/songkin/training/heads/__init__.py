"""Fitting the label heads and the space of genres: what is known of songs, one linear layer, what its scores mean."""

from __future__ import annotations

from songkin.training.heads.heads import Fitted, Material, fit, fit_material, folds_of, material, read_texts
from songkin.training.heads.labeller import ours
from songkin.training.heads.resembling import by_space, song_of
from songkin.training.heads.tag_space import fit_space

__all__ = [
    "Fitted",
    "Material",
    "by_space",
    "fit",
    "fit_material",
    "fit_space",
    "folds_of",
    "material",
    "ours",
    "read_texts",
    "song_of",
]
