"""Label songs from their words: those of files, one after another, and those of a library, which keeps its labels.

Conventions
-----------
A library keeps labels in `Song.predicted`: valence, energy and danceability by name, and how likely `happy`,
`genre:rock` (the genre that is named), `also:pop` (others that are likely) or `theme:love` is. What a song was given
stays as it was; a prediction stands in where nothing is.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from songkin.annotate import Annotator, Heads, Labels, shipped_heads, shipped_space
from songkin.encoders import load
from songkin.errors import EncoderError
from songkin.library.locking import rewriting
from songkin.library.preparing import encoder_mark, prepared
from songkin.library.song_space import Placing, SongSpace
from songkin.store import SongRow, Store, Writer
from songkin.text.description import ALSO, GENRE, HAPPY, THEME
from songkin.types import PREDICTABLE, Encoder, Song

__all__ = ["Labelled", "Labelling", "Labels", "annotator", "columns", "label", "predictions", "row", "space_of"]

log = logging.getLogger(__name__)

CHUNK = 256  # songs labelled, encoded and committed at once
FACT, SINCE = "heads", "heads_since"  # which heads the library's labels come from, and the first key they were given
DIGITS = 3


def annotator(heads: Heads | None = None, *, threads: int | None = None, runtime: str | None = None) -> Annotator:
    """Load the shipped heads and the encoder whose vectors they read; MissingExtra without songkin-labels."""
    own = heads or shipped_heads()
    return Annotator(own, load(None, threads=threads, runtime=runtime))


def space_of(annotator: Annotator) -> SongSpace | None:
    """Return the shipped space for an annotator; None, and a line in the log, where none was fitted to its heads."""
    try:
        return SongSpace(shipped_space(annotator.heads), annotator)
    except EncoderError as error:
        log.warning("songs are labelled, but not placed among each other: %s", error)
        return None


def predictions(labels: Labels) -> dict[str, float]:
    """Return labels as a song keeps them; {} where the heads abstain."""
    if labels.abstains:
        return {}
    kept = {name: estimate.value for name, estimate in labels.estimates.items()}
    kept[HAPPY] = labels.probabilities["p_happy"]
    shares = labels.genre_shares
    kept |= {f"{GENRE if name == labels.genre else ALSO}{name}": shares[name] for name in labels.genres}
    kept |= {f"{THEME}{name}": p for name, p in labels.themes.items()}
    return {name: round(float(value), DIGITS) for name, value in kept.items()}


def row(labels: Labels) -> dict[str, Any]:
    """Return labels as one row of a file, by the names of the contract; estimates and what is not said are None.

    `valence_low` and `valence_high` are the ends of its interval, `p_valence_high` how likely it lies above the median
    of chart songs.
    """
    cells: dict[str, Any] = {
        "id": labels.id,
        "genre": labels.genre,
        "genres": list(labels.genres),
        "mood": labels.mood,
        "quadrant": labels.quadrant,
    }
    for name in PREDICTABLE:
        estimate = labels.estimates.get(name)
        values = estimate or (None, None, None)
        cells |= dict(zip((name, f"{name}_low", f"{name}_high"), map(_rounded, values), strict=True))
    cells |= {name: _rounded(p) for name, p in labels.probabilities.items()}
    return cells | {
        "language": labels.language,
        "explicit": labels.explicit,
        "explicit_words": list(labels.explicit_words),
        "themes": list(labels.themes),
        "note": labels.note,
    }


def columns(heads: Heads) -> dict[str, str]:
    """Return the columns of `row`, in order, and what each holds: "text", "texts", "number" or "truth"."""
    kinds = {"genres": "texts", "explicit_words": "texts", "themes": "texts", "explicit": "truth"}
    texts = {"id", "genre", "mood", "quadrant", "language", "note"}
    blank = row(Labels("", probabilities=dict(heads.calibration.base)))
    return {name: kinds.get(name, "text" if name in texts else "number") for name in blank}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), DIGITS + 1)


def label(
    store: Store,
    annotator: Annotator,
    encoder: Encoder | None,
    *,
    space: SongSpace | None = None,
    again: bool = False,
    progress: Callable[[Labelled], None] | None = None,
) -> Labelled:
    """Label the songs of a library, and return what was done; LockedError where another process writes.

    A `space` that reads by the same annotator keeps where the songs lie in it, read in the same go.
    """
    with rewriting(store) as writer:
        work = Labelling(writer, annotator, encoder, progress, space=space)
        work.label(Store(writer.tables), again=again)
    return work.done


@dataclass(slots=True)
class Labelled:
    """What labelling a library did: songs looked at, of which labelled, silent (the heads abstain), and why."""

    songs: int = 0
    labelled: int = 0
    silent: int = 0
    unchanged: int = 0
    placed: int = 0  # songs whose place in the space of genres, tags and eras was found
    why: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, int]:
        """Return the counts."""
        return {name: getattr(self, name) for name in ("songs", "labelled", "silent", "unchanged")}


class Labelling:
    """One labelling of a library under the writer's lock."""

    def __init__(
        self,
        writer: Writer,
        annotator: Annotator,
        encoder: Encoder | None,
        progress: Callable[[Labelled], None] | None = None,
        *,
        space: SongSpace | None = None,
    ) -> None:
        self._writer, self._annotator, self._encoder, self._progress = writer, annotator, encoder, progress
        self._placing = Placing(writer.tables, space) if space else None
        self.done = Labelled()

    def label(self, store: Store, *, again: bool = False) -> None:
        """Label every song that has no labels of these heads; `again` also those that have.

        A song gets a new key with its labels, so a stopped run goes on with those that have none or an older key.
        """
        since = self._since(again=again)
        keys = store.catalogue()[0]
        for at in range(0, len(keys), CHUNK):
            part = keys[at : at + CHUNK]
            songs = [
                (key, song) for key, song in zip(part.tolist(), store.songs(part, lyrics=True), strict=True) if song
            ]
            waiting = [song for key, song in songs if not song.predicted or key < since]
            self._chunk(waiting)
            if self._placing:
                self._placing.place([song for _, song in songs])
                self.done.placed = self._placing.done
            self.done.unchanged += len(songs) - len(waiting)
            self.done.songs += len(songs)
            if self._progress:
                self._progress(self.done)
        if self._placing:
            self._placing.finish(list(self._writer.known))
        if self.done.labelled:
            self._writer.finish()

    def _since(self, *, again: bool) -> int:
        """Return the first key under which songs have labels of these heads."""
        facts, mark = self._writer.tables.facts(), self._annotator.heads.mark
        if again or facts.get(FACT) != mark:
            self._writer.tell(SINCE, str(self._writer.next_key))
            self._writer.tell(FACT, mark)
            return self._writer.next_key
        return int(facts.get(SINCE, "0"))

    def _chunk(self, songs: Sequence[Song]) -> None:
        """Label songs, and commit those that have labels now or had some."""
        heed = {"heed": self._placing.heeded} if self._placing else {}
        labels = list(self._annotator.labels(songs, **heed))
        self.done.why.update(own.note for own in labels if own.abstains)
        predicted = [(song, predictions(own)) for song, own in zip(songs, labels, strict=True)]
        self.done.labelled += sum(bool(own) for _, own in predicted)
        self.done.silent += sum(not own for _, own in predicted)
        changed = [replace(song, predicted=own) for song, own in predicted if own or song.predicted]
        self._writer.relabel(self._rows(changed))

    def _rows(self, songs: Sequence[Song]) -> list[SongRow]:
        """Prepare songs whose words stay as they are; where a song had a vector, its description gets its new one."""
        rows = []
        for song in songs:
            known = self._writer.known[song.id]
            row = replace(prepared(song), digest=known.digest, passages=())
            rows.append(replace(row, encoder=known.encoder, passage_encoder=known.passage_encoder))
        mine = [row for row in rows if self._encoder and row.encoder == encoder_mark(self._encoder) and row.about]
        vectors = iter(self._encoder.encode_songs([row.about for row in mine])) if self._encoder else iter(())
        found = {row.song.id: next(vectors) for row in mine}
        return [replace(row, vector=found.get(row.song.id)) for row in rows]
