"""Playlists of a library: made from a wish, saved, opened again as the library is then, edited by hand.

Conventions
-----------
A saved playlist belongs to who saved it; user "" is the library, whose playlists everybody sees. A name means the
asker's own playlist before the library's. Nothing here runs by itself: a playlist is made again when it is opened and
the library changed since, or when asked to.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from types import MappingProxyType

from songkin.errors import QueryError, StoreError
from songkin.library.excluding import Excluding
from songkin.library.playlists.editing import edited, places_of
from songkin.library.playlists.keeping import KIND, Saved, decision_of, saved_of
from songkin.library.playlists.planning import planned
from songkin.library.playlists.reading import Found, found_in
from songkin.library.playlists.wish import Wish
from songkin.library.requests import Requests, whole
from songkin.search import Engine, Versions
from songkin.search.playlists import PlaylistMaker
from songkin.store import Store
from songkin.store.state import Decision, State
from songkin.types import Playlist

__all__ = ["Found", "Playlists", "Saved", "Wish"]

log = logging.getLogger(__name__)

LONGEST_NAME = 200
NUMBER_LENGTH = 8  # left free behind a name that is taken
NO_PINS: Mapping[int, str] = MappingProxyType({})
DECIDED = ("exclusion", "opinion")  # what users decide that a playlist depends on


class Playlists:
    """The playlists of one library; `user` asks where no other is named."""

    def __init__(
        self,
        store: Store,
        engine: Callable[[], Engine],
        versions: Versions,
        excluding: Excluding,
        requests: Requests,
        user: str = "",
    ) -> None:
        """`engine` is asked for only where a playlist is made, since it loads the encoder."""
        self._store, self._engine, self._versions = store, engine, versions
        self._excluding, self._requests, self._user = excluding, requests, user
        self._state = State(store.tables)

    # -- making --------------------------------------------------------------------------------------------------------

    def make(self, wish: Wish, *, name: str = "") -> Playlist:
        """Make a playlist, and keep nothing; QueryError where it asks for nothing, or for a path that is none.

        Songs that were asked for and are not found, and rules that could not be kept, are told in its notes.
        """
        return self._made(wish, name, wish.user or self._user)

    def _made(
        self, wish: Wish, name: str, user: str, *, pinned: Mapping[int, str] = NO_PINS, dropped: Sequence[str] = ()
    ) -> Playlist:
        """Make a playlist with songs that stand at their places by hand, and others that stay out."""
        plan, notes, understood = planned(self._store, self._requests, replace(wish, user=user))
        keys = self._store.keys([*pinned.values()]) if pinned else ()
        stay = {place: int(key) for place, key in zip(pinned, keys, strict=True) if key >= 0}
        shown = self._excluding.shown(self._store.keys([*pinned.values()]), user) if pinned else ()
        stay = {place: key for (place, key), is_shown in zip(stay.items(), shown, strict=False) if is_shown}
        out = tuple(int(key) for key in self._store.keys(list(dropped)) if key >= 0) if dropped else ()
        plan = replace(plan, fixed=stay, without=tuple(key for key in out if key not in plan.anchors))
        made = PlaylistMaker(self._store, self._engine(), self._versions).make(plan)
        return Playlist(name, made.hits, tuple(dict.fromkeys((*notes, *made.notes))), understood)

    # -- keeping -------------------------------------------------------------------------------------------------------

    def save(self, name: str, wish: Wish, playlist: Playlist, *, user: str | None = None) -> Saved:
        """Keep a playlist under a name, in the place of the asker's own of that name, and return it.

        The wish is kept beside the songs, and it is made from that again when the library changed. StoreError where
        the library cannot be written to.
        """
        who, now = self._who(user), _now()
        own = replace(playlist, name=_checked(name))
        saved = Saved(own.name, wish, own, now, now, who, mark=self._mark(who))
        self._state.put(decision_of(saved))
        return saved

    def keep(self, name: str, songs: Sequence[str], *, user: str | None = None) -> Saved:
        """Keep songs chosen by hand, by id, in this order; without a wish they stay what they are.

        QueryError where an id is not here, or comes twice.
        """
        who, now = self._who(user), _now()
        bare = Saved(_checked(name), Wish(), Playlist(_checked(name)), now, now, who, mark=self._mark(who))
        saved = edited(self._store, bare, songs, pins=songs)
        self._state.put(decision_of(saved))
        return saved

    def edit(
        self, name: str, songs: Sequence[str], *, pinned: Sequence[str] | None = None, user: str | None = None
    ) -> Saved:
        """Give a saved playlist these songs, by id, in this order, and keep what was changed by hand.

        Songs put in or moved are pinned, unless `pinned` says which are: they stay at their places when it is made
        again. Songs taken out stay out.
        QueryError where an id is not here, or comes twice.
        """
        saved = self._own(name, user)
        changed = edited(self._store, saved, songs, pins=pinned)
        self._state.put(decision_of(changed))
        return changed

    def drop(self, name: str, *, user: str | None = None) -> Saved:
        """Take a saved playlist away, and return it; QueryError where the asker has none of that name."""
        saved = self._own(name, user)
        self._state.drop(Decision(saved.user, KIND, saved.name))
        return saved

    # -- looking -------------------------------------------------------------------------------------------------------

    def all(self, *, user: str | None = None) -> list[Saved]:
        """Return the playlists an asker sees, the library's first, each as it was last made; oldest first."""
        who = self._who(user)
        rows = [row for row in self._state.read(KIND) if row.user in ("", who)]
        read = saved_of(self._store, sorted(rows, key=lambda row: row.user != ""))
        return [self._seen(saved, who) for saved in read]

    def open(self, name: str, *, user: str | None = None, refresh: bool = True) -> Saved:
        """Return a saved playlist, made again if the library, or what its user excluded, changed since.

        QueryError where the asker sees none of that name.
        """
        who = self._who(user)
        saved = self._named(name, who)
        if refresh and saved.mark and saved.mark != self._mark(saved.user):
            saved = self._refreshed(saved)
        return self._seen(saved, who)

    def refresh(self, name: str | None = None, *, user: str | None = None) -> list[Saved]:
        """Make a saved playlist again, or all that the asker owns, and return them."""
        who = self._who(user)
        if name is not None:
            return [self._refreshed(self._named(name, who))]
        rows = [row for row in self._state.read(KIND) if row.user == who]
        return [self._refreshed(saved) for saved in saved_of(self._store, rows)]

    def free_name(self, wanted: str, *, user: str | None = None) -> str:
        """Return a name that no playlist has which an asker sees: the wanted one, or that with a number behind it."""
        name = " ".join(whole(wanted).split())[: LONGEST_NAME - NUMBER_LENGTH] or "Playlist"
        taken = {row.name for row in self._state.read(KIND) if row.user in ("", self._who(user))}
        numbered = (f"{name} {number}" for number in count(2))
        return name if name not in taken else next(free for free in numbered if free not in taken)

    def read(self, source: Path | str, kind: str = "") -> Found:
        """Find the songs of a playlist file, or of its text, in the library: by id, MBID, ISRC, path, then by name.

        `kind` is "m3u8", "xspf", "jspf" or "csv"; a file's name tells it otherwise. What is not found is told.
        SourceError where it cannot be read as that.
        """
        return found_in(self._store, source, kind)

    # -- inside --------------------------------------------------------------------------------------------------------

    def _refreshed(self, saved: Saved) -> Saved:
        """Make a saved playlist again and keep it; where that fails its songs stay, and a note says why."""
        if not saved.mark or saved.wish == Wish():  # it could not be read, or was chosen by hand
            return saved
        try:
            made = self._made(saved.wish, saved.name, saved.user, pinned=places_of(saved), dropped=saved.dropped)
        except QueryError as error:
            return replace(saved, playlist=_noted(saved.playlist, f"it was not made again: {error}"))
        fresh = replace(saved, playlist=made, refreshed_at=_now(), mark=self._mark(saved.user))
        if saved.row not in (row.value for row in self._state.read(KIND) if (row.user, row.name) == saved.whose):
            return fresh  # somebody changed it, or took it away, meanwhile: theirs stays
        try:
            self._state.put(decision_of(fresh))
        except StoreError as error:
            log.info("a playlist that was made again was not kept: %s", error)
        return fresh

    def _seen(self, saved: Saved, user: str) -> Saved:
        """Leave out what is excluded for who looks."""
        hits = saved.playlist.hits
        if not hits:
            return saved
        shown = self._excluding.shown(self._store.keys([hit.song.id for hit in hits]), user or self._user)
        if shown.all():
            return saved
        left = tuple(hit for hit, is_shown in zip(hits, shown.tolist(), strict=True) if is_shown)
        count = len(hits) - len(left)
        said = f"{count} of its songs {'is' if count == 1 else 'are'} excluded (songkin exclude --list)"
        return replace(saved, playlist=_noted(replace(saved.playlist, hits=left), said))

    def _own(self, name: str, user: str | None) -> Saved:
        """Return a playlist that the asker may change."""
        who = self._who(user)
        saved = self._named(name, who)
        if saved.user != who:
            raise QueryError(
                f"the playlist '{saved.name}' is the library's; change it without --user, or save your own"
            )
        return saved

    def _named(self, name: str, user: str) -> Saved:
        return saved_of(self._store, [self._row(name, user)])[0]

    def _row(self, name: str, user: str) -> Decision:
        rows = {row.name: row for whose in ("", user) for row in self._state.read(KIND) if row.user == whose}
        wanted = whole(name).strip()
        if wanted in rows:
            return rows[wanted]
        near = difflib.get_close_matches(wanted, rows, 1, 0.5)
        there = f"did you mean '{near[0]}'?" if near else "songkin playlist --list shows those there are"
        raise QueryError(f"no playlist is called '{wanted}'; {there}")

    def _mark(self, user: str) -> str:
        """Return what changes whenever a playlist of the user may come out otherwise."""
        tables = self._store.tables
        versions = [self._store.tables.run(table.version()) for table in (tables.songs, tables.passages)]
        decided = [
            [*row[:4]] for kind in DECIDED for row in self._state.read(kind) if row.user in ("", user or self._user)
        ]
        return hashlib.sha256(json.dumps([versions, decided]).encode()).hexdigest()[:16]

    def _who(self, user: str | None) -> str:
        return self._user if user is None else whole(user)


def _checked(name: str) -> str:
    """Return a name as it is kept; QueryError on one that cannot be typed again."""
    own = " ".join(name.encode("utf-8", "replace").decode("utf-8").split())
    if not own or len(own) > LONGEST_NAME or not own.isprintable():
        raise QueryError(f"'{own[:40]}' is no name for a playlist; give it one of 1 to {LONGEST_NAME} characters")
    return own


def _noted(playlist: Playlist, note: str) -> Playlist:
    return playlist if note in playlist.notes else replace(playlist, notes=(*playlist.notes, note))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
