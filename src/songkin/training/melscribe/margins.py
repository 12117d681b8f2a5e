"""A teacher's margins and a student's, brought to one scale.

Conventions
-----------
A student's margin is a difference of two cosines, in [-2, 2]; a teacher's is a difference of two logits and has no
bounds. One of the three ways is a recipe's `margin`:
"scaled"    the teacher's margins are divided by s, the standard deviation of its margins over that of the student's own
            before training, on the same pairs. Recommended: what is asked for lies where cosines can go, the teacher's
            order and relative sizes stay, and nothing more is learned.
"raw"       as they are, as the paper's command has it (GPL with cos_sim): margins beyond 2 can never be met, so
            confident pairs pull for ever and hide the differences among them.
"learned"   the student's cosines are multiplied by a scale that is trained with it and starts at s.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from songkin.errors import TrainingError

__all__ = ["LEARNED", "MARGINS", "RAW", "SCALED", "ratio"]

SCALED, RAW, LEARNED = "scaled", "raw", "learned"
MARGINS = (SCALED, RAW, LEARNED)


def ratio(teacher: NDArray[np.floating], student: NDArray[np.floating]) -> float:
    """Return s, how much wider the teacher's margins are spread than the student's; TrainingError without spread."""
    wide, narrow = float(np.std(teacher)), float(np.std(student))
    if not (math.isfinite(wide) and math.isfinite(narrow)) or wide <= 0 or narrow <= 0:
        said = f"the teacher's margins spread by {wide:g}, the student's by {narrow:g}"
        raise TrainingError(
            f"{said}; margins that are all alike teach nothing: train the teacher longer, or set margin = 'raw'"
        )
    return wide / narrow
