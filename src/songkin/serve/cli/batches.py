"""Answer a file of requests: JSONL in, JSONL out, in the same order."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from songkin.errors import QueryError, SongkinError, SourceError
from songkin.serve.payloads import hits_json, query_of_row
from songkin.types import Query

if TYPE_CHECKING:
    from songkin.library import Library

__all__ = ["answer_file"]

AT_ONCE = 1024


def answer_file(
    library: Library, source: Path, target: Path | None, *, defaults: Mapping[str, Any], explain: Callable[[Query], Any] | None,
    lines: bool = False,
) -> None:  # fmt: skip
    """Write the hits of every request in `source` to `target` (stdout when None); a bad row gets no hits and its error.

    QueryError at the end says how many rows were bad, so that the exit code does.
    """
    out = _opened(target)
    bad = 0
    try:
        for chunk in _chunks(_rows(source)):
            bad += _answer(library, chunk, out, defaults, explain, lines)
    finally:
        if target:
            out.close()
    if bad:
        raise QueryError(f"{source}: {bad} request{'s' if bad > 1 else ''} could not be read (named above); the rest was answered")


def _opened(target: Path | None) -> Any:
    try:
        return target.open("w", encoding="utf-8") if target else sys.stdout
    except OSError as error:
        raise SourceError(f"{target}: cannot be written ({error.strerror}); name another file with --out") from error


def _rows(source: Path) -> Iterator[tuple[int, str]]:
    try:
        with source.open(encoding="utf-8", errors="replace") as file:
            yield from ((number, text) for number, text in enumerate(file, 1) if text.strip())
    except OSError as error:
        raise SourceError(f"{source}: cannot be read ({error.strerror}); --batch takes a file of JSON lines") from error


def _chunks(rows: Iterator[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    chunk = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == AT_ONCE:
            yield chunk
            chunk = []
    yield chunk


def _answer(library: Library, chunk: Any, out: Any, defaults: Any, explain: Any, lines: bool) -> int:
    queries: list[Query | str] = []
    ids: list[Any] = []
    for number, text in chunk:
        try:
            row = json.loads(text)
            ids.append(row.get("id", str(number)) if isinstance(row, dict) else str(number))
        except ValueError:
            ids.append(str(number))
            queries.append(f"line {number} is no JSON object")
            continue
        try:
            queries.append(query_of_row(row, library, defaults))
        except SongkinError as error:
            queries.append(f"line {number}: {error}")
    good = [query for query in queries if isinstance(query, Query)]
    found: Iterator[Any]
    if explain:
        found = (hits_json(explain(query).hits) for query in good)
    else:
        found = ([{"id": hit.id, "score": round(hit.score, 6)} for hit in hits] for hits in library.batch(good, lines=lines))
    for name, query in zip(ids, queries, strict=True):
        said = {"id": name, "hits": next(found)} if isinstance(query, Query) else {"id": name, "hits": [], "error": query}
        out.write(json.dumps(said, ensure_ascii=False) + "\n")
        if isinstance(query, str):
            print(f"songkin: {query}", file=sys.stderr)
    return sum(isinstance(query, str) for query in queries)
