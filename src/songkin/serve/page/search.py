"""The search page: a request, what was understood of it, and the songs it finds, all in one address."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from songkin.errors import SongkinError
from songkin.library import Library
from songkin.library.sieving import Sieved
from songkin.serve.http.asking import asker, library_of
from songkin.serve.http.errors import status_of
from songkin.serve.page.asked import FURTHEST, PARTS, Asked
from songkin.serve.page.chips import Chip, Cure, chips, cures
from songkin.serve.page.hits import CHANNELS, Shown, shown
from songkin.serve.page.opinions import verdicts
from songkin.serve.page.problems import PageRoute
from songkin.serve.page.rendering import render
from songkin.types import Query

__all__ = ["router"]

EXAMPLES = (
    "songs about leaving home",
    "upbeat but sad, from the 90s",
    "a slow song about rain, not about love",
    "under 3 minutes, about the sea",
)

router = APIRouter(route_class=PageRoute)


class Slider(NamedTuple):
    """A channel's slider: how often what was learned it counts, and what it counts by itself for this request."""

    name: str
    label: str
    value: float
    counts: float | None


class Found(NamedTuple):
    """What a search gives: its chips, its hits from rank `first` on, of `found` in all, and what is to be said."""

    query: Query
    chips: list[Chip]
    counted: Sieved
    hits: list[Shown]
    notes: tuple[str, ...]
    first: int
    found: int
    cures: list[Cure]


@router.get("/")
def search(request: Request) -> HTMLResponse:
    """Show the search that the address asks for; a request that means nothing is shown with its cure."""
    library, user = library_of(request), asker(request)
    asked, found, problem, status = Asked(), None, "", 200
    try:
        asked = Asked.of(request.query_params.multi_items())
        found = _found(library, asked, user) if asked else None
    except SongkinError as error:
        problem, status = str(error), status_of(error).status
    return _view(request, library, asked, found, user=user, problem=problem, status=status)


def _view(
    request: Request, library: Library, asked: Asked, found: Found | None, *, user: str, problem: str, status: int
) -> HTMLResponse:
    values: dict[str, Any] = {
        "asked": asked,
        "found": found,
        "problem": problem,
        "sliders": _sliders(library, asked, found.query if found else Query(user=user)),
        "furthest": FURTHEST,
        "parts": PARTS,
        "channels": CHANNELS,
        "examples": EXAMPLES,
        "songs": library.store.counts().songs,
        "hidden": library.exclusions(user=user),
        "never": [one for one in library.opinions.all(user=user) if one.verdict == "never"],
        "back": asked.address,
    }
    made = render(request, "search.html", status=status, **values)
    made.headers["HX-Replace-Url" if _is_fine_tuning(request, asked) else "HX-Push-Url"] = _ascii(asked.address)
    return made


def _found(library: Library, asked: Asked, user: str) -> Found:
    return _sung(library, asked, user) if asked.line and asked.q else _meant(library, asked, user)


def _meant(library: Library, asked: Asked, user: str) -> Found:
    """Find songs for a request in plain words, seeds and conditions."""
    understood = library.asked(asked.q, **asked.more, user=user)
    learned = library.views.weights(understood.query)
    weights = {name: learned.get(name, 1.0) * times for name, times in asked.weights.items()}
    query = replace(understood.query, weights=weights)
    page, counted = library.views.page(query, page=asked.page), library.views.sieve(query)
    own = chips(library, asked, library.views.concepts(asked.q, understood, counted), counted)
    hits = shown(library, asked, query, page.answer.hits, first=page.first, verdicts=verdicts(library, user))
    notes = tuple(dict.fromkeys((*understood.notes, *page.answer.notes)))
    return Found(query, own, counted, hits, notes, page.first, page.found, [] if hits else cures(asked, own, counted))


def _sung(library: Library, asked: Asked, user: str) -> Found:
    """Find the songs in which a remembered line is sung; one more than is shown tells whether there are more."""
    upto = asked.page * asked.size
    answer = library.line(asked.q, where=" ".join(asked.where), grouped=asked.grouped, k=upto + 1, user=user)
    counted, first = library.views.sieve(answer.query), upto - asked.size
    own = chips(library, replace(asked, like=(), unlike=()), (), counted)
    hits = shown(
        library, asked, answer.query, answer.hits[first:upto], first=first + 1, verdicts=verdicts(library, user)
    )
    helped = [] if hits else cures(asked, own, counted)
    return Found(answer.query, own, counted, hits, answer.notes, first + 1, len(answer.hits), helped)


def _sliders(library: Library, asked: Asked, query: Query) -> list[Slider]:
    """Return a slider for each channel of the library, with what it counts before anybody moves it."""
    learned = library.views.weights(replace(query, weights={}))
    return [
        Slider(name, CHANNELS.get(name, name), asked.weights.get(name, 1.0), counts) for name, counts in learned.items()
    ]


def _is_fine_tuning(request: Request, asked: Asked) -> bool:
    """Say whether only weights changed since the address before: such steps are not worth a place in the history."""
    before = request.headers.get("hx-current-url", "")
    if not before:
        return False
    try:
        return Asked.of_address(before).but(weights={}, variety=0.0) == asked.but(weights={}, variety=0.0)
    except SongkinError:
        return False


def _ascii(address: str) -> str:
    """Return an address as a header may hold it; it is percent-encoded already."""
    return address.encode("ascii", "ignore").decode("ascii")
