"""A library of songs: open it, add to it, ask it. Everything songkin does for people and programs goes through here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from songkin.errors import QueryError
from songkin.library import editing
from songkin.library.adding import Added, Progress
from songkin.library.batching import Scored, line_batch, song_batch
from songkin.library.charting import SongMap
from songkin.library.drafting import Crew
from songkin.library.editing import Correction, Edited
from songkin.library.excluding import Excluded
from songkin.library.heating import Heated, heated
from songkin.library.importing import How, added, removed
from songkin.library.inventory import inventory
from songkin.library.map_standing import MapStanding, map_standing
from songkin.library.mapping import song_map
from songkin.library.opened import Opened
from songkin.library.outside import described
from songkin.library.reading import Reading
from songkin.library.requests import whole
from songkin.library.standing import Standing, standing
from songkin.library.themes import Themes, ThemeSongs, theme_songs, themes
from songkin.search import Answer
from songkin.search.understanding import Understood
from songkin.settings import Settings
from songkin.types import NOTHING, Encoder, Exclusion, Playlist, Query, Song, Where

if TYPE_CHECKING:
    from songkin.annotate import Annotator
    from songkin.library.comparing import Compared
    from songkin.library.labelling import Labelled
    from songkin.library.listening import Listened
    from songkin.library.missing_lyrics import FoundLyrics, LyricsClient, Wanted
    from songkin.library.paging import Page
    from songkin.library.players import Players
    from songkin.library.scoring import Pair, PairScore, Scorer
    from songkin.library.song_space import SongSpace

__all__ = ["Library"]


class Library(Opened):
    """One library, open for reading; `add` and `remove` take the writer's lock for as long as they run."""

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
        crew: Crew | None = None,
        progress: Progress | None = None,
    ) -> Added:
        """Add songs to the library at `place`, making it if need be, and return what was done.

        Songs come in chunks, each of which is kept as soon as it is written; a song that is there already, unchanged,
        costs nothing. `encode=False` leaves the vectors to a later add. Another encoder than the one the library was
        made with needs `reencode=True`, which makes every vector again. `encoder` is a name, or an encoder itself, with
        which the library is then opened too; `dim` keeps so many numbers of its vectors. No songs make no library.

        `fast=True` lets the encoder's fast student read the passages of what must be encoded; an add without it lets
        the encoder read them after all. EncoderError where the encoder has no student. A `crew` of workers does the
        reading in the place of this process: `songkin.scale.crew`.

        Of a `Reading`, music files that have not changed since they were read stay unread, and `prune=True` removes the
        songs whose files vanished from below its folders; SourceError where all did, for the drive may be missing.
        """
        given = None if encoder is None or isinstance(encoder, str) else encoder
        settings = Settings.load(library=str(place) if place else None, encoder=None if given else encoder, dim=dim)
        how = How(encode=encode, fast=fast, reencode=reencode, prune=prune, crew=crew)
        return added(songs, settings, how, given=given, progress=progress)

    @classmethod
    def remove(cls, ids: Sequence[str], place: str | Path | None = None) -> int:
        """Take songs out by id, and return how many there were."""
        return removed(ids, Settings.load(library=str(place) if place else None))

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
        edited = editing.edit(self.store, self.song(song), correction, self.encoder, self._asker(user))
        self.refresh()
        return edited

    def unedit(self, song: str) -> Edited:
        """Give a song the words of its source again; QueryError where it was not corrected."""
        unedited = editing.unedit(self.store, song, self.encoder)
        self.refresh()
        return unedited

    def edits(self) -> list[Edited]:
        """Return the corrections, of songs that are not here now too."""
        return editing.corrections(self.store)

    # -- asking --------------------------------------------------------------------------------------------------------

    def where(self, text: str | None) -> Where | None:
        """Read a condition such as "year:1990..1999 genre:jazz"; FilterError names the place and the nearest field."""
        return self._requests.where(text)

    def search(self, request: Query | str, **more: Any) -> Answer:
        """Find songs for a request in plain words, understood as by `asked`; a `Query` is taken as it is.

        `more` are fields of `Query`; `where` may be text.
        """
        understood = self._requests.understood(request, more)
        answer = self.engine.answer(understood.query)
        return answer._replace(notes=(*understood.notes, *answer.notes), understood=understood.said)

    def search_page(self, request: Query | str, *, page: int = 1, **more: Any) -> Page:
        """Find songs as `search` does, page by page of `k`, counted from 1; QueryError beyond the last."""
        understood = self._requests.understood(request, more)
        found = self.views.page(understood.query, page=page)
        notes = (*understood.notes, *found.answer.notes)
        return found._replace(answer=found.answer._replace(notes=notes, understood=understood.said))

    def asked(self, text: str, **more: Any) -> Understood:
        """Read a request in plain words by the library's own vocabulary: the query it asks for, and notes.

        `more` are fields of `Query`, which hold whatever the text says. Where the encoder alone is asked
        (`channels=("meaning",)`) the text stays as it is.
        """
        return self._requests.read(self._requests.query(text, more))

    def similar(self, *songs: str | Song, **more: Any) -> Answer:
        """Find songs like one or more of the library's, named by id, title or 'artist - title'.

        A `Song` that the library lacks is compared by its lyrics and features; `lyrics` and `features` among `more`
        describe one by hand.
        """
        given = described(self.store, songs)
        seeds = [self.song(name) for name in given.names]
        unlike = [self.song(name) for name in more.pop("unlike", ())]
        own = {"lyrics": given.lyrics, "features": given.features} if given.lyrics or given.features else {}
        query = self._requests.said("", own | more | {"like": tuple(seed.song.id for seed in seeds)})
        query = Query.of(query, unlike=tuple(seed.song.id for seed in unlike))
        answer = self.engine.answer(query)
        said = tuple(seed.note for seed in (*seeds, *unlike) if seed.note)
        return answer._replace(notes=(*given.notes, *said, *answer.notes))

    def line(self, text: Query | str, **more: Any) -> Answer:
        """Find the songs in which a remembered line is sung, however it was heard or spelt."""
        return self._showing.sung(self._requests.query(text, more))

    def playlist(self, request: str = "", **wishes: Any) -> Playlist:
        """Make a playlist for a request in plain words; `wishes` are fields of `playlists.Wish`: start, minutes ..."""
        from songkin.library.playlists import Wish

        return self.playlists.make(Wish(text=request, **wishes))

    def explain(self, song: str, request: Query | str, **more: Any) -> Standing:
        """Say how one song stands to a request: its rank among all songs, and the reasons for and against."""
        seed, asked = self._held(song, request, more)
        return standing(self.store, self.engine, self._versions, self._excluding, seed, asked)

    def heat(self, song: str, request: Query | str, *, by_attention: bool = False, **more: Any) -> Heated:
        """Say what each word of a song and of a request adds to their cosine, or how the song's words attend."""
        seed, asked = self._held(song, request, more)
        return heated(self.store, self.encoder, seed, asked, by_attention=by_attention)

    def _held(self, song: str, request: Query | str, more: Mapping[str, Any]) -> tuple[Song, Understood]:
        """Return the song a name means, and the request to hold it against, as it is understood."""
        seed, note = self.song(song)
        understood = self._requests.understood(request, more)
        return seed, understood._replace(notes=(*understood.notes, *((note,) if note else ())))

    def batch(self, queries: Iterable[Query], *, lines: bool = False) -> Iterator[list[Scored] | QueryError]:
        """Answer many queries, in order, with ids and scores only; one that means nothing gets its error for hits."""
        if lines:
            yield from line_batch(queries, self._showing.matches, self._showing.scored)
        else:
            yield from song_batch(queries, self.engine, self._meaning, self._showing.scored)

    # -- scoring -------------------------------------------------------------------------------------------------------

    def score(self, one: str, other: str, *, weights: Mapping[str, float] = NOTHING) -> Compared:
        """Say how alike two songs are, in [0, 1], and why; each is named by id, title or 'artist - title'.

        `weights` say what "lyrics" and "sound" count where both songs have a sound vector: .7 and .3.
        """
        from songkin.library.comparing import compared_in

        return compared_in(self.store, self._scorer(weights), one, other)

    def score_pairs(
        self,
        pairs: Iterable[Pair],
        *,
        weights: Mapping[str, float] = NOTHING,
        progress: Callable[[int], None] = lambda more: None,
    ) -> Iterator[PairScore]:
        """Score pairs of ids one after another, in order; `progress` is called with how many more songs were read.

        A pair with an unknown id, or with a song of which nothing is known, has no score but a reason.
        """
        from songkin.library.scoring import Stored

        scorer = self._scorer(weights)
        yield from scorer.score(pairs, Stored(self.store, scorer, tell=progress))

    def _scorer(self, weights: Mapping[str, float]) -> Scorer:
        from songkin.library.scoring import Scorer, shares_of

        return Scorer(self.basis, shares=shares_of(weights))

    # -- labelling -----------------------------------------------------------------------------------------------------

    def annotate(
        self,
        *,
        again: bool = False,
        annotator: Annotator | None = None,
        space: SongSpace | None = None,
        progress: Callable[[Labelled], None] | None = None,
    ) -> Labelled:
        """Label the library's songs from their words, and keep what is told beside what was given, never in its place.

        A song labelled before is not labelled again, unless the heads are others now or by `again`. Where the songs lie
        among each other in the space of genres, tags and eras is kept as well, for `score` and `similar`; by an
        `annotator` of one's own only in a `space` of one's own. MissingExtra where songkin-labels is not installed,
        LockedError where another process writes.
        """
        from songkin.library import labelling

        own = annotator or labelling.annotator(threads=self._threads, runtime=self._runtime)
        placed = space or (labelling.space_of(own) if annotator is None else None)
        done = labelling.label(self.store, own, self.encoder, space=placed, again=again, progress=progress)
        self.refresh()
        return done

    def listen(
        self,
        *,
        workers: int | None = None,
        encode: bool = True,
        progress: Callable[[Listened], None] | None = None,
    ) -> Listened:
        """Hear the songs' music files, and keep features where none are given and a vector of how each sounds.

        A file heard before is not heard again unless it changed, or the ear did. `workers` processes listen at the same
        time, None = one for each core; `encode=False` leaves the vectors of changed descriptions to a later add.
        MissingExtra where songkin[audio] is not installed, LockedError where another process writes.
        """
        from songkin.library.listening import hear

        encoder = (lambda: self.encoder) if encode else (lambda: None)
        done = hear(self.store, encoder, workers=workers, progress=progress)
        self.refresh()
        return done

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

    # -- what it is about ----------------------------------------------------------------------------------------------

    def themes(self, *, grain: str = "medium", k: int | None = None) -> Themes:
        """Return the library's themes, with names, at a grain (coarse, medium, fine), or `k` of them."""
        return themes(self.store, grain=grain, k=k, shown=self._excluding.shown)

    def theme(self, named: str, *, grain: str = "medium", k: int | None = None) -> ThemeSongs:
        """Return the songs of the theme that a number or a name means, nearest to its centre first."""
        return theme_songs(self.store, named, grain=grain, k=k, shown=self._excluding.shown)

    def map(self, *, fresh: bool = False, user: str | None = None) -> SongMap:
        """Return the library's songs in the plane, near ones near: as kept, new songs filled in, or laid out anew.

        MissingExtra where a layout must be made and umap-learn is not there.
        """
        asker = self._asker(user)
        return song_map(self.store, fresh=fresh, shown=lambda keys: self._excluding.shown(keys, asker))

    def map_standing(self) -> MapStanding:
        """Say whether a map is kept, and what laying one out would lack."""
        return map_standing(self.store)

    # -- words that are missing ----------------------------------------------------------------------------------------

    def lyrics_wanted(self, where: str | Where | None = None) -> Wanted:
        """Return the songs whose words are not known, and of how many no service can be asked."""
        return self.missing_lyrics.wanted(self.where(where) if isinstance(where, str) else where)

    def find_lyrics(self, client: LyricsClient, **how: Any) -> FoundLyrics:
        """Ask a client for the words of songs that have none, and keep what it gives; see `MissingLyrics.find`."""
        return self.missing_lyrics.find(client, **how)

    @property
    def players(self) -> Players:
        """What music players ask: songs page by page, shelves, what is alike, words, files."""
        from songkin.library.players import Players

        return Players(self, self._excluding)

    def info(self, *, shown: int = 12) -> dict[str, Any]:
        """Return what the library holds and what it lacks; of genres, tags and languages the `shown` commonest."""
        return inventory(self.store, shown=shown)
