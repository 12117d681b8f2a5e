"""What a request says: a text or a `Query` made one query of the library's user, and a text understood."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from songkin.errors import QueryError
from songkin.filters import parse
from songkin.search import Meaning
from songkin.search.timing import step
from songkin.search.understanding import Understood, Vocabulary, understand
from songkin.store import Store
from songkin.types import Query, Where

__all__ = ["Requests", "whole"]

SIGNS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")  # of control, which no request means; blanks stay


class Requests:
    """The door for requests to one library; `user` asks where the request names nobody."""

    def __init__(self, store: Store, user: str = "") -> None:
        self._store, self._user = store, user

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words that requests are understood by."""
        return Vocabulary.of(self._store)

    def where(self, text: str | None) -> Where | None:
        """Read a condition; FilterError where it cannot be read."""
        return parse(text, self._store.features()) if text else None

    def query(self, request: Query | str, more: Mapping[str, Any]) -> Query:
        """Return the query of a request and further fields of it; `where` among them may be text."""
        own = dict(more)
        if isinstance(own.get("where"), str):
            own["where"] = self.where(own["where"])
        query = Query.of(request, **own)
        return Query.of(query, text=whole(query.text), lyrics=whole(query.lyrics), user=query.user or self._user)

    def said(self, request: Query | str, more: Mapping[str, Any]) -> Query:
        """Return the query; QueryError where it says nothing."""
        query = self.query(request, more)
        if not (_shows(query.text) or _shows(query.lyrics) or query.like or query.features):
            raise QueryError("the request is empty; say what the song is about or how it sounds")
        return query

    def understood(self, request: Query | str, more: Mapping[str, Any]) -> Understood:
        """Understand a text, take a query as it is; QueryError where it says nothing."""
        with step("understand"):
            query = self.said(request, more)
            return self.read(query) if isinstance(request, str) else Understood(query)

    def read(self, query: Query) -> Understood:
        """Understand a query's text, unless the encoder alone is asked."""
        if query.channels == (Meaning.name,):
            return Understood(query)
        return understand(query.text, self.vocabulary, query=query)


def _shows(text: str) -> bool:
    """Say whether a text has any sign that is seen: blanks, zero-width joiners and marks of direction are none."""
    return any(not character.isspace() and unicodedata.category(character) != "Cf" for character in text)


def whole(text: str) -> str:
    """Return a text without halves of characters (lone surrogates), which no encoder reads, and signs of control."""
    return SIGNS.sub(" ", text.encode("utf-8", "replace").decode("utf-8"))
