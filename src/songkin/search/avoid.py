"""The `avoid` stage: songs that hold what the request does not want are lowered, by how plainly they hold it.

Conventions
-----------
What is not wanted is a phrase: "drums", "sports", "a break-up". It counts where a description says it (in full as a tag
most), where it is sung, by the share of the passages, and where a passage lies much nearer to it in meaning than the
passages of other songs do. Strengths lie in [0, 1]: 0 = nothing of it, 1 = as plain as can be.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.search.meaning import Meaning
from songkin.search.terms import whole_term
from songkin.store import Store
from songkin.store.vectors import ExactVectors
from songkin.text.words import STOP_WORDS, content_words, stems, tokens, vocabulary
from songkin.types import Query, Ranking

__all__ = ["Avoid", "Held", "Phrase", "phrase_of"]

Floats = NDArray[np.float32]

STRONGEST = 0.9  # of the score of a song that plainly holds what is not wanted is taken off
SAID = 0.7  # a description that says it, where it is no descriptor of its own
ONCE, EACH = 0.25, 1.5  # what is sung at all, and the share of the passages that sing it; half of them: plain
LOOKED_AT = 10_000  # passages that sing any word of a phrase; more are not told apart by the index
TYPICAL_SONGS = 30  # fewer do not show what is typical
STANDS_OUT, PLAIN = 2.5, 4.5  # deviations above a typical song's nearest passage; chosen by looking at chart songs
NEAREST = 0.8  # nearness in meaning alone is never as plain as the word itself
LEADING = vocabulary("a an the any about of with some too much")
DENIALS = vocabulary("no not without lacks lacking never devoid absence")
DENIED_WITHIN = 3  # words after a denial: "no live drums"
PHRASES = 128  # phrases whose nearness to the typical songs is remembered
DESCRIPTIONS = 5000  # descriptions whose clauses are remembered
CLAUSE = re.compile(r"[,.;:!?\n]+")


class Phrase(NamedTuple):
    """What is not wanted: as it was said, its words, their stems, and whether it only counts word for word."""

    said: str
    words: tuple[str, ...]
    stems: tuple[str, ...]
    verbatim: bool


class Clause(NamedTuple):
    """The words of a clause of a description, and their stems, one for one."""

    words: tuple[str, ...]
    stems: tuple[str, ...]


class Told(NamedTuple):
    """A description in clauses, and the different stems of them all."""

    clauses: tuple[Clause, ...]
    stems: frozenset[str]


class Held(NamedTuple):
    """How songs (n,) hold a phrase, in [0, 1]: as a descriptor, in the description, share of passages, by meaning."""

    whole: Floats
    described: Floats
    sung: Floats
    near: Floats

    @property
    def strength(self) -> Floats:
        """The plainest evidence of each song (n,)."""
        sung = np.where(self.sung > 0, np.minimum(ONCE + EACH * self.sung, 1.0), 0.0)
        return np.asarray(np.max([self.whole, SAID * self.described, sung, NEAREST * self.near], axis=0), np.float32)

    def words(self, at: int, said: str) -> str:
        """Say in words how song `at` holds the phrase; '' where it does not."""
        told = [f"described as: {said}"] if self.whole[at] or self.described[at] else []
        told += [f"sings: {said}"] if self.sung[at] else []
        return "; ".join(told or ([f"near in meaning: {said}"] if self.near[at] else []))


class Avoid:
    """Lower songs by what `query.avoid` names; none is left out. Without an encoder words alone count."""

    name = "avoid"

    def __init__(self, store: Store, meaning: Meaning | None = None) -> None:
        self._store, self._meaning = store, meaning
        self._typical: ExactVectors | None = None
        self._near_to: dict[str, Floats] = {}

    def __call__(self, ranking: Ranking, query: Query) -> Ranking:
        """Scale each score by how plainly its song holds the phrases; phrases multiply."""
        held = self.held(ranking.keys, query) if len(ranking) else {}
        if not held:
            return ranking
        strengths = np.stack([one.strength for one in held.values()])  # (phrases, n)
        factor = (1 - STRONGEST * strengths).prod(0).astype(np.float32)
        return ranking.rescored(ranking.scores * factor, avoid=-strengths.max(0))

    def held(self, keys: Any, query: Query) -> dict[str, Held]:
        """Return how plainly songs (n,) hold each phrase of a query, by the phrase as it was said."""
        phrases = [phrase for said in dict.fromkeys(query.avoid) if (phrase := phrase_of(said)).words]
        if not phrases:
            return {}
        keys = [int(key) for key in keys]
        told = self._store.texts(keys)
        sung = {phrase: self._sung(phrase, keys) for phrase in phrases}
        vectors = self._store.vectors_with("passages", keys) if self._meaning else None
        return {phrase.said: self._held(phrase, keys, told, sung[phrase], vectors) for phrase in phrases}

    def _held(self, phrase: Phrase, keys: Sequence[int], told: Any, sung: Any, vectors: Any) -> Held:
        whole = whole_term(stems(content_words(phrase.said)))
        described = np.array([_is_described(phrase, *told.get(key, ("", ""))) for key in keys], np.float32)
        tagged = [bool(whole) and whole in told.get(key, ("", ""))[1].split() for key in keys]
        shares = np.array([_share(phrase, sung.get(key, ())) for key in keys], np.float32)
        return Held(described * np.array(tagged, np.float32), described, shares, self._near(phrase, keys, vectors))

    def _sung(self, phrase: Phrase, keys: Sequence[int]) -> dict[int, list[str]]:
        """Return the passages, as words or as stems, of those songs that sing any word of the phrase."""
        column, wanted = ("words", phrase.words) if phrase.verbatim else ("stems", (*phrase.stems, *phrase.words))
        found = self._store.match_passages(column, wanted, where=None, limit=LOOKED_AT).keys
        singing = np.intersect1d(keys, found) if len(found) < LOOKED_AT else keys
        return self._store.sung(column, singing) if len(singing) else {}

    def _near(self, phrase: Phrase, keys: Sequence[int], vectors: ExactVectors | None) -> Floats:
        """Return how far each song's nearest passage stands out above the typical song's, 0 where it does not."""
        none = np.zeros(len(keys), np.float32)
        if self._meaning is None or vectors is None:
            return none
        some = self._store.typical("passages")
        typical = self._nearest(phrase, some)
        if len(typical) < TYPICAL_SONGS or typical.std() <= 0:
            return none
        level = typical.mean()
        found = typical if some is vectors else vectors.highest(self._meaning.vector(" ".join(phrase.words)))
        at = np.minimum(np.searchsorted(vectors.songs, keys), len(vectors.songs) - 1)  # (n,)
        own = np.where(vectors.songs[at] == keys, found[at], level)
        return np.asarray(
            np.clip(((own - level) / typical.std() - STANDS_OUT) / (PLAIN - STANDS_OUT), 0.0, 1.0), np.float32
        )

    def _nearest(self, phrase: Phrase, some: ExactVectors) -> Floats:
        """Return how near each typical song's nearest passage comes to a phrase (songs,), and keep it."""
        assert self._meaning, "without an encoder nothing is near"
        if self._typical is not some:
            self._typical, self._near_to = some, {}
        known, words = self._near_to, " ".join(phrase.words)
        found = known.get(words)
        if found is None:
            found = some.highest(self._meaning.vector(words))
            if len(known) >= PHRASES:
                self._near_to = known = {}
            known[words] = found
        return found


def phrase_of(said: str) -> Phrase:
    """Read a phrase: leading articles are dropped; one with function words inside ("break up") counts word for word."""
    words = tokens(said)
    while len(words) > 1 and words[0] in LEADING:
        words = words[1:]
    return Phrase(said, tuple(words), tuple(stems(words)), any(word in STOP_WORDS for word in words))


def _share(phrase: Phrase, passages: Sequence[str]) -> float:
    """Return in which share of a song's passages the phrase is sung: word for word, or all its stems."""
    if phrase.verbatim:
        run = f" {' '.join(phrase.words)} "
        holding = sum(run in f" {' '.join(passage.split())} " for passage in passages)
    else:
        stem, word = phrase.stems[0], phrase.words[0]
        likely = [passage for passage in passages if stem in passage or word in passage]
        holding = sum(_has_all(phrase, passage) for passage in likely)
    return holding / len(passages) if passages else 0.0


def _has_all(phrase: Phrase, passage: str) -> bool:
    """Say whether stems hold every word of a phrase, in its English stem or as it stands."""
    forms = list(zip(phrase.stems, phrase.words, strict=True))
    if not all(stem in passage or word in passage for stem, word in forms):  # as letters, which is quick to see
        return False
    held = set(passage.split())
    return all(stem in held or word in held for stem, word in forms)


def _is_described(phrase: Phrase, about: str, about_stems: str) -> bool:
    """Say whether a description says the phrase without denying it: "no drums" does not."""
    if not phrase.verbatim and not _has_all(phrase, about_stems) and phrase.words[0] not in about.casefold():
        return False
    told = _told(about)
    return phrase.stems[0] in told.stems and any(_affirms(phrase, clause) for clause in told.clauses)


@lru_cache(maxsize=DESCRIPTIONS)
def _told(about: str) -> Told:
    """Part a description into what no denial reaches across."""
    parted = (tuple(tokens(clause)) for clause in CLAUSE.split(about))
    clauses = tuple(Clause(words, tuple(stems(words))) for words in parted if words)
    return Told(clauses, frozenset(stem for clause in clauses for stem in clause.stems))


def _affirms(phrase: Phrase, clause: Clause) -> bool:
    """Say whether a clause holds the phrase, and no denial shortly before it."""
    long = len(phrase.stems)
    places = (at for at in range(len(clause.words) - long + 1) if clause.stems[at : at + long] == phrase.stems)
    return any(DENIALS.isdisjoint(clause.words[max(at - DENIED_WITHIN, 0) : at]) for at in places)
