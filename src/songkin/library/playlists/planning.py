"""From a wish to a plan: names become songs, conditions and words a query, and what could not be read an error."""

from __future__ import annotations

from typing import NamedTuple, cast

from songkin.errors import QueryError
from songkin.filters import And, Is
from songkin.filters.columns import normal
from songkin.filters.terms import Term
from songkin.library.naming import named
from songkin.library.playlists.wish import Wish
from songkin.library.requests import Requests
from songkin.search.playlists import Arc, Plan
from songkin.search.understanding.languages import term_of_language
from songkin.store import Store
from songkin.types import Song, Where

__all__ = ["Planned", "planned"]


class Planned(NamedTuple):
    """A plan, what to say about how the wish was read, and what its words were taken for."""

    plan: Plan
    notes: tuple[str, ...] = ()
    understood: str = ""


def planned(store: Store, requests: Requests, wish: Wish) -> Planned:
    """Look everything up that a wish names; QueryError where it names what is not here, or asks for nothing."""
    names = _Names(store)
    anchors = [names.song(name) for name in (wish.start, *wish.via, wish.end) if name]
    like, unlike = ([names.song(name).id for name in wished] for wished in (wish.like, wish.unlike))
    if len(anchors) == 1:  # a path of one song: songs like it
        like = [*like, anchors[0].id]
    more = {
        "like": tuple(dict.fromkeys(like)),
        "unlike": tuple(dict.fromkeys(unlike)),
        "where": _where(requests, wish),
        "targets": {**dict.fromkeys(wish.more, 1.0), **dict.fromkeys(wish.less, -1.0)},
        "variety": float(wish.variety),
        "per_artist": wish.per_artist,
        "user": wish.user,
    }
    read = requests.read(requests.query(wish.text, more))
    plan = Plan(
        query=read.query,
        anchors=tuple(int(key) for key in store.keys([song.id for song in anchors])),
        opens=bool(wish.start),
        closes=bool(wish.end),
        arc=Arc.of(wish.arc, store.features()) if wish.arc.strip() else None,
        minutes=wish.minutes,
        songs=wish.songs,
        floor=wish.floor,
        artist_gap=wish.artist_gap,
        album_gap=wish.album_gap,
    )
    _says_something(plan, wish)
    return Planned(plan, (*names.notes, *read.notes), read.said)


class _Names:
    """Looks songs up by name, and notes where a name fits others too."""

    def __init__(self, store: Store) -> None:
        self._store, self.notes = store, list[str]()

    def song(self, name: str) -> Song:
        found = named(self._store, name)
        self.notes += [found.note] if found.note and found.note not in self.notes else []
        return found.song


def _where(requests: Requests, wish: Wish) -> Where | None:
    """Return the conditions of a wish in one, its language among them."""
    where = requests.where(wish.where) if wish.where.strip() else None
    language = _language(requests, wish.language)
    if where is None or language is None:
        return where or language
    return And((cast(Term, where), language))


def _language(requests: Requests, said: str) -> Term | None:
    """Return the condition that a language's name or code stands for, several joined by commas."""
    names = [name.strip() for name in said.split(",") if name.strip()]
    if not names:
        return None
    read = [term_of_language(name.casefold(), requests.vocabulary) for name in names]
    own = [
        term.values if isinstance(term, Is) else (normal("language", name),)
        for name, term in zip(names, read, strict=True)
    ]
    return Is("language", tuple(dict.fromkeys(value for values in own for value in values)))


def _says_something(plan: Plan, wish: Wish) -> None:
    query = plan.query
    if not (plan.asks or plan.anchors or plan.arc or query.where or query.prefer or query.unlike):
        wishes = "a text, songs it is to be like, a start, an arc or a condition"
        raise QueryError(f"the playlist's wish is empty; give it {wishes}")
    if wish.floor is not None and not (plan.asks or plan.anchors or plan.arc):
        raise QueryError("a floor needs something to compare songs with: a text, a song to be like, a start, or an arc")
