"""What themes are named from: the words that songs sing and the descriptors they carry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.atlas import Mark, Wording, counted, marks, named, wording
from songkin.library.vectors import WholeSongs
from songkin.store import Store
from songkin.text.description import LANGUAGE_NAMES, descriptors
from songkin.types import Song, Vectors

__all__ = ["Naming", "Top"]

NAMED_FROM = 20_000  # songs whose words are read for names; of a larger library so many are drawn
AT_ONCE = 5_000  # songs read together
WORDS, TAGS = 8, 4  # kept of each theme
WORD_SONGS, TAG_SONGS = 5, 3  # of a theme that have one, at least
FEW = 10  # songs, below which a word of one song counts


class Top(NamedTuple):
    """A theme's name, and the words and descriptors that set it apart, the most telling first."""

    name: str
    words: tuple[Mark, ...]
    descriptors: tuple[Mark, ...]


class Naming(NamedTuple):
    """What names are made of: which songs (of `places` (m,) among all) have which words and descriptors."""

    places: NDArray[np.int64]
    titles: Sequence[str]
    words: Wording
    tags: Wording

    @classmethod
    def of(cls, store: Store, songs: WholeSongs) -> Naming:
        """Read the words and descriptors of the songs, or of as many as are enough."""
        n = len(songs.keys)
        places = np.arange(n)
        if n > NAMED_FROM:
            places = np.sort(np.random.default_rng(0).choice(n, NAMED_FROM, replace=False))
        said = [_said(store, songs.keys[places[at : at + AT_ONCE]]) for at in range(0, len(places), AT_ONCE)]
        each = [one for part in said for one in part]
        words = wording([one.text for one in each], [one.language for one in each], least=1 if n < FEW else 2)
        return cls(places, [one.title for one in each], words, _listed([one.tags for one in each]))

    def themes(self, labels: NDArray[np.int32], nearness: Vectors) -> list[Top]:
        """Return the name, the words and the descriptors of each theme of all songs (n,)."""
        own = labels[self.places]
        sizes = np.bincount(own, minlength=int(labels.max(initial=-1)) + 1)
        words, tags = (
            marks(counted(own, what, groups=len(sizes)), sizes, what.shown, most=most, least=least)
            for what, most, least in ((self.words, WORDS, WORD_SONGS), (self.tags, TAGS, TAG_SONGS))
        )
        best = nearness[self.places]
        central = [self._central(np.flatnonzero(own == label), best) for label in range(len(sizes))]
        return [Top(*top) for top in zip(named(words, tags, central), words, tags, strict=True)]

    def _central(self, members: NDArray[np.int64], nearness: Vectors) -> str:
        return self.titles[int(members[int(nearness[members].argmax())])] if len(members) else "nothing"


class _Said(NamedTuple):
    """What one song says, in which language, its descriptors, and its title."""

    text: str
    language: str | None
    tags: Sequence[str]
    title: str


def _said(store: Store, keys: NDArray[np.int64]) -> list[_Said]:
    """Read what songs say; of one without lyrics, its description."""
    sung = _sung(store, keys)
    known = [song or Song("") for song in store.songs(keys)]
    return [
        _Said(sung.get(key) or song.description or "", _language(song), _tags(song), song.title or song.id)
        for key, song in zip(keys.tolist(), known, strict=True)
    ]


def _sung(store: Store, keys: NDArray[np.int64]) -> dict[int, str]:
    """Return the words of songs by key; of one that came as a bag of words, its stems."""
    lines: dict[int, list[str]] = {}
    for column in ("text", "stems"):
        wanted = np.array([key for key in keys.tolist() if key not in lines], np.int64)
        rows = store.passage_column(column, wanted) if len(wanted) else None
        for key, text in zip(*(rows.column(name).to_pylist() for name in ("key", column)), strict=True) if rows else ():
            if text:
                lines.setdefault(key, []).append(text)
    return {key: "\n".join(parts) for key, parts in lines.items()}


def _language(song: Song) -> str | None:
    return song.language or (song.lyrics.language if song.lyrics else None)


def _tags(song: Song) -> list[str]:
    """Return what a song is called: its tags and genres, and its language where that is not English."""
    language = _language(song) or "en"
    spoken = [LANGUAGE_NAMES[language]] if language in LANGUAGE_NAMES and language != "en" else []
    return [*descriptors(song), *spoken]


def _listed(tags: Sequence[Sequence[str]]) -> Wording:
    """Lay descriptors out as words are; those that differ in case only are one."""
    spelt: dict[str, str] = {}
    for name in (name for own in tags for name in own):
        spelt.setdefault(name.casefold(), name)
    places = {name: at for at, name in enumerate(spelt)}
    pairs = [(song, places[name]) for song, own in enumerate(tags) for name in {name.casefold(): 0 for name in own}]
    at = np.array(pairs, np.int64).reshape(-1, 2)
    return Wording(tuple(spelt.values()), at[:, 0], at[:, 1])
