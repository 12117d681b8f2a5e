"""What one pass over a recording leaves: traces in time and sums, from which every feature is taken.

Conventions
-----------
Frames are 43 a second, chroma comes with every fourth. A recording of an hour leaves about 6 MB, whatever its rate and
channels; samples and spectra are gone when the pass has gone by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from songkin.audio.mel import cepstra, mel_centres
from songkin.audio.spectra import BANDS, FRAMES_A_SECOND, HIGH_HZ, LOW_HZ, Spectra, spectra
from songkin.audio.waveform import Stretch, Waveform, stretches
from songkin.types import Vectors

__all__ = ["CEPSTRA", "REGISTERS_HZ", "SILENT", "Analysis", "Moments", "Trace", "analyse", "analyse_stream"]

CEPSTRA = 20
REGISTERS_HZ = (200.0, 2000.0)  # onsets are kept apart below, between and above: bass drum, voices, cymbals
SILENT = 1e-7  # of power: -70 dB of full scale


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """A quantity in time: values (n,), of which the i-th holds from start_s + i * step_s on for step_s."""

    values: Vectors
    step_s: float
    start_s: float = 0.0

    def means(self, starts: NDArray[np.float64], stops: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the mean over each span of time (m,); outside the trace it is 0."""
        edges = self.start_s + self.step_s * np.arange(len(self.values) + 1)
        total = np.concatenate(([0.0], np.cumsum(self.values, dtype=np.float64))) * self.step_s
        return (np.interp(stops, edges, total) - np.interp(starts, edges, total)) / np.maximum(stops - starts, 1e-9)


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Means, deviations and mean steps from frame to frame of the cepstra (20,), over the frames that sound."""

    frames: int
    mean: Vectors
    deviation: Vectors
    step: Vectors


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """A recording as the features see it.

    `channels` and `average` are the powers of the source, `power` and `heard_power` (K-weighted) those of the spectra;
    onsets (n, 3) are rises in dB a frame in three registers; brightness_hz (n,) is the mean frequency of a frame;
    sounding (n,) says which frames are above -70 dB; chroma (m, 12), m about n / 4.
    """

    duration_s: float
    channels: Trace
    average: Trace
    power: Trace
    heard_power: Trace
    sounding: NDArray[np.bool_]
    brightness_hz: Vectors
    onsets: Vectors
    chroma: Vectors
    timbre: Moments

    @property
    def onset(self) -> Vectors:
        """Rises of all registers together (n,), in dB a frame and band."""
        return np.asarray(self.onsets.sum(1), np.float32)


def analyse(waveform: Waveform, *, watch: Callable[[Spectra], None] | None = None) -> Analysis:
    """Analyse samples in memory; none give an analysis of nothing. `watch` is shown every batch of spectra."""
    return analyse_stream(stretches(waveform), watch=watch)


def analyse_stream(stream: Iterable[Stretch], *, watch: Callable[[Spectra], None] | None = None) -> Analysis:
    """Analyse a recording as it is decoded."""
    taken: list[Stretch] = []

    def samples() -> Iterator[Vectors]:
        for stretch in stream:
            taken.append(stretch._replace(samples=np.empty(0, np.float32)))  # a slice would keep the whole in memory
            yield stretch.samples

    gathering = _Gathering()
    for batch in spectra(samples()):
        gathering.take(batch)
        if watch:
            watch(batch)
    return gathering.analysis(taken)


class _Gathering:
    """Traces of the batches so far, and running sums of the cepstra."""

    def __init__(self) -> None:
        self.power: list[Vectors] = []
        self.heard: list[Vectors] = []
        self.sounding: list[NDArray[np.bool_]] = []
        self.hz: list[Vectors] = []
        self.onsets: list[Vectors] = []
        self.chroma: list[Vectors] = []
        self.count = 0
        self.sums = np.zeros((3, CEPSTRA))
        self.before: Vectors | None = None

    def take(self, batch: Spectra) -> None:
        """Keep what the features need of a batch."""
        bands = batch.bands_db
        first = self.before if self.before is not None else bands[:1]
        steps = np.diff(bands, axis=0, prepend=first)
        sounding = batch.power > SILENT
        self.power.append(batch.whole_power)
        self.heard.append(batch.heard_power)
        self.sounding.append(sounding)
        self.hz.append(batch.centroid_hz)
        self.onsets.append(np.maximum(steps, 0.0) @ _registers())
        self.chroma.append(batch.chroma)
        self._count(cepstra(bands[sounding], CEPSTRA), cepstra(steps[sounding], CEPSTRA))
        self.before = bands[-1:].copy()

    def _count(self, coefficients: Vectors, steps: Vectors) -> None:
        self.count += len(coefficients)
        self.sums += [coefficients.sum(0), (coefficients.astype(float) ** 2).sum(0), np.abs(steps).sum(0)]

    def analysis(self, taken: list[Stretch]) -> Analysis:
        """Join the traces."""
        tenth_s = taken[0].tenth_s if taken else 0.1
        mean, square, step = self.sums / max(self.count, 1)
        deviation = np.sqrt(np.maximum(square - mean**2, 0.0))
        moments = Moments(self.count, *(part.astype(np.float32) for part in (mean, deviation, step)))
        return Analysis(
            duration_s=sum(stretch.duration_s for stretch in taken),
            channels=Trace(_joined([stretch.powers.channels for stretch in taken]), tenth_s),
            average=Trace(_joined([stretch.powers.average for stretch in taken]), tenth_s),
            power=_framed(self.power),
            heard_power=_framed(self.heard),
            sounding=np.concatenate([np.empty(0, bool), *self.sounding]),
            brightness_hz=_joined(self.hz),
            onsets=np.concatenate([np.empty((0, 3), np.float32), *self.onsets]),
            chroma=np.concatenate([np.empty((0, 12), np.float32), *self.chroma]),
            timbre=moments,
        )


def _framed(parts: list[Vectors]) -> Trace:
    """Join a trace of frames, each of which stands for the time around its middle."""
    return Trace(_joined(parts), 1 / FRAMES_A_SECOND, -0.5 / FRAMES_A_SECOND)


def _joined(parts: list[Vectors]) -> Vectors:
    return np.concatenate([np.empty(0, np.float32), *parts])


@cache
def _registers() -> Vectors:
    """Return what sums bands into registers, so that all three together are the mean over bands: (bands, 3)."""
    register = np.searchsorted(REGISTERS_HZ, mel_centres(BANDS, low_hz=LOW_HZ, high_hz=HIGH_HZ))
    return (np.eye(3, dtype=np.float32)[register]) / np.float32(BANDS)
