"""Text as music writes it: lyrics, words, their sounds, names and languages. Pure functions, no input or output."""

from __future__ import annotations
