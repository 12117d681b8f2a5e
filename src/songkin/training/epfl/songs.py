"""The songs of the re-run: a MusicOSet folder or popular_songs, cleaned, with the count after each step.

Conventions
-----------
A funnel maps each step to the songs left behind it, in order; PAPER holds the paper's counts by the same names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from songkin.datasets.charted import Charted, charted, musicoset_files, popular
from songkin.datasets.checking import file_of
from songkin.datasets.popular_songs import CORPUS as POPULAR_SONGS
from songkin.errors import TrainingError
from songkin.training.data.example import Ground
from songkin.training.data.labelled import Labelled, LabelledSong, read_songs
from songkin.training.epfl.cleaning import DROPS, standard
from songkin.training.epfl.genres import coarse

__all__ = [
    "EIGHT",
    "LINES",
    "PAPER",
    "PAPER_GENRES",
    "POPULAR",
    "ROWS",
    "chosen",
    "corpus_files",
    "folder_of",
    "genre_counts",
    "labelled",
    "read",
    "read_corpus",
]

POPULAR, LINES = "popular_songs", ".jsonl"
ROWS, FULL, CLEAN, KNOWN, EIGHT = "rows of lyrics", "not empty", "not empty once cleaned", "a genre", "one of the eight"
PAPER: Mapping[str, int] = MappingProxyType(
    dict(
        zip(
            (ROWS, FULL, CLEAN, *DROPS, KNOWN, EIGHT),
            (20_404, 19_663, 19_607, 18_428, 18_353, 16_885, 15_863),
            strict=True,
        )
    )
)
PAPER_GENRES: Mapping[str, int] = MappingProxyType(
    {
        **{"rock": 3476, "pop": 2774, "country": 2412, "soul/disco": 2339, "dance pop": 2082, "hip-hop/rap": 1472},
        **{"r&b": 972, "acoustic/folk": 336},
    }
)
Mapped = Callable[[Sequence[str], Sequence[str]], str | None]


def corpus_files(corpus: str, ground: Ground) -> tuple[Path, ...]:
    """Return every file that `read_corpus` reads; an error names one that is missing, with the cure."""
    if corpus == POPULAR:
        return (file_of(POPULAR_SONGS, "songs.parquet", ground.data),)
    if corpus.endswith(LINES):
        return (ground.beside(corpus),)
    return tuple(musicoset_files(folder_of(corpus, ground)).values())


def read_corpus(corpus: str, ground: Ground) -> Labelled:
    """Read "popular_songs", or a MusicOSet folder or JSON lines, whose path starts at the recipe's folder, once."""
    if corpus.endswith(LINES):
        return read_songs(ground.beside(corpus))
    return _read_once(corpus if corpus == POPULAR else str(folder_of(corpus, ground)), ground.data)


@lru_cache(maxsize=4)
def _read_once(corpus: str, data: Path | None) -> Labelled:
    return read(corpus, data=data)


def folder_of(corpus: str, ground: Ground) -> Path:
    """Return the MusicOSet folder that a corpus names, from the recipe's folder on."""
    return ground.folder / Path(corpus).expanduser()


def read(corpus: str, *, data: Path | None = None, mapped: Mapped = coarse) -> Labelled:
    """Read "popular_songs" or a MusicOSet folder and clean it; SourceError where it is not there.

    TrainingError where no song is left. `mapped` makes a genre of all genres and the main ones.
    """
    rows = popular(data) if corpus == POPULAR else charted(Path(corpus).expanduser())
    found = labelled(rows, mapped=mapped)
    if not found.songs:
        steps = ", ".join(f"{step}: {left:,}" for step, left in found.funnel.items())
        raise TrainingError(f"{corpus}: no song is left to learn from ({steps}); give a folder with lyrics and genres")
    return found


def labelled(rows: Iterable[Charted], *, mapped: Mapped = coarse) -> Labelled:
    """Take songs through the funnel; no songs give none and counts of 0."""
    left: Counter[str] = Counter(dict.fromkeys(PAPER, 0))
    songs = []
    for row in rows:
        text, steps = _text(row)
        left.update(steps)
        if text is None or not (row.genres or row.main_genres):
            continue
        left[KNOWN] += 1
        genre = mapped(row.genres, row.main_genres)
        if genre is not None:
            left[EIGHT] += 1
            songs.append(_song(row, text, genre))
    return Labelled(tuple(songs), {step: left[step] for step in PAPER})


def chosen(songs: Sequence[LabelledSong], most: int) -> tuple[LabelledSong, ...]:
    """Return at most so many songs, evenly spread over the file and in its order; 0 = all."""
    if not most or most >= len(songs):
        return tuple(songs)
    return tuple(songs[at * len(songs) // most] for at in range(most))


def genre_counts(songs: Iterable[LabelledSong]) -> dict[str, int]:
    """Count songs by genre, most first; ties by name."""
    counts = Counter(song.genre or "none" for song in songs)
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _text(row: Charted) -> tuple[str | None, list[str]]:
    """Return a song's cleaned words, None where it is dropped, and the steps it passed."""
    if not row.lyrics:
        return None, [ROWS]
    text = standard(row.lyrics)
    if text is None:
        return None, [ROWS, FULL]
    passed = [ROWS, FULL, CLEAN]
    for step, keeps in DROPS.items():
        if not keeps(text):
            return None, passed
        passed.append(step)
    return text, passed


def _song(row: Charted, text: str, genre: str) -> LabelledSong:
    return LabelledSong(
        id=row.id,
        artist="; ".join(row.artists),
        title=row.title,
        text=text,
        genre=genre,
        genres=row.genres,
        year=row.year,
        explicit=row.explicit,
        popularity=row.popularity,
        features=row.features,
    )
