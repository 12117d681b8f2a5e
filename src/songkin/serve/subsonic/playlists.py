"""Saved playlists as players see and write them."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

from songkin.library.playlists import Saved
from songkin.serve.subsonic.asked import Asked, Payload
from songkin.serve.subsonic.describing import children
from songkin.serve.subsonic.envelope import Refusal

__all__ = ["METHODS"]


def playlists(asked: Asked) -> Payload:
    """Return the playlists the user sees."""
    return {"playlists": {"playlist": [_described(asked, one) for one in _all(asked).values()]}}


def playlist(asked: Asked) -> Payload:
    """Return a playlist with its songs, made again if the library changed since."""
    found = _named(asked, asked.need("id"))
    return {"playlist": _whole(asked, asked.library.playlists.open(found.name, user=asked.user))}


def create_playlist(asked: Asked) -> Payload:
    """Keep songs as a playlist: a new one under a name, or in place of the songs of one that is named by its id."""
    songs = list(dict.fromkeys(asked.all("songId")))
    if own := asked.text("playlistId"):
        return {"playlist": _whole(asked, _edited(asked, _named(asked, own), songs))}
    name = asked.need("name")
    return {"playlist": _whole(asked, asked.library.playlists.keep(name, songs, user=asked.user))}


def update_playlist(asked: Asked) -> Payload:
    """Take songs out of a playlist by their places, and put others in at its end."""
    found = _named(asked, asked.need("playlistId"))
    if asked.text("name") not in ("", found.name):
        raise Refusal(0, "a playlist keeps its name; create one with the new name, and delete this one")
    places = set(asked.all("songIndexToRemove"))
    stay = [song for place, song in enumerate(found.ids) if str(place) not in places]
    songs = list(dict.fromkeys([*stay, *asked.all("songIdToAdd")]))
    if songs != list(found.ids):
        _edited(asked, found, songs)
    return {}


def delete_playlist(asked: Asked) -> Payload:
    """Take a playlist away."""
    asked.library.playlists.drop(_own(asked, _named(asked, asked.need("id"))).name, user=asked.user)
    return {}


def _edited(asked: Asked, found: Saved, songs: Sequence[str]) -> Saved:
    for song in songs:
        asked.song(song)
    return asked.library.playlists.edit(_own(asked, found).name, songs, user=asked.user)


def _own(asked: Asked, found: Saved) -> Saved:
    """Return a playlist that the user may change; Refusal 50 where it is the library's."""
    if found.user != asked.user:
        raise Refusal(50, f"the playlist '{found.name}' is the library's; save a copy under your own name")
    return found


def _all(asked: Asked) -> dict[str, Saved]:
    """Return the playlists the user sees, by id; the user's own go before the library's of the same name."""
    named = {one.name: one for one in asked.library.playlists.all(user=asked.user)}
    return {_id(one): one for one in named.values()}


def _named(asked: Asked, playlist: str) -> Saved:
    found = _all(asked).get(playlist)
    if found is None:
        raise Refusal(70, f"no playlist has the id '{playlist[:80]}'")
    return found


def _id(saved: Saved) -> str:
    """Return a playlist's id, which stays while it keeps its name."""
    return f"pl-{blake2b(f'{saved.user}/{saved.name}'.encode('utf-8', 'replace'), digest_size=8).hexdigest()}"


def _whole(asked: Asked, saved: Saved) -> Payload:
    songs = [hit.song for hit in saved.playlist.hits]
    return {**_described(asked, saved), "entry": children(songs, asked.liked())}


def _described(asked: Asked, saved: Saved) -> Payload:
    return {
        "id": _id(saved),
        "name": saved.name,
        "owner": asked.name if saved.user == asked.user else "songkin",
        "public": not saved.user,
        "songCount": len(saved.playlist.hits),
        "duration": round(saved.playlist.duration_s),
        "created": saved.saved_at,
        "changed": saved.refreshed_at or saved.saved_at,
        "comment": saved.playlist.understood,
    }


METHODS = {
    "getPlaylists": playlists,
    "getPlaylist": playlist,
    "createPlaylist": create_playlist,
    "updatePlaylist": update_playlist,
    "deletePlaylist": delete_playlist,
}
