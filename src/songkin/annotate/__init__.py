"""What a song's words tell: genre, mood, features, explicitness, themes, each with how sure it is."""

from __future__ import annotations

from songkin.annotate.annotator import Annotator
from songkin.annotate.calibration import Estimate
from songkin.annotate.folder import read_heads, shipped_heads, write_heads
from songkin.annotate.heads import Heads
from songkin.annotate.labels import Labels
from songkin.annotate.space_folder import read_space, shipped_space, write_space
from songkin.annotate.tag_space import TagSpace

__all__ = [
    "Annotator",
    "Estimate",
    "Heads",
    "Labels",
    "TagSpace",
    "read_heads",
    "read_space",
    "shipped_heads",
    "shipped_space",
    "write_heads",
    "write_space",
]
