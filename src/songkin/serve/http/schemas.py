"""What requests carry and answers hold, as OpenAPI tells it; `songkin.serve.payloads` makes the answers."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

__all__ = [
    "Answer",
    "ErrorBody",
    "Health",
    "LineBody",
    "LineParams",
    "SearchBody",
    "SearchParams",
    "SimilarBody",
    "SimilarParams",
]

LONGEST_TEXT = 10_000  # characters of a request
LONGEST_LYRICS = 100_000
MOST_NAMES = 100
DEEPEST = 1000  # hits of one answer

Text = Annotated[str, Field(max_length=LONGEST_TEXT)]
Name = Annotated[str, Field(min_length=1, max_length=500)]
Names = Annotated[list[Name], Field(max_length=MOST_NAMES)]
K = Annotated[int, Field(ge=1, le=DEEPEST)]
Share = Annotated[FiniteFloat, Field(ge=0, le=1)]


class Asking(BaseModel):
    """What may be asked for: nothing but the fields named here."""

    model_config = ConfigDict(extra="forbid")


class Told(BaseModel):
    """What is answered: the fields named here; later versions may add more."""


# -- what is asked -----------------------------------------------------------------------------------------------------


class SearchParams(Asking):
    """The flags of `songkin search`, in an address."""

    q: Text = Field("", description="What the song is about, says, or sounds like.", examples=["songs about the sea"])
    where: Text = Field("", description="Only songs that meet all terms.", examples=["year:1990.. -genre:jazz"])
    k: K = Field(10, description="How many songs on a page.")
    page: Annotated[int, Field(ge=1, le=10_000)] = Field(1, description="Which page, counted from 1.")
    more: Names = Field([], description="More of a feature than the seed, or the library's middle, has.")
    less: Names = Field([], description="Less of a feature.")
    like: Names = Field([], description="Also be like this song: id, title, or 'artist - title'.")
    unlike: Names = Field([], description="Keep away from this song.")
    variety: Share = Field(0.0, description="Trade closeness for difference among the hits.")
    per_artist: Annotated[int, Field(ge=1, le=DEEPEST)] | None = Field(None, description="Songs of one artist at most.")
    all_versions: bool = Field(False, description="Show each version of a song by itself.")
    weights: Text = Field("", description="Weigh channels.", examples=["words=0.5,meaning=2"])
    channels: Text = Field("", description="Ask only these channels.", examples=["meaning,words"])
    part: Text = Field("all", alias="in", description="Hold the request against all, lyrics or description.")
    strategy: Text = Field("", description="Another way to look: clusters, cosine or keywords; clusters=4 for four.")
    verbatim: bool = Field(False, description="Take the request as words: read no conditions out of it.")


class SimilarParams(Asking):
    """The flags of `songkin similar`, in an address."""

    song: Names = Field(..., min_length=1, description="An id, a title, or 'artist - title'; may be repeated.")
    where: Text = ""
    k: K = 10
    more: Names = Field([])
    less: Names = Field([])
    unlike: Names = Field([])
    variety: Share = 0.0
    per_artist: Annotated[int, Field(ge=1, le=DEEPEST)] | None = None
    all_versions: bool = False
    weights: Text = ""
    channels: Text = ""
    part: Text = Field("all", alias="in")
    strategy: Text = ""


class LineParams(Asking):
    """The flags of `songkin line`, in an address."""

    q: Text = Field(..., description="The line, as you remember it.", examples=["mid pleasures and palaces"])
    where: Text = ""
    k: K = 5
    all_versions: bool = False


class Narrowing(Asking):
    """What narrows and weighs the songs that are asked for, however they are asked for."""

    where: Text = ""
    unlike: Names = Field([])
    more: Names = Field([])
    less: Names = Field([])
    weights: Annotated[dict[Name, FiniteFloat], Field(max_length=50)] = Field({})
    channels: Names = Field([])
    part: Text = Field("all", alias="in")
    variety: Share = 0.0
    per_artist: Annotated[int, Field(ge=1, le=DEEPEST)] | None = None
    strategy: Text = ""
    grouped: bool = True
    k: K = 10


class SearchBody(Narrowing):
    """A whole query; what it leaves out is as in an address."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "text": "a slow song about the sea, not about love",
                    "where": "year:1990..",
                    "more": ["energy"],
                    "k": 5,
                }
            ]
        },
    )
    text: Text = ""
    like: Names = Field([])
    verbatim: bool = False
    page: Annotated[int, Field(ge=1, le=10_000)] = 1


class SimilarBody(Narrowing):
    """Songs of the library, or one it lacks, described by words and features."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"songs": ["demo-001"], "where": "genre:folk", "more": ["energy"]},
                {"lyrics": "The harbour lights are burning low", "features": {"valence": 0.3}},
            ]
        },
    )
    songs: Names = Field([])
    lyrics: Annotated[str, Field(max_length=LONGEST_LYRICS)] = ""
    features: Annotated[dict[Name, FiniteFloat], Field(max_length=200)] = Field({})


class LineBody(Asking):
    """A remembered line."""

    text: Text = Field(..., examples=["mid pleasures and palaces"])
    where: Text = ""
    grouped: bool = True
    k: K = 5


# -- what is answered --------------------------------------------------------------------------------------------------


class Reason(Told):
    """Why a song was found: a channel, its share of the score, and the evidence."""

    channel: str
    share: float
    words: str
    line: str | None
    start_ms: int | None


class Hit(Told):
    """A song that was found."""

    rank: int
    id: str
    title: str
    artists: list[str]
    score: float
    reasons: list[Reason]
    versions: list[str] = Field([])


class Answer(Told):
    """The query as it was understood, what could not be honoured, and the hits, best first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "query": {"text": "the sea", "where": "year from 1990", "in": "all", "variety": 0.0, "k": 1},
                    "notes": ["12 of 60 songs have no year"],
                    "hits": [
                        {
                            "rank": 1,
                            "id": "demo-001",
                            "title": "Salt on the Window",
                            "artists": ["The Harbour Lights"],
                            "score": 0.83,
                            "reasons": [
                                {
                                    "channel": "meaning",
                                    "share": 0.6,
                                    "words": "near in meaning",
                                    "line": "and the tide takes the letters home",
                                    "start_ms": 61200,
                                }
                            ],
                        }
                    ],
                }
            ]
        }
    )
    query: dict[str, Any]
    notes: list[str]
    hits: list[Hit]


class Health(Told):
    """That the server answers, and whether its library does."""

    status: str = Field(examples=["ok"])
    songs: int = Field(examples=[60])
    version: str = Field(examples=["0.7.0"])


class ErrorTold(Told):
    """What went wrong: one line with place, value and cure, and the field it is about, where it is one."""

    status: int = Field(examples=[400])
    code: str = Field(examples=["filter"])
    message: str = Field(examples=["'gener' is no field; did you mean 'genre'?"])
    field: str | None = Field(examples=["where"])


class ErrorBody(Told):
    """Every error under /api has this shape."""

    error: ErrorTold
