"""What a playlist owes the asker: rules that could not be kept, a length that was missed, songs that were left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from songkin.filters import PREDICTED
from songkin.search.features import spread
from songkin.search.playlists.fitting import tolerance
from songkin.search.playlists.laying import BROKEN, broken
from songkin.search.playlists.plan import Plan
from songkin.search.playlists.table import Rows, Table
from songkin.search.playlists.traits import typical_length
from songkin.store import Store

__all__ = ["owed"]

FAR = 0.1  # nearness to the path below which a song is there for want of a nearer one


def owed(store: Store, table: Table, rows: Rows, order: Sequence[int]) -> list[str]:
    """Return the notes on a playlist that was laid so."""
    said = [*_lacking(store, table.plan), *_few(table.plan, order), *_length(store, table, order)]
    return [*said, *_spacing(table.plan, rows, order), *_far(rows, order)]


def _lacking(store: Store, plan: Plan) -> list[str]:
    """Count the songs that the arc leaves out."""
    if plan.arc is None:
        return []
    total, known = store.counts().songs, spread(store, plan.arc.feature).songs
    said = f"{total - known:,} of {total:,} songs have no {plan.arc.feature}; the arc leaves them out"
    named = f"{PREDICTED}{plan.arc.feature}"
    told = store.count(f"f_{plan.arc.feature} IS NULL AND f_{named} IS NOT NULL") if named in store.features() else 0
    predicted = f"for {told:,} songs {plan.arc.feature} is predicted from their words, and the arc goes by that"
    return [*([said] if known < total else []), *([predicted] if told else [])]


def _few(plan: Plan, order: Sequence[int]) -> list[str]:
    if plan.wanted is None or len(order) >= plan.wanted:
        return []
    rules = [
        *(["the conditions"] if plan.query.where else []),
        *([f"the floor of {plan.floor:g}"] if plan.floor is not None else []),
        *([f"{plan.query.per_artist} of an artist"] if plan.query.per_artist else []),
    ]
    cure = f"; {' and '.join(rules)} leave no more" if rules else "; no more songs fit"
    return [f"{len(order)} of the {plan.wanted:,} songs asked for were found{cure}"]


def _length(store: Store, table: Table, order: Sequence[int]) -> list[str]:
    """Say how many songs have no length, and by how much the playlist misses the one asked for."""
    wanted = table.plan.minutes
    if wanted is None:
        return []
    said, lasts = [], float(table.lengths_s[list(order)].sum())
    unknown = int(np.isnan(table.traits.lengths_s[list(order)]).sum())
    if unknown:
        typical = round(typical_length(store))
        counted = f"counted as {typical // 60}:{typical % 60:02d}, what is typical here"
        said = [f"{unknown} of {len(order)} songs have no length, {counted}"]
    if abs(lasts - 60 * wanted) > tolerance(60 * wanted):
        why = "no choice of the songs that fit comes nearer"
        said.append(f"it lasts {lasts / 60:.1f} minutes where {wanted:g} are asked for: {why}")
    return said


def _spacing(plan: Plan, rows: Rows, order: Sequence[int]) -> list[str]:
    """Count the songs that stand nearer to another of their artist, or album, than was asked for."""
    said = []
    asked = [gap for gap in rows.rules.gaps if gap.cost >= BROKEN]
    names = [*(["artist"] if plan.artist_gap else []), *(["album"] if plan.album_gap else [])]
    for name, gap in zip(names, asked, strict=True):
        if count := broken(order, gap):
            others = f"{gap.songs} other{'s' if gap.songs > 1 else ''}"
            stand = "1 song stands" if count == 1 else f"{count} songs stand"
            said.append(f"{others} between two songs of one {name} cannot be kept: {stand} nearer; "
                        f"too few songs of another {name} fit")  # fmt: skip
    return said


def _far(rows: Rows, order: Sequence[int]) -> list[str]:
    """Count the songs of a path that lie far from it, and say where."""
    if rows.path is None:
        return []
    far = [row for row, song in enumerate(order) if row not in rows.rules.fixed and rows.scores[row, song] < FAR]
    if not far:
        return []
    some = "1 song lies" if len(far) == 1 else f"{len(far)} songs lie"
    return [f"{some} far from the path, for want of nearer ones; --floor 0.3 leaves such songs out, or says why not"]
