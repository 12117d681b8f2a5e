"""The demo catalogue: original songs under CC0, packaged so that a first search needs no download."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from songkin import sources
from songkin.datasets.corpus import Corpus, File
from songkin.errors import SourceError
from songkin.types import Song

__all__ = ["CORPUS", "path", "songs"]

CORPUS = Corpus(
    name="demo",
    title="songkin demo songs",
    description="Invented songs by invented artists in nine languages, with lyrics (half of them timed), descriptors, "
    "descriptions and features guessed by hand; some records lack almost everything, as in real libraries.",
    home="this package",
    licence="CC0-1.0",
    ships="-",
    citation="The songkin founders: songkin demo songs, original lyrics and metadata, CC0 1.0.",
    bibtex="""@misc{songkindemo,
  author = {{The songkin founders}},
  title = {songkin Demo Songs},
  note = {CC0 1.0}
}""",
    split="none: it shows songkin, and measures nothing",
    folder="demo_songs",
    rows=154,
    files=(File("songs.jsonl", "8d1abef9b0112ae3740b1a15495559a185ce0f995c0bb3f84e0788ef0ac7e414", 221_674, rows=154),),
    packaged=Path(str(files("songkin.datasets"))) / "demo_songs",
)


def path() -> Path:
    """Return the packaged catalogue, one JSON object a line."""
    assert CORPUS.packaged
    return CORPUS.packaged / CORPUS.files[0].path


def songs() -> Iterator[Song]:
    """Give the demo songs in file order; a record that cannot be read means a damaged installation: SourceError."""
    return sources.read(path(), lost=_damaged)


def _damaged(loss: sources.Loss) -> None:
    raise SourceError(f"{loss.place}: {loss.reason}; the installation is damaged, install songkin again")
