"""Some dozens of made-up songs of two genres, happy and sad, and label heads fitted to them with the toy encoder."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from songkin.annotate import Annotator, Heads
from songkin.datasets.songkin_readings import Read, mark
from songkin.evaluation.tasks.labels import LabelledText
from songkin.testing import ToyEncoder
from songkin.training.heads import Material, fit_material, material
from songkin.training.heads.fitting import Options
from songkin.training.heads.heads import read_texts
from songkin.types import Lyrics, Song

COUNTRY = (
    "I drove the old truck down the dusty county road",
    "The river runs behind my father's wooden barn",
    "There is a fiddle in the kitchen and a horse beside the gate",
    "The preacher and the farmer watched the cotton in the field",
)
RAP = (
    "They count the money while the engine of the city hums",
    "I grab the microphone and every rhyme is on the block",
    "My crew is rolling through the corner with the speakers loud",
    "He got the chain and then the paper and he wrote another verse",
)
HAPPY = (
    "We laugh and dance together in the morning sun",
    "Everybody smiles because the party has begun",
    "I feel so happy that I sing and clap along",
)
SAD = (
    "I cry alone beside the window in the rain",
    "All the tears are falling and I never felt such pain",
    "They buried him in winter and the house is cold and gone",
)
SWORN = "I do not give a fuck about this shit they said"
GENTLE = "I do not mind a word of what the people said"
SMALL = Options(landmarks=10, rarest=1)


def lyrics(number: int) -> str:
    """The words of song `number`: even ones are country, every second pair is happy, every third swears."""
    draw = np.random.default_rng(number)
    genre, mood = (RAP if number % 2 else COUNTRY), (HAPPY if number % 4 < 2 else SAD)
    own = [*draw.permutation(genre)[:3], *draw.permutation(mood), SWORN if number % 3 == 0 else GENTLE]
    own.insert(2, f"And this is what I wrote on page{number}")
    return "\n".join(str(line) for line in own)


def text(number: int, **more: Any) -> LabelledText:
    """What is known of song `number`."""
    happy = number % 4 < 2
    spread = (number % 7) / 70
    features = {"valence": (0.7 if happy else 0.2) + spread, "energy": 0.8 - spread if number % 2 else 0.4 + spread}
    known: dict[str, Any] = {
        "artist": f"Artist {number % 13}",
        "text": lyrics(number),
        "genre": "rap" if number % 2 else "country",
        "features": {**features, "danceability": 0.5 + spread},
        "happy": happy,
        "explicit": number % 3 == 0,
    }
    return LabelledText(**{**known, **more})


def texts(n: int = 60) -> list[LabelledText]:
    return [text(number) for number in range(n)]


def readings(songs: Sequence[LabelledText]) -> dict[str, Read]:
    """What was read in the songs: a party in happy ones, grief in the others."""
    return {
        mark(song.text): Read(0.9, 0.8, 0.7, 0.6, ("party",)) if song.happy else Read(0.1, 0.2, 0.3, 0.4, ("grief",))
        for song in songs
    }


def toy_material(songs: Sequence[LabelledText]) -> Material:
    return material(songs, lambda given: read_texts(given, ToyEncoder()), read=readings(songs))


def fitted(songs: Sequence[LabelledText], options: Options = SMALL) -> Heads:
    """Heads fitted to songs."""
    return fit_material(toy_material(songs), ToyEncoder.fingerprint, options=options).heads


@lru_cache(maxsize=1)
def heads() -> Heads:
    """Heads fitted to sixty songs, once a session."""
    return fitted(texts())


@lru_cache(maxsize=1)
def other_heads() -> Heads:
    """Other heads than those, for the same encoder."""
    return fitted(texts(), SMALL._replace(penalty=5.0))


def annotator(own: Heads | None = None) -> Annotator:
    return Annotator(own or heads(), ToyEncoder())


def song(number: int, **more: Any) -> Song:
    """A song none of the heads saw, of the same making: numbers from 100 on."""
    known: dict[str, Any] = {"id": f"n{number}", "title": f"Title {number}", "artists": (f"New {number}",)}
    return Song(**{**known, "lyrics": Lyrics(lyrics(number)), **more})
