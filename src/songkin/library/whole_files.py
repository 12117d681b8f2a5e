"""A file that is whole or not there: what is written goes into a draft beside the place, and takes it at the end."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from songkin.errors import SourceError

__all__ = ["check_place", "settle", "whole"]

ERRNO = re.compile(r"\[errno (\d+)\]", re.IGNORECASE)


def check_place(place: Path, option: str = "--out") -> None:
    """Refuse a place where no file can be, before any work is done: SourceError names it and the cure."""
    if place.is_dir():
        raise SourceError(f"{place}: is a folder; name a file in it with {option}")
    if not place.parent.is_dir():
        raise SourceError(f"{place}: there is no folder {place.parent}; make it, or name another file with {option}")


@contextmanager
def whole(place: Path, option: str = "--out") -> Iterator[Path]:
    """Give the draft that is to be written; it takes the place when all went well, and is gone where not.

    SourceError names the place, not the draft, where there is no room or no right to write; what was there before is
    there still. An OSError about another file goes through. A link stays a link, and what is no file, such as
    /dev/null, is written to as it is. Drafts of this place that killed processes left behind are removed.
    """
    target = place.resolve()
    direct = target.exists() and not target.is_file()
    draft = target if direct else target.with_name(f".{target.name}-{os.getpid()}")
    if not direct:
        _sweep(target)
    try:
        yield draft
        if not direct:
            draft.replace(target)
    except OSError as error:
        if error.filename is not None and Path(error.filename) != draft:
            raise
        cure = f"name another file with {option}, or make room; what was there is as it was"
        raise SourceError(f"{place}: cannot be written ({_why(error)}); {cure}") from error
    finally:
        if not direct:
            with suppress(OSError):  # as on a disk that is only read, which has told already
                draft.unlink(missing_ok=True)


def _why(error: OSError) -> str:
    """Return what the system says of an error; Arrow's own name the draft, and the system's number at their end."""
    number = error.errno or next(iter(ERRNO.findall(str(error))), None)
    return os.strerror(int(number)) if number else error.strerror or str(error)


def settle(file: IO[Any]) -> None:
    """Bring what was written to a file to the disk; what is no file, such as a pipe, takes it as it comes."""
    file.flush()
    if Path(file.name).is_file():
        os.fsync(file.fileno())


def _sweep(target: Path) -> None:
    """Remove the drafts of a place whose processes are no more; one that a live process writes stays."""
    mark = f".{target.name}-"
    with suppress(OSError):  # there is no folder, or no right to look into it: the draft itself will tell
        for path in target.parent.iterdir():
            process = path.name.removeprefix(mark)
            if path.name.startswith(mark) and process.isdecimal() and _is_gone(int(process)):
                path.unlink(missing_ok=True)


def _is_gone(process: int) -> bool:
    """Say whether surely no process has this number."""
    if sys.platform == "win32" or process <= 0:  # there, asking would end it
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False
