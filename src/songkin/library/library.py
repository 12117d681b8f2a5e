"""A library of songs: open it, add to it, ask it. Everything songkin does for people and programs goes through here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple, Self

from songkin.encoders import load
from songkin.errors import EncoderError, QueryError, StoreError
from songkin.filters import Is, parse
from songkin.library.adding import Added, Adding, Progress
from songkin.library.inventory import inventory
from songkin.library.naming import Named, named
from songkin.library.preparing import encoder_mark
from songkin.search import (
    Answer,
    ArtistCap,
    Away,
    Engine,
    Explain,
    Features,
    Meaning,
    Others,
    Tilt,
    Title,
    Variety,
    Words,
)
from songkin.search.engine import pool_of
from songkin.search.line import LineChannel, LineMatch
from songkin.search.notes import unjudged
from songkin.settings import Settings
from songkin.store import Store, Writer, writing
from songkin.types import Channel, Encoder, Hit, Query, Reason, Song, Stage, Where

__all__ = ["Library", "Scored", "Standing"]

EXPLAINED_DEPTH = 1000  # ranks are looked for so deep
BATCH = 256  # requests prepared together
BATCH_THREADS = 2  # the store searches for so many at the same time
NO_VECTORS = 1  # the width of a vector column while no encoder is at hand; the next encoded add widens it


class Scored(NamedTuple):
    """An answer's bare line: a song's id and its score in [0, 1]."""

    id: str
    score: float


class Standing(NamedTuple):
    """How a song stands to a request: its rank among `of` songs, None where it is not in the first `looked_at`."""

    query: Query
    hits: tuple[Hit, ...]
    notes: tuple[str, ...]
    rank: int | None
    of: int
    looked_at: int


class Library:
    """One library, open for reading; `add` and `remove` take the writer's lock for as long as they run."""

    def __init__(self, store: Store, *, threads: int | None = None, runtime: str | None = None) -> None:
        self.store, self._threads, self._runtime = store, threads, runtime

    @classmethod
    def open(cls, place: str | Path | None = None) -> Self:
        """Open the library at `place`, or the one the settings name."""
        settings = Settings.load(library=str(place) if place else None)
        return cls(Store.open(settings.library), threads=settings.threads, runtime=settings.runtime)

    # -- adding --------------------------------------------------------------------------------------------------------

    @classmethod
    def add(
        cls,
        songs: Iterable[Song],
        place: str | Path | None = None,
        *,
        encoder: str | None = None,
        encode: bool = True,
        reencode: bool = False,
        progress: Progress | None = None,
    ) -> Added:
        """Add songs to the library at `place`, making it if need be, and return what was done.

        Songs come in chunks, each of which is kept as soon as it is written; a song that is there already, unchanged,
        costs nothing. `encode=False` leaves the vectors to a later add. Another encoder than the one the library was
        made with needs `reencode=True`, which makes every vector again. No songs make no library.
        """
        settings = Settings.load(library=str(place) if place else None, encoder=encoder)
        exists = Store.exists(settings.library)
        facts = Store.open(settings.library).facts() if exists or reencode else {}
        songs = iter(songs)
        first = list(islice(songs, 1))  # a source that cannot be read fails before anything is made or loaded
        if not first and not exists:
            return Added()
        name = _from_anywhere(settings.encoder) or facts.get("encoder")
        reader = load(name or None, threads=settings.threads, runtime=settings.runtime) if encode or not facts else None
        with writing(settings.library, dim=reader.dim if reader else NO_VECTORS) as writer:
            if encode and reader:
                _agree(writer, reader, name or "", settings.library, reencode=reencode)
            work = Adding(writer, reader if encode else None, progress)
            work.add(chain(first, songs))
            if encode:
                work.fill(Store(writer.tables))
            if work.done.added + work.done.changed + work.done.encoded:
                writer.finish()
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

    # -- asking --------------------------------------------------------------------------------------------------------

    def where(self, text: str | None) -> Where | None:
        """Read a condition such as "year:1990..1999 genre:jazz"; FilterError names the place and the nearest field."""
        return parse(text, self.store.features()) if text else None

    def search(self, request: Query | str, **more: Any) -> Answer:
        """Find songs for a request in plain words. `more` are fields of `Query`; `where` may be text."""
        return self.engine.answer(self._said(request, more))

    def similar(self, song: str | Song, *others: str, **more: Any) -> Answer:
        """Find songs like one or more of the library's, named by id, title or 'artist - title'."""
        seeds = [self.song(name if isinstance(name, str) else name.id) for name in (song, *others)]
        unlike = [self.song(name) for name in more.pop("unlike", ())]
        query = self._query("", more | {"like": tuple(seed.song.id for seed in seeds)})
        query = Query.of(query, unlike=tuple(seed.song.id for seed in unlike))
        answer = self.engine.answer(query)
        said = tuple(seed.note for seed in (*seeds, *unlike) if seed.note)
        return answer._replace(notes=said + answer.notes)

    def line(self, text: Query | str, **more: Any) -> Answer:
        """Find the songs in which a remembered line is sung, however it was heard or spelt."""
        query = self._query(text, more)
        matches = self._lines_for(query)
        found = zip(matches, self.store.songs([match.key for match in matches]), strict=True)
        hits = tuple(
            Hit(song, match.score, (Reason("line", 1.0, match.words, match.line, match.start_ms),))
            for match, song in found
            if song
        )
        return Answer(query, hits, tuple(unjudged(self.store, query)))

    def explain(self, song: str, request: Query | str, **more: Any) -> Standing:
        """Say how one song stands to a request: its rank among all songs, and the reasons for and against."""
        seed, note = self.song(song)
        query = self._said(request, more)
        total = self.store.counts().songs
        looked_at = min(total, EXPLAINED_DEPTH)
        ranking = self.engine.run(Query.of(query, k=max(looked_at, 1)))
        ids = self.store.ids(ranking.keys)
        rank = ids.index(seed.id) + 1 if seed.id in ids else None
        if rank:
            hits = self.engine.told(ranking.only([name == seed.id for name in ids]), query).hits
        else:  # alone it is scaled to itself: its reasons count, its score does not
            alone = self.engine.answer(Query.of(query, k=1, where=Is("id", (seed.id,))))
            hits = tuple(hit._replace(score=0.0) for hit in alone.hits)
        notes = ((note,) if note else ()) + (() if hits else (f"nothing in {seed.name} speaks to this request",))
        return Standing(query, hits, notes, rank, total, looked_at)

    def batch(self, queries: Iterable[Query], *, lines: bool = False) -> Iterator[list[Scored] | QueryError]:
        """Answer many queries, in order, with ids and scores only; one that means nothing gets its error for hits."""
        run = self._rank_line if lines else self._rank
        queries = iter(queries)
        with ThreadPoolExecutor(BATCH_THREADS) as pool:
            while chunk := list(islice(queries, BATCH)):
                if not lines and self._meaning:
                    self._meaning.look_ahead([query for query in chunk if self._asks_meaning(query)], pool_of)
                yield from pool.map(run, chunk)

    def _rank(self, query: Query) -> list[Scored] | QueryError:
        try:
            ranking = self.engine.run(query)
        except QueryError as error:
            return error
        pairs = zip(self.store.ids(ranking.keys), ranking.scores.tolist(), strict=True)
        return [Scored(name, score) for name, score in pairs if name is not None]

    def _asks_meaning(self, query: Query) -> bool:
        """Say whether the meaning channel will be asked; not where the query is refused."""
        try:
            self.engine.check(query)
        except QueryError:
            return False
        return not query.channels or Meaning.name in query.channels

    def _rank_line(self, query: Query) -> list[Scored] | QueryError:
        try:
            matches = self._lines_for(query)
        except QueryError as error:
            return error
        pairs = zip(self.store.ids([match.key for match in matches]), matches, strict=True)
        return [Scored(name, match.score) for name, match in pairs if name is not None]

    def _lines_for(self, query: Query) -> list[LineMatch]:
        """Return the lines nearest to a remembered one; QueryError where no word of it is given."""
        if not (query.lyrics.strip() or query.text.strip()):
            raise QueryError("the line is empty; give some words you remember")
        return self.lines.find(query, query.k)

    def _query(self, request: Query | str, more: Mapping[str, Any]) -> Query:
        own = dict(more)
        if isinstance(own.get("where"), str):
            own["where"] = self.where(own["where"])
        query = Query.of(request, **own)
        return Query.of(query, text=whole(query.text), lyrics=whole(query.lyrics))

    def _said(self, request: Query | str, more: Mapping[str, Any]) -> Query:
        """Return the query; QueryError where it says nothing."""
        query = self._query(request, more)
        if not (query.text.strip() or query.lyrics.strip() or query.like):
            raise QueryError("the request is empty; say what the song is about or how it sounds")
        return query

    def song(self, name: str) -> Named:
        """Return the song a name means: an id, a title, or 'artist - title'."""
        return named(self.store, name)

    # -- what it is made of --------------------------------------------------------------------------------------------

    @cached_property
    def encoder(self) -> Encoder | None:
        """The encoder the library's vectors were made with; None where it has no vectors."""
        facts = self.store.facts()
        if not facts.get("fingerprint"):
            return None
        encoder = load(facts.get("encoder") or None, threads=self._threads, runtime=self._runtime)
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
        return LineChannel(self.store)

    @cached_property
    def engine(self) -> Engine:
        """What answers requests: the channels that find, the stages that order, and what explains."""
        store = self.store
        channels: list[Channel] = [Words(store), self.lines, Title(store), Features(store)]
        stages: list[Stage] = [Others(store), Away(store), Tilt(store), ArtistCap(store), Variety(store)]
        if self._meaning:
            channels.insert(0, self._meaning)
        return Engine(store, channels, stages, Explain(store, self._meaning, self.lines))

    def refresh(self) -> None:
        """See what other processes added since."""
        self.store.refresh()
        for name in ("encoder", "_meaning", "lines", "engine"):
            with suppress(KeyError):
                del self.__dict__[name]

    def info(self) -> dict[str, Any]:
        """Return what the library holds and what it lacks."""
        return inventory(self.store)


def whole(text: str) -> str:
    """Return a text without halves of characters (lone surrogates), which no encoder reads."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _from_anywhere(encoder: str | None) -> str | None:
    """Return an encoder's name, a folder's from the root: the library outlives the folder it was made from."""
    folder = Path(encoder).expanduser() if encoder else None
    return str(folder.resolve()) if folder and folder.is_dir() else encoder


def _agree(writer: Writer, reader: Encoder, name: str, place: str, *, reencode: bool) -> None:
    """Make sure the library's vectors come from one encoder, and note which."""
    facts, mark = writer.tables.facts(), encoder_mark(reader)
    before = facts.get("fingerprint")
    changes = bool(before) and before != mark
    if changes and not reencode and facts.get("encoder", "") != name:
        known = facts.get("encoder") or "the shipped encoder"
        raise StoreError(f"{place}: its vectors come from {known}; to change to {name}, add --reencode")
    if writer.tables.dim() != reader.dim or (changes and reencode):  # the size differs after a broken-off change too
        writer.forget_vectors(dim=reader.dim)
    if before != mark:
        writer.tell("encoder", name)
        writer.tell("fingerprint", mark)
