"""What the songs of a library sing, line by line, as it was cleaned for search."""

from __future__ import annotations

from songkin.library.excluding import Excluding
from songkin.library.library import Library
from songkin.types import Query

__all__ = ["sung_lines"]


def sung_lines(library: Library) -> dict[str, list[str]]:
    """Return the lines of every song that has some and is not excluded, by id; passages that overlap repeat them."""
    kept = Excluding(library.store, library.user).kept(Query()).where
    keys = library.store.keys_where(kept) if kept else library.store.catalogue()[0]
    ids = dict(zip(keys.tolist(), library.store.ids(keys), strict=True))
    lines: dict[str, list[str]] = {}
    for passage in library.store.passages(keys):
        sung = [line for line in passage.lines if line]
        if sung:
            lines.setdefault(str(ids[passage.key]), []).extend(sung)
    return lines
