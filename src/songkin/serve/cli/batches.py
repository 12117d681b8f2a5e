"""Answer a file of requests: JSONL in, JSONL out, in the same order."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

from songkin.errors import QueryError, SongkinError, SourceError
from songkin.serve.cli.printing import json_text
from songkin.serve.payloads import hits_json, query_of_row

if TYPE_CHECKING:
    from songkin.library import Library
    from songkin.types import Query

__all__ = ["answer_file"]

AT_ONCE = 1024


class Asked(NamedTuple):
    """One row of a batch: its id, and its query or what is wrong with it."""

    id: Any
    query: Query | SongkinError
    place: str


def answer_file(
    library: Library,
    source: Path,
    target: Path | None,
    *,
    defaults: Mapping[str, Any],
    explain: Callable[[Query], Any] | None,
    lines: bool = False,
) -> None:
    """Write the hits of every request in `source` to `target` (stdout when None); a bad row gets no hits and its error.

    QueryError at the end says how many rows were bad, so that the exit code does.
    """
    if target and target.exists() and source.exists() and target.samefile(source):
        raise SourceError(f"{target}: is the file of requests itself; name another file with --out")
    bad = 0
    with _opened(source) as rows, _written(target) as out:
        numbered = ((number, text) for number, text in enumerate(rows, 1) if text.strip())
        while chunk := list(islice(numbered, AT_ONCE)):
            asked = [_asked(text, f"{source}:{number}", str(number), library, defaults) for number, text in chunk]
            for row, hits in zip(asked, _answers(library, asked, explain, lines=lines), strict=True):
                bad += _tell(row, hits, out)
    if bad:
        raise QueryError(
            f"{source}: {bad} request{'s' if bad > 1 else ''} could not be met (named above); the rest was answered"
        )


@contextmanager
def _opened(source: Path) -> Iterator[TextIO]:
    try:
        rows = source.open(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise SourceError(f"{source}: cannot be read ({error.strerror}); --batch takes a file of JSON lines") from error
    with rows:
        yield rows


@contextmanager
def _written(target: Path | None) -> Iterator[TextIO]:
    if target is None:
        yield sys.stdout
        return
    try:
        with target.open("w", encoding="utf-8") as out:
            yield out
    except OSError as error:
        raise SourceError(f"{target}: cannot be written ({error.strerror}); name another file with --out") from error


def _asked(text: str, place: str, number: str, library: Library, defaults: Mapping[str, Any]) -> Asked:
    """Read a row; one without an id is called by its line's number."""
    try:
        row = json.loads(text)
    except (ValueError, RecursionError):
        return Asked(number, QueryError('is no JSON object; a row is such as {"id": "q1", "text": "..."}'), place)
    name = row.get("id", number) if isinstance(row, dict) else number
    if isinstance(name, float) and not math.isfinite(name):  # JSON has no word for it
        name = number
    try:
        return Asked(name, query_of_row(row, library, defaults), place)
    except SongkinError as error:
        return Asked(name, error, place)


def _answers(
    library: Library, asked: Sequence[Asked], explain: Callable[[Query], Any] | None, *, lines: bool
) -> Iterator[Any]:
    """Yield each row's hits as JSON, or the error that stands in their place."""
    good = [row.query for row in asked if not isinstance(row.query, SongkinError)]
    found = map(_explained(explain), good) if explain else map(_bare, library.batch(good, lines=lines))
    for row in asked:
        yield row.query if isinstance(row.query, SongkinError) else next(found)


def _explained(explain: Callable[[Query], Any]) -> Callable[[Query], Any]:
    def ask(query: Query) -> Any:
        try:
            return hits_json(explain(query).hits)
        except SongkinError as error:
            return error

    return ask


def _bare(hits: Any) -> Any:
    if isinstance(hits, SongkinError):
        return hits
    return [
        {"id": hit.id, "score": round(hit.score, 6), **({"versions": list(hit.versions)} if hit.versions else {})}
        for hit in hits
    ]


def _tell(row: Asked, hits: Any, out: TextIO) -> bool:
    """Write a row's answer, and say whether it was bad."""
    bad = isinstance(hits, SongkinError)
    said = {"id": row.id, "hits": [], "error": f"{row.place}: {hits}"} if bad else {"id": row.id, "hits": hits}
    out.write(json_text(said, out.encoding) + "\n")
    if bad:
        print(f"songkin: {row.place}: {hits}", file=sys.stderr)
    return bad
