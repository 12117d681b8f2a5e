"""Look a songkin over: the installation, the encoder's weights, the library's tables and its disk."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from songkin.encoders import load, verify
from songkin.errors import LockedError, SongkinError
from songkin.library.library import Library
from songkin.settings import Settings
from songkin.store import Store
from songkin.store.address import is_bucket
from songkin.store.lock import writer_lock
from songkin.store.upkeep import upkeep

__all__ = ["Finding", "checkup"]

LEAST_FREE_GB = 1.0


class Finding(NamedTuple):
    """One thing that was looked at."""

    what: str
    ok: bool
    said: str


def checkup(place: str | None = None, *, quick: bool = False) -> list[Finding]:
    """Return what was found, in order; a library that is not there yet is no fault."""
    settings = Settings.load(library=place)
    checks: dict[str, Callable[[], str]] = {
        "python": _python,
        "weights": lambda: _weights(quick=quick),
        "encoder": _encoder,
        "disk": lambda: _disk(settings.library),
    }
    if Store.exists(settings.library):
        checks["library"] = lambda: _library(settings.library)
        checks["search"] = lambda: _search(settings.library)
        checks["room"] = lambda: _room(settings.library, settings.slack)
        checks["writer"] = lambda: _writer(settings.library)
    findings = [_looked_at(what, check) for what, check in checks.items()]
    if "library" not in checks:
        findings.append(Finding("library", True, f"{settings.library}: none yet; make one with: songkin add SONGS.csv"))
    return findings


def _looked_at(what: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, check())
    except SongkinError as error:
        return Finding(what, False, str(error))


def _python() -> str:
    return f"{platform.python_version()} on {platform.system()} {platform.machine()}, {sys.executable}"


def _weights(*, quick: bool) -> str:
    if quick:
        return "not read (--quick)"
    verify()
    return "the files of the encoders that are shipped are as they were made"


def _encoder() -> str:
    encoder = load(None)
    length = float((encoder.encode_queries(["a song for the road"])[0] ** 2).sum())
    return f"{encoder.name}, {encoder.dim} dimensions, answers with vectors of length {length:.3f}"


def _disk(place: str) -> str:
    if is_bucket(place):
        return _bucket(place)
    at = Path(place)
    while not at.exists() and at != at.parent:
        at = at.parent
    free = shutil.disk_usage(at).free / 1e9
    if free < LEAST_FREE_GB:
        raise SongkinError(f"only {free:.1f} GB free at {at}; an add needs room for the new rows and the old")
    return f"{free:,.0f} GB free at {at}"


def _bucket(place: str) -> str:
    """Try what a library in an object store needs of it: to be reached, and writes that never overwrite."""
    from songkin.store.bucket import bucket_of
    from songkin.store.bucket_check import tried

    took_s = tried(bucket_of(place))
    return f"the store answers within {took_s * 1000:,.0f} ms, and keeps two writers apart"


def _library(place: str) -> str:
    store = Store.open(place)
    counts, waiting = store.counts(), store.lacking("encoder")
    left = store.tables.run(store.tables.passages.count_rows()) - counts.passages
    if left:
        return f"{counts.songs:,} songs; an add was killed here, and the next one sweeps {left:,} passages"
    return f"{counts.songs:,} songs, {counts.passages:,} passages" + (f", {waiting:,} not encoded" if waiting else "")


def _room(place: str, slack: float) -> str:
    spent = upkeep(place)
    if spent is None:
        return "not measured in a bucket"
    said = f"{spent.needed / 1e6:,.1f} MB needed, {spent.spare / 1e6:,.1f} MB held by older versions"
    return said + ("; songkin tidy gives them back" if spent.is_too_much(slack) else "")


def _search(place: str) -> str:
    library = Library.open(place)
    found = len(library.search("love", k=3).hits), len(library.line("love", k=3).hits)
    return f"a request finds {found[0]} songs, a line {found[1]}"


def _writer(place: str) -> str:
    try:
        with writer_lock(place):
            return "nobody is writing"
    except LockedError:
        return "another songkin is writing at this moment"
