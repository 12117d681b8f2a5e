"""Players' servers as an add reads them: what is held already, which songs went, where a broken sync goes on.

Conventions
-----------
A song's id is the server's own, verbatim. A song whose description did not change is not asked for again, and neither
are its lyrics; one that had none is asked for once more after a week, since words come without any other change.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from songkin.errors import RemoteError, SourceError
from songkin.sources.plain import plain
from songkin.sources.values import language
from songkin.store import Store, Writer
from songkin.store.served import ServedRow, ServedRows
from songkin.types import Song

if TYPE_CHECKING:
    from songkin.remote.subsonic import Arrived, Subsonic

__all__ = ["Holds", "Served", "Server", "Serving", "server_at"]

ASK_AGAIN = timedelta(days=7)  # for the lyrics of a song that had none
Holds = Callable[[str, str, str], bool]  # place, id, stamp -> is that song here as it is there
Note = Callable[[str], None]


class Served(NamedTuple):
    """A song of a server on its way in; `song` None = unchanged since last time."""

    place: str
    id: str
    stamp: str
    song: Song | None = None


class Server:
    """One player's server as one add reads it; `whole` says that every song of it was seen."""

    def __init__(self, client: Subsonic) -> None:
        self._client, self.place, self.name = client, client.address.place, client.address.name
        self.listed: set[str] = set()
        self.whole = False

    def close(self) -> None:
        """End the connection."""
        self._client.close()

    def guess(self) -> str:
        """Say what the server calls itself."""
        return f"{self.name}: {self._client.sign_in()}, an OpenSubsonic server"

    def count(self) -> int | None:
        """Return about how many songs there are; None where that is not known."""
        return self._client.count()

    def lacks(self, song: str) -> bool:
        """Say whether the server itself says that it has no such song."""
        return not self._client.has(song)

    def arrivals(self, holds: Holds, *, lost: Note, kept: Note) -> Iterator[Served]:
        """Yield the server's songs; where it breaks off after some, that is told, and the next add goes on from there.

        RemoteError where not a single song came.
        """
        try:
            for arrival in self._client.songs(lambda id_, stamp: holds(self.place, id_, stamp)):
                self.listed.add(arrival.id)
                if arrival.problem:
                    kept(f"{self.name}: song '{arrival.id}': {arrival.problem}")
                yield self._served(arrival)
            self.whole = True
        except RemoteError as error:
            if not self.listed:
                raise
            lost(f"{error}; {len(self.listed):,} songs came before that; the same command goes on from there")
        if self._client.passed_over:
            kept(f"{self.name}: {self._client.passed_over:,} entries are no music (videos, podcasts) and stay away")

    def _served(self, arrival: Arrived) -> Served:
        """Return a song under the stamp it is kept with: one without lyrics also tells the day it was asked for."""
        song = _spelt(plain(arrival.song)) if arrival.song else None
        asked = f"/{_today()}" if song and song.lyrics is None and arrival.stamp else ""
        return Served(self.place, arrival.id, f"{arrival.stamp}{asked}", song)


class Serving:
    """The songs of servers as one add sees them; `begin` binds it to the writer."""

    def __init__(self, store: Store | None = None) -> None:
        self._rows = ServedRows(store.tables) if store else None
        self._ids: Container[str] = frozenset(store.read(["id"])["id"].to_pylist() if store else ())
        self._writer: Writer | None = None
        self._waiting: list[ServedRow] = []

    def begin(self, writer: Writer) -> None:
        """Look again, now that nobody else writes."""
        self._writer, self._rows, self._ids = writer, ServedRows(writer.tables), writer.known

    def holds(self, place: str, song: str, stamp: str) -> bool:
        """Say whether a song is here as it is there, and its lyrics need not be asked for."""
        known = self._rows.of(place).get(song, "") if self._rows else ""
        if not known or song not in self._ids:
            return False
        mark, _, asked = known.partition("/")
        return mark == stamp and (not asked or _is_recent(asked))

    def note(self, served: Served) -> None:
        """Remember a song that will be committed."""
        self._waiting.append(ServedRow(served.place, served.id, served.stamp))

    def settle(self) -> None:
        """Commit the stamps of songs that are there by now."""
        if self._rows and self._waiting:
            self._rows.keep(self._waiting)
        self._waiting = []

    def vanished(self, server: Server) -> list[str]:
        """Return the ids of songs that came from a server before and are not listed there now, sorted."""
        known = self._rows.of(server.place) if self._rows and server.whole else {}
        return sorted(known.keys() - server.listed)

    def prune(self, server: Server) -> list[str]:
        """Remove the songs that went from a server, and return their ids; each only when the server confirms it."""
        assert self._rows is not None, "begin comes first"
        assert self._writer is not None, "begin comes first"
        absent = self.vanished(server)
        if absent and not server.listed:
            raise SourceError(
                f"{server.name}: lists no song, and {len(absent):,} came from there; is its own library mounted?"
            )
        gone = [song for song in absent if server.lacks(song)]
        self._writer.remove(gone)
        self._rows.forget(server.place, gone)
        return gone

    def finish(self) -> None:
        """Merge the table's small files."""
        if self._rows:
            self._rows.tidy()


def server_at(address: str, ask: Callable[[str], str] | None = None) -> Server:
    """Return the server at an address such as subsonic://anna@music.local:4533; `ask` is who can be asked a password.

    RemoteError where the address is none, or nobody says the password.
    """
    from songkin.remote.address import Address
    from songkin.remote.credentials import Credentials
    from songkin.remote.subsonic import Subsonic

    read = Address.of(address)
    return Server(Subsonic(read, Credentials.of(read, ask=ask)))


def _spelt(song: Song) -> Song:
    """Return the song with the language of its lyrics as we write it: "eng" is "en"."""
    if song.lyrics is None or not song.lyrics.language:
        return song
    return replace(song, lyrics=replace(song.lyrics, language=language(song.lyrics.language)))


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _is_recent(day: str) -> bool:
    try:
        return datetime.now(UTC).date() - date.fromisoformat(day) < ASK_AGAIN
    except ValueError:
        return False
