"""Why two songs have the score they have: what each part of it rests on, and what speaks against it.

Conventions
-----------
Shares add up to 1 over what the score is made of; reasons with share 0 say what sets the songs apart, or adds nothing.
Words are named one by one; no line is quoted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.annotate.tag_space import ERAS, Axes, TagSpace, known_of
from songkin.library.same_words import counted
from songkin.library.score_basis import Basis, InSpace
from songkin.library.scoring import Parts, Profile
from songkin.text.words import STOP_WORDS
from songkin.types import Reason, Song

__all__ = ["reasons"]

NAMED = 4  # descriptors, words or features of one reason
FORETOLD = 2  # descriptors named where words foretell them: the nearest, no more
CLEAR = 0.3  # of what each leans to most: a descriptor that both lean to less is not named
LITTLE = "a little in common"
TELLING = 0.6  # of the most telling shared word; those below tell little
TYPICAL: Mapping[str, float] = {  # standard deviations over 4,115 chart songs
    "valence": 0.24, "energy": 0.19, "danceability": 0.15, "acousticness": 0.26, "instrumentalness": 0.10,
    "speechiness": 0.084, "liveness": 0.15, "tempo_bpm": 27.7, "loudness_db": 3.5,
}  # fmt: skip
ALIKE, APART = 0.5, 1.5  # deviations below and above which a feature is worth a word

Floats = NDArray[np.float64]


class Side(NamedTuple):
    """One song of a pair, and what is compared of it."""

    song: Song
    profile: Profile


def reasons(basis: Basis, one: Side, other: Side, parts: Parts, shares: Mapping[str, float]) -> tuple[Reason, ...]:
    """Return the reasons of one pair's score, `parts` of one row, the largest share first."""
    if one.song.id == other.song.id:
        return (Reason("words", 1.0, "one and the same song"),)
    agreement, same, sound = (float(part[0]) for part in (parts.agreement, parts.same, parts.sound))
    words = 1 - (1 - np.nan_to_num(agreement)) * (1 - same)
    counts = {"words": shares["lyrics"] * float(words), "sound": shares["sound"] * float(np.nan_to_num(sound))}
    total = sum(counts.values()) or 1.0
    by_same = same / words if words else 0.0
    told = [_words(basis, one, other, same, counts["words"] / total * by_same)]
    told += _agreed(basis, one, other, counts["words"] / total * (1 - by_same))
    if not np.isnan(sound):
        told.append(Reason("sound", counts["sound"] / total, f"sound alike to {sound:.2f}"))
    told += _features(one.song, other.song)
    said = (own._replace(share=float(own.share)) for own in told if own.words)
    return tuple(sorted(said, key=lambda reason: -reason.share))


def _agreed(basis: Basis, one: Side, other: Side, share: float) -> list[Reason]:
    """Say what the expected agreement rests on."""
    if not isinstance(basis, InSpace):
        shared = _named(known_of(one.song, "genres").keys() & known_of(other.song, "genres").keys())
        cosine = float(np.clip(one.profile.placed.vector @ other.profile.placed.vector, 0, 1))
        return [Reason("meaning", share, f"lyrics near to {cosine:.2f}" + (f"; both: {shared}" if shared else ""))]
    space = basis.own.space
    products = {own.block: _product(space, own, one, other) for own in space.blocks}
    raised = {name: max(float(found), 0.0) for name, found in products.items()}
    total = sum(raised.values())
    told = []
    for own in space.blocks:
        part = share * raised[own.block] / total if total else 0.0
        said = _block(space, own, one, other, products[own.block])
        told.append(Reason(own.block, part, said or (LITTLE if part else "")))
    if share and not total:
        told.append(Reason("genres", share, "no more than two songs at random share"))
    return told


def _block(space: TagSpace, block: Axes, one: Side, other: Side, product: float) -> str:
    """Say what two songs have, or do not have, in common in a block; '' where nothing is known of one of them."""
    if not (_part(space, block, one).any() and _part(space, block, other).any()):
        return ""
    if block.block == ERAS:
        return _years(space, block, one, other, product)
    mine, theirs = (known_of(side.song, block.block) for side in (one, other))
    if mine and theirs:
        if shared := _named(mine.keys() & theirs.keys()):
            return f"both: {shared}"
        ends = (_leaning(space, block, *pair) for pair in ((one, other), (other, one)))
        return f"{'near' if product > 0 else 'apart'}: {' and '.join(ends)}"
    if product > 0:
        near = _nearest(space, block, one, other)
        return f"both near {near}, predicted from words" if near else LITTLE
    return f"apart: {_told(space, block, one)} and {_told(space, block, other)}"


def _years(space: TagSpace, block: Axes, one: Side, other: Side, product: float) -> str:
    years = [side.song.year for side in (one, other)]
    if years[0] is not None and years[0] == years[1]:
        return f"both: {years[0]}"
    said = " and ".join(
        str(year) if year is not None else f"about {_told(space, block, side)}"
        for year, side in zip(years, (one, other), strict=True)
    )
    return f"{'near' if product > 0 else 'apart'}: {said}"


def _told(space: TagSpace, block: Axes, side: Side) -> str:
    """Name what a song is given in a block, or what its words foretell most."""
    if given := known_of(side.song, block.block):
        return _named(given) if block.block != ERAS else str(side.song.year)
    leaning = block.axes @ _part(space, block, side)
    best = np.argsort(-leaning)[: 1 if block.block == ERAS else FORETOLD]
    return f"{', '.join(block.names[at] for at in best if leaning[at] > 0) or 'neither'} (by its words)"


def _leaning(space: TagSpace, block: Axes, one: Side, other: Side) -> str:
    """Name those descriptors of a song that speak most of how near it is to another, or how far away."""
    given, lean = known_of(one.song, block.block), block.axes @ _part(space, block, other)
    there = {name: float(lean[block.places[name]]) for name in given if name in block.places}
    sign = 1 if _product(space, block, one, other) > 0 else -1
    ordered = sorted(there or given, key=lambda name: (-sign * there.get(name, 0.0), name))
    return ", ".join(ordered[:FORETOLD])


def _nearest(space: TagSpace, block: Axes, one: Side, other: Side) -> str:
    """Name the descriptors that both lean to."""
    mine, theirs = (block.axes @ _part(space, block, side) for side in (one, other))
    both = np.minimum(mine / max(float(mine.max()), 1e-9), theirs / max(float(theirs.max()), 1e-9))
    return ", ".join(block.names[at] for at in np.argsort(-both)[:FORETOLD] if both[at] >= CLEAR)


def _part(space: TagSpace, block: Axes, side: Side) -> NDArray[np.float32]:
    """Return the part of a song's vector that lies on a block's axes (d,)."""
    at = 0
    for own in space.blocks:
        width = own.axes.shape[1]
        if own.block == block.block:
            return side.profile.placed.vector[at : at + width]
        at += width
    raise AssertionError(block.block)


def _product(space: TagSpace, block: Axes, one: Side, other: Side) -> float:
    return float(_part(space, block, one) @ _part(space, block, other))


def _words(basis: Basis, one: Side, other: Side, same: float, share: float) -> Reason:
    """Name the telling words that both sing, and say where they are the same nearly throughout."""
    mine, theirs = (_sung(side.song) for side in (one, other))
    rarity = _rarity(basis, mine.keys() & theirs.keys())
    ordered = sorted(rarity, key=lambda word: (-rarity[word] * min(mine[word], theirs[word]) ** 0.5, word))
    telling = [word for word in ordered if rarity[word] >= TELLING * max(rarity.values())][:NAMED]
    if not telling:
        return Reason("words", share, "the same words" if same else "")
    return Reason("words", share, f"{'the same words, among them' if same else 'both sing'}: {', '.join(telling)}")


def _sung(song: Song) -> Mapping[str, int]:
    counts = counted(song.lyrics)
    return {word: count for word, count in counts.items() if " " not in word and len(word) > 1} if counts else {}


def _rarity(basis: Basis, words: set[str]) -> dict[str, float]:
    """Return how rare words are; with label heads as they count it, without them all alike, stop words left out."""
    kept = {word for word in words if word not in STOP_WORDS}
    if not isinstance(basis, InSpace):
        return dict.fromkeys(kept, 1.0)
    terms = basis.own.space.heads.terms
    return {word: float(terms.idf[terms.places[word]]) for word in kept if word in terms.places}


def _features(one: Song, other: Song) -> list[Reason]:
    """Name the measured features that agree and differ most, in deviations."""
    both = [name for name in TYPICAL if name in one.features and name in other.features]
    apart = {name: abs(one.features[name] - other.features[name]) / TYPICAL[name] for name in both}
    ordered = sorted(apart, key=lambda name: apart[name])
    alike = [name for name in ordered if apart[name] <= ALIKE][:NAMED]
    unlike = [name for name in reversed(ordered) if apart[name] >= APART][:NAMED]
    said = [f"alike: {', '.join(alike)}"] if alike else []
    values = (f"{name} {one.features[name]:g} and {other.features[name]:g}" for name in unlike)
    said += [f"apart: {', '.join(values)}"] if unlike else []
    return [Reason("features", 0.0, "; ".join(said))] if said else []


def _named(names: Sequence[str] | Mapping[str, float] | set[str]) -> str:
    """List a few names; heaviest first where they have weights, else by the alphabet."""
    ordered = sorted(names, key=lambda name: (-names[name] if isinstance(names, Mapping) else 0.0, name))
    return ", ".join(ordered[:NAMED])
