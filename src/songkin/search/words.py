"""The `words` channel: the request's stems over passages by BM25, over descriptions by words and whole descriptors."""

from __future__ import annotations

from collections import Counter
from itertools import islice

from songkin.search.described import Described
from songkin.search.meaning import joined
from songkin.search.outside import given
from songkin.search.terms import coverage, request_stems, request_terms
from songkin.store import Matches, Store
from songkin.text.words import stems, vocabulary
from songkin.types import Query, Ranking

__all__ = ["SUNG_EVERYWHERE", "Words"]

COLUMNS = {"all": ("about_stems", "stems"), "description": ("about_stems",), "lyrics": ("stems",)}
SUNG_EVERYWHERE = frozenset(  # stems that tell nothing of a song
    stems(
        vocabulary(
            "get got go goes come came take took make made put keep kept give gave let say said tell told call know "
            "think thought see saw look seem find found feel felt need want like try turn learn learned use leave left "
            "stay one two thing something nothing everything way day time night good well right back still even never "
            "ever every always just maybe little big old new much many lot man boy girl baby people everybody nobody"
        )
    )
)
LOOKED_AT = 10  # best passages whose words are looked at
SEED_STEMS = 30  # the commonest words of a seed song that stand for it
LANGUAGES = 10  # the library's commonest languages a request is stemmed in; a word of another one finds nothing
LANGUAGE_SHARE = 0.01  # of the songs, from which a language counts


def _told(query: Query) -> bool:
    """Say whether a query comes with the words of a song outside the library."""
    song = given(query)
    return song is not None and bool(song.stems)


class Words:
    """Full text with function words left out, stemmed as the songs' own languages are."""

    name = "words"

    def __init__(self, store: Store) -> None:
        self._store, self._described = store, Described(store)
        self._languages: tuple[str, ...] | None = None

    def __call__(self, query: Query, pool: int) -> Ranking:
        """Rank songs by their words; a request of function words only finds nothing here."""
        found = {column: self._found(column, query, pool) for column in COLUMNS[query.part]}
        top = max((float(matches.scores[0]) for matches in found.values() if len(matches.keys)), default=0.0)
        if "stems" in found and not query.like and not _told(query):
            found["stems"] = self._trusted(found["stems"], query)
        return joined(list(found.values()), pool, lambda scores: scores.sum(0), top=top)

    def _found(self, column: str, query: Query, pool: int) -> Matches:
        """Rank songs by one column; seeds stand for many words, which BM25 weighs, a request for what it says."""
        wanted = self._wanted(column, query)
        if column != "about_stems" or query.like or _told(query):
            return self._store.match(column, wanted, where=query.where, limit=pool)
        text = f"{query.text} {query.lyrics}"
        return self._described.find(text, wanted, self.languages(), query.where, pool)

    def _trusted(self, passages: Matches, query: Query) -> Matches:
        """Lower the scores of passages where even the best hold little of the request: one rare word is no answer."""
        best = self._store.stems_at(passages.keys[:LOOKED_AT], passages.parts[:LOOKED_AT])
        text = f"{query.text} {query.lyrics}"
        trust = max((coverage(text, stems, self.languages()) for stems in best), default=0.0)
        return passages._replace(scores=passages.scores * trust)

    def _wanted(self, column: str, query: Query) -> list[str]:
        terms = request_terms if column == "about_stems" else request_stems
        song = given(query)
        asked = terms(query.text if song else f"{query.text} {query.lyrics}", self.languages())
        return asked + self._of_seeds(column, query) if query.like or song else asked

    def _of_seeds(self, column: str, query: Query) -> list[str]:
        """Return what the songs a request likes are made of: the stems that occur most in them."""
        keys = self._store.keys(query.like)
        if column == "about_stems":
            counted = Counter(stem for _, text in self._store.texts(keys).values() for stem in text.split())
        else:
            counted = Counter(stem for text in self._store.stems(keys) for stem in text.split())
        if song := given(query):
            counted.update(song.about_stems if column == "about_stems" else song.stems)
        telling = ((stem, count) for stem, count in counted.most_common() if stem not in SUNG_EVERYWHERE)
        return [stem for stem, _ in islice(telling, SEED_STEMS)]

    def languages(self) -> tuple[str, ...]:
        """Return the languages requests are stemmed in: English and the library's commonest."""
        if self._languages is None:
            enough = LANGUAGE_SHARE * self._store.counts().songs
            common = (name for name, songs in self._store.common("w_language", LANGUAGES) if songs >= enough)
            self._languages = ("en", *(name for name in common if name != "en"))
        return self._languages
