"""Make a playlist: choose the songs, lay them, repair what the rules break, and say why each is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from songkin.errors import QueryError
from songkin.filters.plain import plainly
from songkin.search.engine import Engine
from songkin.search.notes import lowered
from songkin.search.playlists import saying
from songkin.search.playlists.fitting import Fitted, fitted
from songkin.search.playlists.laying import lay
from songkin.search.playlists.owing import owed
from songkin.search.playlists.plan import Made, Plan
from songkin.search.playlists.pool import pool_of
from songkin.search.playlists.settling import settle
from songkin.search.playlists.table import Broken, Rows, Table
from songkin.search.spelling import spelling
from songkin.search.versions import Versions
from songkin.store import Store
from songkin.types import Hit, Query, Ranking, Reason, Song

__all__ = ["PlaylistMaker"]

ALL_OF_A_FLOOR = 500  # songs at most where only a floor is asked for
BESIDE = 0.5  # what a place on a path or an arc counts beside the request
PATH_PARTS = ("words", "meaning")  # what quotes a line of a song on a path


class PlaylistMaker:
    """Makes playlists of one library."""

    def __init__(self, store: Store, engine: Engine, versions: Versions) -> None:
        self._store, self._engine, self._versions = store, engine, versions

    def make(self, plan: Plan) -> Made:
        """Make a playlist; QueryError where there is no path. No song that fits gives an empty one, and notes."""
        self._engine.check(plan.query)
        self._passable(plan)
        pool = pool_of(self._store, self._engine, plan, self._engine.kept(plan.query).where)
        table = Table.of(self._store, self._versions, plan, pool)
        try:
            order, rows = self._laid(table)
        except Broken as broken:
            raise QueryError(self._no_path(plan, broken)) from None
        hits, notes = self._told(table, rows, order)
        return Made(hits, (*notes, *owed(self._store, table, rows, order)))

    # -- laying --------------------------------------------------------------------------------------------------------

    def _laid(self, table: Table) -> tuple[list[int], Rows]:
        """Lay the songs of a table: as many as are wanted, as many minutes, or all that reach the floor."""
        plan = table.plan

        def laid(songs: int) -> Fitted:
            order, rows = _laid_out(table, songs)
            return Fitted(order, rows, float(table.lengths_s[order].sum()))

        if plan.minutes is None:
            found = laid(plan.wanted or self._all(table))
            return found.order, found.rows
        found = fitted(laid, table.lengths_s, 60 * plan.minutes, songs=plan.songs, least=table.least)
        return settle(found.order, found.rows.costs, found.rows.rules, table.flow), found.rows

    def _all(self, table: Table) -> int:
        """Return how many songs reach the floor."""
        reach = int((table.pool.relevance >= (table.plan.floor or 0.0)).sum())
        return max(min(reach, ALL_OF_A_FLOOR), table.least)

    # -- paths that are none -------------------------------------------------------------------------------------------

    def _passable(self, plan: Plan) -> None:
        """Refuse a path that passes one song twice, or one that may not be shown."""
        songs = self._songs(plan.anchors)
        for key in plan.anchors:
            if plan.anchors.count(key) > 1:
                raise QueryError(f"no path: {songs[key].name} is named twice; name two different songs")
        where = self._engine.kept(plan.query).where
        if where is None or not plan.anchors:
            return
        for key, met in zip(plan.anchors, self._store.truths(list(plan.anchors), where).tolist(), strict=True):
            if met != 1:
                raise QueryError(self._kept_out(songs[key], plan.query))

    def _kept_out(self, song: Song, query: Query) -> str:
        """Say why a song may not stand in the playlist: it does not meet the conditions, or it is excluded."""
        if query.where is not None and self._store.truths(self._store.keys([song.id]), query.where)[0] != 1:
            said = plainly(query.where, spelling(self._store))
            return f"no path: {song.name} does not meet the conditions ({said}); leave them out, or name another song"
        return f"no path: {song.name} is excluded; songkin exclude --list shows by what, or name another song"

    def _no_path(self, plan: Plan, broken: Broken) -> str:
        songs = self._songs(plan.anchors)
        one, other = (songs[plan.anchors[leg]].name for leg in (broken.place.leg, broken.place.leg + 1))
        where = f"{broken.place.along:.0%} of the way from {one} to {other}"
        lower = f"a floor of {np.floor(100 * broken.best) / 100:g}" if broken.best >= 0.01 else "no floor"
        return (
            f"no path: {where} no song reaches the floor of {plan.floor:g}, the nearest {broken.best:.2f}; "
            f"ask for {lower}, for fewer songs, or by way of a song between them"
        )

    def _songs(self, keys: Sequence[int]) -> dict[int, Song]:
        found = self._store.songs(list(keys))
        return {key: song for key, song in zip(keys, found, strict=True) if song}

    # -- saying why ----------------------------------------------------------------------------------------------------

    def _told(self, table: Table, rows: Rows, order: Sequence[int]) -> tuple[tuple[Hit, ...], list[str]]:
        """Return the songs laid in order with their reasons, and the notes on what the request asked for."""
        keys = table.pool.keys[list(order)].tolist()
        scores = [float(rows.scores[row, song]) for row, song in enumerate(order)]
        found, notes = self._of_request(table, keys, scores)
        songs = {**self._songs(keys), **{key: hit.song for key, hit in found.items()}}
        anchors = self._songs(table.plan.anchors)
        hits = []
        for row, key in enumerate(keys):
            if key not in songs:  # gone since
                continue
            own = self._reasons(table, rows, row, songs[key], anchors)
            is_anchor = key in table.plan.anchors
            request = found[key].reasons if key in found and not is_anchor else ()
            reasons = _beside(own, request, table.plan)
            hits.append(Hit(songs[key], 1.0 if is_anchor else scores[row], reasons, _versions(found, key)))
        return tuple(hits), notes

    def _of_request(
        self, table: Table, keys: Sequence[int], scores: Sequence[float]
    ) -> tuple[Mapping[int, Hit], list[str]]:
        """Return what the engine says of songs by key: why they fit the request, or share with the anchors."""
        plan, ranking = table.plan, table.pool.ranking
        query = Query.of(plan.query, k=max(len(keys), 1))
        if ranking is not None:
            chosen = ranking.only(np.isin(ranking.keys, keys))
        else:
            others = [at for at, key in enumerate(keys) if key not in plan.anchors]
            parts = dict.fromkeys(PATH_PARTS, np.array(scores)[others]) if plan.is_path else {}
            chosen = Ranking.of(np.array(keys)[others], np.array(scores)[others], parts)
            query = Query.of(query, like=tuple(song.id for song in self._songs(plan.anchors).values()))
        answer = self._engine.told(chosen, query)
        by_id = {hit.song.id: hit for hit in answer.hits}
        ids = dict(zip(keys, self._store.ids(keys), strict=True))
        found = {key: by_id[name] for key, name in ids.items() if name in by_id}
        return found, [*answer.notes, *(lowered(ranking, query) if ranking is not None else ())]

    def _reasons(
        self, table: Table, rows: Rows, row: int, song: Song, anchors: Mapping[int, Song]
    ) -> tuple[Reason, ...]:
        """Return what put a song at its place: the path, the arc, or a hand."""
        plan, key = table.plan, int(table.pool.keys[rows.rules.fixed.get(row, 0)])
        said: list[Reason] = []
        if row in rows.rules.fixed:
            at = plan.anchors.index(key) if key in plan.anchors else None
            said.append(saying.put_reason() if at is None else saying.starts_reason(_stands(plan, at)))
        elif rows.path:
            place = rows.path[row]
            one, other = (anchors[plan.anchors[leg]] for leg in (place.leg, place.leg + 1))
            said.append(saying.path_reason(song, one, other, place))
        elif not plan.asks and plan.query.where is not None and plan.arc is None:
            said.append(Reason("where", 1.0, f"meets: {plainly(plan.query.where, spelling(self._store))}"))
        if plan.arc is not None and rows.wanted is not None and plan.arc.feature in _measures(song):
            own = _measures(song)[plan.arc.feature]
            said.append(saying.arc_reason(song, plan.arc.feature, own, float(rows.wanted[row]), 0.0 if said else 1.0))
        return tuple(said)


def _laid_out(table: Table, songs: int) -> tuple[list[int], Rows]:
    """Lay so many songs, or as many as there are: what must stand stands in any case."""
    songs = min(max(songs, table.least), max(len(table.pool.keys), 1))
    if not len(table.pool.keys):
        return [], table.rows(1)
    while True:
        rows = table.rows(songs)
        order = lay(rows.costs, rows.rules, table.flow)
        if len(order) == songs:
            return settle(order, rows.costs, rows.rules, table.flow), rows
        songs = len(order) + sum(row >= len(order) for row in rows.rules.fixed)
        if not songs:
            return [], rows


def _stands(plan: Plan, at: int) -> str:
    """Say what an anchor is there for."""
    if at == 0 and (plan.opens or plan.is_path):
        return "it begins here"
    if at == len(plan.anchors) - 1 and (plan.closes or plan.is_path):
        return "it ends here"
    return "it was asked to pass here"


def _beside(own: Sequence[Reason], reasons: Sequence[Reason], plan: Plan) -> tuple[Reason, ...]:
    """Return the reasons of the place and of the request together, half each; of a path without one just a quote."""
    if plan.is_path and not plan.asks:
        quoting = sorted((reason for reason in reasons if reason.line), key=lambda reason: reason.channel != "words")
        return (*own, *(reason._replace(share=0.0, words=_sung(reason.words)) for reason in quoting[:1]))
    if not own or not reasons:
        return (*own, *reasons)
    return tuple(reason._replace(share=BESIDE * reason.share) for reason in (*own, *reasons))


def _sung(words: str) -> str:
    """Return what a reason says of the words sung: descriptors are said with the path."""
    return next((part for part in words.split("; ") if "sing" in part), words)


def _versions(found: Mapping[int, Hit], key: int) -> tuple[str, ...]:
    return found[key].versions if key in found else ()


def _measures(song: Song) -> dict[str, float]:
    """Return a song's features, and its year and length beside them."""
    fields = {"year": song.year, "duration_s": song.duration_s}
    return {**{name: float(value) for name, value in fields.items() if value is not None}, **song.measures}
