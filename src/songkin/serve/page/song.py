"""A song's own page: what is known of it and what is only predicted, why it fits a request, and what is near it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from songkin.errors import SongkinError
from songkin.library import Library
from songkin.library.views import language_name
from songkin.serve.http.asking import asker, library_of
from songkin.serve.page.heat import WarmPart, warm_parts
from songkin.serve.page.hits import Share, shares
from songkin.serve.page.opinions import verdicts
from songkin.serve.page.problems import PageRoute
from songkin.serve.page.rendering import render
from songkin.types import Song

__all__ = ["Label", "labels", "router"]

NEAR = 8  # similar songs shown
IN_UNIT = ("valence", "energy", "danceability", "acousticness", "instrumentalness", "speechiness", "liveness")
UNITS = {"_bpm": " bpm", "_db": " dB", "_s": " s", "_hz": " Hz", "_ms": " ms"}

router = APIRouter(route_class=PageRoute)


class Label(NamedTuple):
    """One thing said of a song: `share` in [0, 1] is drawn as a bar, None = no bar; `predicted` = nobody gave it."""

    name: str
    value: str
    share: float | None = None
    predicted: bool = False


class Held(NamedTuple):
    """The song against a request: its rank, None = far, the shares and reasons, and its words shaded."""

    against: str
    rank: int | None
    of: int
    looked_at: int
    shares: tuple[Share, ...]
    beside: tuple[str, ...]
    parts: tuple[WarmPart, ...]
    notes: tuple[str, ...]
    problem: str = ""


@router.get("/songs/")
@router.get("/songs/{name:path}")
def song(request: Request, name: str = "") -> HTMLResponse:
    """Show a song; `against` is the request it is held against. A song that is not here is a page that says so."""
    library, user = library_of(request), asker(request)
    name = name or request.query_params.get("id", "")
    try:
        own = library.views.song(name, lyrics=True)
    except SongkinError as error:
        return render(request, "problem.html", status=404, title="There is no such song", problem=str(error))
    against = request.query_params.get("against", "").strip()
    values: dict[str, Any] = {
        "song": own,
        "labels": labels(own),
        "features": features(own),
        "lines": library.views.lines(own),
        "against": against,
        "held": _held(library, own, against, user) if against else None,
        "versions": library.views.versions(own, user=user),
        "near": _near(library, own, user),
        "verdict": verdicts(library, user).get(own.id, ""),
        "back": str(request.url.path) + (f"?{request.url.query}" if request.url.query else ""),
    }
    return render(request, "song.html", **values)


def _near(library: Library, song: Song, user: str) -> list[tuple[Song, tuple[Share, ...]]]:
    """Return similar songs with the shares of what makes them so; none for a song of which nothing is known."""
    try:
        answer = library.similar(song.id, k=NEAR, user=user)
    except SongkinError:
        return []
    return [(hit.song, shares(hit.reasons)) for hit in answer.hits]


def _held(library: Library, song: Song, against: str, user: str) -> Held:
    """Hold a song against a request; what cannot be shown is said."""
    try:
        standing = library.explain(song.id, against, user=user)
    except SongkinError as error:
        return Held(against, None, 0, 0, (), (), (), (), str(error))
    reasons = standing.hits[0].reasons if standing.hits else ()
    parts, notes = _warm(library, song, against, user)
    beside = tuple(reason.words for reason in reasons if not reason.share and reason.words)
    said = tuple(dict.fromkeys((*standing.notes, *notes)))
    return Held(against, standing.rank, standing.of, standing.looked_at, shares(reasons), beside, parts, said)


def _warm(library: Library, song: Song, against: str, user: str) -> tuple[tuple[WarmPart, ...], tuple[str, ...]]:
    try:
        heated = library.heat(song.id, against, user=user)
    except SongkinError as error:
        return (), (str(error),)
    return warm_parts(heated), heated.notes


def labels(song: Song) -> list[Label]:
    """Return what is said of a song in words, given before predicted, the surest first."""
    given = [Label("genre", name) for name in song.genres]
    given += [Label("tag", name, _part(weight)) for name, weight in sorted(song.tags.items(), key=lambda tag: -tag[1])]
    given += [Label("language", language_name(song.language))] if song.language else []
    given += [Label("explicit", "yes" if song.explicit else "no")] if song.explicit is not None else []
    return given + _predicted(song.predicted)


def _part(weight: float) -> float | None:
    """Return a tag's weight as far as it says anything: a tag that is simply given weighs 1."""
    return weight if weight < 1 else None


def _predicted(told: Mapping[str, float]) -> list[Label]:
    """Return the labels that the words were judged to have, with how sure that is."""
    found = []
    for name, share in sorted(told.items(), key=lambda label: -label[1]):
        kind, colon, value = name.partition(":")
        if colon:
            found.append(Label({"also": "genre"}.get(kind, kind), value, share, predicted=True))
        elif name == "happy":
            mood = ("happy", share) if share >= 0.5 else ("sad", 1 - share)
            found.append(Label("mood", *mood, predicted=True))
        elif name == "explicit":
            found.append(Label("explicit", "yes" if share >= 0.5 else "no", max(share, 1 - share), predicted=True))
    return sorted(found, key=lambda label: -(label.share or 0))


def features(song: Song) -> list[Label]:
    """Return a song's numbers, those given and those predicted, with a bar where they lie in [0, 1]."""
    return [
        Label(_plain(name), _with_unit(name, value), _bar(name, value), song.is_predicted(name))
        for name, value in sorted(song.measures.items())
    ]


def _bar(name: str, value: float) -> float | None:
    return value if name in IN_UNIT and 0 <= value <= 1 else None


def _plain(name: str) -> str:
    unit = next((unit for unit in UNITS if name.endswith(unit)), "")
    return name.removesuffix(unit).replace("_", " ")


def _with_unit(name: str, value: float) -> str:
    return f"{value:.3g}{next((told for unit, told in UNITS.items() if name.endswith(unit)), '')}"
