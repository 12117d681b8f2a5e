"""Songs laid out for the three models: their labels, the three sides, and the parts that a network may be given.

Conventions
-----------
A part is (n, width) float32 and scaled on the songs trained on: "frozen" vectors as the encoder comes, "tuned" ones,
"topics", and "audio" where it is known. Times are seconds. What was made is kept in one file, and made again where the
songs or what they are read by changed.
"""

from __future__ import annotations

import hashlib
import json
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.training.checkpoints import atomically
from songkin.training.irvine import audio
from songkin.training.irvine.head import Course, Side
from songkin.training.irvine.songs import MoodSet, Sides
from songkin.training.irvine.topics import fitted
from songkin.training.irvine.tuning import Slowly, tuned, vectors
from songkin.training.networks.backbone import Backbone

__all__ = ["Bench", "Stage", "laid_out"]

Tell = Callable[[int, int, float], None]


class Stage(NamedTuple):
    """What is shared by all models of a bench: how heads and encoder are trained, the topics, what the encoder is."""

    course: Course = Course()
    slowly: Slowly = Slowly()
    topics: int = 7
    topic_model: str = "lda"
    start: str = "minilm"
    tune: bool = True


class Bench(NamedTuple):
    """Labelled songs with their parts; `own` (n,) are the moods that the tuned encoder's own output tells."""

    labelled: MoodSet
    sides: Sides
    parts: Mapping[str, NDArray[np.float32]]
    times: Mapping[str, float]
    own: NDArray[np.int64]

    @property
    def moods(self) -> NDArray[np.int64]:
        """The true mood of each song (n,)."""
        return np.array([song.mood for song in self.labelled.songs], np.int64)

    @property
    def commonest(self) -> int:
        """The mood that most songs to train on have."""
        return int(np.bincount(self.moods[self.sides.train], minlength=1).argmax())

    def beside(self, names: tuple[str, ...]) -> NDArray[np.float32]:
        """Return parts side by side (n, sum of their widths)."""
        return np.concatenate([self.parts[name] for name in names], axis=1)

    def split(self, names: tuple[str, ...]) -> tuple[Side, Side]:
        """Return the parts and moods of the songs to train on, and of those to choose by."""
        whole, moods = self.beside(names), self.moods
        train, valid = self.sides.train, self.sides.valid
        return Side(whole[train], moods[train]), Side(whole[valid], moods[valid])

    def split_anew(self, labelled: MoodSet, sides: Sides) -> Bench:
        """Return the same songs on other sides, with their frozen vectors alone, scaled on those to train on now.

        The other parts are left out: tuning and topics saw the old side to train on.
        """
        frozen = audio.scaled(np.asarray(self.parts["frozen"], np.float64), sides.train)
        return Bench(labelled, sides, {"frozen": frozen}, {"frozen": self.times["frozen"]}, self.own)


def laid_out(
    labelled: MoodSet,
    sides: Sides,
    backbone: Callable[[], Backbone],
    stage: Stage,
    place: Path,
    tell: Tell = lambda step, steps, loss: None,
) -> Bench:
    """Make the parts of all songs, or read them where they were made already."""
    mark = _mark(labelled, sides, stage)
    known = _read(place, mark)
    if known is None:
        known = _made(labelled, sides, backbone(), stage, tell)
        with atomically(place) as file:
            held: dict[str, Any] = {"mark": mark, "own": known.own, "times": json.dumps(known.times), **known.parts}
            np.savez(file, **held)
    return Bench(labelled, sides, *known)


class _Made(NamedTuple):
    """What is kept of a bench."""

    parts: dict[str, NDArray[np.float32]]
    times: dict[str, float]
    own: NDArray[np.int64]


def _made(labelled: MoodSet, sides: Sides, backbone: Backbone, stage: Stage, tell: Tell) -> _Made:
    texts, slowly = [song.text for song in labelled.songs], stage.slowly
    found = _Made({}, {}, np.full(len(texts), -1, np.int64))

    def read(own: Backbone) -> NDArray[np.float32]:
        return vectors(own, texts, pooling=slowly.pooling, max_tokens=slowly.max_tokens)

    def timed(name: str, make: Callable[[], NDArray[np.floating]]) -> None:
        began = time.perf_counter()
        found.parts[name] = audio.scaled(np.asarray(make(), np.float64), sides.train)
        found.times[name] = time.perf_counter() - began

    def after_tuning() -> NDArray[np.float32]:
        moods = np.array([song.mood for song in labelled.songs], np.int64)
        slow = tuned(backbone, texts, moods, (sides.train, sides.valid), len(labelled.classes), slowly, tell)
        found.own[:] = slow.predict(texts, max_tokens=slowly.max_tokens)
        return read(slow.network.backbone)

    timed("frozen", lambda: read(backbone))
    if stage.tune:
        timed("tuned", after_tuning)
    timed("topics", lambda: _topics(texts, sides, stage))
    if labelled.audio:
        timed("audio", lambda: audio.table(labelled.songs, labelled.audio))
    return found


def _topics(texts: list[str], sides: Sides, stage: Stage) -> NDArray[np.float32]:
    """Fit topics on the songs to train on, and read all."""
    own = fitted(stage.topic_model, [texts[at] for at in sides.train], topics=stage.topics, seed=stage.course.seed)
    return own.shares(texts)


def _mark(labelled: MoodSet, sides: Sides, stage: Stage) -> str:
    """Return what changes with the songs, their labels, the split, or how parts are made."""
    songs = [(song.id, song.mood, len(song.text)) for song in labelled.songs]
    told = json.dumps([songs, [side.tolist() for side in sides], stage, labelled.audio], default=str)
    return hashlib.sha256(told.encode()).hexdigest()


def _read(place: Path, mark: str) -> _Made | None:
    """Return what was kept; None where there is none, or it is of other songs, or damaged."""
    try:
        with place.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            if str(kept["mark"]) != mark:
                return None
            parts = {name: kept[name] for name in kept.files if name not in ("mark", "own", "times")}
            return _Made(parts, json.loads(str(kept["times"])), kept["own"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
