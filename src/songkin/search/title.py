"""The `title` channel: songs whose title and artists are named by the request."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz

from songkin.store import Store
from songkin.text.words import REQUEST_WORDS, STOP_WORDS, tokens
from songkin.types import Query, Ranking

__all__ = ["Title", "likeness"]

CANDIDATES = 40
PARTLY = 0.65  # a request whose words all stand in a title or a name, at least
NOT_NAMED = 0.6  # a likeness below this is no naming


class Title:
    """BM25 over title and artists finds candidates; how well they are spelt out in the request orders them."""

    name = "title"

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(self, query: Query, pool: int) -> Ranking:
        """Rank songs by how fully the request names them, in [0, 1]; songs it does not name are left out."""
        spoken = tokens(query.text)
        asked = [token for token in spoken if token not in REQUEST_WORDS] or spoken
        if not asked or query.part != "all":
            return Ranking.empty()
        found = self._store.match_titles(asked, where=query.where, limit=CANDIDATES)
        named = {key: likeness(asked, *words) for key, words in found.items()}
        scores = {key: (alike - NOT_NAMED) / (1 - NOT_NAMED) for key, alike in named.items() if alike > NOT_NAMED}
        return Ranking.of(list(scores), list(scores.values())).top(pool)


def likeness(asked: Sequence[str], title: Sequence[str], artists: Sequence[str]) -> float:
    """Say how much of a request names a song, in [0, 1]: 1 = its title alone, or with the artist, in any order.

    >>> likeness(["hey", "jude"], ["hey", "jude"], ["the", "beatles"])
    1.0
    """
    wanted = " ".join(asked)
    named = fuzz.ratio(wanted, " ".join(title)) / 100
    both = fuzz.token_sort_ratio(wanted, " ".join([*title, *artists])) / 100
    by_artist = 0.85 * fuzz.ratio(wanted, " ".join(artists)) / 100 if artists else 0.0
    within = PARTLY + (1 - PARTLY) * named if named_within(asked, title, artists) else 0.0
    return max(named, both, by_artist, within)


def named_within(asked: Sequence[str], title: Sequence[str], artists: Sequence[str]) -> bool:
    """Say whether all words of a request, one of them no function word, stand in a title or in its artists' names."""
    return set(asked) <= {*title, *artists} and not STOP_WORDS.issuperset(asked)
