"""Correct what a song says: other words, no words at all, another language; kept through later adds, and taken back.

A correction is laid over the source's record on its way into the library. The record's digest stays that of the source,
so adding it again unchanged costs nothing, and a changed record gets the correction again.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

from songkin.errors import QueryError
from songkin.library.locking import rewriting
from songkin.library.naming import Named, named
from songkin.library.preparing import encoded, prepared
from songkin.store import Store, Writer
from songkin.store.edits import Edit, Edits, Words
from songkin.types import Encoder, Song

__all__ = ["Correction", "Edited", "Editing", "corrections", "edit", "unedit"]

LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][a-z0-9]{2,8})?", re.IGNORECASE)


class Correction(NamedTuple):
    """What a correction says: None = leave that as it is."""

    text: str | None = None
    instrumental: bool | None = None
    language: str | None = None
    origin: str = ""

    def checked(self) -> Correction:
        """Return it with a language code as songs carry it; QueryError where it says nothing or contradicts itself."""
        if self.text is None and self.instrumental is None and self.language is None:
            raise QueryError("nothing to correct; give --lyrics FILE, --instrumental or --language xx")
        if self.text is not None and self.instrumental:
            raise QueryError("a song with words is not instrumental; give --lyrics or --instrumental, not both")
        if self.text is not None and not self.text.strip():
            raise QueryError(
                f"{self.origin or 'the text'}: holds no words; to mark a song without words: --instrumental"
            )
        if self.language is not None and not LANGUAGE.fullmatch(self.language):
            raise QueryError(f"'{self.language}' is no language code; write one such as en, de or pt-BR")
        return self._replace(language=self.language.lower() if self.language else None)

    def over(self, edit: Edit) -> Edit:
        """Return an edit with this correction laid over it; words and their absence put each other aside."""
        if self.text is not None:
            edit = replace(edit, text=self.text, origin=self.origin, instrumental=None)
        if self.instrumental is not None:
            edit = replace(edit, instrumental=self.instrumental, text=None if self.instrumental else edit.text)
        return replace(edit, language=self.language or edit.language)


class Edited(NamedTuple):
    """A song that was corrected: what its words are now, '' = as its source says."""

    id: str
    name: str
    source: str
    notes: tuple[str, ...] = ()


class Editing:
    """The corrections of a library, as an add lays them over the records that come."""

    def __init__(self, writer: Writer) -> None:
        self._edits = Edits(writer.tables)
        self._known = self._edits.read()

    def on(self, song: Song) -> Song:
        """Return a source's record with its correction, and keep what the source says now beside it."""
        edit = self._known.get(song.id)
        if edit is None:
            return song
        if edit.own != Words.of(song):
            edit = self._known[song.id] = replace(edit, own=Words.of(song))
            self._edits.keep(edit)
        return edit.on(song)


def edit(store: Store, found: Named, correction: Correction, encoder: Encoder | None, user: str) -> Edited:
    """Correct the song that a name means; LockedError where another process writes."""
    with rewriting(store) as writer:
        edited = corrected(writer, found.song.id, correction, encoder, user)
        writer.finish()
    source = edited.lyrics.source if edited.lyrics else None
    return Edited(edited.id, edited.name, source or "", (found.note,) if found.note else ())


def unedit(store: Store, song: str, encoder: Encoder | None) -> Edited:
    """Take back what a song was corrected to, which may be gone by now; QueryError where it was not corrected."""
    edits = Edits(store.tables).read()
    name = song if song in edits else named(store, song).song.id
    if name not in edits:
        raise QueryError(f"'{song}' was not corrected; songkin edit --list shows what was")
    with rewriting(store) as writer:
        known = taken_back(writer, edits[name], encoder)
        writer.finish()
    return Edited(name, known.name if known else name, "")


def corrections(store: Store) -> list[Edited]:
    """Return the corrections by id, of songs that are not here now too."""
    edits = Edits(store.tables).read()
    songs = {song.id: song for song in store.songs(store.keys(list(edits))) if song}
    return [Edited(name, songs[name].name if name in songs else name, edits[name].source) for name in sorted(edits)]


def corrected(writer: Writer, song_id: str, correction: Correction, encoder: Encoder | None, user: str) -> Song:
    """Correct one song of the library now, and return it; with vectors again if it had any."""
    song, edits = _stored(writer, song_id), Edits(writer.tables)
    known = edits.read().get(song_id)
    own = known.own if known else Words.of(song)
    today = datetime.now(UTC).date().isoformat()
    edit = replace(correction.over(known or Edit(song_id)), own=own, user=user, edited_on=today)
    edits.keep(edit)
    return _rewritten(writer, edit.on(own.back_in(song)), encoder)


def taken_back(writer: Writer, edit: Edit, encoder: Encoder | None) -> Song | None:
    """Give a song the source's own words again, and return it; None where the song is not in the library."""
    song = None
    if edit.song in writer.known:
        song = _rewritten(writer, edit.own.back_in(_stored(writer, edit.song)), encoder)
    Edits(writer.tables).drop(edit.song)
    return song


def _stored(writer: Writer, song_id: str) -> Song:
    known = writer.known.get(song_id)
    song = Store(writer.tables).songs([known.key], lyrics=True)[0] if known else None
    if song is None:
        raise QueryError(f"no song has the id '{song_id}'; songkin search ... --json shows ids")
    return song


def _rewritten(writer: Writer, song: Song, encoder: Encoder | None) -> Song:
    known = writer.known[song.id]
    row = replace(prepared(replace(song, predicted={})), digest=known.digest)  # labels were of the words before
    if known.encoder and encoder:
        row = encoded([row], encoder)[0]
    writer.upsert([row])
    return row.song
