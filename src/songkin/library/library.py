"""A library of songs: open it, add to it, ask it. Everything songkin does for people and programs goes through here."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from songkin.encoders import load, student_of
from songkin.errors import EncoderError, QueryError
from songkin.filters import parse
from songkin.library.adding import Added, Adding, Progress
from songkin.library.batching import Scored, line_batch, song_batch
from songkin.library.charting import SongMap
from songkin.library.clustering import strategies
from songkin.library.editing import Correction, Edited, corrected, taken_back
from songkin.library.encoding import agree, chosen, kept
from songkin.library.excluding import Excluded, Excluding
from songkin.library.filing import Filing
from songkin.library.heating import Heated, heated
from songkin.library.inventory import inventory
from songkin.library.mapping import song_map
from songkin.library.naming import Named, named
from songkin.library.outside import described
from songkin.library.preparing import encoder_mark
from songkin.library.reading import Reading
from songkin.library.standing import Standing, standing
from songkin.library.themes import Themes, ThemeSongs, theme_songs, themes
from songkin.search import (
    Answer,
    ArtistCap,
    Avoid,
    Away,
    Engine,
    Explain,
    Features,
    Meaning,
    Others,
    Prefer,
    Tilt,
    Title,
    Variety,
    Versions,
    Words,
)
from songkin.search.line import LineChannel, LineMatch
from songkin.search.notes import unjudged
from songkin.search.understanding import Understood, Vocabulary, understand
from songkin.search.weighing import fusion_of
from songkin.settings import Settings
from songkin.store import Store, writing
from songkin.store.edits import Edits
from songkin.types import Channel, Encoder, Exclusion, Hit, Query, Reason, Song, Stage, Where

if TYPE_CHECKING:
    from songkin.annotate import Annotator
    from songkin.library.labelling import Labelled

__all__ = ["Library"]

NO_VECTORS = 1  # the width of a vector column while no encoder is at hand; the next encoded add widens it


class Library:
    """One library, open for reading; `add` and `remove` take the writer's lock for as long as they run."""

    def __init__(
        self,
        store: Store,
        *,
        threads: int | None = None,
        runtime: str | None = None,
        user: str = "",
        encoder: Encoder | None = None,
    ) -> None:
        self.store, self._threads, self._runtime, self.user = store, threads, runtime, user
        self._given = encoder

    @classmethod
    def open(cls, place: str | Path | None = None, *, user: str | None = None, encoder: Encoder | None = None) -> Self:
        """Open the library at `place`, or the one the settings name, for a user: whose exclusions hold.

        `encoder` is the one the library was made with, where it is at hand and need not be loaded.
        """
        settings = Settings.load(library=str(place) if place else None, user=user)
        store = Store.open(settings.library)
        return cls(store, threads=settings.threads, runtime=settings.runtime, user=settings.user, encoder=encoder)

    # -- adding --------------------------------------------------------------------------------------------------------

    @classmethod
    def add(
        cls,
        songs: Iterable[Song] | Reading,
        place: str | Path | None = None,
        *,
        encoder: str | Encoder | None = None,
        dim: int | None = None,
        encode: bool = True,
        fast: bool = False,
        reencode: bool = False,
        prune: bool = False,
        progress: Progress | None = None,
    ) -> Added:
        """Add songs to the library at `place`, making it if need be, and return what was done.

        Songs come in chunks, each of which is kept as soon as it is written; a song that is there already, unchanged,
        costs nothing. `encode=False` leaves the vectors to a later add. Another encoder than the one the library was
        made with needs `reencode=True`, which makes every vector again. `encoder` is a name, or an encoder itself, with
        which the library is then opened too; `dim` keeps so many numbers of its vectors. No songs make no library.

        `fast=True` lets the encoder's fast student read the passages of what must be encoded; an add without it lets
        the encoder read them after all. EncoderError where the encoder has no student.

        Of a `Reading`, music files that have not changed since they were read stay unread, and `prune=True` removes the
        songs whose files vanished from below its folders; SourceError where all did, for the drive may be missing.
        """
        given = None if encoder is None or isinstance(encoder, str) else encoder
        settings = Settings.load(library=str(place) if place else None, encoder=None if given else encoder, dim=dim)
        exists = Store.exists(settings.library)
        facts = Store.open(settings.library).facts() if exists or reencode else {}
        filing = Filing(Store.open(settings.library) if exists else None)
        folders = songs.folders if prune and isinstance(songs, Reading) else ()
        filing.refuse_unmounted(folders)
        arrivals = songs.arrivals(filing.holds) if isinstance(songs, Reading) else iter(songs)
        first = list(islice(arrivals, 1))  # a source that cannot be read fails before anything is made or loaded
        if not first and not exists:
            return Added()
        choice, reader = chosen(settings, facts, given), given
        if reader is None and (encode or not facts):
            reader = load(choice.name or None, dim=choice.dim, threads=settings.threads, runtime=settings.runtime)
        student = student_of(reader) if fast and encode and reader else None
        with writing(settings.library, dim=reader.dim if reader else NO_VECTORS) as writer:
            if encode and reader:
                agree(writer, reader, choice, reencode=reencode)
            work = Adding(writer, reader if encode else None, progress, filing, student=student)
            work.add(chain(first, arrivals))
            work.prune(folders)
            work.miss(songs.folders if isinstance(songs, Reading) else ())
            if encode:
                work.fill(Store(writer.tables))
            work.finish()
        return work.done

    @classmethod
    def remove(cls, ids: Sequence[str], place: str | Path | None = None) -> int:
        """Take songs out by id, and return how many there were."""
        settings = Settings.load(library=str(place) if place else None)
        store = Store.open(settings.library)
        with writing(settings.library, dim=store.tables.dim() or NO_VECTORS) as writer:
            count = writer.remove(ids)
            if count:
                writer.finish()
        return count

    # -- correcting ----------------------------------------------------------------------------------------------------

    def edit(
        self,
        song: str,
        *,
        lyrics: str | None = None,
        instrumental: bool | None = None,
        language: str | None = None,
        origin: str = "",
        user: str | None = None,
    ) -> Edited:
        """Correct a song's words, say that it has none, or name its language; it holds through later adds.

        `origin` says where the words come from, as "words.lrc". LockedError where another process writes.
        """
        words = None if lyrics is None else whole(lyrics)
        correction = Correction(words, instrumental, language, origin).checked()
        found, note = self.song(song)
        encoder = self.encoder
        with writing(self.store.tables.place, dim=self.store.tables.dim() or NO_VECTORS) as writer:
            edited = corrected(writer, found.id, correction, encoder, self._asker(user))
            writer.finish()
        self.refresh()
        source = edited.lyrics.source if edited.lyrics else None
        return Edited(edited.id, edited.name, source or "", (note,) if note else ())

    def unedit(self, song: str) -> Edited:
        """Give a song the words of its source again; QueryError where it was not corrected."""
        edits, encoder = Edits(self.store.tables).read(), self.encoder
        name = song if song in edits else self.song(song).song.id
        if name not in edits:
            raise QueryError(f"'{song}' was not corrected; songkin edit --list shows what was")
        with writing(self.store.tables.place, dim=self.store.tables.dim() or NO_VECTORS) as writer:
            known = taken_back(writer, edits[name], encoder)
            writer.finish()
        self.refresh()
        return Edited(name, known.name if known else name, "")

    def edits(self) -> list[Edited]:
        """Return the corrections, of songs that are not here now too."""
        edits = Edits(self.store.tables).read()
        songs = {song.id: song for song in self.store.songs(self.store.keys(list(edits))) if song}
        return [Edited(name, songs[name].name if name in songs else name, edits[name].source) for name in sorted(edits)]

    # -- asking --------------------------------------------------------------------------------------------------------

    def where(self, text: str | None) -> Where | None:
        """Read a condition such as "year:1990..1999 genre:jazz"; FilterError names the place and the nearest field."""
        return parse(text, self.store.features()) if text else None

    def search(self, request: Query | str, **more: Any) -> Answer:
        """Find songs for a request in plain words, understood as by `asked`; a `Query` is taken as it is.

        `more` are fields of `Query`; `where` may be text.
        """
        understood = self._understood(request, more)
        answer = self.engine.answer(understood.query)
        return answer._replace(notes=(*understood.notes, *answer.notes), understood=understood.said)

    def asked(self, text: str, **more: Any) -> Understood:
        """Read a request in plain words by the library's own vocabulary: the query it asks for, and notes.

        `more` are fields of `Query`, which hold whatever the text says. Where the encoder alone is asked
        (`channels=("meaning",)`) the text stays as it is.
        """
        return self._read(self._query(text, more))

    def similar(self, *songs: str | Song, **more: Any) -> Answer:
        """Find songs like one or more of the library's, named by id, title or 'artist - title'.

        A `Song` that the library lacks is compared by its lyrics and features; `lyrics` and `features` among `more`
        describe one by hand.
        """
        given = described(self.store, songs)
        seeds = [self.song(name) for name in given.names]
        unlike = [self.song(name) for name in more.pop("unlike", ())]
        own = {"lyrics": given.lyrics, "features": given.features} if given.lyrics or given.features else {}
        query = self._said("", own | more | {"like": tuple(seed.song.id for seed in seeds)})
        query = Query.of(query, unlike=tuple(seed.song.id for seed in unlike))
        answer = self.engine.answer(query)
        said = tuple(seed.note for seed in (*seeds, *unlike) if seed.note)
        return answer._replace(notes=(*given.notes, *said, *answer.notes))

    def line(self, text: Query | str, **more: Any) -> Answer:
        """Find the songs in which a remembered line is sung, however it was heard or spelt."""
        query = self._query(text, more)
        matches = self._lines_for(query)
        keys = [match.key for match in matches]
        found = zip(matches, self.store.songs(keys), self._others(keys, query), strict=True)
        hits = tuple(
            Hit(song, match.score, (Reason("line", 1.0, match.words, match.line, match.start_ms),), versions)
            for match, song, versions in found
            if song
        )
        return Answer(query, hits, (*unjudged(self.store, query), *self._excluding.notes(query)))

    def explain(self, song: str, request: Query | str, **more: Any) -> Standing:
        """Say how one song stands to a request: its rank among all songs, and the reasons for and against."""
        seed, asked = self._held(song, request, more)
        found = standing(self.store, self.engine, self._versions, seed, asked)
        edit = Edits(self.store.tables).read().get(seed.id)
        edited = (f"corrected: {edit.source}",) if edit else ()
        hiding = self._excluding.against(seed, found.query.user)
        hidden = (f"excluded by {one.where} ({one.undo})" for one in hiding)
        return found._replace(notes=(*found.notes, *edited, *hidden))

    def heat(self, song: str, request: Query | str, *, by_attention: bool = False, **more: Any) -> Heated:
        """Say what each word of a song and of a request adds to their cosine, or how the song's words attend."""
        seed, asked = self._held(song, request, more)
        return heated(self.store, self.encoder, seed, asked, by_attention=by_attention)

    def _held(self, song: str, request: Query | str, more: Mapping[str, Any]) -> tuple[Song, Understood]:
        """Return the song a name means, and the request to hold it against, as it is understood."""
        seed, note = self.song(song)
        understood = self._understood(request, more)
        return seed, understood._replace(notes=(*understood.notes, *((note,) if note else ())))

    def batch(self, queries: Iterable[Query], *, lines: bool = False) -> Iterator[list[Scored] | QueryError]:
        """Answer many queries, in order, with ids and scores only; one that means nothing gets its error for hits."""
        if lines:
            yield from line_batch(queries, self._lines_for, self._scored)
        else:
            yield from song_batch(queries, self.engine, self._meaning, self._scored)

    def _scored(self, keys: Any, scores: Sequence[float], query: Query) -> list[Scored]:
        found = zip(self.store.ids(keys), scores, self._others(keys, query), strict=True)
        return [Scored(name, score, versions) for name, score, versions in found if name is not None]

    def _others(self, keys: Any, query: Query) -> list[tuple[str, ...]]:
        """Return the ids of each song's other versions (n,), of those that the query may show."""
        return self._versions.others(keys, self._excluding.kept(query).where) if query.grouped else [() for _ in keys]

    def _lines_for(self, query: Query) -> list[LineMatch]:
        """Return the lines nearest to a remembered one; QueryError where no word of it is given."""
        if not (query.lyrics.strip() or query.text.strip()):
            raise QueryError("the line is empty; give some words you remember")
        return self.lines.find(self._excluding.kept(query), query.k)

    def _query(self, request: Query | str, more: Mapping[str, Any]) -> Query:
        own = dict(more)
        if isinstance(own.get("where"), str):
            own["where"] = self.where(own["where"])
        query = Query.of(request, **own)
        return Query.of(query, text=whole(query.text), lyrics=whole(query.lyrics), user=query.user or self.user)

    def _understood(self, request: Query | str, more: Mapping[str, Any]) -> Understood:
        """Understand a text, take a query as it is; QueryError where it says nothing."""
        query = self._said(request, more)
        return self._read(query) if isinstance(request, str) else Understood(query)

    def _read(self, query: Query) -> Understood:
        """Understand a query's text, unless the encoder alone is asked."""
        if query.channels == (Meaning.name,):
            return Understood(query)
        return understand(query.text, self.vocabulary, query=query)

    def _said(self, request: Query | str, more: Mapping[str, Any]) -> Query:
        """Return the query; QueryError where it says nothing."""
        query = self._query(request, more)
        if not (_shows(query.text) or _shows(query.lyrics) or query.like or query.features):
            raise QueryError("the request is empty; say what the song is about or how it sounds")
        return query

    def song(self, name: str) -> Named:
        """Return the song a name means: an id, a title, or 'artist - title'."""
        return named(self.store, name)

    # -- labelling -----------------------------------------------------------------------------------------------------

    def annotate(
        self,
        *,
        again: bool = False,
        annotator: Annotator | None = None,
        progress: Callable[[Labelled], None] | None = None,
    ) -> Labelled:
        """Label the library's songs from their words, and keep what is told beside what was given, never in its place.

        A song labelled before is not labelled again, unless the heads are others now or by `again`. MissingExtra where
        songkin-labels is not installed, LockedError where another process writes.
        """
        from songkin.library import labelling

        own = annotator or labelling.annotator(threads=self._threads, runtime=self._runtime)
        encoder = self.encoder
        with writing(self.store.tables.place, dim=self.store.tables.dim() or NO_VECTORS) as writer:
            work = labelling.Labelling(writer, own, encoder, progress)
            work.label(Store(writer.tables), again=again)
        self.refresh()
        return work.done

    # -- excluding -----------------------------------------------------------------------------------------------------

    def exclude(self, *terms: str, user: str | None = None) -> list[Excluded]:
        """Never show songs that meet any of the conditions again, and return them; user "" excludes for everybody.

        Each is a condition as in `where`. FilterError on one that cannot be read, and then none is kept.
        """
        return self._excluding.add(terms, self._asker(user))

    def include(self, exclusion: int | str, *, user: str | None = None) -> Exclusion:
        """Take an exclusion back, by its number or its text; QueryError where there is none."""
        return self._excluding.drop(exclusion, self._asker(user))

    def exclusions(self, *, user: str | None = None) -> list[Excluded]:
        """Return the exclusions that hold for a user, numbered, with how many songs each hides now."""
        return self._excluding.listed(self._asker(user))

    def exclusion(self, named: int | str, *, user: str | None = None) -> Exclusion:
        """Return the exclusion that a number or text means; QueryError where there is none."""
        return self._excluding.named(named, self._asker(user))

    def left(self, *, user: str | None = None) -> int:
        """Return how many songs no exclusion hides from a user."""
        return self._excluding.left(self._asker(user))

    def _asker(self, user: str | None) -> str:
        return self.user if user is None else whole(user)

    # -- what it is about ----------------------------------------------------------------------------------------------

    def themes(self, *, grain: str = "medium", k: int | None = None) -> Themes:
        """Return the library's themes, with names, at a grain (coarse, medium, fine), or `k` of them."""
        return themes(self.store, grain=grain, k=k, shown=self._seen)

    def theme(self, named: str, *, grain: str = "medium", k: int | None = None) -> ThemeSongs:
        """Return the songs of the theme that a number or a name means, nearest to its centre first."""
        return theme_songs(self.store, named, grain=grain, k=k, shown=self._seen)

    def map(self, *, fresh: bool = False) -> SongMap:
        """Return the library's songs in the plane, near ones near: as kept, new songs filled in, or laid out anew.

        MissingExtra where a layout must be made and umap-learn is not there.
        """
        return song_map(self.store, fresh=fresh, shown=self._seen)

    def _seen(self, keys: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Say which keys (n,) no exclusion hides from the user."""
        left = self._excluding.kept(Query(user=self.user)).where
        return np.isin(keys, self.store.keys_where(left)) if left else np.ones(len(keys), bool)

    # -- what it is made of --------------------------------------------------------------------------------------------

    @cached_property
    def encoder(self) -> Encoder | None:
        """The encoder the library's vectors were made with; None where it has no vectors."""
        facts = self.store.facts()
        if not facts.get("fingerprint"):
            return None
        name, dim = kept(facts)
        encoder = self._given or load(name or None, dim=dim, threads=self._threads, runtime=self._runtime)
        if encoder_mark(encoder) != facts["fingerprint"]:
            cure = f"make them again with: songkin add --reencode -L {self.store.tables.place}"
            raise EncoderError(
                f"{self.store.tables.place}: its vectors were made by another version of {encoder.name}; {cure}"
            )
        return encoder

    @cached_property
    def _meaning(self) -> Meaning | None:
        return Meaning(self.store, self.encoder) if self.encoder else None

    @cached_property
    def lines(self) -> LineChannel:
        """The channel that finds remembered lines."""
        return LineChannel(self.store, self._versions)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words that requests are understood by."""
        return Vocabulary.of(self.store)

    @cached_property
    def _versions(self) -> Versions:
        return Versions(self.store)

    @cached_property
    def _excluding(self) -> Excluding:
        return Excluding(self.store, self.user)

    @cached_property
    def engine(self) -> Engine:
        """What answers requests: the channels that find, the stages that order, and what explains."""
        store = self.store
        channels: list[Channel] = [Words(store), self.lines, Title(store), Features(store)]
        stages: list[Stage] = [Others(store), Prefer(store), Avoid(store, self._meaning), Away(store), Tilt(store)]
        stages += [self._versions, ArtistCap(store), Variety(store)]
        if self._meaning:
            channels.insert(0, self._meaning)
        explain = Explain(store, self._meaning, self.lines)
        fusion = fusion_of(self.encoder)
        return Engine(store, channels, stages, explain, self._excluding, strategies(store, self._meaning), fusion)

    def refresh(self) -> None:
        """See what other processes added since."""
        self.store.refresh()
        for name in ("encoder", "_meaning", "lines", "vocabulary", "_excluding", "engine"):
            with suppress(KeyError):
                del self.__dict__[name]

    def info(self) -> dict[str, Any]:
        """Return what the library holds and what it lacks."""
        return inventory(self.store)


def _shows(text: str) -> bool:
    """Say whether a text has any sign that is seen: blanks, zero-width joiners and marks of direction are none."""
    return any(not character.isspace() and unicodedata.category(character) != "Cf" for character in text)


def whole(text: str) -> str:
    """Return a text without halves of characters (lone surrogates), which no encoder reads."""
    return text.encode("utf-8", "replace").decode("utf-8")
