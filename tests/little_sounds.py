"""Sounds whose answers are known: tones, scales, chords, clicks, drums, noise, and files of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from songkin.audio import RATE, Waveform

Samples = NDArray[np.float32]
MAJOR, MINOR = (0, 2, 4, 5, 7, 9, 11, 12), (0, 2, 3, 5, 7, 8, 11, 12)  # minor: harmonic


def waveform(samples: NDArray[np.floating], rate: int = RATE) -> Waveform:
    return Waveform(np.asarray(samples, np.float32), rate)


def sine(hz: float, *, seconds: float = 5.0, amplitude: float = 1.0, rate: int = RATE) -> Samples:
    return (amplitude * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def noise(*, seconds: float = 5.0, level: float = 0.1, rate: int = RATE, seed: int = 0) -> Samples:
    return (level * np.random.default_rng(seed).normal(size=round(seconds * rate))).astype(np.float32)


def clicks(bpm: float, *, seconds: float = 20.0) -> Samples:
    samples = np.zeros(round(seconds * RATE), np.float32)
    samples[(np.arange(0.0, seconds - 1e-6, 60 / bpm) * RATE).astype(int)] = 1
    return samples


def tone(midi: float, *, seconds: float = 0.5, harmonics: int = 5) -> NDArray[np.float64]:
    """A tone whose harmonics fall as 1/h, with ramps of 10 ms."""
    time = np.arange(round(seconds * RATE)) / RATE
    hz = 440 * 2 ** ((midi - 69) / 12)
    ramp = np.minimum(1, np.minimum(time, seconds - time) / 0.01)
    return sum(np.sin(2 * np.pi * hz * h * time) / h for h in range(1, harmonics + 1)) * ramp


def chords(pitches: Sequence[Sequence[float]], *, seconds: float = 0.5, harmonics: int = 5) -> Samples:
    """Chords of MIDI pitches, one after the other."""
    played = [sum(tone(midi, seconds=seconds, harmonics=harmonics) for midi in chord) for chord in pitches]
    return (0.05 * np.concatenate(played)).astype(np.float32)


def scale(tonic: int, *, major: bool) -> Samples:
    """Up and down the scale, harmonic minor where minor."""
    steps = MAJOR if major else MINOR
    return chords([[60 + tonic + step] for step in (*steps, *steps[::-1])], seconds=0.3)


def cadence(tonic: int, *, major: bool) -> Samples:
    """Tonic, subdominant, dominant, tonic, twice."""
    root, third, sixth = 60 + tonic, 4 if major else 3, 9 if major else 8
    degrees = ((0, third, 7), (5, sixth, 12), (7, 11, 14), (0, third, 7))
    return chords([[root + step for step in degree] for degree in degrees] * 2, seconds=0.3)


def drums(bpm: float, *, seconds: float = 15.0, seed: int = 0, dirt: float = 0.01) -> Samples:
    """Kick on odd beats, snare on even ones, hats on eighths, under a veil of noise."""
    random = np.random.default_rng(seed)
    samples = dirt * random.normal(size=round(seconds * RATE))
    time = np.arange(round(0.2 * RATE)) / RATE
    kick = np.sin(2 * np.pi * 55 * time) * np.exp(-time / 0.06)
    snare = 0.5 * random.normal(size=len(time)) * np.exp(-time / 0.04)
    hat = 0.2 * np.diff(random.normal(size=len(time) + 1)) * np.exp(-time / 0.015)
    for half in range(int(seconds * bpm / 30)):
        strokes = [hat] if half % 2 else [hat, snare if half % 4 == 2 else kick]
        start = int((0.1 + half * 30 / bpm) * RATE)
        for stroke in strokes:
            samples[start : start + len(time)] += stroke[: max(len(samples) - start, 0)]
    return (0.5 * samples / np.abs(samples).max()).astype(np.float32)


def song(seed: int = 0, *, seconds: float = 8.0) -> Samples:
    """Drums and a cadence: something with a tempo, a key and a level."""
    pitched = np.resize(cadence(seed % 12, major=True), round(seconds * RATE))
    return (0.5 * drums(90 + 10 * (seed % 7), seconds=seconds, seed=seed) + pitched).astype(np.float32)


def written(path: Path, samples: NDArray[np.floating], *, rate: int = RATE, subtype: str | None = None) -> Path:
    """Write a file of the format that its ending says; opus goes into ogg."""
    kind = {".opus": ("OGG", "OPUS"), ".ogg": ("OGG", "VORBIS")}.get(path.suffix, (path.suffix[1:].upper(), subtype))
    soundfile.write(path, samples, rate, format=kind[0], subtype=kind[1])
    return path
