"""How one song stands to a request: its rank among all songs, and what speaks for it and against it."""

from __future__ import annotations

from typing import Any, NamedTuple

from songkin.filters import Is
from songkin.library.excluding import Excluding
from songkin.search import Engine, Versions
from songkin.search.understanding import Understood
from songkin.store import Store
from songkin.store.edits import Edits
from songkin.types import Hit, Query, Song

__all__ = ["Standing", "standing"]

DEPTH = 1000  # ranks are looked for so deep


class Standing(NamedTuple):
    """How a song stands to a request: its rank among `of` songs, None where it is not in the first `looked_at`."""

    query: Query
    hits: tuple[Hit, ...]
    notes: tuple[str, ...]
    rank: int | None
    of: int
    looked_at: int


def standing(
    store: Store, engine: Engine, versions: Versions, excluding: Excluding, song: Song, asked: Understood
) -> Standing:
    """Look for a song among all that a request finds; one that is not found is held against it alone."""
    query, total = asked.query, store.counts().songs
    looked_at = min(total, DEPTH)
    ranking = engine.run(Query.of(query, k=max(looked_at, 1), grouped=False))
    ids = store.ids(ranking.keys)
    rank = _rank_among(versions, ranking.keys, ids.index(song.id), query) if song.id in ids else None
    if rank:
        hits = engine.told(ranking.only([name == song.id for name in ids]), query).hits
    else:  # alone it is scaled to itself: its reasons count, its score does not
        alone = engine.of_all_songs().answer(Query.of(query, k=1, where=Is("id", (song.id,))))
        hits = tuple(hit._replace(score=0.0) for hit in alone.hits)
    silent = () if hits else (f"nothing in {song.name} speaks to this request",)
    notes = (*asked.notes, *silent, *_decided(store, excluding, song, query.user))
    return Standing(query, hits, notes, rank, total, looked_at)


def _decided(store: Store, excluding: Excluding, song: Song, user: str) -> list[str]:
    """Say what was decided about a song: that it was corrected, and what excludes it."""
    edit = Edits(store.tables).read().get(song.id)
    corrected = [f"corrected: {edit.source}"] if edit else []
    never = excluding.never(song, user)
    hidden = [f"hidden as never wanted again ({never.undo})"] if never else []
    return corrected + hidden + [f"excluded by {one.where} ({one.undo})" for one in excluding.against(song, user)]


def _rank_among(versions: Versions, keys: Any, at: int, query: Query) -> int:
    """Return the rank of the song at a place of an ungrouped ranking; one shown with its versions has theirs."""
    if not query.grouped:
        return at + 1
    groups = versions.groups(keys[: at + 1])
    return len(set(groups[: groups.tolist().index(groups[at]) + 1].tolist()))
