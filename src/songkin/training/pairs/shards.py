"""Timbre and chroma of many songs in files of some thousand songs, written and read without holding them all.

Conventions
-----------
A shard is a safetensors file: "timbre" and "chroma" (segments, 12) float32 of its songs one behind the other, "starts"
(songs + 1,) int64, and in its metadata the songs' ids as a JSON list. Names count up:
shard-00000.safetensors. A row is a segment of a song.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from songkin.errors import TrainingError

__all__ = ["SIDES", "Batch", "Shards", "Sounding", "stream_shards", "write_shards"]

log = logging.getLogger(__name__)
SIDES = 12  # coefficients of timbre, and pitch classes of chroma
NAME = "shard-{:05d}.safetensors"
FILES = "shard-*.safetensors"
ROWS = 4000  # read at once, as in the paper

Told = Callable[[str], None]


class Sounding(NamedTuple):
    """A song's segments in order of time: timbre and chroma (segments, 12)."""

    id: str
    timbre: NDArray[np.float32]
    chroma: NDArray[np.float32]


class Batch(NamedTuple):
    """Some songs' segments one behind the other (rows, 12); song i has the rows from starts[i] to starts[i + 1]."""

    ids: tuple[str, ...]
    starts: NDArray[np.int64]
    timbre: NDArray[np.float32]
    chroma: NDArray[np.float32]


def write_shards(
    folder: Path, rows: Iterable[tuple[str, ArrayLike, ArrayLike]], *, songs_each: int = 1000
) -> list[Path]:
    """Write (id, timbre (n, 12), chroma (n, 12)) as they come, `songs_each` songs a shard, and return the files.

    One shard is in memory at a time; each is whole or not there. TrainingError for a song that comes twice or is no
    such arrays, or where the folder holds shards already. No songs write nothing.
    """
    if songs_each < 1:
        raise TrainingError(f"songs_each is {songs_each}; it is 1 or more")
    folder.mkdir(parents=True, exist_ok=True)
    if next(folder.glob(FILES), None):
        raise TrainingError(f"{folder}: shards are there already; give an empty folder, or remove them")
    seen: set[str] = set()
    held: list[Sounding] = []
    written: list[Path] = []
    for row in rows:
        held.append(_checked(row, seen))
        if len(held) == songs_each:
            written.append(_write(folder / NAME.format(len(written)), held))
            held = []
    if held:
        written.append(_write(folder / NAME.format(len(written)), held))
    return written


def stream_shards(folder: Path, *, rows_at_once: int = ROWS, told: Told = log.warning) -> Iterator[Batch]:
    """Give all songs of a folder in order, whole songs of together at most `rows_at_once` segments; a longer one alone.

    Only these rows are in memory. A damaged shard is told by its name and passed over; TrainingError where the folder
    holds none.
    """
    for path in _files(folder):
        try:
            with _opened(path) as shard:
                ids, starts = _index(path, shard)
                for first, last in _heaps(starts, rows_at_once):
                    yield _batch(shard, ids, starts, first, last)
        except (SafetensorError, TrainingError, OSError) as error:
            told(f"{path.name}: damaged and passed over: {' '.join(str(error).split())[:120]}")


class Shards:
    """The songs of a folder by id, as pairs ask for them: the index is in memory, segments are read when asked for."""

    def __init__(self, folder: Path, *, told: Told = log.warning) -> None:
        self._places: dict[str, tuple[Path, int, int]] = {}
        for path in _files(folder):
            try:
                with _opened(path) as shard:
                    ids, starts = _index(path, shard)
            except (SafetensorError, TrainingError, OSError) as error:
                told(f"{path.name}: damaged and passed over: {' '.join(str(error).split())[:120]}")
                continue
            bounds = starts.tolist()
            self._places.update((own, (path, bounds[at], bounds[at + 1])) for at, own in enumerate(ids))

    @property
    def ids(self) -> tuple[str, ...]:
        """The songs, in the order in which they were written."""
        return tuple(self._places)

    def __contains__(self, own: object) -> bool:
        return own in self._places

    def __len__(self) -> int:
        return len(self._places)

    def song(self, own: str) -> Sounding:
        """Return a song's segments; TrainingError for one that no shard holds, or whose shard cannot be read now."""
        if own not in self._places:
            raise TrainingError(f"no shard holds the song {own!r}; write its segments, or leave its pairs out")
        path, first, last = self._places[own]
        try:
            with _opened(path) as shard:
                return Sounding(own, _rows(shard, "timbre", first, last), _rows(shard, "chroma", first, last))
        except (SafetensorError, OSError) as error:
            raise TrainingError(f"{path}: cannot be read ({error}); write the shards again") from error


def _checked(row: tuple[str, ArrayLike, ArrayLike], seen: set[str]) -> Sounding:
    own = row[0]
    if own in seen:
        raise TrainingError(f"the song {own!r} comes twice; a song has one row of segments")
    seen.add(own)
    timbre, chroma = (np.ascontiguousarray(part, np.float32) for part in row[1:])
    if timbre.shape != chroma.shape or timbre.ndim != 2 or timbre.shape[1] != SIDES:
        raise TrainingError(f"{own}: timbre {timbre.shape} and chroma {chroma.shape} are not (segments, {SIDES}) each")
    if not (np.isfinite(timbre).all() and np.isfinite(chroma).all()):
        raise TrainingError(f"{own}: a segment holds a value that is no number; leave the song out")
    return Sounding(own, timbre, chroma)


def _write(path: Path, songs: list[Sounding]) -> Path:
    """Write one shard under another name first, so that a broken run leaves none in part."""
    arrays = {
        "timbre": np.concatenate([song.timbre for song in songs]),
        "chroma": np.concatenate([song.chroma for song in songs]),
        "starts": np.cumsum([0, *(len(song.timbre) for song in songs)], dtype=np.int64),
    }
    partial = path.with_suffix(".partial")
    save_file(arrays, partial, metadata={"ids": json.dumps([song.id for song in songs])})
    return partial.replace(path)


def _files(folder: Path) -> list[Path]:
    found = sorted(folder.glob(FILES))
    if not found:
        raise TrainingError(f"{folder}: there are no shards ({FILES}); write_shards makes them")
    return found


def _opened(path: Path) -> Any:
    return safe_open(path, framework="numpy")


def _index(path: Path, shard: Any) -> tuple[list[str], NDArray[np.int64]]:
    """Return a shard's songs and where each starts; TrainingError where its parts do not fit each other."""
    try:
        ids = json.loads((shard.metadata() or {})["ids"])
        starts = np.asarray(shard.get_tensor("starts"), np.int64)
        shapes = [tuple(shard.get_slice(name).get_shape()) for name in ("timbre", "chroma")]
    except (KeyError, ValueError) as error:
        raise TrainingError(f"{path}: no shard of segments: {error}") from error
    fits = isinstance(ids, list) and len(starts) == len(ids) + 1 and starts[0] == 0 and (np.diff(starts) >= 0).all()
    if not fits or shapes != [(int(starts[-1]), SIDES)] * 2:
        raise TrainingError(f"{path}: its songs and its segments do not fit: {len(starts)} starts, {shapes}")
    return [str(own) for own in ids], starts


def _heaps(starts: NDArray[np.int64], most: int) -> Iterator[tuple[int, int]]:
    """Give runs of songs (first, last + 1) of at most `most` rows together, one song at least."""
    first = 0
    while first < len(starts) - 1:
        last = int(np.searchsorted(starts, starts[first] + most, side="right")) - 1
        last = max(last, first + 1)
        yield first, last
        first = last


def _batch(shard: Any, ids: list[str], starts: NDArray[np.int64], first: int, last: int) -> Batch:
    bounds = int(starts[first]), int(starts[last])
    own = starts[first : last + 1] - starts[first]
    return Batch(tuple(ids[first:last]), own, _rows(shard, "timbre", *bounds), _rows(shard, "chroma", *bounds))


def _rows(shard: Any, name: str, first: int, last: int) -> NDArray[np.float32]:
    """Return rows of a tensor; only these are read."""
    if first == last:
        return np.zeros((0, SIDES), np.float32)
    return np.asarray(shard.get_slice(name)[first:last], np.float32)
