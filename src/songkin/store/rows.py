"""What rests in the store: a song's row and its passages' rows, and their shape on disk.

Conventions
-----------
A `key` is an int64 the store gives to one version of a song: a changed song gets a new one, and rows under a key that
no song holds are invisible. Vectors are unit length, float16 at rest and float32 in memory; null where
the song is not encoded. `w_*` and `f_*` are the filter columns of `songkin.filters`, the same on both tables.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from songkin.filters import FIELDS, column, columns
from songkin.types import Lyrics, Song

__all__ = ["Matches", "PassageRow", "SongRow", "passage_columns", "song_columns", "song_of"]

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
    column, `title_words` that of title and artists. `encoder` names what filled the vectors, None = not encoded.
    """

    song: Song
    digest: str
    about: str = ""
    about_stems: str = ""
    title_words: str = ""
    vector: NDArray[np.float32] | None = None
    encoder: str | None = None
    passages: tuple[PassageRow, ...] = ()


class Matches(NamedTuple):
    """Songs that matched, best first, each once: keys (n,), scores (n,), and the best passage's ordinal (n,), -1 = none."""

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
        order = np.lexsort((keys, -scores))
        _, first = np.unique(keys[order], return_index=True)
        order = order[np.sort(first)][:limit]
        return cls(keys[order], scores[order], parts[order])


def vector_type(dim: int) -> pa.DataType:
    """Return the type of a vector column."""
    return pa.list_(pa.float16(), dim)


def filter_fields(features: Sequence[str]) -> list[pa.Field]:
    """Return the filter columns, fixed ones first."""
    fixed = [pa.field(f"w_{name}", ARROW_KINDS[str(kind)]) for name, kind in FIELDS.items()]
    return fixed + [pa.field(column(name), pa.float64()) for name in features]


def song_schema(dim: int, features: Sequence[str] = ()) -> pa.Schema:
    """Return the songs table's schema."""
    text = ("id", "record", "lyrics", "digest", "about", "about_stems", "title_words", "encoder")
    fields = [pa.field("key", pa.int64()), *(pa.field(name, pa.string()) for name in text)]
    fields += [pa.field("passages", pa.int32()), pa.field("vector", vector_type(dim))]
    return pa.schema(fields + filter_fields(features))


def passage_schema(dim: int, features: Sequence[str] = ()) -> pa.Schema:
    """Return the passages table's schema."""
    text = [pa.field(name, pa.string()) for name in ("text", "words", "stems", "sounds")]
    fields = [pa.field("key", pa.int64()), pa.field("part", pa.int32()), *text]
    fields += [pa.field("start_ms", pa.list_(pa.int32())), pa.field("vector", vector_type(dim))]
    return pa.schema(fields + filter_fields(features))


def song_columns(rows: Sequence[SongRow], keys: Sequence[int], schema: pa.Schema) -> pa.Table:
    """Lay song rows out as a table of `schema`; the keys stand beside the rows."""
    records = []
    for row, key in zip(rows, keys, strict=True):
        lyrics = row.song.lyrics.text if row.song.lyrics else None
        own = {"key": key, "id": row.song.id, "record": _record(row.song), "lyrics": lyrics or None, "digest": row.digest}
        own |= {"about": row.about, "about_stems": row.about_stems, "title_words": row.title_words}
        own |= {"encoder": row.encoder, "passages": len(row.passages)}
        records.append(own | columns(row.song))
    return _table(records, [row.vector for row in rows], schema)


def passage_columns(rows: Sequence[SongRow], keys: Sequence[int], schema: pa.Schema) -> pa.Table:
    """Lay the rows' passages out as a table of `schema`."""
    records, vectors = [], []
    for row, key in zip(rows, keys, strict=True):
        shared = columns(row.song)
        for part, passage in enumerate(row.passages):
            own = {"key": key, "part": part, "text": passage.text, "words": passage.words, "stems": passage.stems}
            own |= {"sounds": passage.sounds, "start_ms": list(passage.start_ms) or None}
            records.append(own | shared)
            vectors.append(passage.vector)
    return _table(records, vectors, schema)


def _table(records: list[dict[str, Any]], vectors: list[Any], schema: pa.Schema) -> pa.Table:
    arrays = [_vectors(vectors, field.type) if field.name == "vector" else
              pa.array([record.get(field.name) for record in records], field.type) for field in schema]  # fmt: skip
    return pa.Table.from_arrays(arrays, schema=schema)


def _vectors(vectors: list[Any], kind: pa.DataType) -> pa.Array:
    missing = np.array([vector is None for vector in vectors], bool)
    full = np.zeros((len(vectors), kind.list_size), np.float16)
    for at, vector in enumerate(vectors):
        if vector is not None:
            full[at] = vector
    return pa.FixedSizeListArray.from_arrays(pa.array(full.ravel()), type=kind, mask=pa.array(missing))


def _record(song: Song) -> str:
    """Write a song as JSON, without its lyrics' text, which rests in a column of its own."""
    own: dict[str, Any] = {name: getattr(song, name) for name in ("title", "album", "year", "duration_s", "language")}
    own |= {"explicit": song.explicit, "description": song.description}
    own |= {"artists": list(song.artists), "genres": list(song.genres)}
    own |= {name: dict(getattr(song, name)) for name in ("tags", "features", "predicted", "links")}
    own["audio"] = str(song.audio) if song.audio else None
    if song.lyrics:
        words = song.lyrics
        own["words"] = {"bag": dict(words.bag), "language": words.language, "instrumental": words.instrumental}
        own["words"]["source"] = words.source
    return json.dumps({name: value for name, value in own.items() if value not in (None, [], {}, "")}, ensure_ascii=False)


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
    return Path(value) if name == "audio" else value


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as it was stored, with the key of its song and its place in it."""

    key: int
    part: int
    lines: tuple[str, ...]
    start_ms: tuple[int | None, ...] = field(default=())
