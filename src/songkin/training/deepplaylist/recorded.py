"""Audio files to shards of timbre and chroma, so that songs with sound can be paired.

Conventions
-----------
A song's id is its file's name without the ending: for the Million Song Dataset the track id, TRAAAAW128F429D538.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from songkin.audio import read, segments
from songkin.errors import SourceError, TrainingError
from songkin.training.pairs.shards import write_shards
from songkin.types import Vectors

__all__ = ["ENDINGS", "Written", "shard_folder"]

ENDINGS = frozenset([".flac", ".ogg", ".mp3", ".opus", ".m4a", ".wav"])
Row = tuple[str, Vectors, Vectors]


class Written(NamedTuple):
    """The shards that were written, and how many files could be read and how many not."""

    shards: tuple[Path, ...]
    songs: int
    lost: int


def shard_folder(
    music: Path,
    out: Path,
    *,
    songs_each: int = 1000,
    lost: Callable[[str], None],
    tell: Callable[[int, int], None] = lambda done, files: None,
) -> Written:
    """Read every audio file below a folder into shards; `lost` hears of one that cannot be read, `tell` of progress.

    Of two files of one name the first in order counts. TrainingError where the folder holds no audio file.
    """
    files = sorted(path for path in music.rglob("*") if path.suffix.lower() in ENDINGS and path.is_file())
    if not files:
        raise TrainingError(f"{music}: no audio file lies below it; endings are {', '.join(sorted(ENDINGS))}")
    missed: list[str] = []

    def miss(why: str) -> None:
        missed.append(why)
        lost(why)

    shards = write_shards(out, _rows(files, miss, tell), songs_each=songs_each)
    return Written(tuple(shards), len(files) - len(missed), len(missed))


def _rows(files: list[Path], miss: Callable[[str], None], tell: Callable[[int, int], None]) -> Iterator[Row]:
    known: dict[str, Path] = {}
    for done, path in enumerate(files, 1):
        tell(done, len(files))
        if path.stem in known:
            miss(f"{path}: its name is that of {known[path.stem]}, and a name is a song's id; rename one")
            continue
        try:
            heard = segments(read(path))
        except SourceError as error:
            miss(str(error))
            continue
        known[path.stem] = path
        yield path.stem, heard.timbre, heard.chroma
