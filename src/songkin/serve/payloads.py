"""The machine-facing shapes: a batch row or flags -> Query, an answer -> JSON. Fixed from the first day."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from songkin.errors import QueryError

if TYPE_CHECKING:
    from songkin.library import Library
    from songkin.library.comparing import Compared
    from songkin.types import Hit, Query, Reason, Song

__all__ = [
    "answer_json",
    "features_of",
    "fields_of_flags",
    "hits_json",
    "named_json",
    "named_numbers",
    "names_in",
    "query_json",
    "query_of_row",
    "score_json",
    "targets_of",
]

LARGEST = 1e30  # no measure of a song is larger, and sums of larger ones overflow
ROW_FIELDS = (
    "id",
    "text",
    "lyrics",
    "features",
    "where",
    "like",
    "unlike",
    "more",
    "less",
    "weights",
    "channels",
    "in",
    "variety",
    "per_artist",
    "strategy",
    "verbatim",
    "grouped",
    "k",
)


def query_of_row(row: Any, library: Library, defaults: Mapping[str, Any]) -> Query:
    """Read one row of a batch: {"id", "text", "where", "like", ...}; what it leaves out comes from `defaults`.

    Its text is understood as `Library.asked` does, unless "verbatim" is true.
    """
    from songkin.types import Query

    if not isinstance(row, Mapping):
        raise QueryError(f'a row is an object such as {{"id": "q1", "text": "..."}}, not {type(row).__name__}')
    unknown = [name for name in row if name not in ROW_FIELDS]
    if unknown:
        raise QueryError(f"a row has no field '{unknown[0]}'; it takes {', '.join(ROW_FIELDS)}")
    said = {name: value for name, value in row.items() if value is not None}
    own = {**defaults, **_texts(said), **_numbers(said), **_songs(said, library)}
    own |= {"where": library.where(_text(said, "where"))} if "where" in said else {}
    own |= {"channels": _names(said, "channels")} if "channels" in said else {}
    if "more" in said or "less" in said:
        own["targets"] = targets_of(_names(said, "more"), _names(said, "less"))
    own |= {"features": _features(said["features"])} if "features" in said else {}
    own |= {"grouped": _flag(said, "grouped")} if "grouped" in said else {}
    if not any(str(own.get(name, "")).strip() for name in ("text", "lyrics")) and not (
        own.get("like") or own.get("features")
    ):
        raise QueryError("the request is empty; give it 'text' or 'like'")
    verbatim = own.pop("verbatim", False)
    verbatim = _flag(said, "verbatim") if "verbatim" in said else verbatim
    if verbatim or not str(own.get("text", "")).strip():
        return Query(**own)
    return library.asked(own.pop("text"), **own).query


def fields_of_flags(
    library: Library,
    *,
    weights: str | None,
    channels: str | None,
    where: str | None,
    more: Sequence[str] | None,
    less: Sequence[str] | None,
) -> dict[str, Any]:
    """Read the flags that `Query` holds in another form than a user types them."""
    return {
        "weights": named_numbers(weights),
        "channels": names_in(channels),
        "where": library.where(where),
        "targets": targets_of(more or (), less or ()),
    }


def _texts(row: Mapping[str, Any]) -> dict[str, str]:
    own = {name: _text(row, name) for name in ("text", "lyrics", "strategy") if name in row}
    return own | ({"part": _text(row, "in")} if "in" in row else {})


def _numbers(row: Mapping[str, Any]) -> dict[str, Any]:
    own: dict[str, Any] = {
        name: _number(row[name], name, whole=name != "variety")
        for name in ("variety", "per_artist", "k")
        if name in row
    }
    if own.get("per_artist", 1) < 1:
        raise QueryError(f"'per_artist' is {own['per_artist']}; ask for at least 1 song of an artist")
    if "weights" in row:
        if not isinstance(row["weights"], Mapping):
            raise QueryError(f"'weights' maps channels to numbers, as {{\"words\": 0.5}}, not {row['weights']!r}")
        own["weights"] = {name: _weight(weight, name) for name, weight in row["weights"].items()}
    return own


def _songs(row: Mapping[str, Any], library: Library) -> dict[str, tuple[str, ...]]:
    return {
        name: tuple(library.song(song).song.id for song in _names(row, name))
        for name in ("like", "unlike")
        if name in row
    }


def _text(row: Mapping[str, Any], name: str) -> str:
    if not isinstance(row[name], str):
        raise QueryError(f"'{name}' is a text, not {row[name]!r}")
    return str(row[name])


def _features(value: Any) -> dict[str, float]:
    if not isinstance(value, Mapping):
        raise QueryError(f"'features' maps features to numbers, as {{\"valence\": 0.7}}, not {value!r}")
    return {name: _number(number, name) for name, number in value.items()}


def _flag(row: Mapping[str, Any], name: str) -> bool:
    if not isinstance(row[name], bool):
        raise QueryError(f"'{name}' is true or false, not {row[name]!r}")
    return bool(row[name])


def _names(row: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = row.get(name, ())
    names = (value,) if isinstance(value, str) else value
    if not isinstance(names, Sequence) or not all(isinstance(one, str) for one in names):
        raise QueryError(f"'{name}' is a list of names, not {value!r}")
    return tuple(names)


def _number(value: Any, name: str, *, whole: bool = False) -> float:
    fits = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
    if not fits or not (whole or abs(value) <= LARGEST):
        raise QueryError(f"'{name}' is a {'whole ' if whole else ''}number, not {value!r}")
    return float(value) if not whole else int(value)


def _weight(value: Any, channel: str) -> float:
    if (weight := _number(value, channel)) < 0:
        raise QueryError(f"the weight of '{channel}' is {weight:g}; weights start at 0, which leaves a channel out")
    return weight


def names_in(text: str | None) -> tuple[str, ...]:
    """Read "words,meaning"; nothing gives no names."""
    return tuple(name.strip() for name in (text or "").split(",") if name.strip())


def targets_of(more: Sequence[str], less: Sequence[str]) -> dict[str, float]:
    """Return soft wishes on features; wishing both ways for one is an error."""
    both = sorted(set(more) & set(less))
    if both:
        raise QueryError(f"'{both[0]}' is wished both more and less; choose one")
    return {**dict.fromkeys(more, 1.0), **dict.fromkeys(less, -1.0)}


def named_numbers(text: str | None) -> dict[str, float]:
    """Read "words=0.5,meaning=2"."""
    numbers = {}
    for term in names_in(text):
        name, _, value = term.partition("=")
        try:
            numbers[name.strip()] = _weight(float(value), name.strip())
        except ValueError:
            raise QueryError(f"'{term}' is no weight; write --weights words=0.5,meaning=2") from None
    return numbers


def features_of(text: str | None) -> dict[str, float]:
    """Read the features of a song given by hand, "valence=0.7,tempo_bpm=120"; each once, finite."""
    features: dict[str, float] = {}
    for term in names_in(text):
        name, _, value = (part.strip() for part in term.partition("="))
        if name in features:
            raise QueryError(f"'{name}' is given twice; give each feature once")
        try:
            features[name] = float(value)
        except ValueError:
            features[name] = math.nan
        if not abs(features[name]) <= LARGEST:
            raise QueryError(f"'{term}' is no feature's value; write --features valence=0.7,tempo_bpm=120")
    return features


def query_json(query: Query) -> dict[str, Any]:
    """Return the query as it was understood."""
    said: dict[str, Any] = {"text": query.text}
    said |= {
        name: list(getattr(query, name)) for name in ("like", "unlike", "avoid", "channels") if getattr(query, name)
    }
    said |= {"where": query.where.words()} if query.where else {}
    said |= {"prefer": [term.words() for term in query.prefer]} if query.prefer else {}
    said |= {"lyrics": query.lyrics} if query.lyrics else {}
    said |= {"features": dict(query.features)} if query.features else {}
    said |= {"more": [name for name, wish in query.targets.items() if wish > 0]} if query.targets else {}
    said |= {"less": [name for name, wish in query.targets.items() if wish < 0]} if query.targets else {}
    said |= {"weights": dict(query.weights)} if query.weights else {}
    said |= {"strategy": query.strategy} if query.strategy else {}
    said |= {"user": query.user} if query.user else {}
    said |= {"grouped": False} if not query.grouped else {}
    return said | {"in": query.part, "variety": query.variety, "k": query.k}


def answer_json(query: Query, hits: Sequence[Hit], notes: Sequence[str], *, first: int = 1) -> dict[str, Any]:
    """Return an answer as the contract has it."""
    return {"query": query_json(query), "notes": list(notes), "hits": hits_json(hits, first=first)}


def hits_json(hits: Sequence[Hit], *, first: int = 1) -> list[dict[str, Any]]:
    """Return hits, ranked from `first`."""
    return [
        {"rank": rank, **named_json(hit.song), "score": round(hit.score, 4),
         "reasons": [_reason(reason) for reason in hit.reasons],
         **({"versions": list(hit.versions)} if hit.versions else {})}
        for rank, hit in enumerate(hits, first)
    ]  # fmt: skip


def score_json(found: Compared) -> dict[str, Any]:
    """Return two songs, their score (null where there is none) and why."""
    score = None if found.score is None else round(found.score, 4)
    return {"a": named_json(found.one), "b": named_json(found.other), "score": score, "notes": list(found.notes),
            "reasons": [_reason(reason) for reason in found.reasons]}  # fmt: skip


def named_json(song: Song) -> dict[str, Any]:
    """Return what a song is known by."""
    return {"id": song.id, "title": song.title, "artists": list(song.artists)}


def _reason(reason: Reason) -> dict[str, Any]:
    return {"channel": reason.channel, "share": round(reason.share, 3), "words": reason.words, "line": reason.line,
            "start_ms": reason.start_ms}  # fmt: skip
