"""A small library with numbers one can check by hand, read by a toy encoder, and ways to ask it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from songkin.library.preparing import encoded, prepared
from songkin.search import (
    ArtistCap,
    Avoid,
    Away,
    Engine,
    Explain,
    Features,
    Meaning,
    Others,
    Prefer,
    Tilt,
    Title,
    Variety,
    Versions,
    Words,
)
from songkin.search.line import LineChannel
from songkin.store import Store, writing
from songkin.testing import ToyEncoder
from songkin.types import Lyrics, Ranking, Song

RAIN = """[00:10.00]The rain is drumming on the tin
[00:14.50]I leave the kettle on for you
[00:19.00]And count the thunder rolling in"""
STORM = "Rain comes over the breakwater wall\nThe gulls are gone, the ferry too\nNobody hears the foghorn call"
DISCO = "Glitter on the ceiling, glitter on my shoes\nSpin the mirror, spin the night\nNobody here has time to lose"

TOLD = (
    Song(
        "rain",
        "Tin Roof",
        ("Ada Moss",),
        year=1994,
        language="en",
        explicit=False,
        genres=("Folk",),
        tags={"acoustic guitar": 1.0, "melancholic": 0.8},
        features={"valence": 0.2, "energy": 0.3, "tempo_bpm": 80.0},
        description="A hushed waltz. It waits for someone at the window.",
        lyrics=Lyrics(RAIN),
    ),
    Song(
        "storm",
        "Harbour",
        ("Ada Moss",),
        year=2001,
        language="en",
        genres=("Folk", "Rock"),
        features={"valence": 0.3, "energy": 0.6, "tempo_bpm": 120.0},
        lyrics=Lyrics(STORM),
    ),
    Song("walk", "Pavement", ("Cy Dell",), tags={"rain": 1.0, "piano": 0.5}, description="For walking in the rain."),
    Song(
        "disco",
        "Mirrorball",
        ("Bo Lux", "Ada Moss"),
        year=2015,
        language="en",
        explicit=True,
        genres=("Dance Pop",),
        tags={"synthesizer": 1.0},
        features={"valence": 0.9, "energy": 0.9, "tempo_bpm": 124.0},
        lyrics=Lyrics(DISCO),
    ),
    Song("bag", "Bedrock", ("Cy Dell",), language="en", lyrics=Lyrics(bag={"river": 3, "pebble": 1})),
    Song("bare", "Sketch"),
    Song("hum", "Interlude", ("Bo Lux",), year=2015, lyrics=Lyrics(instrumental=True), features={"energy": 0.1}),
    Song("music", "Music", ("The Playlist Band",)),
    Song("eki", "雨の駅", ("星野",), language="ja", lyrics=Lyrics("改札口で君を待つ\n夜の海が光っている")),
    Song("poezd", "Поезд", ("Вера",), language="ru", lyrics=Lyrics("Мы поедем до весны\nСнежинки лежали на крышах")),
)
GENRES, ARTISTS, LANGUAGES = ("Jazz", "Hip-Hop", "R&B/Soul"), ("Dee", "Gus"), ("en", "de", None)


def filler(number: int) -> Song:
    """A song with each field missing now and then; it sings "wordN" and is described as "sortN"."""
    return Song(
        f"f{number}",
        f"Number {number}",
        (ARTISTS[number % 2],) if number % 4 else (),
        year=1980 + number if number % 3 else None,
        language=LANGUAGES[number % 3],
        explicit=(True, False, None)[number % 3],
        genres=(GENRES[number % 3],) if number % 5 else (),
        tags={f"sort{number}": 1.0} if number % 2 else {},
        features={"valence": number / 30, "energy": number / 30} if number % 2 else {},
        lyrics=Lyrics(f"word{number} everyday", language="en") if number % 7 else None,
    )


FILLERS = tuple(filler(number) for number in range(30))

STEPS = (  # tempo: median 100, standard deviation 5; descriptions: one, half and no word in common
    Song("t93", "Largo", features={"tempo_bpm": 93.0, "valence": 0.4}, description="rain sun"),
    Song("t99", "Andante", features={"tempo_bpm": 99.0}, description="rain moon"),
    Song("t101", "Moderato", features={"tempo_bpm": 101.0}, description="glass"),
    Song("t107", "Presto", features={"tempo_bpm": 107.0, "valence": 0.4}, description="rain sun"),
    Song("unmeasured", "Rubato", lyrics=Lyrics("rain sun", language="en")),
    Song("blank", "Tacet"),
)


@dataclass
class Shelf:
    """A library, its songs by key, and everything that searches it."""

    store: Store
    songs: Mapping[int, Song] = field(default_factory=dict)
    encoder: ToyEncoder | None = None

    def __post_init__(self) -> None:
        self.meaning = Meaning(self.store, self.encoder) if self.encoder else None
        self.channels = {channel.name: channel for channel in (Words(self.store), Title(self.store))}
        self.channels |= {"features": Features(self.store), "line": LineChannel(self.store)}
        self.channels |= {"meaning": self.meaning} if self.meaning else {}
        stages = [stage(self.store) for stage in (Others, Prefer, Away, Tilt, Versions, ArtistCap, Variety)]
        stages.insert(2, Avoid(self.store, self.meaning))
        self.engine = Engine(self.store, [*self.channels.values()], stages, Explain(self.store, self.meaning))

    def key(self, name: str) -> int:
        """Return the key of an id."""
        return int(self.store.keys([name])[0])

    def keys(self, *names: str) -> list[int]:
        """Return the keys of ids."""
        return [int(key) for key in self.store.keys(names)]

    def ids(self, ranking: Ranking) -> list[str | None]:
        """Return a ranking as ids, best first."""
        return self.store.ids(ranking.keys)

    def ranking(self, **scores: float) -> Ranking:
        """Make a ranking of scores by id."""
        return Ranking.of(self.keys(*scores), list(scores.values()))


def shelved(place: Path, songs: Sequence[Song], *, encode: bool = True) -> Shelf:
    """Make a library of songs at `place`; without `encode` it has no vectors."""
    encoder = ToyEncoder() if encode else None
    with writing(place, dim=ToyEncoder.dim if encode else 1) as writer:
        rows = [prepared(song) for song in songs]
        writer.upsert(encoded(rows, encoder) if encoder else rows)
        writer.finish()
    store = Store.open(place)
    keys = store.keys([song.id for song in songs]).tolist()
    return Shelf(store, dict(zip(keys, songs, strict=True)), encoder)


@contextmanager
def counted(store: Store, *names: str) -> Iterator[dict[str, int]]:
    """Count the calls of a store's methods."""
    calls = dict.fromkeys(names, 0)
    with pytest.MonkeyPatch.context() as patch:
        for name in names:
            patch.setattr(store, name, _counting(calls, name, getattr(store, name)))
        yield calls


def _counting(calls: dict[str, int], name: str, method: Any) -> Any:
    def call(*args: Any, **more: Any) -> Any:
        calls[name] += 1
        return method(*args, **more)

    return call
