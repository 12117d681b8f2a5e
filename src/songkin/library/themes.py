"""Themes as a user sees them: names, sizes, songs to know them by, how far to trust them, and the songs that fit none.

Conventions
-----------
Themes are numbered from 1, the largest first. Cosines are about the middle of all songs, so 0 is what any two have.
Songs that are excluded for the user count in a theme's size, for themes are the library's, but are not shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.atlas import GRAINS, Mark
from songkin.errors import QueryError
from songkin.library.theming import Atlas, NamedGrain, atlas
from songkin.library.vectors import why_no_vector
from songkin.store import Store
from songkin.text.names import title_key
from songkin.types import Song

__all__ = ["Member", "Outlier", "Theme", "ThemeSongs", "Themes", "meant", "theme_songs", "themes"]

EXAMPLES = 4
LOOKED_AT = 40  # songs nearest to the centre among which examples are sought
MOST = 1_000  # themes
OUTLIERS = 50  # shown at most
MANY = 100  # times as far, beyond which the number itself says nothing: neighbours that are all but equal
SHAKY = 0.5  # of songs that stay, below which a note says that a coarser grain is to be trusted more
FEW = 30  # songs, below which a note says that they hardly make themes

Shown = Callable[[NDArray[np.int64]], NDArray[np.bool_]]


class Member(NamedTuple):
    """A song of a theme: its id, name as people write it, and cosine to the theme's centre in [-1, 1]."""

    id: str
    name: str
    nearness: float


class Outlier(NamedTuple):
    """A song that fits nowhere: by how much (local outlier factor, 1 = as others), and why in words."""

    id: str
    name: str
    factor: float
    reason: str


class Theme(NamedTuple):
    """A theme with its number and name, what sets it apart, how many songs it has, and some at its centre.

    `cohesion` is the mean cosine of its songs to its centre (0 = no more alike than any), `stays` the share of them
    that stay together when a fifth of the library is taken away at random, NaN where that cannot be said. `within` is
    the name of the theme of the next coarser grain in which it lies, None at the coarsest.
    """

    number: int
    name: str
    words: tuple[Mark, ...]
    descriptors: tuple[Mark, ...]
    songs: int
    cohesion: float
    stays: float
    within: str | None
    examples: tuple[Member, ...]


class Themes(NamedTuple):
    """A library's themes at one grain, largest first, and the songs that fit nowhere, loneliest first.

    `silhouette` in [-1, 1] says how far themes lie apart (0 = they touch), `stays` how many songs keep their theme when
    others are drawn; NaN where that cannot be said. `songs` counts those that have a theme, `lone` those that fit none
    as well; of these the first 50 are listed.
    """

    grain: str
    themes: tuple[Theme, ...]
    songs: int
    silhouette: float
    stays: float
    lone: int
    outliers: tuple[Outlier, ...]
    notes: tuple[str, ...]


class ThemeSongs(NamedTuple):
    """One theme and all its songs, the nearest to its centre first."""

    theme: Theme
    songs: tuple[Member, ...]


def themes(store: Store, *, grain: str = "medium", k: int | None = None, shown: Shown | None = None) -> Themes:
    """Return the themes of a library at a grain, or `k` of them; `shown` says which keys (m,) a user may see (m,).

    QueryError for an unknown grain, or a `k` below 1. No songs give no themes, and a note.
    """
    found, own = _at(store, grain, k)
    view = _View(store, found, own, shown or _all)
    listed = tuple(view.theme(label, EXAMPLES) for label in range(len(own.themes)))
    notes = tuple(_notes(store, found, own, k))
    return Themes(
        own.name,
        listed,
        len(found.keys),
        own.silhouette,
        own.stays,
        int(found.alone.sum()),
        view.outliers(),
        notes,
    )


def theme_songs(
    store: Store, named: str, *, grain: str = "medium", k: int | None = None, shown: Shown | None = None
) -> ThemeSongs:
    """Return the songs of the theme that a number or a name means; QueryError where none does."""
    found, own = _at(store, grain, k)
    label = meant(named, own.names)
    if label is None:
        raise QueryError(_unknown(named, found, own, k))
    view = _View(store, found, own, shown or _all)
    return ThemeSongs(view.theme(label, EXAMPLES), view.members(label, None))


def _at(store: Store, grain: str, k: int | None) -> tuple[Atlas, NamedGrain]:
    if k is not None and not 1 <= k <= MOST:
        raise QueryError(f"{k} themes cannot be; ask for 1 to {MOST:,} (-k 12)")
    if k is None and grain not in GRAINS:
        near = get_close_matches(grain, GRAINS, 1)
        cure = f"; did you mean '{near[0]}'?" if near else f"; there are {', '.join(GRAINS)}"
        raise QueryError(f"no grain is called '{grain}'{cure}")
    found = atlas(store, k)
    return found, found.grain(grain if k is None else "chosen")


def meant(named: str, names: Sequence[str]) -> int | None:
    """Return the place of the theme that a number, a name, or words of exactly one name mean; None where none does."""
    text = named.strip().casefold()
    if text.isdecimal() and 1 <= int(text[:6]) <= len(names):
        return int(text) - 1
    wanted = set(text.replace(",", " ").split())
    found = [at for at, name in enumerate(names) if wanted and wanted <= set(name.casefold().replace(",", " ").split())]
    exact = [at for at in found if names[at].casefold() == text]
    if len(exact or found) == 1:
        return (exact or found)[0]
    if found:
        several = " and ".join(f"{at + 1} ({names[at]})" for at in found[:3])
        raise QueryError(f"'{named}' is in several themes: {several}; give a number")
    return None


def _unknown(named: str, found: Atlas, own: NamedGrain, k: int | None) -> str:
    """Say that no theme of a grain has a name, and where such a one is, or where they are listed."""
    if not own.themes:
        return f"no theme is called '{named}'; the library has none"
    where, asked = f"at grain {own.name}", f"--grain {own.name}"
    if k is not None:
        where, asked = f"of these {len(own.themes)}", f"-k {k}"
    said = f"no theme {where} is called '{named}'"
    text = named.strip().casefold()
    for other in found.grains if k is None else ():
        if text in map(str.casefold, other.names):
            return f"{said}, but one at grain {other.name} is: --grain {other.name}"
    return f"{said}; songkin clusters {asked} lists them"


def _all(keys: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.ones(len(keys), bool)


class _View:
    """A grain's themes as one user may see them."""

    def __init__(self, store: Store, found: Atlas, grain: NamedGrain, shown: Shown) -> None:
        self._store, self._found, self._grain = store, found, grain
        self._shown = shown(found.keys)  # (n,)

    def theme(self, label: int, examples: int) -> Theme:
        """Return the theme at a place, with some of its songs."""
        own = self._grain.themes[label]
        coarser = self._coarser()
        within = coarser.themes[own.within].top.name if coarser and own.within is not None else None
        size = int((self._grain.labels == label).sum())
        known = self.members(label, examples)
        return Theme(label + 1, *own.top, size, own.cohesion, own.stays, within, known)

    def _coarser(self) -> NamedGrain | None:
        at = [grain.name for grain in self._found.grains].index(self._grain.name)
        return self._found.grains[at - 1] if at else None

    def members(self, label: int, most: int | None) -> tuple[Member, ...]:
        """Return a theme's songs, nearest to its centre first: all, or the first few with different titles."""
        places = np.flatnonzero((self._grain.labels == label) & self._shown)
        order = places[np.lexsort((places, -self._grain.nearness[places]))]
        if most is not None:
            order = order[~self._found.alone[order]][:LOOKED_AT] if len(order) > LOOKED_AT else order[:LOOKED_AT]
        songs = self._store.songs(self._found.keys[order])
        known = [
            (song, Member(song.id, song.name, float(self._grain.nearness[at])))
            for song, at in zip(songs, order, strict=True)
            if song
        ]
        return tuple(member for _, member in known) if most is None else _different(known)[:most]

    def outliers(self) -> tuple[Outlier, ...]:
        """Return the loneliest of the songs that fit nowhere."""
        found = self._found
        places = np.flatnonzero(found.alone & self._shown)
        order = places[np.lexsort((places, -found.factors[places]))][:OUTLIERS]
        songs = self._store.songs(found.keys[order])
        nearest = self._store.songs(found.nearest[order])
        return tuple(
            Outlier(song.id, song.name, float(found.factors[at]), _reason(other, found.cosines[at], found.factors[at]))
            for at, song, other in zip(order, songs, nearest, strict=True)
            if song
        )


def _different(known: Sequence[tuple[Song, Member]]) -> tuple[Member, ...]:
    """Keep one song of each title and, while there are others, of each artist."""
    seen: set[str] = set()
    first: list[Member] = []
    later: list[Member] = []
    for song, member in known:
        title, artist = title_key(song.title) or song.id, f"by {song.artists[0].casefold()}" if song.artists else ""
        if title not in seen:
            (later if artist and artist in seen else first).append(member)
            seen |= {title, artist} - {""}
    return (*first, *later)


def _reason(other: Song | None, cosine: float, factor: float) -> str:
    """Say in words what the local outlier factor says, and which song is nearest."""
    times = f"{factor:.1f}" if factor < MANY else f"more than {MANY}"
    near = f"the nearest is {other.name} ({cosine:.2f})" if other else f"the nearest is at {cosine:.2f}"
    return f"{times} times as far from its neighbours as they are from theirs; {near}"


def _notes(store: Store, found: Atlas, grain: NamedGrain, k: int | None) -> list[str]:
    """Say what the themes leave out, and how far to trust them."""
    n, total = len(found.keys), store.counts().songs
    notes = []
    if total > n:
        have = "has" if total - n == 1 else "have"
        notes.append(f"{total - n:,} of {total:,} songs {have} no vector, and no theme: {why_no_vector(store, n)}")
    if found.described:
        notes.append(f"{found.described:,} of {n:,} songs without lyrics stand where their descriptions put them")
    if k is not None and len(grain.themes) < k:
        themes = "1 theme" if len(grain.themes) == 1 else f"{len(grain.themes):,} themes"
        notes.append(f"{themes} instead of {k:,}: there are no more different songs")
    if len(grain.themes) == 1:
        notes.append("one theme holds all songs: its words are the commonest, and a lift of 1 says nothing")
    if 0 < n < FEW:
        hardly = "1 song hardly makes themes" if n == 1 else f"{n} songs hardly make themes"
        notes.append(f"{hardly}; from some {FEW} on they begin to mean something")
    if found.sampled:
        notes.append(f"found in {found.sampled:,} of {n:,} songs; each other song went to the nearest theme")
    if grain.stays < SHAKY and n >= FEW and grain.name != "coarse":
        notes.append(f"only {grain.stays:.0%} of the songs would keep their theme; trust a coarser grain more")
    return notes
