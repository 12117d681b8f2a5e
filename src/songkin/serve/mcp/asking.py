"""What each tool is asked: arguments with their limits, described for the model that fills them in.

Conventions
-----------
An argument that is left out, or null, is not given. Where a list is wanted, one text counts as a list of one, and a
list written as JSON text is read: models send both.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

__all__ = [
    "Arguments",
    "DescribeLibrary",
    "Explain",
    "FindLine",
    "MakePlaylist",
    "SearchSongs",
    "SimilarSongs",
]

LONGEST = 500  # characters of a request, a line or a condition
LONGEST_NAME = 300  # of a song's name
SONGS = 20  # at most named in one call
FEATURES = 10
HITS = 50
PLAYLIST = 200  # songs
MINUTES = 24 * 60


def listed(value: Any) -> Any:
    """Read one text as a list of one, and JSON text as the list it writes; the rest stays as it is."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return [value]
    return [value]


Text = Annotated[str, Field(min_length=1, max_length=LONGEST)]
SongName = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
FeatureName = Annotated[str, Field(min_length=1, max_length=60)]
Songs = Annotated[list[SongName], BeforeValidator(listed), Field(max_length=SONGS)]
Features = Annotated[list[FeatureName], BeforeValidator(listed), Field(max_length=FEATURES)]

SONG = "An id from an earlier answer, a title, or 'artist - title'."
Where = Annotated[
    str | None,
    Field(
        max_length=LONGEST,
        description="A hard condition: 'genre:jazz,blues year:1990..1999 -artist:\"Queen\" language:en energy:0.7..'. "
        "Terms are joined by AND, a comma is OR, '-' negates, a..b is a range with open ends. Songs that "
        "lack the field fail the term, so look at describe_library first. Field names: genre, tag, year, "
        "language, artist, album, title, duration_s, explicit, instrumental, season, and the features "
        "that describe_library names.",
    ),
]
K = Annotated[int, Field(ge=1, le=HITS, description="How many songs to return.")]
More = Annotated[
    Features, Field(description="Features the songs should have more of (soft), as ['energy', 'valence'].")
]
Less = Annotated[Features, Field(description="Features the songs should have less of (soft).")]
Unlike = Annotated[Songs, Field(description=f"Songs to keep away from. {SONG}")]
PerArtist = Annotated[int | None, Field(ge=1, le=100, description="At most so many songs of one artist.")]
Variety = Annotated[float, Field(ge=0, le=1, description="0 = best first, 1 = as different from each other as can be.")]


class Arguments(BaseModel):
    """What a tool is asked; an argument it does not have is an error, not passed over."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _given(cls, arguments: Any) -> Any:
        """Leave out what is null."""
        if not isinstance(arguments, Mapping):
            return arguments
        return {name: value for name, value in arguments.items() if value is not None}


class DescribeLibrary(Arguments):
    """describe_library takes nothing."""


class SearchSongs(Arguments):
    """What search_songs takes."""

    request: Annotated[
        str,
        Field(
            min_length=1,
            max_length=LONGEST,
            description="The wish in plain words, as a listener says it: what the song is about, how it sounds, 'like "
            "X but more upbeat', 'not about a break-up', 'from the 80s', 'under 4 minutes'.",
        ),
    ]
    where: Where = None
    part: Annotated[
        Literal["all", "lyrics", "description"],
        Field(description="Hold the request against everything, only what is sung, or only how songs are described."),
    ] = "all"
    more: More = []
    less: Less = []
    per_artist: PerArtist = None
    variety: Variety = 0.0
    k: K = 10


class FindLine(Arguments):
    """What find_line takes."""

    line: Annotated[Text, Field(description="The words as remembered, misheard, misspelt or incomplete.")]
    where: Where = None
    k: Annotated[int, Field(ge=1, le=HITS, description="How many songs to return.")] = 5


class SimilarSongs(Arguments):
    """What similar_songs takes."""

    songs: Annotated[
        list[SongName],
        BeforeValidator(listed),
        Field(min_length=1, max_length=SONGS, description=f"The song or songs to start from. {SONG}"),
    ]
    unlike: Unlike = []
    where: Where = None
    more: More = []
    less: Less = []
    per_artist: PerArtist = None
    variety: Variety = 0.0
    k: K = 10


class MakePlaylist(Arguments):
    """What make_playlist takes; at least one of text, like, or start and end."""

    text: Annotated[
        str | None, Field(max_length=LONGEST, description="What the playlist is about, in plain words.")
    ] = None
    like: Annotated[Songs, Field(description=f"Songs it should be like. {SONG}")] = []
    unlike: Unlike = []
    start: Annotated[
        str | None, Field(max_length=LONGEST_NAME, description="The first song of a path; needs 'end'.")
    ] = None
    end: Annotated[
        str | None, Field(max_length=LONGEST_NAME, description="The last song of a path; needs 'start'.")
    ] = None
    via: Annotated[Songs, Field(description="Songs the path passes on its way, in this order.")] = []
    arc: Annotated[
        str | None,
        Field(
            max_length=100,
            description="How a feature runs over the playlist: 'energy:rise', 'energy:fall', 'tempo_bpm:peak', "
            "'valence:0.2..0.9'.",
        ),
    ] = None
    where: Where = None
    more: More = []
    less: Less = []
    minutes: Annotated[float | None, Field(ge=1, le=MINUTES, description="Total playing time.")] = None
    songs: Annotated[int | None, Field(ge=1, le=PLAYLIST, description="How many songs.")] = None
    floor: Annotated[
        float | None, Field(ge=0, le=1, description="Leave out songs that are less similar than this.")
    ] = None
    artist_gap: Annotated[
        int | None, Field(ge=0, le=50, description="At least so many songs between two of one artist.")
    ] = None
    album_gap: Annotated[
        int | None, Field(ge=0, le=50, description="At least so many songs between two of one album.")
    ] = None
    per_artist: PerArtist = None
    language: Annotated[
        str | None, Field(max_length=40, description="Only songs sung in this language, as 'en' or 'French'.")
    ] = None
    variety: Annotated[float | None, Field(ge=0, le=1)] = None


class Explain(Arguments):
    """What explain takes."""

    song: Annotated[SongName, Field(description=SONG)]
    request: Annotated[Text, Field(description="The request to hold it against, as it was given to search_songs.")]
