"""Where songs lie in a space of genres, tags and eras: by what is given of them, and by what their words foretell.

Conventions
-----------
The space has one block of axes for genres, one for tags, one for eras (Gaussian bumps over the years). What is given of
a song is weighed by how rare it is, brought to unit length, centred, and laid on the block's axes (principal ones); the
rest is foretold from words by a linear layer over the readings of the label heads. Vectors (n, dim) are float32 and
softly normalised: their length, below 1, grows with how much is known, and the dot product of two says how alike the
songs are, in (-1, 1). Zeros = nothing is known. After the semantic space of Barrington et al., IEEE TASLP 16(2), 2008
[turnbull2008semantic], of tags foretold from content.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.annotate.heads import Heads, Kernel, Styling, Terms, scored
from songkin.annotate.reading import Reading
from songkin.text.words import tokens
from songkin.types import Song

__all__ = ["ERAS", "EVIDENCE", "GENRES", "TAGS", "Axes", "Layer", "Rising", "TagSpace", "known_of", "laid"]

GENRES, TAGS, ERAS = "genres", "tags", "eras"
ERA_WIDTH = 6.0  # years: the spread of an era's bump
FORETOLD = 0.5  # how much what words foretell counts beside what is given
SOFT = 0.2  # of the soft norm: a vector of this length before it has 0.7 after
EVIDENCE = ("given", "mixed", "foretold")

Floats = NDArray[np.float32]


def known_of(song: Song, block: str) -> dict[str, float]:
    """Return what a song is given for a block, descriptor -> weight; for eras the year under "".

    "Hip-Hop" and "hip hop" are one descriptor.
    """
    if block == ERAS:
        return {"": float(song.year)} if song.year is not None else {}
    given = dict.fromkeys(song.genres, 1.0) if block == GENRES else song.tags
    return {" ".join(tokens(name)): float(weight) for name, weight in given.items() if weight > 0}


@dataclass(frozen=True)
class Axes:
    """One block: its descriptors `names` (m,) with their rarity `idf` (m,), the `mean` song (m,) and axes (m, d).

    The names of eras are the years of their middles; their idf is 1. `weight` is what the block counts.
    """

    block: str
    weight: float
    names: tuple[str, ...]
    idf: Floats
    mean: Floats
    axes: Floats

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each descriptor stands."""
        return {name: at for at, name in enumerate(self.names)}

    def rows(self, songs: Sequence[Song]) -> Floats:
        """Return what is given, (n, m), rows of unit length; zeros where nothing known to the block is given."""
        if self.block == ERAS:
            return _eras(songs, np.array([float(name) for name in self.names], np.float32))
        found = np.zeros((len(songs), len(self.names)), np.float32)
        for row, song in enumerate(songs):
            for name, weight in known_of(song, self.block).items():
                if name in self.places:
                    found[row, self.places[name]] = weight * self.idf[self.places[name]]
        return _unit(found)

    def given(self, songs: Sequence[Song]) -> tuple[Floats, NDArray[np.bool_]]:
        """Return where songs lie by what is given (n, d), and of which anything is given (n,)."""
        rows = self.rows(songs)
        there = np.asarray(rows.any(1))
        return np.asarray(((rows - self.mean) * there[:, None]) @ self.axes, np.float32), there


class Rising(NamedTuple):
    """A rising line through points: dot products (k,) rising, and the agreement (k,) in [0, 1] that each means."""

    dots: tuple[float, ...]
    values: tuple[float, ...]

    def __call__(self, dots: Floats) -> Floats:
        """Return the agreement at dot products (n,); beyond the ends it is that of the end."""
        return np.interp(dots, self.dots, self.values).astype(np.float32)


class Layer(NamedTuple):
    """What foretells all blocks' axes from words: weights over the heads' terms (v, dim), style (s, dim), landmarks
    (m, dim), and the bias (dim,)."""

    terms: Floats
    style: Floats
    kernel: Floats
    bias: Floats


@dataclass(frozen=True)
class TagSpace:
    """The space: its blocks, the layer over `heads` that foretells it, and what a dot product means by its evidence.

    `curves` has for "given", "mixed" and "foretold" (both songs given, one, none) the expected agreement in [0, 1].
    """

    blocks: tuple[Axes, ...]
    layer: Layer
    heads: Heads
    curves: Mapping[str, Rising] = field(default_factory=dict)

    @property
    def dim(self) -> int:
        """How many numbers a vector has."""
        return sum(block.axes.shape[1] for block in self.blocks)

    @cached_property
    def mark(self) -> str:
        """What changes whenever the same song would get another vector; it stays when a space is written and read."""
        told = json.dumps([self.heads.readers, [(own.block, own.weight, own.names) for own in self.blocks]])
        whole = hashlib.blake2b(told.encode(), digest_size=8)
        for part in (self.layer.bias, self.layer.style, self.layer.kernel, *(own.axes for own in self.blocks)):
            whole.update(np.ascontiguousarray(part, np.float32).tobytes())
        return whole.hexdigest()

    def foretold(self, reading: Reading) -> Floats:
        """Return where songs lie by their words (n, dim), before blocks are weighed and lengths made soft."""
        own = self.heads
        terms = Terms(own.terms.places, own.terms.idf, self.layer.terms)
        styling = Styling(own.styling.mean, own.styling.deviation, self.layer.style)
        kernel = own.kernel
        near = Kernel(kernel.landmarks, self.layer.kernel, kernel.vector_scale, kernel.style_scale, kernel.width)
        found = scored(reading, terms, styling, near, self.layer.bias)
        read = np.array([bool(words) for words in reading.words], bool)
        return np.asarray(found * read[:, None], np.float32)

    def vectors(self, songs: Sequence[Song], foretold: Floats) -> Floats:
        """Return songs' vectors (n, dim) by what is given and what `foretold` (n, dim) says of their words."""
        return laid(self.blocks, [block.given(songs) for block in self.blocks], foretold)

    def is_given(self, songs: Sequence[Song]) -> NDArray[np.bool_]:
        """Say of which songs genres or tags known here are given (n,)."""
        named = [block.given(songs)[1] for block in self.blocks if block.block != ERAS]
        return np.any(named, axis=0) if named else np.zeros(len(songs), bool)

    def agreement(self, dots: Floats, given_a: NDArray[np.bool_], given_b: NDArray[np.bool_]) -> Floats:
        """Return the expected agreement in [0, 1] of pairs (n,) by the dot products of their vectors."""
        found = np.asarray(dots, np.float32).copy()
        for kind, of_kind in zip(EVIDENCE, (given_a & given_b, given_a ^ given_b, ~(given_a | given_b)), strict=True):
            found[of_kind] = self.curves[kind](found[of_kind])
        return np.clip(found, 0.0, 1.0)


def laid(blocks: Sequence[Axes], given: Sequence[tuple[Floats, NDArray[np.bool_]]], foretold: Floats) -> Floats:
    """Join what is given of each block with what is foretold (n, dim), weigh the blocks, and make lengths soft."""
    parts, at = [], 0
    for block, (own, there) in zip(blocks, given, strict=True):
        guess = foretold[:, at : at + block.axes.shape[1]]
        parts.append(block.weight * np.where(there[:, None], own + FORETOLD * guess, guess))
        at += block.axes.shape[1]
    joined = np.hstack(parts)
    lengths = np.linalg.norm(joined, axis=1, keepdims=True)
    return np.asarray(joined / np.sqrt(lengths**2 + SOFT**2), np.float32)


def _eras(songs: Sequence[Song], middles: Floats) -> Floats:
    years = np.array([np.nan if song.year is None else song.year for song in songs], np.float32)
    years = np.clip(years, middles[0], middles[-1])  # nan stays
    bumps = np.exp(-((years[:, None] - middles) ** 2) / (2 * ERA_WIDTH**2))
    return _unit(np.nan_to_num(bumps))


def _unit(rows: Floats) -> Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 1e-6), np.float32)
