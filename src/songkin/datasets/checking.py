"""Whether the corpora lie where they ought to, and are the ones that are known: folders, presence, checksums."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from songkin.datasets.corpus import Corpus, File
from songkin.errors import SettingsError, SourceError
from songkin.settings import Settings

__all__ = ["BESIDE", "Checked", "check", "data_folder", "file_of", "presence"]

BESIDE = Path("..") / "shared" / "data"  # where a clone keeps the corpora, seen from its root
BLOCK = 1 << 20


class Checked(NamedTuple):
    """One file against what is known of it: "same", "missing", "cut" (shorter than known) or "differs", and why."""

    corpus: str
    path: str
    state: str
    said: str


def data_folder() -> Path | None:
    """Return the folder of all corpora: the setting `data`, else the one beside a clone; None where there is neither.

    SettingsError where the setting names no folder.
    """
    named = Settings.load().data
    if named is not None and not named.is_dir():
        raise SettingsError(f"{named}: there is no such folder; SONGKIN_DATA names the folder of the public corpora")
    return named or (BESIDE if BESIDE.is_dir() else None)


def file_of(corpus: Corpus, path: str, data: Path | None = None) -> Path:
    """Return the place of a corpus' file; SourceError with the cure where it is not there.

    `data` is the folder of all corpora; None = the one `data_folder` finds.
    """
    data = data or data_folder()
    place = corpus.place(data)
    file = place / path if place else None
    if file is None or not file.is_file():
        looked = f"{data}: {corpus.folder}/{path} is not there" if data else f"{corpus.folder}/{path} is not there"
        cure = f"get it from {corpus.home} and put it there" if data else f"get it from {corpus.home}"
        raise SourceError(f"{looked}; {cure}, and let SONGKIN_DATA name the folder that holds {corpus.folder}")
    return file


def presence(corpus: Corpus, data: Path | None) -> str:
    """Say whether a corpus' files are here: "yes", "part" or "no"; contents are not looked at."""
    place = corpus.place(data)
    there = [bool(place and (place / file.path).is_file()) for file in corpus.files]
    return "yes" if there and all(there) else "part" if any(there) else "no"


def check(corpus: Corpus, data: Path | None, *, tell: Callable[[], None] | None = None) -> list[Checked]:
    """Compare every file of a corpus with what is known of it; `tell` is called after each.

    A corpus of which no copy is known is missing as a whole.
    """
    found = [] if corpus.files else [Checked(corpus.name, "", "missing", f"no copy is known; its home: {corpus.home}")]
    for file in corpus.files:
        place = corpus.place(data)
        found.append(Checked(corpus.name, file.path, *_compared(file, place / file.path if place else None)))
        if tell:
            tell()
    return found


def _compared(file: File, place: Path | None) -> Sequence[str]:
    """Return a file's state, and what there is to say of it."""
    if place is None or not place.is_file():
        return "missing", ""
    size = place.stat().st_size
    if size < file.size:
        return "cut", f"{size:,} of {file.size:,} bytes"
    if size > file.size:
        return "differs", f"{size:,} bytes, the known copy has {file.size:,}"
    own = _sha256(place)
    if own != file.sha256:
        return "differs", f"sha256 {own[:12]}…, the known copy's is {file.sha256[:12]}…"
    return "same", file.said


def _sha256(place: Path) -> str:
    """Return a file's checksum, read in blocks."""
    digest = hashlib.sha256()
    with place.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
