"""Artists, albums, genres and single songs, as players browse them."""

from __future__ import annotations

import random
from collections.abc import Sequence

from songkin.library.players import Album, Artist, album_id
from songkin.serve.subsonic.asked import Asked, Payload
from songkin.serve.subsonic.describing import album_of, artist_of, child, children, since
from songkin.serve.subsonic.envelope import Refusal
from songkin.types import Song

__all__ = ["METHODS", "albums_of"]

FOLDER = {"id": 1, "name": "songkin"}
ARTICLES = "The"
COUNTED = ("frequent", "recent", "highest")  # by plays and ratings, which nobody counts here
LAST = 10**9


def music_folders(asked: Asked) -> Payload:
    """Return the one folder there is: the library."""
    return {"musicFolders": {"musicFolder": [FOLDER]}}


def artists(asked: Asked) -> Payload:
    """Return all artists under their first letters."""
    letters: dict[str, list[Artist]] = {}
    for one in asked.library.players.artists(user=asked.user):
        letters.setdefault(_letter(one.name), []).append(one)
    index = [{"name": letter, "artist": [artist_of(one) for one in letters[letter]]} for letter in sorted(letters)]
    return {"artists": {"ignoredArticles": ARTICLES, "index": index}}


def _letter(name: str) -> str:
    bare = name.removeprefix(f"{ARTICLES} ").strip()[:1].upper()
    return bare if bare.isalpha() else "#"


def artist(asked: Asked) -> Payload:
    """Return an artist with the albums."""
    players = asked.library.players
    found = players.artist(asked.need("id"))
    own = [players.album(album) for album in found.albums]
    return {"artist": {**artist_of(found), "album": albums_of(asked, own)}}


def album(asked: Asked) -> Payload:
    """Return an album with its songs."""
    players = asked.library.players
    found = players.album(asked.need("id"))
    songs = children(players.songs(found.keys, user=asked.user), asked.liked())
    return {"album": {**albums_of(asked, [found])[0], "song": songs}}


def album_list(asked: Asked) -> Payload:
    """Return a stretch of the albums in an order that we can know; those by plays and ratings are empty."""
    order = asked.need("type")
    known = asked.library.players.albums(user=asked.user)
    if order == "byYear":
        known = _of_years(known, asked)
    elif order == "byGenre":
        genre = asked.need("genre").casefold()
        known = [one for one in known if one.genre.casefold() == genre]
    elif order == "starred":
        liked = {album_id(song) for song in _liked(asked)}
        known = [one for one in known if one.id in liked]
    else:
        known = _ordered(known, order)
    size, offset = asked.whole("size", 10, high=500), asked.whole("offset", 0, high=LAST)
    return {"albumList2": {"album": albums_of(asked, known[offset : offset + size])}}


def _ordered(known: list[Album], order: str) -> list[Album]:
    if order == "alphabeticalByName":
        return known
    if order == "alphabeticalByArtist":
        return sorted(known, key=lambda one: (one.artist.casefold(), one.name.casefold()))
    if order == "newest":
        return sorted(known, key=lambda one: -max(one.keys))
    if order == "random":
        return random.sample(known, len(known))
    if order in COUNTED:
        return []
    raise Refusal(0, f"there is no list of albums '{order[:40]}'; ask for alphabeticalByName, newest or random")


def _of_years(known: list[Album], asked: Asked) -> list[Album]:
    """Return the albums between two years, in their order; backwards where the first is the later one."""
    asked.need("fromYear"), asked.need("toYear")
    first, last = asked.whole("fromYear", 0), asked.whole("toYear", 0)
    low, high = sorted((first, last))
    dated = [one for one in known if one.year and low <= one.year <= high]
    return sorted(dated, key=lambda one: one.year or 0, reverse=first > last)


def albums_of(asked: Asked, albums: Sequence[Album]) -> list[Payload]:
    """Describe albums."""
    created = since(asked.library)
    return [album_of(one, created=created) for one in albums]


def genres(asked: Asked) -> Payload:
    """Return the genres, the commonest first."""
    known = asked.library.players.shelves.genres
    found = [{"songCount": one.songs, "albumCount": one.albums, "value": one.name} for one in known]
    return {"genres": {"genre": found}}


def song(asked: Asked) -> Payload:
    """Return one song."""
    return {"song": child(asked.song(asked.need("id")), asked.liked())}


def random_songs(asked: Asked) -> Payload:
    """Return songs drawn by chance, of a genre and between years where these are given."""
    first, last = asked.whole("fromYear", 0), asked.whole("toYear", 9999)
    years = (first, last) if asked.text("fromYear") or asked.text("toYear") else None
    size = asked.whole("size", 10, high=500)
    found = asked.library.players.any(count=size, user=asked.user, genre=asked.text("genre"), years=years)
    return {"randomSongs": {"song": children(found, asked.liked())}}


def songs_by_genre(asked: Asked) -> Payload:
    """Return a stretch of the songs of a genre."""
    genre, count, offset = asked.need("genre"), asked.whole("count", 10), asked.whole("offset", 0, high=LAST)
    found = asked.library.players.of_genre(genre, count=count, offset=offset, user=asked.user)
    return {"songsByGenre": {"song": children(found, asked.liked())}}


def starred(asked: Asked) -> Payload:
    """Return the songs that the user likes."""
    return {"starred2": {"artist": [], "album": [], "song": children(_liked(asked), asked.liked())}}


def _liked(asked: Asked) -> list[Song]:
    keys = [int(key) for key in asked.library.store.keys(list(asked.liked())) if key >= 0]
    return asked.library.players.songs(keys, user=asked.user)


METHODS = {
    "getMusicFolders": music_folders,
    "getArtists": artists,
    "getArtist": artist,
    "getAlbum": album,
    "getAlbumList2": album_list,
    "getGenres": genres,
    "getSong": song,
    "getRandomSongs": random_songs,
    "getSongsByGenre": songs_by_genre,
    "getStarred2": starred,
}
