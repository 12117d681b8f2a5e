"""Map: the songs in the plane, near ones near, with what is known of each; laid out beside the requests."""

from __future__ import annotations

import math
import threading
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from songkin.library import Library
from songkin.library.charting import SongMap
from songkin.serve.http.asking import Asker, HeldLibrary
from songkin.serve.http.errors import Refusal
from songkin.serve.http.etags import answered
from songkin.serve.http.schemas import Asking, Told
from songkin.serve.payloads import names_in

__all__ = ["router"]

router = APIRouter(tags=["map"])
DIGITS = 4
PATIENCE_S = 30.0  # a first layout of thousands of songs takes longer: ask again
OURS = "audio"  # the column of paths of this machine
_laying = threading.Lock()  # one layout at a time; who waits for it gets what it kept


class MapParams(Asking):
    """Which columns."""

    columns: str = Field("", max_length=500, description="Only these columns; else all.", examples=["title,genre"])


class MapTold(Told):
    """Songs (n) by id, where each lies, their columns, each (n), and how far to trust it.

    That is null for too few songs, or songs that are all alike.
    """

    id: list[str]
    x: list[float]
    y: list[float]
    columns: dict[str, list[Any]]
    trustworthiness: float | None
    notes: list[str]


@router.get("/map", response_model=MapTold, summary="Draw the library")
def song_map(request: Request, params: Annotated[MapParams, Query()], held: HeldLibrary, user: Asker) -> Response:
    """Give every song that has a vector its place. Where no map is kept yet it is laid out first: 503 says to wait."""
    served, wanted = held.now(), names_in(params.columns)
    return answered(request, served, user, lambda: _told(_drawn(served.library, user), wanted))


def _drawn(library: Library, user: str) -> SongMap:
    """Return the map; Refusal where somebody else's layout is not done yet."""
    if not _laying.acquire(timeout=0 if library.map_standing().kept else PATIENCE_S):
        if library.map_standing().kept:
            return library.map(user=user)
        raise Refusal(
            503, "the map is being laid out; ask again in a minute", code="busy", headers={"retry-after": "30"}
        )
    try:
        return library.map(user=user)
    finally:
        _laying.release()


def _told(drawn: SongMap, wanted: tuple[str, ...]) -> dict[str, Any]:
    known = [name for name in drawn.columns if name != OURS]
    if missing := [name for name in wanted if name not in known]:
        raise Refusal(400, f"the map has no column '{missing[0][:60]}'; there are {', '.join(known)}", field="columns")
    x, y = (np.round(axis.astype(float), DIGITS).tolist() for axis in (drawn.x, drawn.y))
    trust = None if math.isnan(drawn.trustworthiness) else round(drawn.trustworthiness, DIGITS)
    columns = {name: [_plain(value) for value in drawn.columns[name]] for name in wanted or known}
    own = {"id": list(drawn.ids), "x": x, "y": y, "columns": columns}
    return {**own, "trustworthiness": trust, "notes": list(drawn.notes)}


def _plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    value = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(value, float) and not math.isfinite(value) else value
