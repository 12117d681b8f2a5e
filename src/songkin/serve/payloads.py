"""The machine-facing shapes: a batch row or flags -> Query, an answer -> JSON. Fixed from the first day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from songkin.errors import QueryError
from songkin.types import Hit, Query, Reason

if TYPE_CHECKING:
    from songkin.library import Library

__all__ = ["answer_json", "hits_json", "named_numbers", "query_json", "query_of_row", "targets_of"]

ROW_FIELDS = ("id", "text", "lyrics", "where", "like", "unlike", "more", "less", "weights", "channels", "in", "variety", "per_artist", "k")


def query_of_row(row: Any, library: Library, defaults: Mapping[str, Any]) -> Query:
    """Read one row of a batch: {"id", "text", "where", "like", "more", ...}; what it leaves out comes from `defaults`."""
    if not isinstance(row, Mapping):
        raise QueryError(f'a row is an object such as {{"id": "q1", "text": "..."}}, not {type(row).__name__}')
    unknown = [name for name in row if name not in ROW_FIELDS]
    if unknown:
        raise QueryError(f"a row has no field '{unknown[0]}'; it takes {', '.join(ROW_FIELDS)}")
    own: dict[str, Any] = dict(defaults)
    own |= {name: row[name] for name in ("lyrics", "weights", "variety", "per_artist", "k") if name in row}
    own["text"] = _text(row, "text")
    own |= {"where": library.where(_text(row, "where"))} if row.get("where") else {}
    own |= {"channels": _names(row, "channels")} if "channels" in row else {}
    own |= {"part": row["in"]} if "in" in row else {}
    own["like"] = tuple(library.song(name).song.id for name in _names(row, "like"))
    own["unlike"] = tuple(library.song(name).song.id for name in _names(row, "unlike"))
    own["targets"] = targets_of(_names(row, "more"), _names(row, "less"))
    if not own["text"].strip() and not own["like"] and not str(own.get("lyrics", "")).strip():
        raise QueryError("the request is empty; give it 'text' or 'like'")
    try:
        return Query(**own)
    except TypeError as error:
        raise QueryError(f"a row's value is of the wrong kind: {error}") from error


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name) or ""
    if not isinstance(value, str):
        raise QueryError(f"'{name}' is a text, not {type(value).__name__}")
    return value


def _names(row: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = row.get(name) or ()
    names = (value,) if isinstance(value, str) else value
    if not isinstance(names, Sequence) or not all(isinstance(one, str) for one in names):
        raise QueryError(f"'{name}' is a list of names, not {value!r}")
    return tuple(names)


def targets_of(more: Sequence[str], less: Sequence[str]) -> dict[str, float]:
    """Return soft wishes on features; wishing both ways for one is an error."""
    both = sorted(set(more) & set(less))
    if both:
        raise QueryError(f"'{both[0]}' is wished both more and less; choose one")
    return {**dict.fromkeys(more, 1.0), **dict.fromkeys(less, -1.0)}


def named_numbers(text: str | None) -> dict[str, float]:
    """Read "words=0.5,meaning=2"."""
    numbers = {}
    for term in (text or "").split(","):
        name, _, value = term.partition("=")
        if name.strip():
            try:
                numbers[name.strip()] = float(value)
            except ValueError:
                raise QueryError(f"'{term.strip()}' is no weight; write --weights words=0.5,meaning=2") from None
    return numbers


def query_json(query: Query) -> dict[str, Any]:
    """Return the query as it was understood."""
    said: dict[str, Any] = {"text": query.text}
    said |= {name: list(getattr(query, name)) for name in ("like", "unlike", "avoid", "channels") if getattr(query, name)}
    said |= {"where": query.where.words()} if query.where else {}
    said |= {"more": [name for name, wish in query.targets.items() if wish > 0]} if query.targets else {}
    said |= {"less": [name for name, wish in query.targets.items() if wish < 0]} if query.targets else {}
    said |= {"weights": dict(query.weights)} if query.weights else {}
    return said | {"in": query.part, "variety": query.variety, "k": query.k}


def answer_json(query: Query, hits: Sequence[Hit], notes: Sequence[str]) -> dict[str, Any]:
    """Return an answer as the contract has it."""
    return {"query": query_json(query), "notes": list(notes), "hits": hits_json(hits)}


def hits_json(hits: Sequence[Hit]) -> list[dict[str, Any]]:
    """Return hits, ranked from 1."""
    return [
        {"rank": rank, "id": hit.song.id, "title": hit.song.title, "artists": list(hit.song.artists),
         "score": round(hit.score, 4), "reasons": [_reason(reason) for reason in hit.reasons]}
        for rank, hit in enumerate(hits, 1)
    ]  # fmt: skip


def _reason(reason: Reason) -> dict[str, Any]:
    return {"channel": reason.channel, "share": round(reason.share, 3), "words": reason.words, "line": reason.line,
            "start_ms": reason.start_ms}  # fmt: skip
