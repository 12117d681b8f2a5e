"""Optional packages, imported where they are used and missed with the cure."""

from __future__ import annotations

import importlib
from types import ModuleType

from songkin.errors import MissingExtra

__all__ = ["need"]


def need(module: str, *, extra: str) -> ModuleType:
    """Import `module`, which comes with `pip install songkin[extra]`; MissingExtra names that command."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingExtra(f"{module} is not installed; it comes with: pip install 'songkin[{extra}]'") from error
