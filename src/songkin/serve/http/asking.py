"""Who asks, and of which library: what every route depends on."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from songkin.library import Library
from songkin.serve.http.held import Held

__all__ = ["Asked", "Asker", "HeldLibrary", "asker", "held_of", "library_of"]

OWNER = "songkin.owner"  # where the guard leaves in a request's scope whose token it came with


def held_of(request: Request) -> Held:
    """Return the library that the server holds."""
    held = request.app.state.held
    assert isinstance(held, Held)
    return held


def library_of(request: Request) -> Library:
    """Return the library as it is now; StoreError where there is none."""
    return held_of(request).library


def asker(request: Request) -> str:
    """Return the user that the request's token names, or the one the settings name; '' = nobody in particular."""
    owner = request.scope.get(OWNER)
    return (owner.user if owner else "") or held_of(request).user


HeldLibrary = Annotated[Held, Depends(held_of)]
Asked = Annotated[Library, Depends(library_of)]
Asker = Annotated[str, Depends(asker)]
