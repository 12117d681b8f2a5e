"""The `line` channel: a remembered line, misheard, misspelt, shuffled or cut, to the song that sings it.

Candidates are passages that share words or runs of sounds with the request; their lines are then aligned with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.search.align import MOST_WORDS, WIDEST, Aligned, align
from songkin.search.quoting import shortened
from songkin.search.recalling import recalled
from songkin.search.versions import Versions
from songkin.store import Candidates, Store
from songkin.text.sounds import phrase
from songkin.text.words import STOP_WORDS, tokens
from songkin.types import Query, Ranking, Where

__all__ = ["LineChannel", "LineMatch", "SearchColumns", "search_columns", "sound_grams", "told"]

CANDIDATES = 200  # passages from each column; 100 already hold the right one for 99 % of lines, however spoilt
SEARCHED = 40  # the same, where a line is only one of the things a request may be
ENOUGH = 3  # words that are no function words find a line without those: docs/decisions/0025
GRAM = 4  # sounds in a row: about two words, so that a line meets what was heard across its word borders
LEAST = 0.4  # what is less alike is another line; half of the words misheard still give .6
FLOOR = 0.8  # up to it a request is no line of the song but shares words with it
LONGEST_LINE = 24  # words; a longer request is prose, and a verse is found by its words
ALIKE = 0.6  # a word this alike in letters is the same word misspelt
SOUNDS_ALIKE = 0.75  # a word this alike in sounds is the same word misheard
FEWEST = 2  # words of a line
REMEMBERED_FLOOR = 0.5  # up to it a line quoted from memory is no line of the song: docs/decisions/0015
QUOTED_WORDS = 3  # of a quoted line at least
MOST_QUOTED = 12  # lines of a request are looked for
FULL_LINE = 4  # words from which a quoted line is sure to be one
SAME = 0.9999

_Timed = tuple[str, int | None]


class SearchColumns(NamedTuple):
    """What a passage is found by: `words`, one text line a lyric line, and `sounds`, runs of four sounds."""

    words: str
    sounds: str


class LineMatch(NamedTuple):
    """A song, how well its best line matches in [0, 1], the line, when it is sung, and how it was matched, in words."""

    key: int
    score: float
    line: str
    start_ms: int | None
    words: str


def search_columns(lines: Sequence[str]) -> SearchColumns:
    """Spell the lines of a passage out for the store, as `LineChannel` looks for them."""
    spoken = [tokens(line) for line in lines]
    grams = [gram for words in spoken for gram in sound_grams(words)]
    return SearchColumns("\n".join(" ".join(words) for words in spoken), " ".join(grams))


def sound_grams(words: Sequence[str]) -> list[str]:
    """Return every run of four sounds in the words spoken in one breath; fewer than four sounds are one run."""
    heard = phrase(words)
    return [heard[i : i + GRAM] for i in range(max(len(heard) - GRAM + 1, 1))] if heard else []


class LineChannel:
    """Finds songs by a line of theirs."""

    name = "line"

    def __init__(self, store: Store, versions: Versions | None = None) -> None:
        """Look for lines in a store; `versions` shows one version of a song, where the query wants them grouped."""
        self._store, self._versions = store, versions

    def __call__(self, query: Query, pool: int) -> Ranking:
        """Rank the songs that sing the request, or very nearly; a request that no song sings finds nothing here.

        `query.lyrics` is the line, or `query.text` where that is empty. More than 24 words are no line, but a request
        that recalls a song may quote some.
        """
        if memory := recalled(query):
            return self._quoted(memory.lines, query.where).top(pool)
        words = tokens(query.lyrics or query.text)
        if query.part == "description" or not FEWEST <= len(words) <= LONGEST_LINE:
            return Ranking.empty()
        found = align(words, *self._likely(words, query.where), least=FLOOR)
        sung = found.scores > FLOOR
        return Ranking.of(found.keys[sung], (found.scores[sung] - FLOOR) / (1 - FLOOR)).top(pool)

    def _quoted(self, lines: Sequence[str], where: Where | None) -> Ranking:
        """Rank the songs that sing any of the lines a request quotes; short lines count for less."""
        best: dict[int, float] = {}
        for words in _sayable(lines):
            found = align(words, *self._likely(words, where), least=REMEMBERED_FLOOR)
            sure = min(1.0, len(words) / FULL_LINE)
            for key, score in zip(found.keys.tolist(), found.scores.tolist(), strict=True):
                if score > REMEMBERED_FLOOR:
                    own = sure * (score - REMEMBERED_FLOOR) / (1 - REMEMBERED_FLOOR)
                    best[key] = max(own, best.get(key, 0.0))
        return Ranking.of(list(best), list(best.values()))

    def quoted(self, query: Query, k: int) -> list[LineMatch]:
        """Return the songs nearest to the lines that a request quotes, each with its line; [] where it quotes none."""
        memory = recalled(query)
        best: dict[int, LineMatch] = {}
        for words in _sayable(memory.lines if memory else ()):
            for match in self.find(replace(query, text=" ".join(words)), k):
                if match.key not in best or match.score > best[match.key].score:
                    best[match.key] = match
        return list(best.values())

    def find(self, query: Query, k: int) -> list[LineMatch]:
        """Return the `k` songs with the line nearest to the request, best first; none where nothing is shared."""
        words = tokens(query.lyrics or query.text)[:MOST_WORDS]
        candidates = self._candidates(words, query.where)
        found = align(words, *candidates)
        best = self._best(found, query)[:k]
        sung = self._sung(found.keys[best])
        matches = []
        for at in best.tolist():
            key = int(found.keys[at])
            spot = int(candidates.parts[found.rows[at]]), int(found.lines[at])
            quoted = sung[key].get(spot, [])[: int(found.widths[at])]
            line = shortened(" / ".join(line for line, _ in quoted))
            start_ms = next((stamp for _, stamp in quoted if stamp is not None), None)
            matches.append(LineMatch(key, float(found.scores[at]), line, start_ms, told(words, found, at)))
        return matches

    def _best(self, found: Aligned, query: Query) -> NDArray[np.int64]:
        """Return the places of the songs that are like enough, one version of each, best first."""
        places = np.flatnonzero(found.scores >= LEAST)
        if self._versions is None or not query.grouped or not len(places):
            return places
        return places[self._versions.first(found.keys[places])]

    def _sung(self, keys: Any) -> dict[int, dict[tuple[int, int], list[_Timed]]]:
        """Return, for each song and each of its lines by part and place, that line and the ones after it."""
        lines: dict[int, list[_Timed]] = {int(key): [] for key in keys}
        spots: dict[int, list[tuple[int, int]]] = {int(key): [] for key in keys}
        for passage in self._store.passages(keys):
            stamps = passage.start_ms or (None,) * len(passage.lines)
            lines[passage.key] += zip(passage.lines, stamps, strict=False)
            spots[passage.key] += [(passage.part, place) for place in range(len(passage.lines))]
        return {key: {spot: lines[key][at : at + WIDEST] for at, spot in enumerate(spots[key])} for key in lines}

    def _candidates(self, words: Sequence[str], where: Where | None) -> Candidates:
        """Fetch the passages that share most words, or most runs of sounds, with the request, each once."""
        asked = {"words": words, "sounds": sound_grams(words)}
        return self._store.candidates(asked, where=where, limit=CANDIDATES)

    def _likely(self, words: Sequence[str], where: Where | None) -> Candidates:
        """Fetch fewer, at a third of the work: function words, and every other run of sounds, are not looked for."""
        telling = [word for word in words if word not in STOP_WORDS]
        asked = {"words": telling if len(telling) >= ENOUGH else words, "sounds": sound_grams(words)[::2]}
        return self._store.candidates(asked, where=where, limit=SEARCHED)


def _sayable(lines: Sequence[str]) -> list[list[str]]:
    """Return the words of the lines that are long enough to be told apart, and short enough to be lines; each once."""
    spoken = dict.fromkeys(tuple(tokens(line)) for line in lines[:MOST_QUOTED])
    return [list(words) for words in spoken if QUOTED_WORDS <= len(words) <= LONGEST_LINE]


def told(words: Sequence[str], found: Aligned, at: int) -> str:
    """Say how the words of a request were matched by the line of song `at`: "exact", "fragment", "2 words misspelt"."""
    if found.parts[at].min() > SAME:
        return "exact"
    if found.parts[at, [0, 2]].min() > SAME:
        return "fragment"
    letters, sounds, places = found.letters[at], found.sounds[at], found.places[at]
    paired, same = places >= 0, (places >= 0) & (letters > SAME)
    misspelt = paired & ~same & (letters >= ALIKE)
    heard = paired & ~same & ~misspelt & (sounds >= SOUNDS_ALIKE)
    unlike = ~same & ~misspelt & ~heard
    if _heard_across(words, unlike, float(found.parts[at, 3])):
        heard, unlike = heard | unlike, np.zeros_like(unlike)
    lacking = int(unlike.sum())
    said = [f"{_words(int(misspelt.sum()))} misspelt"] if misspelt.any() else []
    said += [f"sounds alike: {' '.join(np.array(words)[heard])}"] if heard.any() else []
    said += [f"{_words(lacking)} not found"] if lacking else []
    said += ["in another order"] if (np.diff(places[same | misspelt]) < 0).any() else []
    return ", ".join(said) or "words left out"


def _heard_across(words: Sequence[str], unlike: NDArray[np.bool_], alike: float) -> bool:
    """Say whether words without a partner were heard across word borders: `alike` is how the whole request sounds.

    What the whole lacks is charged to these words alone.
    """
    own = len(phrase(np.array(words)[unlike]))
    return bool(own) and (1 - alike) * len(phrase(words)) <= (1 - SOUNDS_ALIKE) * own


def _words(count: int) -> str:
    return f"{count} word{'s' if count > 1 else ''}"
