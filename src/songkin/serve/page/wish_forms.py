"""A playlist's wish as a form has it, and back: every field a text, what is left empty not asked for.

Conventions
-----------
`like`, `unlike` and `via` name one song a line; `more` and `less` name features between commas; an arc is a feature
and a shape, in two fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from songkin.errors import QueryError
from songkin.library.playlists import Wish

__all__ = ["FIELDS", "form_of", "is_asked", "name_for", "wish_of"]

TEXTS = ("text", "start", "end", "where", "language")
LINES = ("like", "unlike", "via")
LISTS = ("more", "less")
NUMBERS = ("minutes", "floor", "variety")
COUNTS = ("songs", "artist_gap", "album_gap", "per_artist")
ARC = ("arc_feature", "arc_shape")
FIELDS = (*TEXTS, *LINES, *LISTS, *NUMBERS, *COUNTS, *ARC)
ASKS = ("text", "start", "end", "where", "language", "like", "via", "arc_shape")  # any of them asks for a playlist
LONGEST_NAME = 60  # characters of a name we propose


def wish_of(form: Mapping[str, str], *, user: str = "") -> Wish:
    """Read a form; QueryError names the field whose value means nothing."""
    said = {name: value.strip() for name, value in form.items() if name in FIELDS and value.strip()}
    own: dict[str, Any] = {name: said[name] for name in TEXTS if name in said}
    own |= {name: [line.strip() for line in said[name].splitlines() if line.strip()] for name in LINES if name in said}
    own |= {name: [part.strip() for part in said[name].split(",") if part.strip()] for name in LISTS if name in said}
    own |= {name: _number(name, said[name]) for name in NUMBERS if name in said}
    own |= {name: _count(name, said[name]) for name in COUNTS if name in said}
    if "arc_shape" in said and "arc_feature" not in said:
        raise QueryError("the arc has a shape but no feature; choose the feature it goes over")
    if "arc_shape" in said:
        own["arc"] = f"{said['arc_feature']}:{said['arc_shape']}"
    return Wish.of_json({**own, "user": user})


def form_of(wish: Wish) -> dict[str, str]:
    """Return the form that says a wish, every field of it, '' where nothing is asked for."""
    said: dict[str, Any] = wish.json()
    feature, _, shape = str(said.get("arc", "")).partition(":")
    form = {name: str(said.get(name, "")) for name in (*TEXTS, *COUNTS)}
    form |= {name: "\n".join(said.get(name, ())) for name in LINES}
    form |= {name: ", ".join(said.get(name, ())) for name in LISTS}
    form |= {name: f"{said[name]:g}" if name in said else "" for name in NUMBERS}
    return {**form, "arc_feature": feature.strip(), "arc_shape": shape.strip()}


def is_asked(form: Mapping[str, str]) -> bool:
    """Say whether a form asks for a playlist at all."""
    return any(form.get(name, "").strip() for name in ASKS)


def name_for(wish: Wish) -> str:
    """Return a name to propose for the playlist of a wish."""
    way = " to ".join(part for part in (wish.start, wish.end) if part)
    like = " and ".join(wish.like[:2])
    said = wish.text or way or (f"Like {like}" if like else "") or wish.arc or wish.where or wish.language
    said = " ".join(said.split())
    return said if len(said) <= LONGEST_NAME else f"{said[: LONGEST_NAME - 1]}…"


def _number(name: str, said: str) -> float:
    try:
        return float(said.replace(",", "."))
    except ValueError:
        raise QueryError(f"'{name.replace('_', ' ')}' is a number, such as 0.5 or 45, not '{said[:80]}'") from None


def _count(name: str, said: str) -> int:
    if not said.isascii() or not said.isdecimal() or len(said) > 9:
        raise QueryError(f"'{name.replace('_', ' ')}' is a whole number, such as 20, not '{said[:80]}'")
    return int(said)
