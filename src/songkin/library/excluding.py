"""Songs a user never wants to see: exclusions are kept, listed, taken back, and joined into every query.

Conventions
-----------
An exclusion is a condition in the words of `--where`, and hides the songs that are known to meet it; a song that does
not say stays. Those of user "" hold for everybody, those of a named user for that user alone. Numbers count from 1, the
library's own first, then oldest first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from songkin.errors import FilterError, QueryError
from songkin.filters import And, Except, Or, parse
from songkin.filters.terms import Term
from songkin.library.opinions import Opinion, Opinions
from songkin.store import Store
from songkin.store.state import Decision, State
from songkin.types import Exclusion, Query, Song

__all__ = ["Excluded", "Excluding"]

KIND = "exclusion"


class Excluded(NamedTuple):
    """An exclusion as it is listed: its number, and how many songs it hides now."""

    number: int
    exclusion: Exclusion
    words: str
    songs: int

    @property
    def where(self) -> str:
        """The condition as it was given."""
        return self.exclusion.where

    @property
    def undo(self) -> str:
        """The command that takes it back."""
        whose = f" --user {self.exclusion.user}" if self.exclusion.user else ""
        return f"songkin exclude --undo {self.number}{whose}"


class Excluding:
    """The exclusions of one library, as they stood when they were first asked for; `user` asks where no other does."""

    def __init__(self, store: Store, user: str = "", opinions: Opinions | None = None) -> None:
        self._store, self._state, self._user = store, State(store.tables), user
        self._opinions = opinions or Opinions(store, user)
        self._read: dict[str, list[Exclusion]] = {}
        self._joined: dict[str, Term | None] = {}

    # -- deciding ------------------------------------------------------------------------------------------------------

    def add(self, texts: Sequence[str], user: str) -> list[Excluded]:
        """Exclude what meets any of some conditions, and return them; one that is known already stays as it is.

        FilterError where one cannot be read, and then none is kept.
        """
        written = [_written(text) for text in texts]
        for text in written:
            if parse(text, self._store.features()) is None:
                raise FilterError("an exclusion is empty; name what is not wanted, such as genre:jazz")
        for text in written:
            self._state.keep(Decision(user, KIND, text))
        self.forget()
        return [one for one in self.listed(user) if one.where in written and one.exclusion.user == user]

    def drop(self, named: int | str, user: str) -> Exclusion:
        """Take an exclusion back, by its number or its text; QueryError where the user has no such."""
        exclusion = self.named(named, user)
        if exclusion.user != user:
            raise QueryError(f"'{exclusion.where}' is excluded for everybody; take it back without --user")
        self._state.drop(Decision(user, KIND, exclusion.where))
        self.forget()
        return exclusion

    def named(self, named: int | str, user: str) -> Exclusion:
        """Return the exclusion that a number or text means; QueryError where there is none."""
        known = self.of(user)
        at = int(named) if isinstance(named, int) or named.strip().isdecimal() else 0
        if 1 <= at <= len(known):
            return known[at - 1]
        text = _written(str(named))
        found = [exclusion for exclusion in known if exclusion.where == text] if not at else []
        if found:
            return next((exclusion for exclusion in found if exclusion.user == user), found[0])
        there = f"there are {len(known)}; songkin exclude --list shows them" if known else "nothing is excluded"
        raise QueryError(f"no exclusion is {'number ' if at else ''}'{text}'; {there}")

    def forget(self) -> None:
        """Read again what is excluded, the next time anybody asks."""
        self._read, self._joined = {}, {}  # replaced, not emptied: who fills one meanwhile fills the old one
        self._opinions.forget()

    # -- asking --------------------------------------------------------------------------------------------------------

    def of(self, user: str) -> list[Exclusion]:
        """Return the exclusions that hold for a user: the library's own, then the user's, each oldest first."""
        read = self._read
        if KIND not in read:
            read[KIND] = [Exclusion(row.name, row.user) for row in self._state.read(KIND)]
        return [own for whose in dict.fromkeys(("", user)) for own in read[KIND] if own.user == whose]

    def listed(self, user: str) -> list[Excluded]:
        """Return the exclusions that hold for a user with how many songs each hides now; one that cannot be read hides
        none, so that it can be seen and taken back.
        """
        listed = []
        for number, exclusion in enumerate(self.of(user), 1):
            term = self._readable(exclusion)
            words, songs = (term.words(), self._store.count(term.sql())) if term else ("cannot be read", 0)
            listed.append(Excluded(number, exclusion, words, songs))
        return listed

    def left(self, user: str) -> int:
        """Return how many songs no exclusion hides."""
        terms = [term for exclusion in self.of(user) if (term := self._readable(exclusion))]
        terms += [never] if (never := self._opinions.hidden(user)) else []
        return self._store.count(Except(Or(tuple(terms))).sql() if terms else None)

    def _readable(self, exclusion: Exclusion) -> Term | None:
        try:
            return parse(exclusion.where, self._store.features())
        except FilterError:
            return None

    def hidden(self, user: str) -> Term | None:
        """Return what is excluded for a user, or never wanted again, in one term; None where nothing is."""
        terms = [term for term in (self._excluded(user), self._opinions.hidden(user)) if term]
        return Or(tuple(terms)) if len(terms) > 1 else terms[0] if terms else None

    def _excluded(self, user: str) -> Term | None:
        """Return what is excluded for a user in one term, None where nothing is."""
        joined = self._joined
        if user not in joined:
            terms = tuple(self._term(exclusion) for exclusion in self.of(user))
            joined[user] = Or(terms) if len(terms) > 1 else terms[0] if terms else None
        return joined[user]

    def _term(self, exclusion: Exclusion) -> Term:
        try:
            term = parse(exclusion.where, self._store.features())
        except FilterError as error:
            raise QueryError(f"an exclusion cannot be read: {error}; songkin exclude --undo takes it back") from error
        assert term is not None, "an empty exclusion is never kept"
        return term

    def kept(self, query: Query) -> Query:
        """Return the query for the songs that are left to its user."""
        hidden = self.hidden(query.user or self._user)
        if hidden is None:
            return query
        rest = Except(hidden)
        return Query.of(query, where=And((cast(Term, query.where), rest)) if query.where else rest)

    def shown(self, keys: NDArray[np.int64], user: str = "") -> NDArray[np.bool_]:
        """Say which keys (n,) no exclusion hides from the user."""
        left = self.kept(Query(user=user)).where
        return np.isin(keys, self._store.keys_where(left)) if left else np.ones(len(keys), bool)

    def notes(self, query: Query) -> list[str]:
        """Say how many songs the query's user will not see; nothing where that is none."""
        user = query.user or self._user
        hidden, never = self._excluded(user), self._opinions.hidden(user)
        count = self._store.count(hidden.sql()) if hidden is not None else 0
        whose = f" --user {user}" if user else ""
        wanted = "1 song is" if never and len(never.keys) == 1 else f"{len(never.keys):,} songs are" if never else ""
        said = [f"{wanted} hidden as never wanted again (songkin feedback --list{whose})"] if never else []
        if not count:
            return said
        many = len(self.of(user))
        songs = f"{count:,} of {self._store.counts().songs:,} songs are" if count > 1 else "1 song is"
        by = f"{many} exclusions" if many > 1 else "an exclusion"
        return [f"{songs} excluded by {by} (songkin exclude --list{whose})", *said]

    def never(self, song: Song, user: str) -> Opinion | None:
        """Return the opinion by which a user never wants a song again, None where there is none."""
        opinion = self._opinions.of(user or self._user).get(song.id)
        return opinion if opinion and opinion.verdict == "never" else None

    def against(self, song: Song, user: str) -> list[Excluded]:
        """Return the exclusions that hide a song of the library."""
        key, user = self._store.keys([song.id])[0], user or self._user
        known = [one for one in self.listed(user) if one.songs]
        return [one for one in known if key in self._store.keys_where(self._term(one.exclusion))]


def _written(text: str) -> str:
    """Return a condition as it is kept: without halves of characters and needless spaces around it."""
    return text.encode("utf-8", "replace").decode("utf-8").strip()
