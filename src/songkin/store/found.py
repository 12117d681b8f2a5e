"""Lyrics that were found online for songs that came without any, and those that somebody called wrong.

Conventions
-----------
One row a song, by the source's id; it outlives the song, and holds again when the song comes back. What the song's own
source says, and what was corrected by hand, always comes before what was found. The writer's lock is held while rows
are kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import pyarrow as pa

from songkin.store.tables import KEPT_VERSIONS, Tables
from songkin.types import Lyrics, Song

__all__ = ["Finding", "Findings", "Wording", "has_words"]

TABLE = "found"
SCHEMA = pa.schema([("song", pa.string()), ("finding", pa.string())])
TIDY_FROM = 32  # commits after which small files are merged and old versions dropped


class Wording(NamedTuple):
    """Words, or that there are none to sing, with where they come from ("LRCLIB #12") and on which day."""

    source: str
    text: str = ""
    instrumental: bool = False
    found_on: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found for a song: its words now, None = none that hold, and those that are wrong, oldest first."""

    song: str
    now: Wording | None = None
    wrong: tuple[Wording, ...] = ()

    def on(self, song: Song) -> Song:
        """Return a song with what was found; as it is where its source gives words, or says that there are none."""
        if self.now is None or has_words(song):
            return song
        language = song.lyrics.language if song.lyrics else None
        words = Lyrics(self.now.text, language=language, instrumental=self.now.instrumental, source=self.now.source)
        return replace(song, lyrics=words)


def has_words(song: Song) -> bool:
    """Say whether it is known what a song says: as text, as a bag of words, or that it says nothing."""
    words = song.lyrics
    return words is not None and bool(words.text.strip() or words.bag or words.instrumental)


class Findings:
    """What was found for the songs of one library."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def read(self) -> dict[str, Finding]:
        """Return every finding by its song's id; none where nothing was ever found."""
        table = self._tables.beside(TABLE)
        if table is None:
            return {}
        rows = self._tables.run(table.query().to_arrow()).to_pylist()
        return {row["song"]: _finding(row["song"], json.loads(row["finding"])) for row in rows}

    def keep(self, findings: Sequence[Finding]) -> None:
        """Keep findings, in place of those the songs had; one commit holds all."""
        if not findings:
            return
        rows = [{"song": one.song, "finding": json.dumps(_plain(one), ensure_ascii=False)} for one in findings]
        table = self._tables.made_beside(TABLE, SCHEMA)
        merge = table.merge_insert("song").when_matched_update_all().when_not_matched_insert_all()
        self._tables.run(merge.execute(pa.Table.from_pylist(rows, schema=SCHEMA)))
        if not self._tables.run(table.version()) % TIDY_FROM:
            self._tables.run(table.optimize(cleanup_older_than=KEPT_VERSIONS))


def _plain(finding: Finding) -> dict[str, Any]:
    return {
        "now": finding.now._asdict() if finding.now else None,
        "wrong": [wording._asdict() for wording in finding.wrong],
    }


def _finding(song: str, own: Mapping[str, Any]) -> Finding:
    """Read a finding back; what a newer songkin added to it is passed over."""
    now = _wording(own["now"]) if own["now"] else None
    return Finding(song, now, tuple(_wording(one) for one in own["wrong"]))


def _wording(own: Mapping[str, Any]) -> Wording:
    return Wording(**{name: own[name] for name in Wording._fields if name in own})
