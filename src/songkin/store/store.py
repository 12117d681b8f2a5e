"""Read a library: songs by key, words by full text, vectors by nearness, conditions by SQL.

Every search returns songs, not rows: passages are grouped by their song, best first, and passages whose song is not
there are never seen. Which version of the library is read is said in `songkin.store.view`, which songs
are there in `songkin.store.keyed`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from songkin.store.fulltext import WARM_AFTER
from songkin.store.nearness import VectorSearch
from songkin.store.quoting import quoted
from songkin.store.row_ids import KNOWN_AFTER
from songkin.store.rows import StoredPassage, song_of
from songkin.store.search import TextSearch
from songkin.store.vectors import ExactVectors
from songkin.store.view import Counts
from songkin.types import Song

__all__ = ["Store", "Sung"]

TABLES = ("songs", "passages")
SHORT_TEXTS = ("about_stems", "title_words")
MANY = max(KNOWN_AFTER, WARM_AFTER)
PASSAGE = ["part", "text", "start_ms", "stems"]


class Sung(NamedTuple):
    """What is sung in songs: passages by key and place, and each song's vectors (passages, dim) by key."""

    passages: list[StoredPassage]
    vectors: dict[int, NDArray[np.float32]]


class Store(TextSearch, VectorSearch):
    """One library, open for reading. `songkin.store.writer` changes it."""

    def expect_many(self) -> None:
        """Read at once what would be read after some dozens of requests: where rows lie, and short texts."""
        self._asked.update(dict.fromkeys((*TABLES, *SHORT_TEXTS), MANY))
        for table in TABLES:
            self._ids_of(table)
        for column in SHORT_TEXTS:
            self._holds([column])

    def songs(self, keys: Any, *, lyrics: bool = False) -> list[Song | None]:
        """Return the song of each key, in order, None where no song has it; with its lyrics' text if asked."""
        rows = self._by_key("songs", keys, ["id", "record", *(["lyrics"] if lyrics else [])])
        found = {row["key"]: song_of(row) for row in rows}
        return [found.get(int(key)) for key in keys]

    def mentioning(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Return the keys (n,) of songs whose record holds one of some texts: a link, or the name of a music file."""
        asked = [f"contains(record, {quoted(json.dumps(text, ensure_ascii=False)[1:-1])})" for text in texts if text]
        if not asked:
            return np.empty(0, np.int64)
        rows = self._fetch("songs", lambda query: query.where(" OR ".join(asked)).select(["key"]))
        return np.sort(rows["key"].to_numpy())

    def texts(self, keys: Any) -> dict[int, tuple[str, str]]:
        """Return a song's description in words and its stems, by key; read once if asked often of a small library."""
        self._asked.update(["about"])
        if not self._worth_holding("about"):
            rows = self._by_key("songs", keys, ["about", "about_stems"])
            return {row["key"]: (row["about"], row["about_stems"]) for row in rows}
        table = self.read(["about", "about_stems"])
        known = table["key"].to_numpy()
        at = np.flatnonzero(np.isin(known, np.asarray(keys, np.int64)))
        rows = table.take(pa.array(at))
        texts = zip(rows["about"].to_pylist(), rows["about_stems"].to_pylist(), strict=True)
        return dict(zip(known[at].tolist(), texts, strict=True))

    def stems(self, keys: Any) -> list[str]:
        """Return the stems of every passage of songs."""
        return [row["stems"] for row in self._by_key("passages", keys, ["stems"])]

    def sung(self, column: str, keys: Any) -> dict[int, list[str]]:
        """Return a search column of every passage of songs, by key and in the order they are sung."""
        if held := self._held.get(column):
            return held.of(np.asarray(keys, np.int64))
        sung: dict[int, list[str]] = {}
        for row in sorted(self._by_key("passages", keys, ["part", column]), key=lambda row: int(row["part"])):
            sung.setdefault(row["key"], []).append(row[column])
        return sung

    def song_stems(self, keys: Any = None) -> pa.Table:
        """Return what songs sing as stems, each as often as passages sing it, by key; of all that sing, or of some."""
        columns = ["key", "sung_stems"]
        if keys is None:
            rows = self._fetch("songs", lambda query: query.where("sung_stems IS NOT NULL").select(columns))
        else:
            rows = self._rows_of("songs", keys, columns[1:])
        if rows is None:
            return pa.table({"key": np.empty(0, np.int64), "sung_stems": pa.array([], pa.string())})
        return rows.filter(pc.is_valid(rows["sung_stems"])).select(columns).sort_by("key")

    def passage_column(self, column: str, keys: Any = None) -> pa.Table:
        """Return a search column of every passage beside its song's key, in no order; of all songs, or of some."""
        if keys is None:
            rows = self._fetch("passages", lambda query: query.select(["key", column]))
            return rows.filter(pa.array(self.alive(rows["key"].to_numpy())))
        some = self._rows_of("passages", keys, [column])
        return pa.table({"key": np.empty(0, np.int64), column: pa.array([], pa.string())}) if some is None else some

    def stems_at(self, keys: Any, parts: Any) -> list[str]:
        """Return the stems of single passages, by key and place, '' where there is none."""
        if held := self._held.get("stems"):
            return held.at(keys, parts)
        rows = self._taken("passages", lambda ids: ids.at(keys, parts), ["part", "stems"])
        told = self._by_key("passages", keys, ["part", "stems"]) if rows is None else rows.to_pylist()
        found = {(row["key"], row["part"]): row["stems"] for row in told}
        return [found.get((int(key), int(part)), "") for key, part in zip(keys, parts, strict=True)]

    def first_artists(self, keys: Any) -> list[str | None]:
        """Return the first artist of each song in its normal form, None where unknown."""
        table = self.read(["w_artist"])
        known = table["key"].to_numpy()
        if not len(known):
            return [None] * len(keys)
        at = np.clip(np.searchsorted(known, keys), 0, len(known) - 1)
        found = table["w_artist"].take(pa.array(at)).to_pylist()
        return [names[0] if names and known[i] == key else None for names, i, key in zip(found, at, keys, strict=True)]

    def filled(self) -> dict[str, Counts]:
        """Return how many vectors each encoder filled: of songs, which say their descriptions, and of passages."""
        own = "about <> '' AND encoder IS NOT NULL"
        sung = "lyrics IS NOT NULL AND passages > 0 AND passage_encoder IS NOT NULL"  # a bag of words has no vector
        songs = self._fetch("songs", lambda query: query.where(own).select(["encoder"]))
        parts = self._fetch("songs", lambda query: query.where(sung).select(["passage_encoder", "passages"]))
        of_songs = Counter(songs["encoder"].to_pylist())
        summed = parts.group_by("passage_encoder").aggregate([("passages", "sum")])
        of_passages = dict(zip(summed["passage_encoder"].to_pylist(), summed["passages_sum"].to_pylist(), strict=True))
        names = sorted({*of_songs, *of_passages})
        return {name: Counts(of_songs[name], of_passages.get(name, 0)) for name in names}

    def passages(self, keys: Any) -> list[StoredPassage]:
        """Return the passages of songs, by key and place."""
        return _passages(self._rows_of("passages", keys, PASSAGE))

    def sung_in(self, keys: Any) -> Sung:
        """Return the passages of songs, by key and place, and the vectors (passages, dim) of songs that have any.

        One fetch for both, unless the vectors are in memory.
        """
        if "passages" in self._exact or self._is_small("passages"):
            return Sung(self.passages(keys), self.vectors_of("passages", keys))
        rows = self._rows_of("passages", keys, [*PASSAGE, "vector"])
        if rows is None:
            return Sung([], {})
        exact = ExactVectors(rows.select(["key", "part", "vector"]))
        return Sung(_passages(rows), {int(key): exact.of(int(key)) for key in exact.songs})


def _passages(rows: pa.Table | None) -> list[StoredPassage]:
    if rows is None:
        return []
    found = map(_passage, rows.select(["key", *PASSAGE]).to_pylist())
    return sorted(found, key=lambda passage: (passage.key, passage.part))


def _passage(row: Mapping[str, Any]) -> StoredPassage:
    stamps = tuple(None if stamp < 0 else stamp for stamp in row["start_ms"] or ())
    return StoredPassage(row["key"], row["part"], tuple(row["text"].split("\n")), stamps, tuple(row["stems"].split()))
