"""Words of a library by full text: BM25 in the index, or in memory once a small library is asked often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from songkin.store.engine import together
from songkin.store.fulltext import WARM_AFTER, Found, HeldText
from songkin.store.keyed import Keyed, own_columns, parts_of
from songkin.store.row_ids import ROW_ID, RowIds
from songkin.store.rows import Matches
from songkin.types import Where

__all__ = ["Candidates", "TextSearch", "Title"]

QUERY_TOKENS = 200  # a full-text request is cut after so many different tokens
SONG_TEXT = ("about", "about_stems", "title_words", "sung_stems")  # columns of songs; the others are of passages
LONG_TEXT = ("sung_stems",)  # of them, those that are as long as a song's lyrics


class Title(NamedTuple):
    """The words of a song's title and of its artists."""

    title: tuple[str, ...]
    artists: tuple[str, ...]


class Candidates(NamedTuple):
    """Passages that may hold a line: keys, parts (n,), and their words (n,), one text line a lyric line."""

    keys: NDArray[np.int64]
    parts: NDArray[np.int64]
    words: Any


class TextSearch(Keyed):
    """Full-text search over songs and passages."""

    def match(self, column: str, tokens: Sequence[str], *, where: Where | None, limit: int) -> Matches:
        """Rank songs by BM25 of `tokens` in a full-text column.

        Of songs: `about_stems`, `title_words`, `sung_stems`; of passages: `words`, `stems`, `sounds`. Fetches more rows
        until `limit` songs are there, at most ten thousand. No tokens give no matches.
        """
        words = _asked(tokens)
        table = _table_of(column)
        if not words:
            return Matches.none()
        return self._grouped(table, limit, lambda rows: self._full_text(table, column, words, where, rows), ample=2)

    def match_titles(self, tokens: Sequence[str], *, where: Where | None, limit: int) -> dict[int, Title]:
        """Return the `limit` songs whose title and artists hold most of `tokens` by BM25, as words, by key."""
        found = self._found({"title_words": tokens}, "title_words", where, limit)
        halves = (
            (key, text.partition("\t"))
            for rows in found
            for key, text in zip(rows.keys.tolist(), rows.texts.to_pylist(), strict=True)
        )
        return {key: Title(tuple(title.split()), tuple(artists.split())) for key, (title, _, artists) in halves}

    def match_passages(self, column: str, tokens: Sequence[str], *, where: Where | None, limit: int) -> Matches:
        """Rank passages by BM25 of `tokens`; a song may come more than once."""
        found = self._found({column: tokens}, None, where, limit)
        return self._living(Matches(*found[0][:3])) if found else Matches.none()

    def candidates(self, asked: Mapping[str, Sequence[str]], *, where: Where | None, limit: int) -> Candidates:
        """Return the passages that are among the `limit` best of any of some columns, each once, with their words."""
        found = self._found(asked, "words", where, limit)
        if not found:
            return Candidates(np.empty(0, np.int64), np.empty(0, np.int64), pa.array([], pa.string()))
        keys, parts = np.concatenate([rows.keys for rows in found]), np.concatenate([rows.parts for rows in found])
        once = np.unique(np.stack([keys, parts]), axis=1, return_index=True)[1]
        once = once[self.alive(keys[once])]
        words = pa.chunked_array([rows.texts for rows in found], pa.string()).combine_chunks().take(pa.array(once))
        return Candidates(keys[once], parts[once].astype(np.int64), words)

    def _full_text(self, table: str, column: str, words: str, where: Where | None, limit: int) -> Matches:
        """Return the best rows, dead ones among them, highest score first."""
        return Matches(*self._found({column: words.split()}, None, where, limit)[0][:3])

    def _found(
        self, asked: Mapping[str, Sequence[str]], text: str | None, where: Where | None, limit: int
    ) -> list[Found]:
        """Search several full-text columns of one table at once; `text` names a column to return beside each row."""
        asked = {column: list(dict.fromkeys(tokens))[:QUERY_TOKENS] for column, tokens in asked.items() if len(tokens)}
        if not asked:
            return []
        held = self._holds((*asked, *([text] if text else [])))
        if held:
            among = self._among(where.sql()) if where else None
            texts = held[text].texts if text else None
            return [held[column].best(tokens, limit, among=among, texts=texts) for column, tokens in asked.items()]
        return self._indexed_text(_table_of(next(iter(asked))), asked, text, where, limit)

    def _indexed_text(
        self, table: str, asked: Mapping[str, Sequence[str]], text: str | None, where: Where | None, limit: int
    ) -> list[Found]:
        """Search the full-text indexes of several columns; rows are told apart by their ids where those are known."""

        def ask(rows: Any, column: str, columns: list[str], *, by_id: bool) -> Any:
            query = rows.query().nearest_to_text(" ".join(asked[column]), columns=column)
            query = query.select([*columns, "_score", *([text] if text else [])]).limit(limit)
            query = query.with_row_id() if by_id else query
            return (query.where(where.sql()) if where else query).to_arrow()

        if (known := self._ids_of(table)) is not None:
            found = self._by_id(table, known, lambda rows: together(ask(rows, name, [], by_id=True) for name in asked))
            if found is not None:
                return [_located(rows, text, known) for rows in found]
        own = own_columns(table)
        found = self._ask(table, lambda rows: together(ask(rows, name, own, by_id=False) for name in asked))
        return [_found(rows, text) for rows in found]

    def _holds(self, columns: Sequence[str]) -> Mapping[str, HeldText] | None:
        """Return columns held in memory, all of one version; None unless each was asked often of a small library."""
        self._asked.update(columns)
        held = self._held
        if not all(column in held or self._worth_holding(column) for column in columns):
            return None
        with self._holding:
            for column in columns:
                self._hold(column)
            held = self._held
            return held if all(column in held for column in columns) else None

    def _worth_holding(self, column: str) -> bool:
        fits = self._is_small if column in LONG_TEXT else self._is_short
        return self._asked[column] > WARM_AFTER and fits(_table_of(column))

    def _hold(self, column: str) -> None:
        """Read a full-text column into memory, unless the store had to refresh itself on the way."""
        held = self._held
        if column not in held:
            columns = [*own_columns(_table_of(column)), column]
            rows = self._fetch(_table_of(column), lambda query: query.select(columns))
            found = HeldText(rows.filter(pa.array(self.alive(rows["key"].to_numpy()))), column)
            if held is self._held:
                held[column] = found


def _asked(tokens: Sequence[str]) -> str:
    """Return the different tokens of a request, the first 200."""
    return " ".join(list(dict.fromkeys(tokens))[:QUERY_TOKENS])


def _table_of(column: str) -> str:
    return "songs" if column in SONG_TEXT else "passages"


def _found(rows: pa.Table, text: str | None) -> Found:
    """Lay the rows of a full-text search out, with one text column beside them if it is named."""
    shown = rows[text].combine_chunks() if text else None
    return Found(rows["key"].to_numpy(), rows["_score"].to_numpy(), parts_of(rows), shown)


def _located(rows: pa.Table, text: str | None, known: RowIds) -> Found:
    """Lay the rows of a full-text search out by their ids, those of songs that are not there left out."""
    located = known.located(rows[ROW_ID].to_numpy())
    shown = rows[text].combine_chunks().filter(pa.array(located.there)) if text else None
    return Found(located.keys, rows["_score"].to_numpy()[located.there], located.parts, shown)
