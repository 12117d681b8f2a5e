"""Say why each shown song was found: the quoted line, the words and descriptors it shares, how its features differ.

Evidence is looked for only for the hits that are shown, after ranking.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.filters.plain import plainly
from songkin.search.avoid import Avoid
from songkin.search.condition import STAGE_PARTS
from songkin.search.containment import heard, named
from songkin.search.features import SOUNDING, deltas
from songkin.search.fuse import shared_out, shares
from songkin.search.liking import Liking
from songkin.search.line import LineChannel, LineMatch
from songkin.search.meaning import Meaning
from songkin.search.outside import GIVEN, given
from songkin.search.quoting import QUOTED_CHARACTERS, shortened
from songkin.search.repertoire import Repertoire
from songkin.search.sound import Sound, nearest_seed, sounds_like
from songkin.search.spelling import spelling
from songkin.search.terms import request_stems, spoken
from songkin.store import Store, StoredPassage
from songkin.text.description import circumstances, descriptors, feature_words, supposed
from songkin.text.words import content_words, stems, tokens
from songkin.types import Query, Ranking, Reason, Song

__all__ = ["Explain", "Quote"]

WORDS_SHOWN = 6
FEATURES_SHOWN = 3
TELLING = 0.3  # of what the most telling shared word tells; words below are not worth showing
SURE = 0.3  # degree from which a descriptor counts as named in other words
LINES_LOOKED_AT = 50  # songs of the line channel whose line is looked for among the hits
SENTENCE = re.compile(r"(?<=[.!?])\s+")


class Quote(NamedTuple):
    """A line of a song, when it is sung, the request's words in it, and how much of the seeds its words tell."""

    line: str
    start_ms: int | None
    shared: tuple[str, ...] = ()
    telling: float = 0.0


class Explain:
    """Reasons for the songs of a ranking."""

    def __init__(
        self,
        store: Store,
        meaning: Meaning | None,
        lines: LineChannel | None = None,
        liking: Liking | None = None,
    ) -> None:
        self._store, self._meaning, self._lines, self._liking = store, meaning, lines, liking

    def __call__(self, ranking: Ranking, songs: Mapping[int, Song], query: Query) -> dict[int, tuple[Reason, ...]]:
        """Return the reasons of each song, by key, the largest share first."""
        told = _Evidence(self._store, self._meaning, ranking.keys, songs, query)
        told.sung = self._sung(ranking, query)
        liked = self._liking.said(ranking.keys, query) if self._liking and "liking" in ranking.parts else {}
        reasons = {}
        weights = shared_out(query.weights, ranking.parts.keys())
        for at, key in enumerate(ranking.keys.tolist()):
            parts = {name: float(part[at]) for name, part in ranking.parts.items() if not np.isnan(part[at])}
            stages = {name: parts.pop(name) for name in STAGE_PARTS if name in parts}
            given = shares(parts, weights)
            reasons[key] = tuple(told.reason(key, name, share) for name, share in given.items())
            reasons[key] += told.wishes(key) if "tilt" in stages and "features" not in given else ()
            reasons[key] += told.preferred(at) if "prefer" in stages else ()
            reasons[key] += told.avoided(at) if "avoid" in stages else ()
            reasons[key] += _near_seed(stages["rerank"]) if "rerank" in stages else ()
            reasons[key] += (Reason("liking", 0.0, liked[key]),) if key in liked else ()
        return reasons

    def _sung(self, ranking: Ranking, query: Query) -> dict[int, LineMatch]:
        """Return the line each song was found by, where the line channel spoke."""
        if self._lines is None or not np.nan_to_num(ranking.parts.get("line", np.zeros(1))).any():
            return {}
        matches = self._lines.quoted(query, LINES_LOOKED_AT) or self._lines.find(query, LINES_LOOKED_AT)
        return {match.key: match for match in matches}


def _near_seed(nearness: float) -> tuple[Reason, ...]:
    """Say how near a song lies to the seeds by genres, tags and era, which orders it again and so has no share."""
    return (Reason("rerank", 0.0, f"near in genres, tags and era: {nearness:.2f}"),)


class _Evidence:
    """What is looked up once for all the hits of an answer."""

    def __init__(
        self, store: Store, meaning: Meaning | None, keys: NDArray[np.int64], songs: Mapping[int, Song], query: Query
    ) -> None:
        self.query, self.songs, self._store = query, songs, store
        self.sung: Mapping[int, LineMatch] = {}
        self.seeds = [seed for seed in store.songs(store.keys(query.like)) if seed] if query.like else []
        self.given = given(query)
        repertoire = Repertoire(store)
        self.telling = repertoire.telling(repertoire.seed(query))
        asked = query.text if self.given else spoken(query)
        self.asked = request_stems(asked, _languages(songs.values()))
        self.wanted = frozenset(self.asked)
        self.heard = heard(asked, _languages(songs.values()))
        self.passages: dict[int, list[StoredPassage]] = {}
        self._read: dict[tuple[int, int], list[Quote]] = {}  # the lines of a passage, for every channel that quotes one
        self.target = self._target(store, meaning)
        passages, self.vectors = store.sung_in(keys) if self.target is not None else (store.passages(keys), {})
        for passage in passages:
            self.passages.setdefault(passage.key, []).append(passage)
        self.written = spelling(store) if query.prefer else {}
        self.met = [store.truths(keys, where) for where in query.prefer]
        self.held = Avoid(store, meaning).held(keys, query)

    def _target(self, store: Store, meaning: Meaning | None) -> NDArray[np.float32] | None:
        if self.query.like or (self.given and self.given.passages):
            rows = [*store.vectors_of("passages", store.keys(self.query.like)).values()]
            rows += [meaning.given(self.query)] if meaning and self.given and self.given.passages else []
            return np.concatenate(rows) if rows else None
        if meaning is None or not (self.query.text.strip() or self.query.lyrics.strip()):
            return None
        return (meaning.vector(self.query.text) if self.query.text.strip() else meaning.sung(self.query.lyrics))[None]

    def reason(self, key: int, channel: str, share: float) -> Reason:
        """Return what a channel has to show for a song."""
        if channel in ("meaning", "cosine"):
            return self._near(key, share)
        if channel == "words":
            return self._shared(key, share)
        if channel == "title":
            return Reason(channel, share, f"named: {self.songs[key].name}")
        if channel == "features":
            return Reason(channel, share, self._features(key))
        if channel == Sound.name:
            return Reason(channel, share, self._sound(key))
        if match := self.sung.get(key):
            return Reason(channel, share, f"sung: {match.words}", match.line, match.start_ms)
        quote = self._quote(self.passages.get(key, ()))
        return Reason(channel, share, "sung", *quote[:2]) if quote else Reason(channel, share)

    def _near(self, key: int, share: float) -> Reason:
        """Quote the passage nearest in meaning; a song without lyrics shows its description."""
        if key in self.vectors and self.target is not None and self.query.part != "description":
            best = int((self.vectors[key] @ self.target.T).max(1).argmax())
            quote = self._telling_line(self.passages.get(key, [])[best : best + 1])
            if quote:
                to = f" to {GIVEN}" if self.given and self.given.passages else ""
                return Reason("meaning", share, f"near in meaning{to}", quote.line, quote.start_ms)
        said = ", ".join(descriptors(self.songs[key])[:WORDS_SHOWN]) or self.songs[key].description or "its description"
        return Reason("meaning", share, f"described as: {said[:QUOTED_CHARACTERS]}")

    def _shared(self, key: int, share: float) -> Reason:
        """Show the words of the request that the song holds: as descriptors, and in the line that holds most."""
        if self.seeds or (self.given and self.given.stems):
            return self._in_common(key, share)
        said = [] if self.query.part == "lyrics" else self._described(self.songs[key])
        quote = None if self.query.part == "description" else self._quote(self.passages.get(key, ()))
        if quote and quote.shared:
            said.append(f"sings: {', '.join(quote.shared[:WORDS_SHOWN])}")
            return Reason("words", share, "; ".join(said), quote.line, quote.start_ms)
        return Reason("words", share, "; ".join(said) or "shares words with the request")

    def _described(self, song: Song) -> list[str]:
        """Return the descriptors the request names, the fullest first, else the sentence that shares most with it.

        Descriptors it names in other words come apart, and only after those, or where no sentence shares a word.
        """
        degrees = {name: named(name, self.heard) for name in _told(song)}
        ordered = sorted(degrees, key=lambda name: -degrees[name])
        told = [name for name in ordered if {*stems(tokens(name))} & {*self.asked}]
        others = ", ".join([name for name in ordered if degrees[name] >= SURE and name not in told][:WORDS_SHOWN])
        otherwise = [f"in other words: {others}"] if others else []
        if told:
            return [f"described as: {', '.join(told[:WORDS_SHOWN])}", *otherwise]
        sentences = [said.strip() for said in SENTENCE.split(song.description or "")]
        shared = [len({*self.asked} & {*stems(tokens(said))}) for said in sentences]
        said = sentences[shared.index(max(shared))]
        return [f"described: “{shortened(said)}”"] if any(shared) else otherwise

    def _in_common(self, key: int, share: float) -> Reason:
        """Show the descriptors and the most telling words a song and its seeds share, and the line that has most."""
        own = {name.casefold() for seed in self.seeds for name in descriptors(seed)}
        both = [name for name in descriptors(self.songs[key]) if name.casefold() in own]
        said = [f"both: {', '.join(both[:WORDS_SHOWN])}"] if both and self.query.part != "lyrics" else []
        words = self._sung_alike(key) if self.query.part != "description" else []
        if not words:
            return Reason("words", share, "; ".join(said) or "described alike")
        sings = "both sing" if self.seeds or not self.given else f"sings, as {GIVEN}"
        said.append(f"{sings}: {', '.join(words[:WORDS_SHOWN])}")
        quote = self._telling_line(self.passages[key])
        return Reason("words", share, "; ".join(said), *(quote[:2] if quote else ()))

    def _sung_alike(self, key: int) -> list[str]:
        """Return the words a song shares with its seeds, the most telling first, each stem in its commonest form."""
        forms: dict[str, Counter[str]] = {}
        language = _language(self.songs[key])
        for passage in self.passages.get(key, ()):
            words = content_words(" ".join(passage.lines))
            for word, stem in zip(words, stems(words, language), strict=True):
                if stem in self.telling:
                    forms.setdefault(stem, Counter())[word] += 1
        ordered = sorted(forms, key=lambda stem: -self.telling[stem])
        ordered = [stem for stem in ordered if self.telling[stem] >= TELLING * self.telling[ordered[0]]]
        return [forms[stem].most_common(1)[0][0] for stem in ordered]

    def _telling_line(self, passages: Sequence[StoredPassage]) -> Quote | None:
        """Return the line whose words tell most of the seeds, the first of several; without seeds, of the request."""
        if not self.telling:
            return self._quote(passages)
        return max(self._every(passages), key=lambda quote: quote.telling, default=None)

    def _features(self, key: int) -> str:
        measured = self._measured()
        if not any(measured):
            return self._values(key, list(self.query.targets))
        apart = deltas(self.songs[key].measures, measured)
        wished = [name for name in self.query.targets if name in apart]
        names = list(dict.fromkeys([*wished, *sorted(apart, key=SOUNDING.index)]))[:FEATURES_SHOWN]
        song, have = self.songs[key], self.songs[key].measures
        told = ", ".join(f"{name} {have[name]:g}{_mark(song, name)} ({apart[name]:+.2g})" for name in names)
        told = told or self._values(key, [*self.query.features]) or "alike in its features"
        return f"{told} against {GIVEN}" if self.query.features and not self.seeds and names else told

    def _sound(self, key: int) -> str:
        """Say how a song compares to the seed it sounds most like; of several seeds, name it."""
        seed = nearest_seed(self._store, key, self.seeds)
        told = sounds_like(self.songs[key].features, seed.features if seed else {})
        return told.replace("it", seed.title or seed.id, 1) if seed and len(self.seeds) > 1 else told

    def _measured(self) -> list[Mapping[str, float]]:
        """Return the features of the seeds, and of the song described by hand."""
        return [*(seed.measures for seed in self.seeds), *([self.query.features] if self.query.features else [])]

    def _values(self, key: int, names: Sequence[str]) -> str:
        song, have = self.songs[key], self.songs[key].measures
        told = (f"{name} {have[name]:g}{_mark(song, name)}" if name in have else f"{name} unknown" for name in names)
        return ", ".join(told)

    def wishes(self, key: int) -> tuple[Reason, ...]:
        """Say how a song stands to the wishes for more or less, which scale its score and so have no share."""
        return (Reason("features", 0.0, self._wish(key)),)

    def preferred(self, at: int) -> tuple[Reason, ...]:
        """Say how the song at a place stands to the soft conditions, which scale its score and so have no share."""
        says = {1.0: "meets", 0.0: "does not meet"}
        conditions = zip(self.met, self.query.prefer, strict=True)
        told = [
            f"{says.get(float(met[at]), 'does not say')}: {plainly(where, self.written)}" for met, where in conditions
        ]
        return (Reason("prefer", 0.0, "; ".join(told)),)

    def avoided(self, at: int) -> tuple[Reason, ...]:
        """Say what the song at a place still holds of what the request avoids; nothing where it holds none."""
        told = [words for said, held in self.held.items() if (words := held.words(at, said))]
        return (Reason("avoid", 0.0, "; ".join(told)),) if told else ()

    def _wish(self, key: int) -> str:
        apart = deltas(self.songs[key].measures, self._measured())
        song, have, said = self.songs[key], self.songs[key].measures, []
        for name, wish in self.query.targets.items():
            direction = "more" if wish > 0 else "less"
            if name not in have:
                said.append(f"{direction} {name}: not known")
            else:
                change = f" ({apart[name]:+.2g})" if name in apart else ""
                said.append(f"{direction} {name}: {have[name]:g}{_mark(song, name)}{change}")
        return ", ".join(said)

    def _quote(self, passages: Sequence[StoredPassage]) -> Quote | None:
        """Return the line that shares most with the request, the first of several; None where there are no lines."""
        best: Quote | None = None
        for passage in passages:
            most = sum(map(self.wanted.__contains__, passage.stems))  # no line of it shares more words
            if most > (len(best.shared) if best else 0):
                own = max(self._every([passage]), key=lambda quote: len(quote.shared), default=None)
                best = own if own and len(own.shared) > (len(best.shared) if best else 0) else best
        return best or next(self._every(passages), None)

    def _every(self, passages: Iterable[StoredPassage]) -> Iterator[Quote]:
        """Yield the lines of passages, one after the other."""
        for passage in passages:
            at = passage.key, passage.part
            if at not in self._read:
                self._read[at] = self._lines(passage, _language(self.songs[passage.key]))
            yield from self._read[at]

    def _lines(self, passage: StoredPassage, language: str | None) -> list[Quote]:
        stamps = passage.start_ms or (None,) * len(passage.lines)
        quotes = []
        for line, start_ms in zip(passage.lines, stamps, strict=False):
            words = content_words(line)
            sung = stems(words, language)
            shared = tuple(dict.fromkeys(word for word, stem in zip(words, sung, strict=True) if stem in self.wanted))
            telling = sum(self.telling.get(stem, 0.0) for stem in set(sung)) if self.telling else 0.0
            quotes.append(Quote(shortened(line), start_ms, shared, telling))
        return [quote for quote in quotes if quote.line]  # a bag of words has none


def _mark(song: Song, name: str) -> str:
    """Say of a feature that it was not given but predicted; nothing of one that was given."""
    return " predicted" if song.is_predicted(name) else ""


def _language(song: Song) -> str | None:
    return song.language or (song.lyrics.language if song.lyrics else None)


def _languages(songs: Iterable[Song]) -> tuple[str, ...]:
    """Return the languages of songs, English first."""
    return tuple(dict.fromkeys(["en", *(language for song in songs if (language := _language(song)))]))


def _told(song: Song) -> list[str]:
    """Return what a description says in a word or two, each once: descriptors, feature words, era and language."""
    said = [*f"{feature_words(song.features)}, {circumstances(song)}".split(", "), *supposed(song)]
    own = descriptors(song)
    return [*own, *(word for word in dict.fromkeys(said) if word and word not in map(str.casefold, own))]
