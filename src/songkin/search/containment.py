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
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from songkin.search.terms import LONGEST_DESCRIPTOR, MOST_WORDS, whole_term
from songkin.store.spans import spans
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
KNOWN_TERMS = 200_000  # whose rarities are remembered


class Heard(NamedTuple):
    """What a request says of a description: the degree of each stem, and of each whole descriptor ("=a_b")."""

    words: Mapping[str, float]
    wholes: Mapping[str, float]


def heard(text: str, languages: Sequence[str] = ("en",)) -> Heard:
    """Read a request: its stems in each language, its runs of up to four, and what they say in other words.

    Text of function words only gives nothing.
    """
    return _heard(text, tuple(languages))


@lru_cache(maxsize=64)  # one request is heard by what finds and by what explains
def _heard(text: str, languages: tuple[str, ...]) -> Heard:
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
    parts, whole = _parts(descriptor)
    if FRAMING.issuperset(parts):
        return 0.0
    single = sum(asked.words.get(stem, 0.0) for stem in parts) / max(len(parts), 1)
    return max(single, asked.wholes.get(whole, 0.0))


@lru_cache(maxsize=8192)  # a library's songs share their descriptors
def _parts(descriptor: str) -> tuple[tuple[str, ...], str]:
    """Return the stems of a descriptor, and the term it has as a whole."""
    parts = tuple(stems(content_words(descriptor)))
    return parts, whole_term(parts)


class Rarity:
    """In how many of a library's descriptions each term stands, counted on a sample where the library is large."""

    def __init__(self, texts: Iterable[str | None]) -> None:
        self._songs = Counter[str]()
        self._known: dict[str, float] = {}  # of terms that were asked for
        count = 0
        for text in texts:
            self._songs.update(set((text or "").split()))
            count += 1
        self._count = count

    def of(self, terms: Sequence[str]) -> NDArray[np.float32]:
        """Return the rarity of terms (n,); words such as "very" count as common, "song" and "music" not at all."""
        known = self._known = self._known if len(self._known) < KNOWN_TERMS else {}
        if new := [term for term in terms if term not in known]:
            known |= zip(new, self._worked_out(new), strict=True)
        return np.array([known[term] for term in terms], np.float32)

    def _worked_out(self, terms: Sequence[str]) -> list[float]:
        songs = np.array([self._songs[term] for term in terms], np.float64)
        top = np.log((1 + self._count) / 2) + 1 if self._count else 1.0
        idf = np.clip((np.log((1 + self._count) / (1 + songs)) + 1) / top, 0.0, 1.0)
        emphasis = np.array([term.lstrip("=") in EMPHATIC for term in terms], bool)
        framing = np.array([term.lstrip("=") in FRAMING for term in terms], bool)
        found: list[float] = np.where(framing, 0.0, np.where(emphasis, EMPHASIS * idf, idf)).tolist()
        return found


EMPHATIC = frozenset(stems(INTENSITY))
FRAMING = frozenset(stems(vocabulary("song track music tune playlist")))  # a song tagged "songs" answers no request


class _Entries(NamedTuple):
    """Stems, or units, that stand in rows, sorted by row: the row, what it is, and what it weighs there, all (e,)."""

    rows: NDArray[np.int64]
    at: NDArray[np.int64]
    weights: NDArray[np.float64]

    def summed(self, values: NDArray[np.float64], rows: int) -> NDArray[np.float64]:
        """Return for each row the weighed sum of a value for everything that stands in it."""
        return np.bincount(self.rows, values[self.at] * self.weights, rows).astype(np.float64)

    def only(self, rows: NDArray[np.int64], starts: NDArray[np.int64]) -> _Entries:
        """Return the entries of some rows (m,), which are numbered anew; `starts` says where each row's begin."""
        counts = starts[rows + 1] - starts[rows]
        some = spans(starts[rows], counts)
        return _Entries(np.repeat(np.arange(len(rows)), counts), self.at[some], self.weights[some])


class _Standing(NamedTuple):
    """What stands in n rows; `there` (V,) says which stems stand in any of them, None = all."""

    rows: int
    words: _Entries
    units: _Entries
    there: NDArray[np.bool_] | None = None


class Descriptions:
    """Descriptions laid out for scoring: n rows, V stems, U units."""

    def __init__(self, texts: Any, rarity: Rarity) -> None:
        """Lay out texts (n,), an Arrow array or a sequence of strings, None = an empty one."""
        given = texts if isinstance(texts, pa.Array) else pa.array([text or "" for text in texts], pa.string())
        lists = pc.utf8_split_whitespace(pc.fill_null(given, ""))
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
        words = dict.fromkeys(term for term in terms if term and not term.startswith("="))
        words |= dict.fromkeys(chain.from_iterable(made_of))
        self._words = dict(zip(words, range(len(words)), strict=True))
        self._wholes = dict(zip(whole_names, range(len(whole_names)), strict=True))
        is_whole = np.array([term.startswith("=") for term in terms], bool)
        number = np.array([self._words.get(term, -1) for term in terms], np.int64)
        number[is_whole] = np.arange(len(whole_names))
        self._rarity = rarity.of(list(words))
        told = number[codes] if len(codes) else np.empty(0, np.int64)
        whole = is_whole[codes] if len(codes) else np.empty(0, bool)
        said = told >= 0
        words_said = self._weigh_words(rows[said & ~whole], told[said & ~whole])
        self._split(made_of)
        units_said = self._weigh_units(rows[whole], told[whole], words_said, rarity.of(whole_names))
        self._standing = _Standing(self._count, words_said, units_said)

    def _weigh_words(self, rows: NDArray[np.int64], words: NDArray[np.int64]) -> _Entries:
        """Tf-idf, rows of unit length."""
        pairs, times = np.unique(rows * max(len(self._words), 1) + words, return_counts=True)
        rows, words = np.divmod(pairs, max(len(self._words), 1))
        weights = times * self._rarity[words]
        length = np.sqrt(np.bincount(rows, weights**2, self._count))
        return _Entries(rows, words, weights / np.maximum(length, 1e-9)[rows])

    def _split(self, made_of: Sequence[Sequence[str]]) -> None:
        """Note the stems that each unit is made of, and how much each tells: whole descriptors, then single stems."""
        sizes = np.array([len(set(parts)) for parts in made_of], np.int64)
        parts = np.array([self._words[stem] for told in made_of for stem in dict.fromkeys(told)], np.int64)
        every, wholes = np.arange(len(self._words)), len(made_of)
        self._sizes, self._starts, self._parts = sizes, np.cumsum(sizes) - sizes, parts
        part_of = np.concatenate([np.repeat(np.arange(wholes), sizes), wholes + every])
        part_at = np.concatenate([parts, every])
        weight = np.bincount(part_of, self._rarity[part_at], wholes + len(every))
        order = np.argsort(part_at, kind="stable")  # the units of one stem side by side
        self._units = wholes + len(every)
        self._unit_of, in_order = part_of[order], part_at[order]
        self._share_of = self._rarity[in_order] / np.maximum(weight, 1e-9)[self._unit_of]
        self._parts_from = np.searchsorted(in_order, np.arange(len(every) + 1))

    def _weigh_units(
        self, rows: NDArray[np.int64], wholes: NDArray[np.int64], words: _Entries, rarity: NDArray[np.float32]
    ) -> _Entries:
        """Units: whole descriptors first, then every stem, for rows where it stands in no whole descriptor."""
        stride = max(len(self._words), 1)
        spread = self._sizes[wholes] if len(wholes) else np.empty(0, np.int64)
        covered = np.repeat(rows, spread) * stride + self._parts[spans(self._starts[wholes], spread)]
        pairs = words.rows * stride + words.at
        alone_rows, alone_words = np.divmod(pairs[~np.isin(pairs, covered, kind="sort")], stride)
        unit_rows = np.concatenate([rows, alone_rows])
        unit_at = np.concatenate([wholes, len(rarity) + alone_words])
        weights = np.concatenate([rarity, self._rarity])[unit_at].astype(np.float64)
        length = np.bincount(unit_rows, weights, self._count)
        order = np.argsort(unit_rows, kind="stable")
        return _Entries(unit_rows[order], unit_at[order], (weights / (length**LONG + SHORT)[unit_rows])[order])

    def scores(self, asked: Heard, among: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
        """Return each row's score (n,), at least 0: cosine of words plus containment of units; 0 = nothing shared.

        `among` (m,) rows alone are looked at where it is given, as if there were no others.
        """
        standing = self._standing if among is None else self._only(among)
        degrees = self._degrees(asked, standing.there)
        query = degrees * self._rarity
        length = float(np.linalg.norm(query[degrees == 1.0]) or np.linalg.norm(query))
        if length == 0.0:
            return np.zeros(standing.rows, np.float32)
        shared = standing.words.summed(query, standing.rows) / length
        contained = standing.units.summed(self._found(asked, degrees), standing.rows)
        return np.asarray(shared + CONTAINED * contained, np.float32)

    def _only(self, rows: NDArray[np.int64]) -> _Standing:
        """Return what stands in some rows (m,)."""
        words = self._standing.words.only(rows, self._words_from)
        units = self._standing.units.only(rows, self._units_from)
        wholes = units.at[units.at < len(self._wholes)]
        there = np.zeros(len(self._words), bool)
        there[words.at] = True
        there[self._parts[spans(self._starts[wholes], self._sizes[wholes])]] = True
        return _Standing(len(rows), words, units, there)

    @cached_property
    def _words_from(self) -> NDArray[np.int64]:
        return np.searchsorted(self._standing.words.rows, np.arange(self._count + 1))

    @cached_property
    def _units_from(self) -> NDArray[np.int64]:
        return np.searchsorted(self._standing.units.rows, np.arange(self._count + 1))

    def _found(self, asked: Heard, degrees: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how far each unit (U,) is found: as a whole, and by its single words."""
        told = np.flatnonzero(degrees)
        counts = self._parts_from[told + 1] - self._parts_from[told]
        at = spans(self._parts_from[told], counts)
        shares = np.repeat(degrees[told], counts) * self._share_of[at]
        found: NDArray[np.float64] = np.bincount(self._unit_of[at], shares, self._units).astype(np.float64)
        some = np.flatnonzero(found)
        found[some] = (1 - IN_A_ROW) * found[some] ** STRICT
        for name, degree in asked.wholes.items():
            if (whole := self._wholes.get(name)) is not None:
                found[whole] += IN_A_ROW * degree
        found[len(self._wholes) :] += IN_A_ROW * degrees
        return found

    def _degrees(self, asked: Heard, there: NDArray[np.bool_] | None) -> NDArray[np.float64]:
        """Return how far each stem (V,) is found in a request, of those that are there."""
        degrees = np.zeros(len(self._words))
        for stem, degree in asked.words.items():
            at = self._words.get(stem)
            if at is not None and (there is None or there[at]):
                degrees[at] = degree
            elif degree == 1.0:
                like, how = self._alike(stem)
                degrees[like] = np.maximum(degrees[like], how)
        return degrees if there is None else np.where(there, degrees, 0.0)

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
