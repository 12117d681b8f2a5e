"""What is found in a library rests in a file beside its tables, for as long as the library stays as it was."""

from __future__ import annotations

import logging
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songkin.errors import StoreError
from songkin.store import Store
from songkin.store.place import Place, place_of

__all__ = ["keep", "kept", "mark_of", "marked_anew"]

log = logging.getLogger(__name__)


def mark_of(store: Store) -> str:
    """Return what changes with the library's songs, passages or vectors."""
    versions = [store.tables.run(table.version()) for table in (store.tables.songs, store.tables.passages)]
    return "/".join(map(str, [store.facts().get("fingerprint", ""), *versions]))


def kept(at: Place, name: str, mark: str) -> dict[str, NDArray[Any]] | None:
    """Return arrays kept by name; None where there are none, or they are of another mark, or cannot be read."""
    arrays = _read(at, name)
    return arrays if arrays is not None and str(arrays["mark"]) == mark else None


def keep(at: Place, name: str, mark: str, arrays: Mapping[str, Any]) -> None:
    """Keep arrays for the next time; a library that may only be read does without."""
    try:
        at.keep(name, lambda file: np.savez(file, mark=mark, **arrays))
    except (OSError, StoreError) as error:
        log.info("%s: %s is not kept (%s)", at.address, name, error)


def marked_anew(folder: Path, before: str, now: str) -> None:
    """Let what was found in a library hold in its copy: another mark stands for the same songs there."""
    at = place_of(folder)
    for path in sorted(folder.glob("*/*.npz")):
        name = path.relative_to(folder).as_posix()
        held = _read(at, name)
        said = str(held.pop("mark")) if held else ""
        if held and said.endswith(before):
            keep(at, name, said.removesuffix(before) + now, held)


def _read(at: Place, name: str) -> dict[str, NDArray[Any]] | None:
    """Read arrays and their mark; None where there are none, or they cannot be read."""
    try:
        with at.open(name) as file, np.load(file, allow_pickle=False) as arrays:
            return {"mark": arrays["mark"]} | {name: arrays[name] for name in arrays.files}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        log.warning("%s: %s cannot be read (%s); it is found again", at.address, name, error)
        return None
