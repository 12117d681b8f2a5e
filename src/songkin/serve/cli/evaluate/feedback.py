"""songkin evaluate feedback: answers of a library to listeners, with what they like and without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from songkin.serve.cli.evaluate.flags import How
from songkin.serve.cli.evaluate.telling import telling
from songkin.serve.cli.printing import console, print_json

if TYPE_CHECKING:
    from songkin.evaluation.tasks.feedback import Asked, Listener, Rank
    from songkin.library import Library
    from songkin.types import Query

__all__ = ["evaluate"]

LISTENERS = 300
DEEP = 60  # hits that are asked for, so that ten by other artists are among them
WORDS = 3  # of the seed's genres and tags a request in words is made of


def evaluate(how: How, *, seed: int, library: str | None) -> None:
    """Judge a library's answers to listeners who like nothing yet, one song, three, ten, and print the report."""
    from songkin.datasets import hetrec_lastfm2k
    from songkin.evaluation.tasks.feedback import LIKED, judge_feedback, listeners
    from songkin.library import Library

    opened = Library.open(library)
    ids = [name for name in opened.store.ids(opened.store.catalogue()[0]) if name]
    songs = {song.id: song for song in opened.store.songs(opened.store.keys(ids)) if song}
    artists = {name: song.artists[0] for name, song in songs.items() if song.artists}
    given = listeners(artists, hetrec_lastfm2k.plays(), seed=seed)[: how.limit or LISTENERS]
    with telling(len(given) * 2 * (1 + len(LIKED)), quiet=how.json_out, counted="answers") as tell:
        report = judge_feedback(given, _ranking(opened, songs), tell=tell)
    document = report.as_json() | {"seeds": [seed], "limit": how.limit}
    print_json(document) if how.json_out else _show(document)


def _ranking(library: Library, songs: Mapping[str, Any]) -> Rank:
    """Return what asks the library as each listener, with as many of their likes as are told; nothing is kept."""
    from songkin.errors import SongkinError

    def rank(given: Sequence[Listener], asked: Asked) -> list[list[str]]:
        names = [f"listener {listener.number}, {asked.likes}" for listener in given]
        for name, listener in zip(names, given, strict=True):
            library.opinions.suppose(name, dict.fromkeys(listener.liked[: asked.likes], "like"))
        queries = (_query(library, songs[one.seed], asked, name) for one, name in zip(given, names, strict=True))
        answers = library.batch(queries)
        return [[] if isinstance(hits, SongkinError) else [hit.id for hit in hits] for hits in answers]

    return rank


def _query(library: Library, seed: Any, asked: Asked, user: str) -> Query:
    """Return the request: songs like the seed, or the seed's first genre and its heaviest tags as words."""
    from songkin.types import Query

    more: dict[str, Any] = {"k": DEEP, "grouped": False, "user": user}
    if asked.way == "similar":
        return Query(like=(seed.id,), **more)
    tags = sorted(seed.tags, key=lambda name: (-seed.tags[name], name))
    words = [*seed.genres[:1], *tags][:WORDS] or [seed.title or seed.id]
    return library.asked(" ".join(words), **more).query


def _show(document: Mapping[str, Any]) -> None:
    """Print a row a way of asking: without opinions, and with more and more likes."""
    from rich import box
    from rich.table import Table

    who = f"feedback: {document['n_queries']:,} listeners, seed {document['seeds'][0]}"
    _say(f"{who}; songs by artists nothing was said of\n")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    for name in ("asked", "likes", "nDCG@10", "95 %", "more than without", "95 % ", "p"):
        table.add_column(name, justify="left" if name == "asked" else "right")
    for name, values in document["systems"].items():
        way, _, likes = name.rpartition("-")
        mean, low, high = values["nDCG@10"]
        against = document["compared"].get(name)
        change = (
            (f"{against['mean']:+.4f}", f"{against['low']:+.4f} to {against['high']:+.4f}", f"{against['p']:.4f}")
            if against
            else ("", "", "")
        )
        table.add_row(way, likes, f"{mean:.4f}", f"{low:.4f} to {high:.4f}", *change)
    console().print(table)


def _say(text: str) -> None:
    console().print(text, markup=False, highlight=False, soft_wrap=True)
