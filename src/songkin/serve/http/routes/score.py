"""Score: how alike two songs are, or each pair of a list."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import ConfigDict, Field, FiniteFloat
from starlette.responses import Response

from songkin.library.scoring import Pair
from songkin.serve.http.answers import Json
from songkin.serve.http.asking import Asked, Asker, HeldLibrary
from songkin.serve.http.etags import answered
from songkin.serve.http.schemas import Asking, Name, Reason, Text, Told
from songkin.serve.payloads import named_numbers, score_json

__all__ = ["router"]

router = APIRouter(tags=["score"])
MOST_PAIRS = 10_000


class ScoreParams(Asking):
    """Two songs."""

    a: Name = Field(..., description="An id, a title, or 'artist - title'.")
    b: Name = Field(..., description="The other song.")
    weights: Text = Field("", description="What each part counts.", examples=["lyrics=0.7,sound=0.3"])


class PairBody(Asking):
    """Two ids."""

    a: Name
    b: Name


class PairsBody(Asking):
    """Pairs of ids, and what each part counts."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"pairs": [{"a": "demo-001", "b": "demo-002"}]}]}
    )
    pairs: Annotated[list[PairBody], Field(min_length=1, max_length=MOST_PAIRS)]
    weights: Annotated[dict[Name, FiniteFloat], Field(max_length=10)] = Field({})


class SongTold(Told):
    """A song by its names."""

    id: str
    title: str
    artists: list[str]


class ScoreTold(Told):
    """Two songs, how alike they are in [0, 1], null where nothing is known of one, and why."""

    a: SongTold
    b: SongTold
    score: float | None
    notes: list[str]
    reasons: list[Reason]


class PairTold(Told):
    """A pair's score, null where there is none, and then why."""

    a: str
    b: str
    score: float | None
    why: str


class PairsTold(Told):
    """The scores, in the order of the pairs."""

    scores: list[PairTold]


@router.get("/score", response_model=ScoreTold, summary="Say how alike two songs are, and why")
def score(request: Request, params: Annotated[ScoreParams, Query()], held: HeldLibrary, user: Asker) -> Response:
    """Answer exactly as `songkin score A B --json` does: 0 = unrelated, 1 = the same."""
    served, weights = held.now(), named_numbers(params.weights)
    return answered(
        request, served, user, lambda: score_json(served.library.score(params.a, params.b, weights=weights))
    )


@router.post("/score", response_model=PairsTold, summary="Score pairs of songs")
def score_pairs(body: PairsBody, library: Asked) -> Response:
    """Score pairs of ids, in order; one with an unknown id has no score but a reason."""
    pairs = [Pair(number, pair.a, pair.b) for number, pair in enumerate(body.pairs, 1)]
    found = library.score_pairs(pairs, weights=body.weights)
    rows = [{"a": own.pair.a, "b": own.pair.b, "score": _rounded(own.score), "why": own.why} for own in found]
    return Json({"scores": rows})


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, 4)
