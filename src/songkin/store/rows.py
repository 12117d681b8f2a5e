"""What rests in the store: a song's row and its passages' rows, and their shape on disk.

Conventions
-----------
A `key` is an int64 the store gives to one version of a song: a changed song gets a new one, and rows under a key that
no song holds are invisible. `work` is the title under which versions of one song meet, null where there is none.
Vectors are unit length, float16 at rest and float32 in memory; null where the song is not encoded. A song has two: of
its description, and of its lyrics as a whole, the mean direction of its passages. `w_*` and `f_*` are the filter
columns of `songkin.filters`, the same on both tables.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import repeat
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from songkin.filters import FIELDS, column, columns
from songkin.store.directions import mean_directions, unit
from songkin.text.names import title_key
from songkin.text.words import sung_stems
from songkin.types import Lyrics, Song

__all__ = [
    "AS_SUNG",
    "VECTORS",
    "Known",
    "Matches",
    "PassageRow",
    "Slots",
    "SongRow",
    "StoredPassage",
    "filter_columns",
    "filter_fields",
    "laid_out",
    "passage_columns",
    "passage_schema",
    "song_columns",
    "song_of",
    "song_schema",
    "vector_column",
    "vector_type",
    "work_of",
]

SONG_TEXTS = ("digest", "about", "about_stems", "title_words", "encoder", "passage_encoder")
PASSAGE_TEXTS = ("text", "words", "stems", "sounds")
VECTORS = {"songs": ("vector", "whole"), "passages": ("vector",)}  # the columns of each table that hold vectors
LAST_MS = 2**31 - 1  # 24 days
AS_SUNG = ("passages", "sung_stems", "whole")  # columns of a song that its passages make
NOTHING_KEPT: Mapping[str, pa.Array] = MappingProxyType({})
ARROW_KINDS = {"text": pa.string(), "list": pa.list_(pa.string()), "number": pa.float64(), "boolean": pa.bool_()}


@dataclass(frozen=True, slots=True)
class PassageRow:
    """A few lines of a song, ready to be found: quoted `text` (lines joined by a line break) and its search columns.

    `start_ms` holds one stamp a line (-1 = not timed) or is empty. `words`, `stems`, `sounds` are space-joined tokens.
    """

    text: str
    words: str = ""
    stems: str = ""
    sounds: str = ""
    start_ms: tuple[int, ...] = ()
    vector: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class SongRow:
    """A song, ready to be found.

    `digest` changes when the source's record changes. `about` is the description in words, `about_stems` its search
    column, `title_words` that of title and artists. `encoder` names what filled the vector, `passage_encoder` what
    filled those of the passages; None = not encoded. `filters` are the values of its filter columns, where somebody has
    spelt them out before.
    """

    song: Song
    digest: str
    about: str = ""
    about_stems: str = ""
    title_words: str = ""
    vector: NDArray[np.float32] | None = None
    encoder: str | None = None
    passage_encoder: str | None = None
    passages: tuple[PassageRow, ...] = ()
    filters: Mapping[str, object] | None = None


class Known(NamedTuple):
    """What the library holds of one id."""

    key: int
    digest: str
    encoder: str | None
    passage_encoder: str | None = None


class Slots(NamedTuple):
    """Where songs (n,) will stand: their keys (n,), the tables' features and shapes, whether any replaces another."""

    keys: range
    features: tuple[str, ...]
    songs: pa.Schema
    passages: pa.Schema
    replacing: bool = False


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as it was stored, with the key of its song and its place in it; `stems` are those of its words."""

    key: int
    part: int
    lines: tuple[str, ...]
    start_ms: tuple[int | None, ...] = field(default=())
    stems: tuple[str, ...] = field(default=())


class Matches(NamedTuple):
    """Songs that matched, best first, each once: keys (n,), scores (n,), and the best passage (n,), -1 = none."""

    keys: NDArray[np.int64]
    scores: NDArray[np.float32]
    parts: NDArray[np.int32]

    @classmethod
    def none(cls) -> Matches:
        """Return no matches."""
        return cls(np.empty(0, np.int64), np.empty(0, np.float32), np.empty(0, np.int32))

    @classmethod
    def best_of(cls, keys: Any, scores: Any, parts: Any, limit: int) -> Matches:
        """Group rows by key, keep each key's best row, and the `limit` best keys."""
        keys, scores, parts = np.asarray(keys, np.int64), np.asarray(scores, np.float32), np.asarray(parts, np.int32)
        order = np.lexsort((parts, keys, -scores))
        _, first = np.unique(keys[order], return_index=True)
        order = order[np.sort(first)][:limit]
        return cls(keys[order], scores[order], parts[order])


class Laid(NamedTuple):
    """The rows of both tables, ready to be written."""

    songs: pa.Table
    passages: pa.Table


def laid_out(rows: Sequence[SongRow], slots: Slots) -> Laid:
    """Lay songs (n,) and their passages out as the two tables have them."""
    filters = filter_columns([row.song for row in rows], slots.features, told=[row.filters for row in rows])
    songs = song_columns(rows, slots.keys, slots.songs, filters)
    return Laid(songs, passage_columns(rows, slots.keys, slots.passages, filters))


def vector_type(dim: int) -> pa.DataType:
    """Return the type of a vector column."""
    return pa.list_(pa.float16(), dim)


def filter_fields(features: Sequence[str]) -> list[pa.Field]:
    """Return the filter columns, fixed ones first."""
    fixed = [pa.field(f"w_{name}", ARROW_KINDS[str(kind)]) for name, kind in FIELDS.items()]
    return fixed + [pa.field(column(name), pa.float64()) for name in features]


def song_schema(dim: int, features: Sequence[str] = ()) -> pa.Schema:
    """Return the songs table's schema."""
    text = ("id", "record", "lyrics", *SONG_TEXTS, "sung_stems", "work")
    fields = [pa.field("key", pa.int64()), *(pa.field(name, pa.string()) for name in text)]
    fields += [pa.field("passages", pa.int32()), *(pa.field(name, vector_type(dim)) for name in VECTORS["songs"])]
    return pa.schema(fields + filter_fields(features))


def passage_schema(dim: int, features: Sequence[str] = ()) -> pa.Schema:
    """Return the passages table's schema."""
    text = [pa.field(name, pa.string()) for name in PASSAGE_TEXTS]
    fields = [pa.field("key", pa.int64()), pa.field("part", pa.int32()), *text]
    fields += [pa.field("start_ms", pa.list_(pa.int32())), pa.field("vector", vector_type(dim))]
    return pa.schema(fields + filter_fields(features))


def filter_columns(
    songs: Sequence[Song], features: Sequence[str], *, told: Iterable[Mapping[str, object] | None] = repeat(None)
) -> dict[str, pa.Array]:
    """Return the filter columns of songs (n,), by column name; both tables carry them. `told` are values known (n,)."""
    values = [columns(song) if own is None else own for song, own in zip(songs, told, strict=False)]
    fields = filter_fields(features)
    return {field.name: _array([own.get(field.name) for own in values], field.type) for field in fields}


def song_columns(
    rows: Sequence[SongRow],
    keys: Sequence[int],
    schema: pa.Schema,
    filters: Mapping[str, pa.Array],
    kept: Mapping[str, pa.Array] = NOTHING_KEPT,
) -> pa.Table:
    """Lay song rows (n,) out as a table of `schema`; keys and filter columns stand beside the rows.

    `kept` has the columns `AS_SUNG` where the rows come without their passages.
    """
    own: dict[str, list[Any]] = {"key": list(keys), "id": [row.song.id for row in rows]}
    own |= {name: [getattr(row, name) for row in rows] for name in SONG_TEXTS}
    own["record"] = [_record(row.song) for row in rows]
    own["lyrics"] = [(row.song.lyrics.text or None) if row.song.lyrics else None for row in rows]
    own["passages"] = [len(row.passages) for row in rows]
    own["sung_stems"] = [sung_stems(passage.stems for passage in row.passages) or None for row in rows]
    own["work"] = [work_of(row.song) for row in rows]
    vectors = _vectors([row.vector for row in rows], schema.field("vector").type)
    wholes = _wholes(rows, schema.field("whole").type)
    return _table(own, {**filters, "vector": vectors, "whole": wholes, **kept}, schema)


def work_of(song: Song) -> str | None:
    """Return the title under which versions of the song meet, None where nothing is left to compare."""
    return title_key(song.title) or None


def passage_columns(
    rows: Sequence[SongRow], keys: Sequence[int], schema: pa.Schema, filters: Mapping[str, pa.Array]
) -> pa.Table:
    """Lay the passages of song rows (n,) out as a table of `schema`; each has the filter columns of its song."""
    passages = [passage for row in rows for passage in row.passages]
    counts = [len(row.passages) for row in rows]
    owner = pa.array(np.repeat(np.arange(len(rows)), counts))  # (passages,) -> its song's place
    own: dict[str, list[Any]] = {name: [getattr(passage, name) for passage in passages] for name in PASSAGE_TEXTS}
    own["key"] = np.repeat(np.asarray(keys, np.int64), counts).tolist()
    own["part"] = [part for count in counts for part in range(count)]
    own["start_ms"] = [_stamps(passage.start_ms) for passage in passages]
    vectors = _vectors([passage.vector for passage in passages], schema.field("vector").type)
    return _table(own, {**{name: array.take(owner) for name, array in filters.items()}, "vector": vectors}, schema)


def _table(own: Mapping[str, list[Any]], ready: Mapping[str, pa.Array], schema: pa.Schema) -> pa.Table:
    """Put columns in the order of a schema; one that nobody fills is null."""
    rows = len(ready["vector"])
    arrays = []
    for name, kind in zip(schema.names, schema.types, strict=True):
        if name in ready:
            arrays.append(ready[name])
        else:
            arrays.append(_array(own[name], kind) if name in own else pa.nulls(rows, kind))
    return pa.Table.from_arrays(arrays, schema=schema)


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    """Lay values out; half an emoji (a lone surrogate), which no file may hold, becomes a question mark."""
    try:
        return pa.array(values, kind)
    except UnicodeEncodeError:
        return pa.array([_encodable(value) for value in values], kind)


def _encodable(value: Any) -> Any:
    if isinstance(value, list):
        return [_encodable(part) for part in value]
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else value


def _stamps(start_ms: Sequence[int]) -> list[int] | None:
    """Return the stamps within what an int32 holds, -1 where a line is not timed; None when no line is."""
    return [min(max(stamp, -1), LAST_MS) for stamp in start_ms] or None


def _vectors(vectors: Sequence[NDArray[np.float32] | None], kind: pa.DataType) -> pa.Array:
    """Lay vectors out as float16, null where there is none."""
    there = np.array([vector is not None for vector in vectors], bool)
    full = np.zeros((len(vectors), kind.list_size), np.float16)
    if there.any():
        full[there] = np.stack([vector for vector in vectors if vector is not None])
    return vector_column(full, kind, there)


def _wholes(rows: Sequence[SongRow], kind: pa.DataType) -> pa.Array:
    """Lay out the mean direction of each song's passages, as their vectors come back from their rest."""
    vectors = [[passage.vector for passage in row.passages if passage.vector is not None] for row in rows]
    counts = np.array([len(own) for own in vectors], np.int64)
    full = np.zeros((len(rows), kind.list_size), np.float16)
    if counts.any():
        sung = unit(np.stack([vector for own in vectors for vector in own]).astype(np.float16))
        full[counts > 0] = mean_directions(sung, (counts.cumsum() - counts)[counts > 0])
    return vector_column(full, kind, full.any(1))


def vector_column(full: NDArray[np.float16], kind: pa.DataType, there: Any) -> pa.Array:
    """Return vectors (n, dim) as a column, null where none is `there` (n,)."""
    return pa.FixedSizeListArray.from_arrays(pa.array(full.ravel()), type=kind, mask=pa.array(~there))


def _record(song: Song) -> str:
    """Write a song as JSON, without its lyrics' text, which rests in a column of its own."""
    own: dict[str, Any] = {name: getattr(song, name) for name in ("title", "album", "year", "duration_s", "language")}
    own |= {"explicit": song.explicit, "description": song.description}
    own |= {"artists": list(song.artists), "genres": list(song.genres)}
    own |= {name: dict(getattr(song, name)) for name in ("tags", "features", "predicted", "links")}
    own["audio"] = _path_kept(song.audio) if song.audio else None
    if song.lyrics:
        words = song.lyrics
        own["words"] = {"bag": dict(words.bag), "language": words.language, "instrumental": words.instrumental}
        own["words"]["source"] = words.source
    said = {
        name: value for name, value in own.items() if value or (value is not None and not hasattr(value, "__len__"))
    }
    return json.dumps(said, ensure_ascii=False, default=_plain)


def _path_kept(path: Path) -> str | dict[str, str]:
    """Return a path as text, one that is no UTF-8 as its bytes in hex."""
    text = str(path)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return {"bytes": os.fsencode(text).hex()}
    return text


def _plain(number: Any) -> Any:
    """Write a numpy number as the plain one it stands for."""
    return number.item()


def song_of(row: Mapping[str, Any]) -> Song:
    """Read a song back from its row (`id`, `record`, and `lyrics` where the text is wanted)."""
    own = json.loads(row["record"])
    words = own.pop("words", None)
    song = Song(id=row["id"], **{name: _frozen(name, value) for name, value in own.items()})
    if words is None:
        return song
    return replace(song, lyrics=Lyrics(text=row.get("lyrics") or "", **words))


def _frozen(name: str, value: Any) -> Any:
    if name in ("artists", "genres"):
        return tuple(value)
    if name == "audio":
        return Path(os.fsdecode(bytes.fromhex(value["bytes"])) if isinstance(value, dict) else value)
    return value
