"""A player's server (Navidrome, Gonic, Ampache ...) as a client sees it: its songs, their words, playlists.

Conventions
-----------
What a server can do is asked (`getOpenSubsonicExtensions`), never assumed; one that does not know the question is a
plain Subsonic server. Everything is read through `search3` with an empty query, page by page, until a page brings
nothing new: a page may be short because the server gives no more at a time.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any, NamedTuple

from songkin import __version__
from songkin.errors import RemoteError
from songkin.remote import words
from songkin.remote.address import Address
from songkin.remote.children import is_song, song_of, stamp
from songkin.remote.credentials import Credentials
from songkin.remote.reply import Refused, listed, named, opened, text
from songkin.remote.wire import Limits, Wire
from songkin.text.names import artist_key
from songkin.text.words import normalise
from songkin.types import Lyrics, Song

__all__ = ["Arrived", "Subsonic"]

log = logging.getLogger(__name__)

VERSION = "1.16.1"
CLIENT = "songkin"
PAGE = 500
AT_ONCE = 4  # songs whose lyrics are asked for at the same time
MOST = 5_000_000  # songs of one server
SHORT = 100  # songs named in one address, where a server takes no form
LOOKED_AT = 20  # songs a server finds for a name
NEAR_S = 3.0  # seconds by which two lengths of one recording may differ
LOCAL = ("localhost", "127.0.0.1", "[::1]")
NOT_THERE = 70
NO_TOKENS = 41
Holds = Callable[[str, str], bool]  # id, stamp -> is that song held, as it is now


class Arrived(NamedTuple):
    """One song of the server: its id and stamp, the song itself unless it is held already, and what it lacks."""

    id: str
    stamp: str
    song: Song | None = None
    problem: str = ""


class Subsonic:
    """One server, asked in one user's name."""

    def __init__(
        self, address: Address | str, credentials: Credentials | None = None, *, limits: Limits | None = None
    ) -> None:
        self.address = address if isinstance(address, Address) else Address.of(address)
        self._credentials = credentials or Credentials.of(self.address)
        agent = f"{CLIENT}/{__version__} (https://pypi.org/project/songkin)"
        self._wire = Wire(self.address.base, agent=agent, limits=limits)
        self._plain = self._by_name = self._form = False
        self.passed_over = 0

    def close(self) -> None:
        """End the connection."""
        self._wire.close()

    # -- what there is -------------------------------------------------------------------------------------------------

    @cached_property
    def extensions(self) -> Mapping[str, tuple[int, ...]]:
        """What the server does beyond Subsonic, with versions; nothing where it does not say."""
        try:
            told = listed(self.ask("getOpenSubsonicExtensions").get("openSubsonicExtensions"))
        except Refused as error:
            log.info("%s: no OpenSubsonic extensions (%s)", self.address.host, error)
            return {}
        found = {text(named(one).get("name")): listed(named(one).get("versions")) for one in told}
        self._form = "formPost" in found
        return {name: tuple(v for v in versions if isinstance(v, int)) for name, versions in found.items() if name}

    def sign_in(self) -> str:
        """Make sure the server knows us, and return what it calls itself: "navidrome 0.58.0"."""
        said = self.ask("ping")
        self.extensions  # noqa: B018  asked now, so that later requests can go as forms
        return " ".join(filter(None, (text(said.get("type")), text(said.get("serverVersion")))))[:80] or "subsonic"

    def count(self) -> int | None:
        """Return about how many songs there are; None where the server does not say."""
        try:
            told = named(self.ask("getScanStatus").get("scanStatus")).get("count")
        except RemoteError:
            return None
        return told if isinstance(told, int) and not isinstance(told, bool) and 0 <= told <= MOST else None

    def has(self, song: str) -> bool:
        """Say whether the server has a song by this id."""
        try:
            self.ask("getSong", id=song)
        except Refused as error:
            if error.code == NOT_THERE:
                return False
            raise
        return True

    # -- songs ---------------------------------------------------------------------------------------------------------

    def songs(self, holds: Holds = lambda song, mark: False) -> Iterator[Arrived]:
        """Yield every song, with its lyrics; one that is held as it is now comes without, and costs no request."""
        self.sign_in()
        pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="lyrics")
        try:
            for page in self.pages():
                yield from pool.map(lambda child: self._arrived(child, holds), page)
        finally:
            pool.shutdown(cancel_futures=True)

    def pages(self) -> Iterator[list[Mapping[str, Any]]]:
        """Yield the server's songs as it describes them, each id once; RemoteError where it has none to show."""
        seen: set[str] = set()
        query, offset = "", 0
        while True:
            children = self._page(query, offset)
            if not children and not offset and not query:
                query, children = '""', self._page('""', 0)  # servers before OpenSubsonic want something to look for
            new = {text(child.get("id")): child for child in children}
            fresh = [child for id_, child in new.items() if id_ not in seen]
            seen.update(new)
            songs = [child for child in fresh if is_song(child)]
            self.passed_over += len(fresh) - len(songs)
            if not fresh:
                return
            if len(seen) > MOST:
                raise RemoteError(f"{self.address.host}: lists more than {MOST:,} songs; does it ever end?")
            yield songs
            offset += len(children)

    def _page(self, query: str, offset: int) -> list[Mapping[str, Any]]:
        at, none = str(offset), "0"
        said = self.ask("search3", query=query, songCount=str(PAGE), songOffset=at, artistCount=none, albumCount=none)
        found = named(said.get("searchResult3")).get("song")
        return [child for child in listed(found) if isinstance(child, dict)]

    def _arrived(self, child: Mapping[str, Any], holds: Holds) -> Arrived:
        id_, mark = text(child.get("id")), stamp(child)
        if holds(id_, mark):
            return Arrived(id_, mark)
        try:
            return Arrived(id_, mark, song_of(child, self.lyrics(child)))
        except Refused as error:
            return Arrived(id_, "", song_of(child), f"its lyrics could not be had: {error}")

    def find(self, song: Song) -> str:
        """Return the id the server has a song under, '' where it has none: by MusicBrainz id or ISRC, else by name."""
        if not song.title:
            return ""
        asked = self.ask("search3", query=song.name, songCount=str(LOOKED_AT), artistCount="0", albumCount="0")
        children = [named(one) for one in listed(named(asked.get("searchResult3")).get("song"))]
        there = [song_of(child) for child in children if is_song(child)]
        return next((one.id for one in there if _is_linked(song, one)), "") or next(
            (one.id for one in there if _is_named(song, one)), ""
        )

    # -- lyrics --------------------------------------------------------------------------------------------------------

    def lyrics(self, child: Mapping[str, Any]) -> Lyrics | None:
        """Return a song's lyrics, by its id where the server can, else by artist and title; None where it has none."""
        if "songLyrics" in self.extensions and not self._by_name:
            try:
                return words.of_list(self.ask("getLyricsBySongId", id=text(child.get("id"))).get("lyricsList"))
            except Refused as error:
                if error.code == NOT_THERE:
                    return None
                if error.code:
                    raise
                self._by_name = True  # it says that it can, and cannot
        artist, title = text(child.get("artist")), text(child.get("title"))
        if not (artist and title):
            return None
        try:
            return words.of_plain(self.ask("getLyrics", artist=artist, title=title).get("lyrics"))
        except Refused as error:
            if error.code == NOT_THERE:
                return None
            raise

    # -- playlists -----------------------------------------------------------------------------------------------------

    def write_playlist(self, name: str, songs: Sequence[str]) -> str:
        """Keep songs as a playlist under a name, in this order, in place of our own of that name; return its id."""
        known = self._playlist(name)
        first = songs if self._form else songs[:SHORT]
        what = {"playlistId": known} if known else {"name": name}
        made = named(self.ask("createPlaylist", changes=True, songId=list(first), **what).get("playlist"))
        own = known or text(made.get("id")) or self._playlist(name)
        for at in range(len(first), len(songs), SHORT):
            self.ask("updatePlaylist", changes=True, playlistId=own, songIdToAdd=list(songs[at : at + SHORT]))
        return own

    def playlist(self, playlist: str) -> list[str]:
        """Return the ids of a playlist's songs, in order."""
        entries = listed(named(self.ask("getPlaylist", id=playlist).get("playlist")).get("entry"))
        return [text(named(entry).get("id")) for entry in entries]

    def _playlist(self, name: str) -> str:
        """Return the id of our own playlist of a name, '' where there is none."""
        self.extensions  # noqa: B018
        known = map(named, listed(named(self.ask("getPlaylists").get("playlists")).get("playlist")))
        ours = (self._credentials.user, "")
        own = (one for one in known if one.get("name") == name and (not ours[0] or text(one.get("owner")) in ours))
        return next((text(one.get("id")) for one in own), "")

    # -- asking --------------------------------------------------------------------------------------------------------

    def ask(self, method: str, *, changes: bool = False, **params: str | list[str]) -> Mapping[str, Any]:
        """Ask the server; Refused where it says no, RemoteError where it gives no answer that can be one."""
        try:
            return self._asked(method, params, changes=changes)
        except Refused as error:
            if error.code != NO_TOKENS or self._plain or not self._may_be_plain():
                raise
            self._plain = True
            return self._asked(method, params, changes=changes)

    def _may_be_plain(self) -> bool:
        """Say whether the password may travel as it is: to this machine, or under HTTPS."""
        return bool(self._credentials.password) and (self.address.tls or self.address.host in LOCAL)

    def _asked(self, method: str, params: Mapping[str, str | list[str]], *, changes: bool) -> Mapping[str, Any]:
        own: dict[str, str | list[str]] = {**self._credentials.params(plain=self._plain)}
        own |= {"v": VERSION, "c": CLIENT, "f": "json", **params}
        fetched = self._wire.fetch(f"rest/{method}", own, post=self._form, changes=changes)
        return opened(fetched, self.address.host, method)


def _is_linked(one: Song, other: Song) -> bool:
    """Say whether two songs name the same recording."""
    return any(one.links.get(name) and one.links.get(name) == other.links.get(name) for name in ("mbid", "isrc"))


def _is_named(one: Song, other: Song) -> bool:
    """Say whether two songs have the same title, artists and, where both tell it, length."""
    same = normalise(one.title) == normalise(other.title) and artist_key(one.artist) == artist_key(other.artist)
    return same and (not (one.duration_s and other.duration_s) or abs(one.duration_s - other.duration_s) <= NEAR_S)
