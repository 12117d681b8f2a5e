"""Fitting the label heads: what is known of songs, one linear layer, what its scores mean."""

from __future__ import annotations

from songkin.training.heads.heads import Fitted, Material, fit, fit_material, material
from songkin.training.heads.labeller import ours

__all__ = ["Fitted", "Material", "fit", "fit_material", "material", "ours"]
