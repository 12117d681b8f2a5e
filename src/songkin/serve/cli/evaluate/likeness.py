"""songkin evaluate similar-genre, similar-colisten: the systems that say how near songs are, and how they are shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from songkin.errors import QueryError
from songkin.serve.cli.contenders import nearest_songs, readers
from songkin.serve.cli.evaluate.flags import How
from songkin.serve.cli.evaluate.labels import known_readers
from songkin.serve.cli.evaluate.telling import Tell, telling
from songkin.serve.cli.printing import console, print_json

if TYPE_CHECKING:
    from songkin.evaluation import Resembling
    from songkin.types import Encoder

__all__ = ["evaluate", "show"]

Document = Mapping[str, Any]
Make = Callable[[Tell], "Resembling"]
ASKED = 500  # songs of similar-genre; similar-colisten asks for all of its songs


def evaluate(task: str, names: str | None, given: Sequence[str], how: How, *, seed: int, library: str | None) -> None:
    """Judge the systems named on one of the two tasks, and print the report."""
    from songkin.evaluation import judge_likeness
    from songkin.evaluation.tasks import similar

    genre = task == "similar-genre"
    songs = similar.songs(seed=seed)
    described = how.encode and any(song.genres for song in songs)
    chosen = _chosen(task, names, known_readers(given, encode=how.encode), library, described=described)
    limit = how.limit
    question = similar.by_genre(songs, asked=limit or ASKED) if genre else similar.by_listeners(songs, asked=limit)
    measures = similar.GENRE if genre else similar.COLISTEN
    asked = len(question.asked) if genre else len(question.songs)
    reading = sum(name not in UNREAD for name in chosen)
    total = len(chosen) * asked + reading * len(question.songs)
    with telling(total, quiet=how.json_out, counted="songs") as tell:
        report = judge_likeness(task, question, [make(tell) for make in chosen.values()], measures, tell=tell)
        document = report.as_json() | {"seeds": [seed], "limit": limit}
    print_json(document) if how.json_out else show(document, report.systems)


def show(document: Document, says: Mapping[str, str]) -> None:
    """Print a row a system and a column a measure, each with its bounds, and how the first stands to the best other."""
    from rich import box
    from rich.table import Table

    _say(
        f"{document['task']}: {document['n_queries']:,} songs, each against {document['n_documents']:,} "
        f"by {document['artists']:,} artists, seed {document['seeds'][0]}\n"
    )
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    table.add_column("system", style="bold")
    table.add_column("")
    for measure in document["measures"]:
        table.add_column(measure, justify="right")
    for name, values in document["systems"].items():
        table.add_row(name, says[name], *map(_cell, values.values()))
    console().print(table)
    first = next(iter(document["systems"]))
    if found := document["compared"].get(first):
        _say(
            f"\n{first} against {found['rival']}, {found['measure']}: {found['mean']:+.3f} (95 %: {found['low']:+.3f} "
            f"to {found['high']:+.3f}), p = {found['p']:.4f} (paired permutation by artist)"
        )


def _chosen(
    task: str, names: str | None, encoders: Mapping[str, str], library: str | None, *, described: bool
) -> dict[str, Make]:
    """Return what makes each system that is wanted, in order; QueryError for one that is not there.

    Ours learns from songs that genres are `described` by.
    """
    known: dict[str, Make] = {}
    if task == "similar-colisten" and described:
        known |= {"ours": _ours(words_only=False), "ours-words": _ours(words_only=True)}
    if library:
        known |= {"engine": _engine(library, "all"), "engine-lyrics": _engine(library, "lyrics")}
    known |= {name: _reading(name, place) for name, place in encoders.items()}
    known |= {"tf-idf": _tf_idf, "bm25": _bm25}
    if task == "similar-colisten":
        known |= {"genre": _genre, "genre-year": _genre_year}
        known |= {f"genre-year-{name}": _fields(name, place) for name, place in list(encoders.items())[:1]}
    known["random"] = _random
    wanted = [name.strip() for name in names.split(",")] if names else list(known)
    for name in wanted:
        if name not in known:
            more = "; the engine needs a library: -L FOLDER" if name.startswith("engine") and not library else ""
            raise QueryError(f"{task} has no system '{name}'; there are {', '.join(known)}{more}")
    return {name: known[name] for name in dict.fromkeys(wanted)}


def _engine(place: str, part: str) -> Make:
    def make(tell: Tell) -> Resembling:
        from songkin.evaluation import Resembling
        from songkin.library import Library

        opened = Library.open(place)
        says = "songkin similar" if part == "all" else f"songkin similar --in {part}"
        name = "engine" if part == "all" else f"engine-{part}"
        return Resembling(name, says, lambda songs: nearest_songs(opened, [song.id for song in songs], part=part))

    return make


@cache
def _encoder(place: str) -> Encoder:
    """Load an encoder, once, for what it has read it remembers."""
    return readers([place])[0].encoder


def _reading(name: str, place: str) -> Make:
    """Load an encoder when it is its turn."""

    def make(tell: Tell) -> Resembling:
        from songkin.evaluation.systems.likeness import by_lyrics

        return by_lyrics(name, _encoder(place), tell=tell)

    return make


def _fields(name: str, place: str) -> Make:
    def make(tell: Tell) -> Resembling:
        from songkin.evaluation.systems.likeness import by_fields, by_lyrics, same_genre, same_time

        lyrics = by_lyrics(name, _encoder(place), tell=tell).fit
        return by_fields(f"genre-year-{name}", "and the encoder", same_genre, same_time, lyrics)

    return make


def _tf_idf(tell: Tell) -> Resembling:
    from songkin.evaluation import TfIdf
    from songkin.evaluation.systems.likeness import by_words

    return by_words("tf-idf", "words, cosine", TfIdf)


def _bm25(tell: Tell) -> Resembling:
    from songkin.evaluation import Bm25
    from songkin.evaluation.systems.likeness import by_words

    return by_words("bm25", "words", Bm25)


def _genre(tell: Tell) -> Resembling:
    from songkin.evaluation.systems.likeness import by_fields, same_genre

    return by_fields("genre", "coarse genre, as given", same_genre)


def _genre_year(tell: Tell) -> Resembling:
    from songkin.evaluation.systems.likeness import by_fields, same_genre, same_time

    return by_fields("genre-year", "and the year", same_genre, same_time)


def _ours(*, words_only: bool) -> Make:
    """Fit our own space to the songs of all other artists."""

    def make(tell: Tell) -> Resembling:
        from songkin.evaluation.tasks import similar
        from songkin.training.heads import by_space

        return by_space(similar.songs(), words_only=words_only, reader=_remembering(tell))

    return make


@cache
def _remembering(tell: Tell) -> Any:
    """Return what reads lyrics with the shipped encoder, each once."""
    from songkin.training.heads.remembering import Remembering

    return Remembering(tell=tell)


def _random(tell: Tell) -> Resembling:
    from songkin.evaluation.systems.likeness import by_chance

    return by_chance()


UNREAD = ("engine", "engine-lyrics", "tf-idf", "bm25", "genre", "genre-year", "random")


def _cell(values: Sequence[float | None]) -> str:
    mean, low, high = values
    return "-" if mean is None else f"{mean:.3f}\n{low:.3f} to {high:.3f}"


def _say(text: str) -> None:
    console().print(text, markup=False, highlight=False, soft_wrap=True)
