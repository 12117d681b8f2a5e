"""What people corrected by hand about a song's words, kept beside the songs with what the source itself says.

Conventions
-----------
One row a song, by the source's id. A correction outlives the song: it holds again when the song comes back. The
writer's lock is held while one is kept or dropped.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import pyarrow as pa

from songkin.store.tables import KEPT_VERSIONS, Tables
from songkin.types import Lyrics, Song

__all__ = ["Edit", "Edits", "Words"]

TABLE = "edits"
SCHEMA = pa.schema([("song", pa.string()), ("edit", pa.string())])
TIDY_FROM = 32  # commits after which small files are merged and old versions dropped


@dataclass(frozen=True, slots=True)
class Words:
    """What a source says of a song's words: its lyrics, None where it gives none, and the song's language."""

    lyrics: Lyrics | None = None
    language: str | None = None

    @classmethod
    def of(cls, song: Song) -> Words:
        """Return what a song says of its words."""
        return cls(song.lyrics, song.language)

    def back_in(self, song: Song) -> Song:
        """Return the song with these words."""
        return replace(song, lyrics=self.lyrics, language=self.language)


@dataclass(frozen=True, slots=True)
class Edit:
    """A correction: other words, known to have none, another language; None = as the source says.

    `origin` is where the words came from, `edited_on` a day, as 2026-11-21. `own` is what the source says.
    """

    song: str
    text: str | None = None
    instrumental: bool | None = None
    language: str | None = None
    user: str = ""
    origin: str = ""
    edited_on: str = ""
    own: Words = Words()

    @property
    def source(self) -> str:
        """Say who edited what, when, and from where."""
        said = [f"from {self.origin or 'a text'}"] if self.text is not None else []
        said += [] if self.instrumental is None else ["instrumental" if self.instrumental else "not instrumental"]
        said += [f"language {self.language}"] if self.language else []
        return f"edited by {self.user or 'hand'} {self.edited_on} {', '.join(said)}"

    def on(self, song: Song) -> Song:
        """Return a song, as its source describes it, with the correction."""
        words = song.lyrics or Lyrics()
        if self.text is not None:
            words = Lyrics(text=self.text)
        elif self.instrumental:
            words = Lyrics(instrumental=True)
        elif self.instrumental is False:
            words = replace(words, instrumental=False)
        words = replace(words, language=self.language or words.language, source=self.source)
        return replace(song, lyrics=words, language=self.language or song.language)


class Edits:
    """The corrections kept in one library."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def read(self) -> dict[str, Edit]:
        """Return every correction by its song's id; none where nothing was ever corrected."""
        table = self._tables.beside(TABLE)
        if table is None:
            return {}
        rows = self._tables.run(table.query().to_arrow()).to_pylist()
        return {row["song"]: _edit(row["song"], json.loads(row["edit"])) for row in rows}

    def keep(self, edit: Edit) -> None:
        """Keep a correction, in place of the one the song had."""
        own = asdict(edit)
        row = {"song": own.pop("song"), "edit": json.dumps(own, ensure_ascii=False)}
        table = self._tables.made_beside(TABLE, SCHEMA)
        merge = table.merge_insert("song").when_matched_update_all().when_not_matched_insert_all()
        self._tables.run(merge.execute(pa.Table.from_pylist([row], schema=SCHEMA)))
        self._tidy(table)

    def drop(self, song: str) -> None:
        """Forget the correction of a song."""
        table = self._tables.beside(TABLE)
        if table is not None:
            name = song.replace("'", "''")
            self._tables.run(table.delete(f"song = '{name}'"))
            self._tidy(table)

    def _tidy(self, table: Any) -> None:
        if not self._tables.run(table.version()) % TIDY_FROM:
            self._tables.run(table.optimize(cleanup_older_than=KEPT_VERSIONS))


def _edit(song: str, own: dict[str, Any]) -> Edit:
    """Read a correction back; what a newer songkin added to it is passed over."""
    known = {field.name for field in fields(Edit)}
    words = own.pop("own")
    lyrics = Lyrics(**words["lyrics"]) if words["lyrics"] else None
    return Edit(song, own=Words(lyrics, words["language"]), **{name: own[name] for name in own if name in known})
