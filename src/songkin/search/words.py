"""The `words` channel: the request's stems over passages by BM25, over descriptions by words and whole descriptors."""

from __future__ import annotations

from collections import Counter

from songkin.search.described import BEST, Described
from songkin.search.meaning import added, described, joined, levelled
from songkin.search.outside import given
from songkin.search.recalling import recalled
from songkin.search.repertoire import Repertoire
from songkin.search.terms import coverage, request_stems, request_terms, spoken
from songkin.search.weighing import is_description
from songkin.search.wholes import Wholes
from songkin.store import Matches, Store
from songkin.types import Query, Ranking

__all__ = ["Words"]

COLUMNS = {"all": ("about_stems", "stems"), "description": ("about_stems",), "lyrics": ("stems",)}
LOOKED_AT = 10  # best passages whose words are looked at
SEED_TERMS = 60  # of the descriptions of seeds that stand for them
ASKED = 3.0  # seed's words a word asked for beside a seed counts for
LANGUAGES = 10  # the library's commonest languages a request is stemmed in; a word of another one finds nothing
LANGUAGE_SHARE = 0.01  # of the songs, from which a language counts


def _has_seed(query: Query) -> bool:
    """Say whether a query names songs, or brings the words of one."""
    song = given(query)
    return bool(query.like) or (song is not None and bool(song.stems))


class Words:
    """Full text with function words left out, stemmed as the songs' own languages are."""

    name = "words"

    def __init__(self, store: Store) -> None:
        self._store, self._described, self._repertoire = store, Described(store), Repertoire(store)
        self._wholes = Wholes(store)
        self._languages: tuple[str, ...] | None = None

    def __call__(self, query: Query, pool: int) -> Ranking:
        """Rank songs by their words; a request of function words only finds nothing here."""
        if _has_seed(query):
            return self._like_seeds(query, pool)
        if (memory := recalled(query)) and self._wholes.sung:
            return joined([self._wholes.find(memory.words, query.where, pool)], pool, added)
        if is_description(query, self._store):
            return joined([self._told(query, pool, alone=True)], pool, added, best=BEST)
        found = {column: self._found(column, query, pool) for column in COLUMNS[query.part]}
        top = max((float(matches.scores[0]) for matches in found.values() if len(matches.keys)), default=0.0)
        if "stems" in found:
            found["stems"] = self._trusted(found["stems"], query)
        return joined(list(found.values()), pool, added, top=top)

    def _found(self, column: str, query: Query, pool: int) -> Matches:
        """Rank songs by one column."""
        if column == "stems":
            wanted = request_stems(spoken(query), self.languages())
            return self._store.match(column, wanted, where=query.where, limit=pool)
        return self._told(query, pool)

    def _told(self, query: Query, pool: int, *, alone: bool = False) -> Matches:
        """Rank songs by their descriptions."""
        text = spoken(query)
        wanted = [*request_terms(text, self.languages()), *self._terms_of_seeds(query)]
        return self._described.find(text, wanted, self.languages(), query.where, pool, alone=alone)

    def _like_seeds(self, query: Query, pool: int) -> Ranking:
        """Rank songs by what they share with seeds, in words sung and in descriptions."""
        seeds = self._store.keys(query.like)
        asked = query.text if given(query) else f"{query.text} {query.lyrics}"
        found = []
        if query.part != "lyrics":
            terms = [*request_terms(asked, self.languages()), *self._terms_of_seeds(query)]
            told = self._store.match("about_stems", terms, where=query.where, limit=pool)
            found.append(levelled(told, pool, seeds, described(self._store, query)))
        if query.part != "description":
            sung = self._repertoire.seed(query)
            sung |= {stem: sung.get(stem, 0.0) + ASKED for stem in request_stems(asked, self.languages())}
            found.append(levelled(self._repertoire.find(sung, query.where, pool), pool, seeds))
        return joined(found, pool, added, aside=seeds)

    def _trusted(self, passages: Matches, query: Query) -> Matches:
        """Lower the scores of passages where even the best hold little of the request: one rare word is no answer."""
        best = self._store.stems_at(passages.keys[:LOOKED_AT], passages.parts[:LOOKED_AT])
        text = spoken(query)
        trust = max((coverage(text, stems, self.languages()) for stems in best), default=0.0)
        return passages._replace(scores=passages.scores * trust)

    def _terms_of_seeds(self, query: Query) -> list[str]:
        """Return the terms that occur most in the descriptions of what a query likes."""
        texts = self._store.texts(self._store.keys(query.like)).values() if query.like else ()
        counted = Counter(term for _, text in texts for term in text.split())
        if song := given(query):
            counted.update(song.about_stems)
        return [term for term, _ in counted.most_common(SEED_TERMS)]

    def languages(self) -> tuple[str, ...]:
        """Return the languages requests are stemmed in: English and the library's commonest."""
        if self._languages is None:
            enough = LANGUAGE_SHARE * self._store.counts().songs
            common = (name for name, songs in self._store.common("w_language", LANGUAGES) if songs >= enough)
            self._languages = ("en", *(name for name in common if name != "en"))
        return self._languages
