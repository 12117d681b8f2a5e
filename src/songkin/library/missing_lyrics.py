"""Words for songs that came without any: asked for online when that is wished, kept with where they come from.

Conventions
-----------
Nothing that is there is ever replaced: words of the song's source, and corrections, come before what is found. Songs
are asked for one after another while nothing is locked; what came is laid over in chunks, each a short write, so that a
run that is killed goes on from there. What was called wrong is not taken again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from songkin.errors import LockedError, QueryError, RemoteError
from songkin.filters import And, column
from songkin.filters.terms import Term
from songkin.library.locking import rewriting
from songkin.library.naming import named
from songkin.library.preparing import encoded, encoder_mark, prepared
from songkin.store import SongRow, Store, Writer
from songkin.store.edits import Edits
from songkin.store.found import Finding, Findings, Wording, has_words
from songkin.types import Encoder, Lyrics, Song, Where

if TYPE_CHECKING:
    from songkin.remote.lrclib import Lrclib

__all__ = ["FoundLyrics", "FoundWords", "LyricsClient", "MissingLyrics", "Told", "Wanted", "lrclib"]

log = logging.getLogger(__name__)

CHUNK = 32  # songs whose words are laid over at once
SECONDS = 30.0  # or so many seconds after the last
FAILURES = 3  # requests in a row that fail, until we give up


class LyricsClient(Protocol):
    """Who knows lyrics: `songkin.remote.lrclib.Lrclib`."""

    def find(self, song: Song, *, wrong: Collection[str] = ()) -> Lyrics | None:
        """Return a song's lyrics with their source, None where there are none that fit; RemoteError without answer."""
        ...


@dataclass(frozen=True, slots=True)
class Wordless(Term):
    """It is not known what the song says."""

    def truth(self, song: Song) -> bool:
        return not has_words(song)

    def sql(self) -> str:
        return f"(lyrics IS NULL AND passages = 0 AND ({column('instrumental')} IS NOT TRUE))"

    def words(self) -> str:
        return "words unknown"

    def fields(self) -> tuple[str, ...]:
        return ()


class Wanted(NamedTuple):
    """Songs without known words that can be asked for, and how many cannot, for want of length, title or artist."""

    songs: tuple[Song, ...]
    unaskable: int = 0


@dataclass(slots=True)
class FoundLyrics:
    """What a search for missing words did: songs asked for, words found, known to have none, not there, failed."""

    wanted: int = 0
    asked: int = 0
    found: int = 0
    instrumental: int = 0
    absent: int = 0
    failed: int = 0
    unaskable: int = 0
    kept: int = 0  # laid over songs by now
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        """Return the counts and the notes."""
        names = ("wanted", "asked", "found", "instrumental", "absent", "failed", "unaskable", "kept")
        return {**{name: getattr(self, name) for name in names}, "notes": list(self.notes)}


class Told(NamedTuple):
    """A finding as it is listed: the song's id and name, where its words come from, and the sources called wrong."""

    id: str
    name: str
    source: str
    wrong: tuple[str, ...]


class FoundWords:
    """What was found, as an add lays it over the records that come."""

    def __init__(self, writer: Writer) -> None:
        self._known = Findings(writer.tables).read()

    def on(self, song: Song) -> Song:
        """Return a song, as its source describes it, with the words that were found where it has none."""
        finding = self._known.get(song.id)
        return song if finding is None else finding.on(song)


class MissingLyrics:
    """The songs of one library that have no words, and what was found for them."""

    def __init__(self, store: Store, encoder: Callable[[], Encoder | None], refresh: Callable[[], None]) -> None:
        """`refresh` is called after each write."""
        self._store, self._encoder, self._refresh = store, encoder, refresh

    # -- finding -------------------------------------------------------------------------------------------------------

    def wanted(self, where: Where | None = None) -> Wanted:
        """Return the songs whose words are not known; those known to have none are not among them."""
        asked = And((cast(Term, where), Wordless())) if where else Wordless()
        songs = [song for song in self._store.songs(self._store.keys_where(asked)) if song]
        fit = [song for song in songs if song.duration_s and song.title.strip() and song.artists]
        return Wanted(tuple(fit), len(songs) - len(fit))

    def find(
        self,
        client: LyricsClient,
        *,
        where: Where | None = None,
        limit: int | None = None,
        progress: Callable[[FoundLyrics], None] = lambda done: None,
    ) -> FoundLyrics:
        """Ask for the words of songs that have none, the first `limit` of them, and keep what comes.

        RemoteError where nothing answers several times in a row, after what came before is kept.
        """
        wanted, wrong = self.wanted(where), self._wrong()
        asked = wanted.songs[:limit]
        done, waiting = FoundLyrics(wanted=len(asked), unaskable=wanted.unaskable), _Waiting()
        try:
            for song in asked:
                _ask(client, song, wrong.get(song.id, ()), done, waiting)
                if waiting.is_due():
                    self._lay(waiting, done, patient=True)
                progress(done)
        finally:
            self._lay(waiting, done)
            self._refresh()
        return done

    def _wrong(self) -> dict[str, frozenset[str]]:
        findings = Findings(self._store.tables).read()
        return {name: frozenset(one.source for one in found.wrong) for name, found in findings.items()}

    def _lay(self, waiting: _Waiting, done: FoundLyrics, *, patient: bool = False) -> None:
        """Keep what waits, and lay it over the songs; who is patient leaves it for later while another writes."""
        if not waiting.words:
            return
        try:
            with rewriting(self._store) as writer:
                done.kept += _laid(writer, waiting.words, self._encoder())
                writer.finish()
        except LockedError:
            if not patient:
                raise
            return
        finally:
            waiting.since = time.monotonic()
        waiting.words.clear()

    # -- judging -------------------------------------------------------------------------------------------------------

    def wrong(self, song: str) -> Told:
        """Take found words off a song, and never take them again; QueryError where its words were not found."""
        name, finding = self._finding(song)
        if finding.now is None:
            raise QueryError(f"the words of '{song}' were not found online; songkin edit corrects given ones")
        if name in Edits(self._store.tables).read():
            raise QueryError(f"'{song}' was corrected by hand; songkin edit --undo takes that back first")
        wording = finding.now
        return self._settled(replace(finding, now=None, wrong=(*finding.wrong, wording)), without=wording.source)

    def right(self, song: str) -> Told:
        """Give a song the words back that were called wrong last; QueryError where none were."""
        _, finding = self._finding(song)
        if not finding.wrong:
            raise QueryError(f"no words of '{song}' were called wrong; songkin lyrics --list shows which were")
        *before, last = finding.wrong
        wrong = (*before, *([finding.now] if finding.now else []))
        without = finding.now.source if finding.now else ""
        return self._settled(replace(finding, now=last, wrong=wrong), without=without)

    def findings(self) -> list[Told]:
        """Return what was found and what was called wrong, by id, of songs that are not here now too."""
        findings = Findings(self._store.tables).read()
        songs = {song.id: song for song in self._store.songs(self._store.keys(list(findings))) if song}
        return [_told(findings[name], songs.get(name)) for name in sorted(findings)]

    def _finding(self, song: str) -> tuple[str, Finding]:
        findings = Findings(self._store.tables).read()
        name = song if song in findings else named(self._store, song).song.id
        return name, findings.get(name, Finding(name))

    def _settled(self, finding: Finding, *, without: str) -> Told:
        """Keep a finding, and bring its song in line: words of the source `without` go, those it has now come."""
        with rewriting(self._store) as writer:
            Findings(writer.tables).keep([finding])
            songs = _stored(writer, [finding.song])
            for song in songs:
                words = song.lyrics
                bare = replace(song, lyrics=None) if words and without and words.source == without else song
                _rewrite(writer, [finding.on(bare)], self._encoder())
            writer.finish()
        self._refresh()
        return _told(finding, songs[0] if songs else None)


@dataclass(slots=True)
class _Waiting:
    """Words that came and are not laid over yet, since when, and how many requests in a row failed."""

    words: list[tuple[str, Lyrics]] = field(default_factory=list)
    since: float = field(default_factory=time.monotonic)
    failures: int = 0

    def is_due(self) -> bool:
        return len(self.words) >= CHUNK or (bool(self.words) and time.monotonic() - self.since > SECONDS)


def _ask(client: LyricsClient, song: Song, wrong: Collection[str], done: FoundLyrics, waiting: _Waiting) -> None:
    """Ask for one song and count what came; RemoteError where nothing did once too often in a row."""
    done.asked += 1
    try:
        lyrics = client.find(song, wrong=wrong)
    except RemoteError as error:
        done.failed, waiting.failures = done.failed + 1, waiting.failures + 1
        if waiting.failures >= FAILURES:
            raise
        log.info("%s: %s", song.id, error)
        return
    waiting.failures = 0
    if lyrics is None:
        done.absent += 1
        return
    done.instrumental += lyrics.instrumental
    done.found += not lyrics.instrumental
    waiting.words.append((song.id, lyrics))


def _laid(writer: Writer, words: Sequence[tuple[str, Lyrics]], encoder: Encoder | None) -> int:
    """Keep words, and lay them over the songs that still have none and were not corrected; how many those were."""
    edited, known = Edits(writer.tables).read(), Findings(writer.tables).read()
    today = datetime.now(UTC).date().isoformat()
    bare = {song.id: song for song in _stored(writer, [name for name, _ in words if name not in edited])}
    findings = [
        replace(
            known.get(name, Finding(name)),
            now=Wording(lyrics.source or "online", lyrics.text, lyrics.instrumental, today),
        )
        for name, lyrics in words
        if name in bare and not has_words(bare[name])
    ]
    Findings(writer.tables).keep(findings)
    _rewrite(writer, [finding.on(bare[finding.song]) for finding in findings], encoder)
    return len(findings)


def _stored(writer: Writer, ids: Sequence[str]) -> list[Song]:
    """Return the songs with these ids as they rest now, of those that are here."""
    keys = [writer.known[name].key for name in ids if name in writer.known]
    return [song for song in Store(writer.tables).songs(keys, lyrics=True) if song]


def _rewrite(writer: Writer, songs: Sequence[Song], encoder: Encoder | None) -> None:
    """Write songs whose words changed, with vectors again where they had any; the source's digest stays."""
    if not songs:
        return
    rows = [replace(prepared(replace(song, predicted={})), digest=writer.known[song.id].digest) for song in songs]
    mark = encoder_mark(encoder) if encoder else None
    mine = [row for row in rows if mark and writer.known[row.song.id].encoder == mark]
    full: dict[str, SongRow] = {}
    if encoder and mine:
        full = {row.song.id: row for row in encoded(mine, encoder)}
    writer.upsert([full.get(row.song.id, row) for row in rows])


def _told(finding: Finding, song: Song | None) -> Told:
    source = finding.now.source if finding.now else ""
    return Told(finding.song, song.name if song else finding.song, source, tuple(one.source for one in finding.wrong))


def lrclib(server: str | None = None, *, cache: Path | None = None) -> Lrclib:
    """Return a client of LRCLIB, or of a server that speaks its API; RemoteError where its address is none."""
    from songkin.remote.lrclib import BASE, Lrclib

    return Lrclib(server or BASE, cache=cache)
