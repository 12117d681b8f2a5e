"""Small recordings to be heard, and an ear in this process: what the tests of listening share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from songkin.audio import Told, listen
from songkin.errors import SongkinError

RATE = 11_025


def clicks(bpm: float, *, seconds: float = 8.0, hz: float = 440.0, gain: float = 0.5) -> Any:
    """Return a tone that is struck `bpm` times a minute: samples (n,)."""
    time_s = np.arange(int(seconds * RATE)) / RATE
    since = time_s % (60 / bpm)
    return (gain * np.exp(-12 * since) * np.sin(2 * np.pi * hz * time_s)).astype(np.float32)


def recording(path: Path, samples: Any, *, rate: int = RATE, subtype: str = "PCM_16") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples, rate, subtype=subtype)
    return path


def folder(place: Path, tempos: Iterable[float] = (90, 120, 124)) -> Path:
    """Write one recording for each tempo, called by it."""
    for bpm in tempos:
        recording(place / f"At {bpm:g}.flac", clicks(bpm))
    return place


def here(jobs: Iterable[tuple[Any, Path]], *, workers: int | None = None) -> Iterator[Told[Any]]:
    """Listen in this process, one file after another: `listen_to_each` without workers."""
    for job, path in jobs:
        try:
            yield Told(job, listen(path))
        except SongkinError as error:
            yield Told(job, None, str(error))
