"""What users think of songs: likes, skips and "never again", kept as they were told, shown, and taken back.

Conventions
-----------
An opinion belongs to who told it, and touches nobody else's answers; user "" is one like any other. A user has one
opinion of a song: another takes its place. In which order they were told says nothing. "never" hides the song from the
user in everything that is asked, and says nothing of other songs; how likes and skips order others is said in
`songkin.search.liking`. An opinion outlives its song.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from songkin.errors import QueryError
from songkin.filters.terms import Term
from songkin.library.naming import named
from songkin.store import Store
from songkin.store.state import Decision, State
from songkin.types import Song

__all__ = ["VERDICTS", "Hidden", "Opinion", "Opinions"]

KIND = "opinion"
VERDICTS = ("like", "skip", "never")


class Opinion(NamedTuple):
    """What a user thinks of a song, by its id; `told_at` is UTC as ISO 8601."""

    song: str
    title: str
    verdict: str
    told_at: str
    user: str

    @property
    def undo(self) -> str:
        """The command that takes it back."""
        whose = f" --user {self.user}" if self.user else ""
        return f"songkin feedback --undo {json.dumps(self.song, ensure_ascii=False)}{whose}"


@dataclass(frozen=True, slots=True)
class Hidden(Term):
    """The song is one of these, by id, and in the store by key: exactly so, where `id:` reads case and gaps as equal.

    keys (n,) are those of `ids` that the library holds.
    """

    ids: frozenset[str]
    keys: tuple[int, ...]

    def truth(self, song: Song) -> bool:
        return song.id in self.ids

    def sql(self) -> str:
        return f"key IN ({', '.join(map(str, self.keys))})" if self.keys else "(key = -1)"

    def words(self) -> str:
        return f"{len(self.keys)} never again"

    def fields(self) -> tuple[str, ...]:
        return ()


class Opinions:
    """The opinions of one library's users, as they stood when they were first asked for; `user` asks where no other."""

    def __init__(self, store: Store, user: str = "") -> None:
        self._store, self._state, self._user = store, State(store.tables), user
        self._read: dict[str, dict[str, dict[str, Opinion]]] = {}
        self._supposed: dict[str, dict[str, str]] = {}

    # -- telling -------------------------------------------------------------------------------------------------------

    def tell(self, song: str, verdict: str, *, user: str | None = None) -> Opinion:
        """Keep what a user thinks of the song that a name means: "like", "skip" or "never"; an older one goes.

        QueryError where it means no song, or the verdict is none.
        """
        if verdict not in VERDICTS:
            raise QueryError(f"'{verdict}' is no opinion; there are {', '.join(VERDICTS)}")
        found, who = named(self._store, song).song, self._who(user)
        kept = {"verdict": verdict, "title": found.name}
        self._state.put(Decision(who, KIND, found.id, json.dumps(kept, ensure_ascii=False)))
        self.forget()
        return self.of(who)[found.id]

    def take_back(self, song: str, *, user: str | None = None) -> Opinion:
        """Forget what a user thinks of a song, which may be gone by now; QueryError where there is no such opinion."""
        who = self._who(user)
        known = self.of(who)
        name = song if song in known else self._meant(song)
        if name not in known:
            whose = f" --user {who}" if who else ""
            there = f"there are {len(known)}; songkin feedback --list{whose} shows them" if known else "there are none"
            raise QueryError(f"no opinion of '{song}' was told; {there}")
        self._state.drop(Decision(who, KIND, name))
        self.forget()
        return known[name]

    def clear(self, *, user: str | None = None) -> int:
        """Forget all that a user thinks, and return how many opinions that were."""
        gone = self.all(user=user)
        for opinion in gone:
            self._state.drop(Decision(opinion.user, KIND, opinion.song))
        self.forget()
        return len(gone)

    def _meant(self, song: str) -> str:
        try:
            return named(self._store, song).song.id
        except QueryError:
            return song

    def forget(self) -> None:
        """Read anew what other processes may have kept."""
        self._read = {}  # replaced, not emptied: who fills it meanwhile fills the old one

    # -- asking --------------------------------------------------------------------------------------------------------

    def all(self, *, user: str | None = None) -> list[Opinion]:
        """Return what a user thinks, oldest first."""
        return sorted(self.of(self._who(user)).values(), key=lambda one: (one.told_at, one.song))

    def of(self, user: str) -> dict[str, Opinion]:
        """Return what exactly this user thinks, by the song's id."""
        read = self._read  # bound once: another thread may replace it meanwhile
        if "all" not in read:
            told: dict[str, dict[str, Opinion]] = {}
            for opinion in filter(None, map(_opinion, self._state.read(KIND))):
                told.setdefault(opinion.user, {})[opinion.song] = opinion
            read["all"] = told
        return read["all"].get(user, {})

    def verdicts(self, user: str) -> dict[str, str]:
        """Return the verdicts of a user, "" = who asks where no other does, by the song's id."""
        who = user or self._user
        if who in self._supposed:
            return self._supposed[who]
        return {name: opinion.verdict for name, opinion in self.of(who).items()}

    def suppose(self, user: str, verdicts: Mapping[str, str]) -> None:
        """Answer a user as if these were their opinions, by the songs' ids; nothing is kept. For judging answers."""
        self._supposed[user] = dict(verdicts)

    def hidden(self, user: str) -> Hidden | None:
        """Return the songs a user never wants again, of those that are here; None where there are none."""
        ids = sorted(name for name, verdict in self.verdicts(user).items() if verdict == "never")
        keys = tuple(int(key) for key in self._store.keys(ids) if key >= 0) if ids else ()
        return Hidden(frozenset(ids), keys) if keys else None

    def _who(self, user: str | None) -> str:
        return self._user if user is None else user.encode("utf-8", "replace").decode("utf-8")


def _opinion(row: Decision) -> Opinion | None:
    """Read an opinion back, None where a newer songkin keeps another kind of verdict."""
    try:
        value = json.loads(row.value)
        verdict, title = value["verdict"], value["title"]
    except (ValueError, TypeError, KeyError):
        return None
    return Opinion(row.name, str(title), verdict, row.created_at, row.user) if verdict in VERDICTS else None
