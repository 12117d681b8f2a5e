"""A library that is open: the parts it is made of, each made when it is first asked for, and forgotten on a refresh."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from songkin.library.encoding import encoder_of
from songkin.library.excluding import Excluding
from songkin.library.naming import Named, named
from songkin.library.requests import Requests, whole
from songkin.library.searching import engine_of
from songkin.library.showing import Showing
from songkin.search import Engine, Meaning, Versions
from songkin.search.line import LineChannel
from songkin.search.timing import step
from songkin.search.understanding import Vocabulary
from songkin.settings import Settings
from songkin.store import Store
from songkin.store.tables import Shards
from songkin.types import Encoder

if TYPE_CHECKING:
    from songkin.library.missing_lyrics import MissingLyrics
    from songkin.library.opinions import Opinions
    from songkin.library.playlists import Playlists
    from songkin.library.score_basis import Basis
    from songkin.library.tokens import Tokens
    from songkin.library.views import Views

__all__ = ["Opened", "Shards"]


class Opened:
    """What `Library` asks: the store, the encoder, the engine, and a door for each kind of asker."""

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
    def open(
        cls,
        place: str | Path | None = None,
        *,
        user: str | None = None,
        encoder: Encoder | None = None,
        shards: Shards | None = None,
    ) -> Self:
        """Open the library at `place`, or the one the settings name, for a user: whose exclusions hold.

        `encoder` is the one the library was made with, where it is at hand and need not be loaded. `shards` answers for
        those of a library in shards, None = this process: `songkin.scale.shards`.
        """
        settings = Settings.load(library=str(place) if place else None, user=user)
        store = Store.open(settings.library, shards=shards)
        return cls(store, threads=settings.threads, runtime=settings.runtime, user=settings.user, encoder=encoder)

    def song(self, name: str) -> Named:
        """Return the song a name means: an id, a title, or 'artist - title'."""
        return named(self.store, name)

    def _asker(self, user: str | None) -> str:
        return self.user if user is None else whole(user)

    def refresh(self) -> None:
        """See what other processes added since."""
        self.store.refresh()
        for name in ("encoder", "_meaning", "lines", "_requests", "opinions", "_excluding", "_showing", "engine"):
            with suppress(KeyError):
                del self.__dict__[name]

    def reread(self) -> None:
        """See what users decided since, here or in other processes; what is being asked meanwhile is not disturbed."""
        self._excluding.forget()

    def settle(self, go_on: Callable[[], bool] = lambda: True) -> None:
        """Work out ahead what each of the first hundreds of requests would wait for, until `go_on` says no.

        For who serves a library for hours: no answer changes by it, and one request alone costs less without it.
        """
        from songkin.library.settling import settle

        settle(self.store, self._versions, go_on)

    # -- what answers --------------------------------------------------------------------------------------------------

    @cached_property
    def encoder(self) -> Encoder | None:
        """The encoder the library's vectors were made with; None where it has no vectors."""
        with step("encoder"):
            return encoder_of(self.store, self._given, threads=self._threads, runtime=self._runtime)

    @cached_property
    def _meaning(self) -> Meaning | None:
        return Meaning(self.store, self.encoder) if self.encoder else None

    @cached_property
    def lines(self) -> LineChannel:
        """The channel that finds remembered lines."""
        return LineChannel(self.store, self._versions)

    @property
    def vocabulary(self) -> Vocabulary:
        """The words that requests are understood by."""
        return self._requests.vocabulary

    @cached_property
    def _versions(self) -> Versions:
        return Versions(self.store)

    @cached_property
    def _excluding(self) -> Excluding:
        return Excluding(self.store, self.user, self.opinions)

    @cached_property
    def _requests(self) -> Requests:
        return Requests(self.store, self.user)

    @cached_property
    def _showing(self) -> Showing:
        return Showing(self.store, self.lines, self._versions, self._excluding)

    @cached_property
    def engine(self) -> Engine:
        """What answers requests: the channels that find, the stages that order, and what explains."""
        found = self._meaning, self.lines, self._versions
        return engine_of(self.store, self.encoder, *found, self._excluding, self.opinions)

    @cached_property
    def basis(self) -> Basis:
        """What scores rest on: the space of songkin-labels, or without it lyric vectors and genres."""
        from songkin.library.score_basis import shipped_basis

        return shipped_basis(threads=self._threads, runtime=self._runtime)

    # -- doors ---------------------------------------------------------------------------------------------------------

    @property
    def views(self) -> Views:
        """What a page shows besides an answer: counts beside conditions, pages, highlights, a song whole."""
        from songkin.library.views import Views

        return Views(self.store, self.engine, self._versions, self._excluding)

    @property
    def playlists(self) -> Playlists:
        """Playlists: made from a wish, saved, opened again, edited by hand, read from files."""
        from songkin.library.playlists import Playlists

        own = self.store, lambda: self.engine, self._versions, self._excluding, self._requests, self.user
        return Playlists(*own)

    @cached_property
    def opinions(self) -> Opinions:
        """What users think of songs: likes, skips, never again."""
        from songkin.library.opinions import Opinions

        return Opinions(self.store, self.user)

    @cached_property
    def tokens(self) -> Tokens:
        """The tokens by which programs and players ask in a user's name."""
        from songkin.library.tokens import Tokens

        return Tokens(self.store)

    @property
    def missing_lyrics(self) -> MissingLyrics:
        """Words for songs that have none: found online when it is asked for, called wrong, put right again."""
        from songkin.library.missing_lyrics import MissingLyrics

        return MissingLyrics(self.store, lambda: self.encoder, self.refresh)
