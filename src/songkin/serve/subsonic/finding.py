"""What songkin is for, in a player: search by what songs say, songs alike, a path between two, their words."""

from __future__ import annotations

from songkin.library.players import Words
from songkin.serve.subsonic.asked import Asked, Payload
from songkin.serve.subsonic.browsing import albums_of
from songkin.serve.subsonic.describing import artist_of, children, matches
from songkin.types import Song

__all__ = ["METHODS"]

LAST = 10**9
MOST_ALIKE = 500
NO_WORDS = '"* '  # what players put around a query, or send in place of an empty one


def search3(asked: Asked) -> Payload:
    """Return stretches of the artists, albums and songs that a request finds; an empty one finds everything."""
    players, words = asked.library.players, asked.text("query").strip().strip(NO_WORDS)
    found = {}
    if size := asked.whole("artistCount", 20):
        at = asked.whole("artistOffset", 0, high=LAST)
        found["artist"] = [artist_of(one) for one in players.artists(user=asked.user, named=words)[at : at + size]]
    if size := asked.whole("albumCount", 20):
        at = asked.whole("albumOffset", 0, high=LAST)
        found["album"] = albums_of(asked, players.albums(user=asked.user, named=words)[at : at + size])
    if size := asked.whole("songCount", 20):
        found["song"] = children(_songs(asked, words, size), asked.liked())
    return {"searchResult3": found}


def _songs(asked: Asked, words: str, count: int) -> list[Song]:
    players, offset = asked.library.players, asked.whole("songOffset", 0, high=LAST)
    if not words:
        return players.everything(count=count, offset=offset, user=asked.user)
    return players.found(words, count=count, offset=offset, user=asked.user)


def similar_songs(asked: Asked) -> Payload:
    """Return the songs most like a song, an album or an artist."""
    return {"similarSongs": {"song": _similar(asked)}}


def similar_songs2(asked: Asked) -> Payload:
    """Return the same under the protocol's other name."""
    return {"similarSongs2": {"song": _similar(asked)}}


def _similar(asked: Asked) -> list[Payload]:
    count = asked.whole("count", 50, high=MOST_ALIKE)
    hits = asked.library.players.similar(asked.need("id"), count=count, user=asked.user) if count else ()
    return children([hit.song for hit in hits], asked.liked())


def sonic_similar_tracks(asked: Asked) -> Payload:
    """Return the songs most like one, with how much: by what they say, and by how they sound where they were heard."""
    count, seed = asked.whole("count", 10, high=MOST_ALIKE), asked.song(asked.need("id"))
    hits = asked.library.players.similar(seed.id, count=count, user=asked.user) if count else ()
    return {"sonicMatch": matches(hits, asked.liked())}


def sonic_path(asked: Asked) -> Payload:
    """Return songs that lead from one to another, both among them, with how like the first each is."""
    start, end = asked.need("startSongId"), asked.need("endSongId")
    count = asked.whole("count", 25, low=2, high=MOST_ALIKE)
    hits = asked.library.players.path(start, end, count=count, user=asked.user)
    return {"sonicMatch": matches(hits, asked.liked())}


def lyrics_by_id(asked: Asked) -> Payload:
    """Return what a song says, line by line; no lyrics where that is not known."""
    song = asked.song(asked.need("id"))
    words = asked.library.players.words(song.id)
    return {"lyricsList": {"structuredLyrics": [_structured(song, words)] if words.lines else []}}


def _structured(song: Song, words: Words) -> Payload:
    return {
        "displayArtist": song.artist,
        "displayTitle": song.title,
        "lang": words.language or "und",
        "offset": 0,
        "synced": words.timed,
        "line": _timed(words) if words.timed else [{"value": line.text} for line in words.lines],
    }


def _timed(words: Words) -> list[Payload]:
    """Return lines with their starts; one that is not timed, such as a verse break, goes with the line after it."""
    found: list[Payload] = []
    start = max(line.start_ms or 0 for line in words.lines)
    for line in reversed(words.lines):
        start = start if line.start_ms is None else line.start_ms
        found.append({"start": start, "value": line.text})
    return found[::-1]


def lyrics(asked: Asked) -> Payload:
    """Return what a song says by its artist and title; empty lyrics where no such song says anything."""
    artist, title = asked.text("artist"), asked.text("title")
    found = asked.library.players.titled(title, artist, user=asked.user)
    if found is None:
        return {"lyrics": {"value": ""}}
    text = "\n".join(line.text for line in asked.library.players.words(found.id).lines)
    return {"lyrics": {"artist": found.artist, "title": found.title, "value": text}}


METHODS = {
    "search3": search3,
    "getSimilarSongs": similar_songs,
    "getSimilarSongs2": similar_songs2,
    "getSonicSimilarTracks": sonic_similar_tracks,
    "findSonicPath": sonic_path,
    "getLyricsBySongId": lyrics_by_id,
    "getLyrics": lyrics,
}
