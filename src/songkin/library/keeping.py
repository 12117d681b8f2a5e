"""What is found in a library rests in a file beside its tables, for as long as the library stays as it was."""

from __future__ import annotations

import logging
import os
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songkin.store import Store

__all__ = ["keep", "kept", "mark_of"]

log = logging.getLogger(__name__)


def mark_of(store: Store) -> str:
    """Return what changes with the library's songs, passages or vectors."""
    versions = [store.tables.run(table.version()) for table in (store.tables.songs, store.tables.passages)]
    return "/".join(map(str, [store.facts().get("fingerprint", ""), *versions]))


def kept(path: Path, mark: str) -> dict[str, NDArray[Any]] | None:
    """Return arrays kept by name; None where there are none, or they are of another mark, or cannot be read."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files} if str(arrays["mark"]) == mark else None
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        log.warning("%s: what was kept cannot be read (%s); it is found again", path, error)
        return None


def keep(path: Path, mark: str, arrays: Mapping[str, Any]) -> None:
    """Keep arrays for the next time; a library that may only be read does without."""
    draft = path.with_name(f".{path.stem}-{os.getpid()}.npz")
    try:
        path.parent.mkdir(exist_ok=True)
        np.savez(draft, mark=mark, **arrays)
        draft.replace(path)
    except OSError as error:
        log.info("%s: is not kept (%s)", path, error)
        with suppress(OSError):
            draft.unlink(missing_ok=True)
