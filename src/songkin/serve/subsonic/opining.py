"""What a user thinks of songs, told by a player: a star is a like, one or two stars of five a skip.

Conventions
-----------
A rating of 4 or 5 is a like, of 1 or 2 a skip; 3 says neither and 0 takes back. Stars for albums and artists are not
kept, for opinions are of songs. Plays are no opinions: a scrobble is acknowledged and forgotten.
"""

from __future__ import annotations

from contextlib import suppress

from songkin.errors import QueryError
from songkin.serve.subsonic.asked import Asked, Payload
from songkin.serve.subsonic.envelope import Refusal

__all__ = ["METHODS"]

VERDICTS = {1: "skip", 2: "skip", 4: "like", 5: "like"}
STARRED = ("id", "albumId", "artistId")


def star(asked: Asked) -> Payload:
    """Keep that the user likes songs."""
    for song in _songs(asked):
        asked.library.opinions.tell(song, "like", user=asked.user)
    return {}


def unstar(asked: Asked) -> Payload:
    """Take back that the user likes songs; another opinion of them stays."""
    for song in _songs(asked):
        if song in asked.liked():
            asked.library.opinions.take_back(song, user=asked.user)
    return {}


def _songs(asked: Asked) -> list[str]:
    """Return the songs that are named, each of which is here; Refusal where nothing, or an unknown song, is named."""
    songs = asked.all("id")
    if not any(asked.all(name) for name in STARRED):
        raise Refusal(10, "Required parameter is missing: id")
    return [asked.song(song).id for song in songs]


def set_rating(asked: Asked) -> Payload:
    """Keep a rating as the opinion it is."""
    song = asked.song(asked.need("id"))
    asked.need("rating")
    rating = asked.whole("rating", 0, low=-1, high=6)
    if rating not in range(6):
        raise Refusal(0, f"rating is {asked.text('rating')[:20]}; it lies between 1 and 5, and 0 takes it back")
    if rating in VERDICTS:
        asked.library.opinions.tell(song.id, VERDICTS[rating], user=asked.user)
    else:
        with suppress(QueryError):  # there was none
            asked.library.opinions.take_back(song.id, user=asked.user)
    return {}


def scrobble(asked: Asked) -> Payload:
    """Acknowledge that songs were played."""
    asked.need("id")
    for song in asked.all("id"):
        asked.song(song)
    return {}


METHODS = {"star": star, "unstar": unstar, "setRating": set_rating, "scrobble": scrobble}
