"""Score descriptions against a request exactly: shared words, and how fully each descriptor stands in the request.

Conventions
-----------
A description comes as its stored terms: stems, and whole descriptors as "=a_b" (`songkin.search.terms`). Its *units*
are its whole descriptors and the single words that stand in none of them. Rarities (idf) lie in (0, 1], 1 = in one
song. A degree in [0, 1] says how far a word is found: 1 = said, less = said in other words, or spelt alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from songkin.search.terms import LONGEST_DESCRIPTOR, MOST_WORDS, whole_term
from songkin.text.synonyms import INTENSITY, said_otherwise
from songkin.text.words import content_words, stems, vocabulary

__all__ = ["Descriptions", "Heard", "Rarity", "heard", "named"]

CONTAINED = 1.0  # weight of containment beside the cosine of words; this and the next three: docs/decisions/0008
IN_A_ROW = 0.3  # of a descriptor's degree is for standing in the request as a whole, the rest for its single words
STRICT = 2.5  # power that single words are raised to: half of a descriptor is much less than half found
LONG = 0.8  # power of a description's length: 1 would ask for the share that is found, 0 for the sum
SHORT = 0.35  # added to the length, so that one common descriptor alone is no perfect description
EMPHASIS = 0.25  # weight of words such as "very" beside the words they stand with
SPELT_ALIKE = 0.65  # cosine of character n-grams from which an unknown word is taken for a known one
GRAMS = (3, 4, 5)  # characters


class Heard(NamedTuple):
    """What a request says of a description: the degree of each stem, and of each whole descriptor ("=a_b")."""

    words: Mapping[str, float]
    wholes: Mapping[str, float]


def heard(text: str, languages: Sequence[str] = ("en",)) -> Heard:
    """Read a request: its stems in each language, its runs of up to four, and what they say in other words.

    Text of function words only gives nothing.
    """
    told = content_words(text)[:MOST_WORDS]
    spoken = stems(told)
    words = {stem: 1.0 for language in languages for stem in stems(told, language)}
    wholes = {
        whole_term(spoken[at : at + long]): 1.0
        for long in range(1, LONGEST_DESCRIPTOR + 1)
        for at in range(len(spoken) - long + 1)
    }
    wholes.pop("", None)
    for phrase, degree in said_otherwise(spoken).items():
        wholes.setdefault(whole_term(phrase), degree)
        if len(phrase) == 1:
            words.setdefault(phrase[0], degree)
    return Heard(words, wholes)


def named(descriptor: str, asked: Heard) -> float:
    """Return how far a request names a descriptor, in [0, 1]: as a whole, else the mean degree of its words.

    One that only says what every request says ("songs") is named by none.
    """
    parts = stems(content_words(descriptor))
    if FRAMING.issuperset(parts):
        return 0.0
    single = sum(asked.words.get(stem, 0.0) for stem in parts) / max(len(parts), 1)
    return max(single, asked.wholes.get(whole_term(parts), 0.0))


class Rarity:
    """In how many of a library's descriptions each term stands, counted on a sample where the library is large."""

    def __init__(self, texts: Iterable[str | None]) -> None:
        self._songs = Counter[str]()
        count = 0
        for text in texts:
            self._songs.update(set((text or "").split()))
            count += 1
        self._count = count

    def of(self, terms: Sequence[str]) -> NDArray[np.float32]:
        """Return the rarity of terms (n,); words such as "very" count as common, "song" and "music" not at all."""
        songs = np.array([self._songs[term] for term in terms], np.float64)
        top = np.log((1 + self._count) / 2) + 1 if self._count else 1.0
        idf = np.clip((np.log((1 + self._count) / (1 + songs)) + 1) / top, 0.0, 1.0)
        emphasis = np.array([term.lstrip("=") in EMPHATIC for term in terms], bool)
        framing = np.array([term.lstrip("=") in FRAMING for term in terms], bool)
        return np.where(framing, 0.0, np.where(emphasis, EMPHASIS * idf, idf)).astype(np.float32)


EMPHATIC = frozenset(stems(INTENSITY))
FRAMING = frozenset(stems(vocabulary("song track music tune playlist")))  # a song tagged "songs" answers no request


class Descriptions:
    """Descriptions laid out for scoring: n rows, V stems, U units."""

    def __init__(self, texts: Sequence[str | None], rarity: Rarity) -> None:
        lists = pc.utf8_split_whitespace(pa.array([text or "" for text in texts], pa.string()))
        encoded = pc.dictionary_encode(lists.flatten())
        rows, codes = pc.list_parent_indices(lists).to_numpy(), encoded.indices.to_numpy()
        terms = encoded.dictionary.to_pylist()
        self._count = len(lists)
        self._lay_out(rows.astype(np.int64), codes.astype(np.int64), terms, rarity)
        self._alike = lru_cache(maxsize=4096)(self._spelt_alike)

    def _lay_out(self, rows: NDArray[np.int64], codes: NDArray[np.int64], terms: Sequence[str], rarity: Rarity) -> None:
        """Number stems and units, and weigh each stem of a row, each unit of a row, each stem of a unit."""
        whole_names = [term for term in terms if term.startswith("=")]
        made_of = [name[1:].split("_") for name in whole_names]
        single = [term for term in terms if term and not term.startswith("=")]
        words = dict.fromkeys([*single, *(stem for parts in made_of for stem in parts)])
        self._words = {stem: at for at, stem in enumerate(words)}
        self._wholes = {name: at for at, name in enumerate(whole_names)}
        number = np.array([self._wholes[t] if t in self._wholes else self._words.get(t, -1) for t in terms], np.int64)
        is_whole = np.array([term in self._wholes for term in terms], bool)
        self._rarity = rarity.of(list(words))
        told = number[codes] if len(codes) else np.empty(0, np.int64)
        whole = is_whole[codes] if len(codes) else np.empty(0, bool)
        said = told >= 0
        self._weigh_words(rows[said & ~whole], told[said & ~whole])
        self._weigh_units(rows[whole], told[whole], made_of, rarity.of(whole_names))

    def _weigh_words(self, rows: NDArray[np.int64], words: NDArray[np.int64]) -> None:
        """Tf-idf, rows of unit length."""
        pairs, times = np.unique(rows * max(len(self._words), 1) + words, return_counts=True)
        self._word_rows, self._word_at = np.divmod(pairs, max(len(self._words), 1))
        weights = times * self._rarity[self._word_at]
        length = np.sqrt(np.bincount(self._word_rows, weights**2, self._count))
        self._word_weights = weights / np.maximum(length, 1e-9)[self._word_rows]

    def _weigh_units(
        self,
        rows: NDArray[np.int64],
        wholes: NDArray[np.int64],
        made_of: Sequence[Sequence[str]],
        rarity: NDArray[np.float32],
    ) -> None:
        """Units: whole descriptors first, then every stem, for rows where it stands in no whole descriptor."""
        stride = max(len(self._words), 1)
        sizes = np.array([len(set(parts)) for parts in made_of], np.int64)
        parts = np.array([self._words[stem] for told in made_of for stem in dict.fromkeys(told)], np.int64)
        starts = np.cumsum(sizes) - sizes
        spread = sizes[wholes] if len(wholes) else np.empty(0, np.int64)
        inner = np.arange(spread.sum()) - np.repeat(np.cumsum(spread) - spread, spread)
        covered = np.repeat(rows, spread) * stride + parts[np.repeat(starts[wholes], spread) + inner]
        pairs = self._word_rows * stride + self._word_at
        alone = pairs[~np.isin(pairs, covered, kind="sort")]
        alone_rows, alone_words = np.divmod(alone, stride)
        self._unit_rows = np.concatenate([rows, alone_rows])
        self._unit_at = np.concatenate([wholes, len(made_of) + alone_words])
        unit_rarity = np.concatenate([rarity, self._rarity])
        weights = unit_rarity[self._unit_at].astype(np.float64)
        length = np.bincount(self._unit_rows, weights, self._count)
        self._unit_weights = weights / (length**LONG + SHORT)[self._unit_rows]
        every = np.arange(len(self._words))
        self._part_of = np.concatenate([np.repeat(np.arange(len(made_of)), sizes), len(made_of) + every])
        self._part_at = np.concatenate([parts, every])
        self._units = len(made_of) + len(self._words)
        whole_weight = np.bincount(self._part_of, self._rarity[self._part_at], self._units)
        self._part_weights = self._rarity[self._part_at] / np.maximum(whole_weight, 1e-9)[self._part_of]

    def scores(self, asked: Heard) -> NDArray[np.float32]:
        """Return each row's score (n,), at least 0: cosine of words plus containment of units; 0 = nothing shared."""
        degrees = self._degrees(asked)
        query = degrees * self._rarity
        length = float(np.linalg.norm(query[degrees == 1.0]) or np.linalg.norm(query))
        if length == 0.0:
            return np.zeros(self._count, np.float32)
        shared = np.bincount(self._word_rows, query[self._word_at] * self._word_weights, self._count) / length
        found = self._found(asked, degrees)
        contained = np.bincount(self._unit_rows, found[self._unit_at] * self._unit_weights, self._count)
        return np.asarray(shared + CONTAINED * contained, np.float32)

    def _found(self, asked: Heard, degrees: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how far each unit (U,) is found: as a whole, and by its single words."""
        single = np.bincount(self._part_of, degrees[self._part_at] * self._part_weights, self._units)
        whole = np.zeros(self._units)
        for name, degree in asked.wholes.items():
            if (at := self._wholes.get(name)) is not None:
                whole[at] = degree
        whole[len(self._wholes) :] = degrees
        return np.asarray(IN_A_ROW * whole + (1 - IN_A_ROW) * single**STRICT)

    def _degrees(self, asked: Heard) -> NDArray[np.float64]:
        """Return how far each stem (V,) is found in a request."""
        degrees = np.zeros(len(self._words))
        for stem, degree in asked.words.items():
            at = self._words.get(stem)
            if at is not None:
                degrees[at] = degree
            elif degree == 1.0:
                like, how = self._alike(stem)
                degrees[like] = np.maximum(degrees[like], how)
        return degrees

    def _spelt_alike(self, stem: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the stems spelt nearly like an unknown one, and their degrees: the squared cosine of their n-grams."""
        own, names = _grams(stem), list(self._words)
        known = self._spelling.holding(gram for gram in own if len(gram) == GRAMS[0])
        grams = [_grams(names[at]) for at in known.tolist()]
        cosine = np.array([len(own & others) / np.sqrt(len(own) * len(others)) for others in grams])
        like = cosine >= SPELT_ALIKE
        return known[like], cosine[like] ** 2

    @cached_property
    def _spelling(self) -> _Spelling:
        return _Spelling(list(self._words))


class _Spelling:
    """Words written one after the other, in which runs of characters are found as in any text."""

    def __init__(self, words: Sequence[str]) -> None:
        self._text = "".join(f" {word} " for word in words)
        self._starts = np.cumsum([0, *(len(word) + 2 for word in words)])

    def holding(self, grams: Iterable[str]) -> NDArray[np.int64]:
        """Return the places of the words that hold any of some n-grams."""
        found = [at for gram in grams for at in self._places(gram)]
        return np.unique(np.searchsorted(self._starts, np.array(found, np.int64), side="right") - 1)

    def _places(self, gram: str) -> Iterator[int]:
        at = self._text.find(gram)
        while at >= 0:
            yield at
            at = self._text.find(gram, at + 1)


def _grams(word: str) -> frozenset[str]:
    padded = f" {word} "
    return frozenset(padded[at : at + long] for long in GRAMS for at in range(len(padded) - long + 1))
