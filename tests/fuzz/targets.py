"""What can be fuzzed: every place where songkin reads what it did not write, by name."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence
from typing import NamedTuple

__all__ = ["PATIENCE_S", "TARGETS", "Target", "hold", "target"]

PATIENCE_S = 1.0  # CPU seconds one input may take


class Target(NamedTuple):
    """One reader: `check` holds its laws on any bytes, `seeds` gives inputs to start from, `words` its vocabulary.

    `module` says where it lives; it is imported when it is asked for, so that its code can be instrumented.
    """

    name: str
    check: Callable[[bytes], object]
    seeds: Callable[[], Sequence[bytes]]
    words: Sequence[str] = ()
    largest: int = 4096  # bytes of an input


MODULES = {
    "of_files": ("csv", "tsv", "jsonl", "json", "parquet", "sidecars", "music", "playlists", "pairs"),
    "of_corpora": ("corpora", "databases", "beets"),
    "of_words": ("lyrics", "names", "filters", "literals"),
    "of_wires": ("subsonic", "lrclib", "addresses"),
    "of_settings": ("settings", "recipes"),
    "of_requests": ("sentences", "rows", "wishes", "tools", "service", "players"),
}
TARGETS = tuple(name for names in MODULES.values() for name in names)


def target(name: str) -> Target:
    """Return a target by its name."""
    import importlib

    module = next(module for module, names in MODULES.items() if name in names)
    found = next(one for one in importlib.import_module(module).TARGETS if one.name == name)
    assert isinstance(found, Target)
    return found


def hold(one: Target, content: bytes, *, patience_s: float = PATIENCE_S) -> None:
    """Hold a target's laws on an input, within its CPU time; a warning breaks them too."""
    begun = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        one.check(content)
    took = time.process_time() - begun
    assert took <= patience_s, f"{len(content):,} bytes took {took:.1f} s"
