"""Recordings that are damaged on purpose: what it does to the vector of their sound, and to each feature.

Conventions
-----------
Samples are those of a Waveform at RATE_HZ, full scale 1. Each damage has levels from mild to strong, in its own unit,
and is a function (samples, level, generator) -> samples. Cosines are of sound vectors; a track's own is taken between
its whole and its damaged recording, those of different tracks between whole recordings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.audio import FINGERPRINT, Waveform, analyse, features, read, sound_vector
from songkin.errors import SourceError, TrainingError
from songkin.extras import need
from songkin.training.robustness.lines import KeptLines, digest
from songkin.types import Vectors

__all__ = [
    "RATE_HZ",
    "SOUND_DAMAGES",
    "Heard",
    "SoundDamage",
    "Track",
    "folder_tracks",
    "hear_tracks",
    "made_up_tracks",
]

RATE_HZ = 44_100  # damages reach up to 22 kHz; the audio room then takes what it needs
ENDINGS = frozenset([".flac", ".ogg", ".mp3", ".opus", ".m4a", ".wav"])
TONIC_HZ = 220.0

Generator = np.random.Generator
Way = Callable[[Vectors, float, Generator], Vectors]


@dataclass(frozen=True, slots=True)
class SoundDamage:
    """A damage: what it is, the unit of its levels, and the levels from mild to strong."""

    says: str
    unit: str
    levels: tuple[float, ...]
    way: Way


class Track(NamedTuple):
    """A recording by a name that no other has, read when it is asked for."""

    name: str
    waveform: Callable[[], Waveform]


class Heard(NamedTuple):
    """What is heard of one recording: its sound vector, and its features as far as they can be told."""

    vector: Sequence[float]
    features: Mapping[str, float]


def white_noise(samples: Vectors, snr_db: float, rng: Generator) -> Vectors:
    """Add white noise; the ratio is that of mean squares."""
    return _mixed(samples, rng.standard_normal(len(samples)), snr_db)


def pink_noise(samples: Vectors, snr_db: float, rng: Generator) -> Vectors:
    """Add noise whose power falls as 1 / frequency."""
    if not len(samples):
        return samples
    spectrum = np.fft.rfft(rng.standard_normal(len(samples)))
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 1.0))
    return _mixed(samples, np.fft.irfft(spectrum, len(samples)), snr_db)


def muffled(samples: Vectors, corner_hz: float, rng: Generator) -> Vectors:
    """Take the treble away as a Butterworth filter of second order does: -3 dB at the corner, -12 dB an octave."""
    return _filtered(samples, lambda hz: 1 / np.sqrt(1 + (hz / corner_hz) ** 4))


def narrowed(samples: Vectors, top_hz: float, rng: Generator) -> Vectors:
    """Cut everything off above a frequency, as an mp3 of few bits does: 16 kHz at 128 kbit/s, 11 kHz at 64."""
    return _filtered(samples, lambda hz: (hz <= top_hz).astype(float))


def amplified(samples: Vectors, gain_db: float, rng: Generator) -> Vectors:
    """Turn the level up or down; what goes over full scale is clipped."""
    return np.asarray(np.clip(samples * 10 ** (gain_db / 20), -1.0, 1.0), np.float32)


def sped(samples: Vectors, percent: float, rng: Generator) -> Vectors:
    """Play faster by so many percent, as a tape does: tempo and pitch rise together."""
    soxr = need("soxr", extra="audio")
    return np.asarray(soxr.resample(samples, RATE_HZ * (1 + percent / 100), RATE_HZ), np.float32)


SOUND_DAMAGES: Mapping[str, SoundDamage] = MappingProxyType(
    {
        "white noise": SoundDamage("white noise added", "dB SNR", (40, 30, 20, 10, 0), white_noise),
        "pink noise": SoundDamage("pink noise added", "dB SNR", (40, 30, 20, 10, 0), pink_noise),
        "muffled": SoundDamage("low-pass, 12 dB an octave", "Hz", (8000, 4000, 2000, 1000), muffled),
        "narrowed": SoundDamage("bandwidth cut off, as mp3 does", "Hz", (16_000, 11_000, 8000, 4000), narrowed),
        "louder": SoundDamage("turned up and clipped", "dB", (3, 6, 12, 20), amplified),
        "softer": SoundDamage("turned down", "dB", (-6, -12, -20, -40), amplified),
        "faster": SoundDamage("played faster", "%", (0.5, 1, 2, 5), sped),
    }
)


def hear_tracks(
    tracks: Sequence[Track],
    place: Path,
    *,
    seed: int = 0,
    tell: Callable[[str], None] = lambda name: None,
    lost: Callable[[str], None] = lambda why: None,
) -> list[dict[str, Heard]]:
    """Hear each track whole, under "", and under every damage and level, under "damage level".

    What `place` has of the same tracks is not heard anew; `tell` hears of each track before, `lost` of one that cannot
    be read, and the rest go on.
    """
    had, found = KeptLines(place), []
    levels = [[name, list(own.levels)] for name, own in SOUND_DAMAGES.items()]
    for track in tracks:
        key = digest([track.name, FINGERPRINT, seed, levels])
        if key not in had:
            tell(track.name)
            try:
                had[key] = {name: own._asdict() for name, own in _heard_each(track.waveform(), seed)}
            except SourceError as error:
                lost(str(error))
                continue
        found.append({name: Heard(**own) for name, own in had[key].items()})
    return found


def folder_tracks(folder: Path, *, most: int, seconds: float) -> list[Track]:
    """Return at most so many sound files below a folder, spread evenly over it, `seconds` of each.

    TrainingError where there are none.
    """
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in ENDINGS and path.is_file())
    if not files:
        raise TrainingError(f"{folder}: no sound file lies below it; endings are {', '.join(sorted(ENDINGS))}")
    kept = [files[at] for at in np.linspace(0, len(files) - 1, min(most, len(files))).astype(int)]
    return [_file_track(path, path.relative_to(folder).as_posix(), seconds) for path in kept]


def made_up_tracks(count: int, *, seconds: float, seed: int = 0) -> list[Track]:
    """Return tracks of a few notes over a beat, each with its own tempo, key, brightness and level."""
    return [Track(f"made up {at} {seconds:g} {seed}", _maker(at, seconds, seed)) for at in range(count)]


def _file_track(path: Path, name: str, seconds: float) -> Track:
    def waveform() -> Waveform:
        samples = read(path, rate=RATE_HZ).samples
        spare = max(len(samples) - round(seconds * RATE_HZ), 0)
        return Waveform(samples[spare // 2 : len(samples) - (spare - spare // 2)], RATE_HZ)  # from the middle

    return Track(f"{name} {path.stat().st_size} {seconds:g}", waveform)


def _maker(at: int, seconds: float, seed: int) -> Callable[[], Waveform]:
    def waveform() -> Waveform:
        rng = np.random.default_rng([seed, at])
        time = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
        beat_s, harmonics = 60 / rng.uniform(70, 170), int(rng.integers(2, 12))
        steps = rng.choice([0, 2, 4, 5, 7, 9, 11], 16) + rng.integers(12)
        pitch_hz = TONIC_HZ * 2 ** (steps[(time / beat_s / 2).astype(int) % 16] / 12)
        phase = 2 * np.pi * np.cumsum(pitch_hz) / RATE_HZ
        notes = sum(np.sin(h * phase) / h for h in range(1, harmonics + 1))
        drum = rng.standard_normal(len(time)) * np.exp(-(time % beat_s) / rng.uniform(0.02, 0.1))
        mixed = notes + rng.uniform(0.2, 2.0) * drum
        return Waveform((rng.uniform(0.1, 0.9) * mixed / np.abs(mixed).max()).astype(np.float32), RATE_HZ)

    return waveform


def _heard_each(waveform: Waveform, seed: int) -> Iterator[tuple[str, Heard]]:
    yield "", _heard(waveform)
    for name, own in SOUND_DAMAGES.items():
        for level in own.levels:
            samples = own.way(waveform.samples, level, np.random.default_rng(seed))
            yield f"{name} {level:g}", _heard(Waveform(samples, waveform.rate))


def _heard(waveform: Waveform) -> Heard:
    analysis = analyse(waveform)
    return Heard(sound_vector(analysis).tolist(), {name: float(value) for name, value in features(analysis).items()})


def _mixed(samples: Vectors, noise: NDArray[np.floating[Any]], snr_db: float) -> Vectors:
    """Add noise at a ratio to the signal; silence stays silence."""
    power = float(np.mean(np.square(samples, dtype=np.float64))) if len(samples) else 0.0
    scale = np.sqrt(power / max(float(np.mean(noise**2)), 1e-30) / 10 ** (snr_db / 10)) if power else 0.0
    return np.asarray(samples + scale * noise, np.float32)


def _filtered(samples: Vectors, gain: Callable[[NDArray[np.floating[Any]]], Any]) -> Vectors:
    """Weigh the spectrum of the whole recording."""
    if not len(samples):
        return samples
    spectrum = np.fft.rfft(samples.astype(np.float64))
    return np.asarray(
        np.fft.irfft(spectrum * gain(np.fft.rfftfreq(len(samples), 1 / RATE_HZ)), len(samples)), np.float32
    )
