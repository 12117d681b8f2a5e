"""What a song's words tell: genre, mood, features, explicitness, themes, each with how sure it is."""

from __future__ import annotations

from songkin.annotate.annotator import Annotator
from songkin.annotate.calibration import Estimate
from songkin.annotate.folder import read_heads, shipped_heads, write_heads
from songkin.annotate.heads import Heads
from songkin.annotate.labels import Labels

__all__ = ["Annotator", "Estimate", "Heads", "Labels", "read_heads", "shipped_heads", "write_heads"]
