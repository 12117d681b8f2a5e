"""What a library's songs are called and described by: the words a request can mean here.

Conventions
-----------
Values are in their normal form (`songkin.filters.term`). Names are looked up in the store's title index; nothing here
goes through a million titles in Python.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple, Self

import pyarrow.compute as pc
from rapidfuzz import fuzz, process

from songkin.filters import FIELDS, Has, column, term
from songkin.search.spelling import spelling
from songkin.search.understanding.genres import GENRE_WORDS, GenreName, named_genres
from songkin.search.understanding.sentence import squashed
from songkin.store import Store
from songkin.text.words import STOP_WORDS, tokens

__all__ = ["SongName", "Vocabulary"]

CANDIDATES = 60
SONGS_OF_ARTIST = 30
FAME = ("popularity", "listeners", "playcount", "play_count")
CLOSE, CLOSE_SHORT = 82, 87  # likeness in percent from which a misspelt name is taken; of names below 6 letters


class SongName(NamedTuple):
    """A song a phrase may name: its key, and its title and artists as words."""

    key: int
    title: tuple[str, ...]
    artists: tuple[str, ...]


class Vocabulary:
    """The words of one version of a library; made once, parts of it when first needed."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.named = lru_cache(maxsize=2048)(self._named)
        self.songs_by = lru_cache(maxsize=2048)(self._songs_by)
        self.spelt = lru_cache(maxsize=2048)(self._spelt)
        self.tags_like = lru_cache(maxsize=256)(self._tags_like)
        self.telling = lru_cache(maxsize=64)(self._telling)
        self._known: dict[str, int] = {}

    @classmethod
    def of(cls, store: Store) -> Self:
        """Return the vocabulary of the version a store shows."""
        return cls(store)

    # -- how much is known ---------------------------------------------------------------------------------------------

    @cached_property
    def songs(self) -> int:
        """How many songs there are."""
        return self.store.count()

    def known(self, field: str) -> int:
        """Return how many songs have a field."""
        if field not in self._known:
            there = field in FIELDS or field in self.features
            self._known[field] = self.songs - self.store.lacking(column(field)) if there else 0
        return self._known[field]

    def share(self, field: str) -> float:
        """Return the share of songs in [0, 1] that have a field; 0 in an empty library."""
        return self.known(field) / self.songs if self.songs else 0.0

    @cached_property
    def features(self) -> tuple[str, ...]:
        """The features songs carry."""
        return tuple(self.store.features())

    @cached_property
    def years(self) -> tuple[int, int] | None:
        """The oldest and the newest year; None where no song has one."""
        ends = pc.min_max(self.store.read([column("year")])[column("year")]).as_py()
        return None if ends["max"] is None else (int(ends["min"]), int(ends["max"]))

    # -- values --------------------------------------------------------------------------------------------------------

    @cached_property
    def tags(self) -> Mapping[str, int]:
        """Descriptors, and how many songs carry each."""
        return dict(self.store.common(column("tag"), 10**9))

    @cached_property
    def languages(self) -> frozenset[str]:
        """Languages as they are stored."""
        return frozenset(name for name, _ in self.store.common(column("language"), 1000))

    @cached_property
    def genres(self) -> Mapping[str, GenreName]:
        """What people call genres, squashed ("hiphop"), and the library's values each name means."""
        values = [name for name, _ in self.store.common(column("genre"), 10**6)]
        spellings = spelling(self.store) if values else {}
        return named_genres({value: spellings.get(value, value) for value in values})

    def is_descriptor(self, phrase: str) -> bool:
        """Say whether a phrase is a tag or a genre of the library; a tag that only marks an artist's songs is none."""
        form = term(phrase)
        if form in self.genres or phrase in GENRE_WORDS:
            return True
        tagged, artist = self.tags.get(form, 0), self.artists.get(squashed(phrase))
        return tagged > (self.store.count(Has("artist", artist).sql()) if tagged and artist else 0)

    def _tags_like(self, pattern: str) -> tuple[str, ...]:
        """Return the commonest tags (40 at most) whose squashed form a pattern finds."""
        return tuple([tag for tag in self.tags if re.search(pattern, tag)][:40])

    def _telling(self, patterns: tuple[str, ...]) -> float:
        """Return the share of songs in [0, 1] with a tag that one of the patterns finds."""
        values = tuple(dict.fromkeys(tag for pattern in patterns for tag in self.tags_like(pattern)))
        return self.store.count(Has("tag", values).sql()) / self.songs if values and self.songs else 0.0

    # -- names ---------------------------------------------------------------------------------------------------------

    @cached_property
    def artists(self) -> Mapping[str, tuple[str, ...]]:
        """Artists by squashed name, each with the values it stands for ("Beatles" and "The Beatles" meet)."""
        names = pc.unique(pc.list_flatten(self.store.read([column("artist")])[column("artist")])).to_pylist()
        found: dict[str, tuple[str, ...]] = {}
        for name in names:
            form = squashed(name)
            other = {form.removeprefix("the"), form.replace("and", "", 1)}  # values have no spaces to part words by
            for key in {form} | {key for key in other if len(key) > 3}:
                if key:
                    found[key] = (*found.get(key, ()), name)
        return found

    @cached_property
    def _artist_names(self) -> list[str]:
        return list(self.artists)

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of titles and artists."""
        split = pc.utf8_split_whitespace(self.store.read(["title_words"])["title_words"])
        return frozenset(pc.unique(pc.list_flatten(split)).to_pylist())

    @cached_property
    def _word_list(self) -> list[str]:
        return sorted(word for word in self.words if len(word) > 3)

    def _named(self, phrase: tuple[str, ...]) -> tuple[SongName, ...]:
        """Return songs whose title and artists hold most of a phrase's words."""
        found = self.store.match_titles(phrase, where=None, limit=CANDIDATES)
        return tuple(SongName(key, *name) for key, name in found.items())

    def near_artist(self, phrase: str) -> tuple[str, ...]:
        """Return the values of the artist whose name is spelt nearly as a phrase is; none without such."""
        form = squashed(phrase)
        if len(form) < 4:
            return ()
        close = CLOSE if len(form) >= 6 else CLOSE_SHORT
        near = process.extractOne(form, self._artist_names, scorer=fuzz.ratio, score_cutoff=close)
        return self.artists[near[0]] if near and near[0][0] == form[0] else ()  # "rain" is no misspelt "Train"

    def is_rather_a_word(self, name: str, artists: tuple[str, ...]) -> bool:
        """Say whether more titles hold a word than songs are by who is called so: "love songs" are not by Love."""
        titles = sum(name in song.title for song in self.named((name,)))
        return titles > len(self.songs_by(artists))

    def artist_with(self, part: str) -> tuple[str, ...]:
        """Return the values of artists whose name begins or ends with a capitalised part: "Supremes"; else none.

        Parts of fewer than six letters name nobody, and neither does one that three artists or more share.
        """
        form = squashed(part)
        if len(form) < 6 or not part[:1].isupper() or form in self.genres or part.lower() in GENRE_WORDS:
            return ()
        found = [values for name, values in self.artists.items() if name.startswith(form) or name.endswith(form)]
        values = tuple(dict.fromkeys(value for some in found for value in some))
        return values if 0 < len(values) <= 2 else ()

    def corrected(self, phrase: Sequence[str]) -> tuple[str, ...]:
        """Return a phrase with words that stand in no title or name replaced by the nearest that do."""
        return tuple(self._corrected(word) for word in phrase)

    def _corrected(self, word: str) -> str:
        if word in self.words or len(word) < 4:
            return word
        near = process.extractOne(word, self._word_list, scorer=fuzz.ratio, score_cutoff=75)
        return str(near[0]) if near else word

    def strange(self, phrase: Sequence[str]) -> bool:
        """Say whether a phrase holds a word that no title, name or descriptor here has."""
        return any(
            word not in self.words and word not in STOP_WORDS and word not in self.tags
            for part in phrase
            for word in tokens(part)
        )

    def _songs_by(self, artists: tuple[str, ...]) -> tuple[str, ...]:
        """Return ids of an artist's songs, the best known first where that is known, 30 at most."""
        keys = self.store.keys_where(Has("artist", artists))
        return self.ids(self.by_fame(keys.tolist())[:SONGS_OF_ARTIST])

    def by_fame(self, keys: Sequence[int]) -> list[int]:
        """Return keys, the best known song first; as they are where no song's fame is known."""
        fame = next((name for name in FAME if name in self.features), None)
        if not fame or len(keys) < 2:
            return list(keys)
        table = self.store.read([column(fame)])
        table = table.filter(pc.is_in(table["key"], value_set=_keys(keys)))
        known = dict(zip(table["key"].to_pylist(), table[column(fame)].to_pylist(), strict=True))
        return sorted(keys, key=lambda key: (-(known.get(key) or 0.0), key))

    def ids(self, keys: Sequence[int]) -> tuple[str, ...]:
        """Return the ids of keys."""
        return tuple(name for name in self.store.ids(keys) if name is not None)

    def label(self, key: int) -> str:
        """Return a song as people name it."""
        song = self.store.songs([key])[0]
        return song.name if song else ""

    def _spelt(self, artists: tuple[str, ...]) -> str:
        """Return an artist's name as the library spells it."""
        keys = self.store.keys_where(Has("artist", artists))[:1]
        names = [name for song in self.store.songs(keys) if song for name in song.artists if term(name) in artists]
        return names[0] if names else artists[0]


def _keys(keys: Sequence[int]) -> object:
    import pyarrow as pa

    return pa.array(list(keys), pa.int64())
