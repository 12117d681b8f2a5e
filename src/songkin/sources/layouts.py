"""Corpora and libraries in their own layouts: what claims a folder or file before a plain table is looked for."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from songkin.sources import beets, lastfm, lpmusiccaps, musicoset, musixmatch, wasabi
from songkin.sources.records import Layout

__all__ = ["LAYOUTS", "layout_of", "layouts_of"]

LAYOUTS: tuple[Layout, ...] = (
    musicoset.LAYOUT,
    *lastfm.LAYOUTS,
    musixmatch.LAYOUT,
    wasabi.LAYOUT,
    lpmusiccaps.LAYOUT,
    beets.LAYOUT,
)


def layout_of(path: Path) -> Layout | None:
    """Return the layout a folder or file is in; None for plain tables, other folders, and what cannot be read."""
    try:
        return next((layout for layout in LAYOUTS if layout.claims(path)), None)
    except OSError:
        return None  # the reader that takes it up says why it cannot be read


def layouts_of(files: Iterable[Path]) -> dict[Path, Layout]:
    """Return those files of a folder that a corpus claims, with its layout."""
    return {file: layout for file in files if (layout := layout_of(file)) and not layout.alone}
