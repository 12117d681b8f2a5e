"""Write a playlist to a player's server: its songs under the ids they have there, and which it lacks.

A song that came from that server has its id there. Any other is looked for by MusicBrainz id and ISRC, then by artist,
title and length, among what the server finds for its name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from songkin.errors import QueryError, RemoteError
from songkin.store import Store
from songkin.store.served import ServedRows
from songkin.types import Playlist

if TYPE_CHECKING:
    from songkin.remote.subsonic import Subsonic

__all__ = ["Sent", "send"]


class Sent(NamedTuple):
    """A playlist on a server: its id there, what the server calls itself, how many songs, and those it lacks."""

    id: str
    server: str
    songs: int
    missing: tuple[str, ...] = ()


def send(
    store: Store, playlist: Playlist, address: str, *, name: str = "", ask: Callable[[str], str] | None = None
) -> Sent:
    """Keep a playlist at an address such as subsonic://anna@music.local, in place of one of ours of the same name.

    `name` "" is the playlist's own. QueryError where it has no name or no song that the server has; RemoteError where
    the server cannot be asked.
    """
    from songkin.remote.address import Address
    from songkin.remote.credentials import Credentials
    from songkin.remote.subsonic import Subsonic

    own, read = (name or playlist.name).strip(), Address.of(address)
    if not own:
        raise QueryError("a playlist on a server needs a name; give it one")
    client = Subsonic(read, Credentials.of(read, ask=ask))
    try:
        return _sent(store, playlist, client, own)
    finally:
        client.close()


def _sent(store: Store, playlist: Playlist, client: Subsonic, name: str) -> Sent:
    server, read = client.sign_in(), client.address
    known = ServedRows(store.tables).of(read.place)
    there = {hit.song.id: hit.song.id if hit.song.id in known else client.find(hit.song) for hit in playlist.hits}
    found = [id_ for hit in playlist.hits if (id_ := there[hit.song.id])]
    missing = tuple(hit.song.name for hit in playlist.hits if not there[hit.song.id])
    if not found:
        raise QueryError(f"{read.name}: has none of the {len(playlist.hits)} songs; nothing was written")
    written = client.write_playlist(name, found)
    if not written:
        raise RemoteError(f"{read.name}: took the playlist, and does not say where it is")
    return Sent(written, server, len(found), missing)
