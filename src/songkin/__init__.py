"""songkin finds songs by what they say and how they sound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from songkin.library import Library
    from songkin.types import Hit, Lyrics, Query, Ranking, Reason, Song

__version__ = "0.1.0"
__all__ = ["Hit", "Library", "Lyrics", "Query", "Ranking", "Reason", "Song", "__version__"]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for, so that `import songkin` stays light."""
    if name not in __all__:
        raise AttributeError(f"module 'songkin' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module("songkin.library" if name == "Library" else "songkin.types"), name)
