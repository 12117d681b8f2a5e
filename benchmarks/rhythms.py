"""Judge tempo on tracks whose tempo is known: drummed by this script, and songs that come with a tempo map.

    python benchmarks/rhythms.py [--tracks 200] [--charts FOLDER] [--librosa] [--json]

The drummed tracks last 30 s, at 60 to 180 beats a minute: rock, four to the floor, shuffle, sparse, chords, arpeggios;
swung or straight, in three or four, with strokes left out and early or late, under noise. Below --charts lie folders
with song.ogg, guitar.ogg and notes.mid, as in Debian's packages `fretsonfire-songs-sectoid` and
`fretsonfire-songs-muldjord`; their tempo is the one that lasts longest. A tempo is right
within 4 %; an octave is half or double.
"""

from __future__ import annotations

import argparse
import json
import struct
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.audio import RATE, Waveform, analyse, read, tempo_bpm

SECONDS = 30.0
STYLES = ("rock", "four", "shuffle", "sparse", "chords", "arpeggio")
NEAR = 0.04
MAJOR = np.array((0, 2, 4, 5, 7, 9, 11))


class Track(NamedTuple):
    """Samples at RATE, the tempo in beats a minute, and what it is."""

    samples: NDArray[np.float32]
    bpm: float
    kind: str


def main() -> None:
    """Ask for the tempo of every track and print the share of right answers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tracks", type=int, default=200)
    parser.add_argument("--charts", type=Path)
    parser.add_argument("--librosa", action="store_true", help="ask librosa too")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    systems = {"songkin": ours} | ({"librosa": theirs} if wanted.librosa else {})
    figures: dict[str, dict[str, float]] = {}
    for name, tracks in (("drummed", drummed(wanted.tracks)), ("charts", charted(wanted.charts))):
        for system, shares in judged(tracks, systems).items():
            figures[f"{name}, {system}"] = shares
    if wanted.json:
        print(json.dumps(figures, indent=2))
        return
    for name, shares in figures.items():
        print(f"{name:20} " + "  ".join(f"{what} {share:.3g}" for what, share in shares.items()))


def judged(tracks: Iterator[Track], systems: dict[str, Callable[[Track], float | None]]) -> dict[str, dict[str, float]]:
    """Return how many tracks each system heard, and the shares right, right or an octave off, without answer."""
    answers: dict[str, list[tuple[float, float | None]]] = defaultdict(list)
    for track in tracks:
        for name, system in systems.items():
            answers[name].append((track.bpm, system(track)))
    return {
        name: {
            "tracks": len(told),
            "right": float(np.mean([near(found, bpm, (1.0,)) for bpm, found in told])),
            "right or an octave": float(np.mean([near(found, bpm, (0.5, 1.0, 2.0)) for bpm, found in told])),
            "no answer": float(np.mean([found is None for _, found in told])),
        }
        for name, told in answers.items()
    }


def near(found: float | None, bpm: float, octaves: tuple[float, ...]) -> bool:
    """Say whether a tempo lies within 4 % of the true one, or of an octave of it."""
    return found is not None and any(abs(found / (bpm * octave) - 1) <= NEAR for octave in octaves)


def ours(track: Track) -> float | None:
    """Ask songkin."""
    return tempo_bpm(analyse(Waveform(track.samples, RATE)))


def theirs(track: Track) -> float | None:
    """Ask librosa, as its documentation does."""
    import librosa

    return float(np.atleast_1d(librosa.feature.tempo(y=track.samples, sr=RATE))[0])


def charted(folder: Path | None) -> Iterator[Track]:
    """Yield the songs below a folder that have a tempo map beside them."""
    for notes in sorted(folder.rglob("notes.mid")) if folder else ():
        voices = [read(notes.with_name(name)).samples for name in ("song.ogg", "guitar.ogg")]
        samples = voices[0].copy()
        shared = min(len(samples), len(voices[1]))
        samples[:shared] += voices[1][:shared]
        yield Track(samples / max(float(np.abs(samples).max()), 1.0), mapped_bpm(notes), notes.parent.name)


def mapped_bpm(midi: Path) -> float:
    """Return the tempo that lasts longest by the tempo changes (FF 51 03) in a MIDI file's first track."""
    content = midi.read_bytes()
    start = content.index(b"MTrk") + 8
    track = content[start : start + struct.unpack(">I", content[start - 4 : start])[0]]
    at, tick, running = 0, 0, 0
    changes: list[tuple[int, float]] = []
    while at < len(track):
        delta, at = variable(track, at)
        tick += delta
        if track[at] & 0x80:
            running, at = track[at], at + 1
        if running == 0xFF:
            kind = track[at]
            size, at = variable(track, at + 1)
            if kind == 0x51:
                changes.append((tick, 60e6 / int.from_bytes(track[at : at + size], "big")))
            at += size
        elif running in (0xF0, 0xF7):
            size, at = variable(track, at)
            at += size
        else:
            at += 1 if running & 0xE0 == 0xC0 else 2
    lasting: dict[float, float] = defaultdict(float)
    for (begin, bpm), (end, _) in zip(changes, [*changes[1:], (max(tick, changes[-1][0] + 1), 0.0)], strict=True):
        lasting[round(bpm)] += (end - begin) / bpm
    return max(lasting, key=lambda bpm: lasting[bpm])


def variable(content: bytes, at: int) -> tuple[int, int]:
    """Return a number of variable length and where the next byte lies."""
    number = 0
    while True:
        byte, at = content[at], at + 1
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            return number, at


def drummed(count: int) -> Iterator[Track]:
    """Yield tracks of known tempo, the same for the same number."""
    for seed in range(count):
        random = np.random.default_rng(seed)
        bpm = float(np.exp(random.uniform(np.log(60), np.log(180))))
        style = str(random.choice(STYLES))
        yield Track(_Player(random, bpm).played(style), bpm, style)


class _Player:
    """Plays strokes and notes into a track."""

    def __init__(self, random: np.random.Generator, bpm: float) -> None:
        self.random, self.beat = random, 60 / bpm
        self.swing = random.choice([0.5, 0.5, 0.5, 0.58, 0.66])
        self.meter, self.jitter = random.choice([4, 4, 4, 3]), random.choice([0.0, 0.005, 0.015])
        self.root = 220 * 2 ** (random.integers(12) / 12)
        self.track = np.zeros(round(SECONDS * RATE))
        time = np.arange(round(0.3 * RATE)) / RATE
        hiss = random.normal(size=(2, len(time)))
        self.kick = np.sin(2 * np.pi * (50 * time + 2.4 * (1 - np.exp(-time / 0.03)))) * np.exp(-time / 0.08)
        self.snare = 0.6 * hiss[0] * np.exp(-time / 0.05) + 0.4 * np.sin(2 * np.pi * 190 * time) * np.exp(-time / 0.06)
        self.hat = 0.5 * np.diff(hiss[1], append=0.0) * np.exp(-time / 0.02)

    def played(self, style: str) -> NDArray[np.float32]:
        """Play beat after beat, then add noise."""
        start = self.random.uniform(0, self.beat)
        for number in range(int(SECONDS / self.beat)):
            self.beaten(style, start + number * self.beat, number % self.meter)
        track = self.track / np.abs(self.track).max()
        track = track + self.random.choice([0.0, 0.003, 0.02, 0.05]) * self.random.normal(size=len(track))
        return (0.7 * track).astype(np.float32)

    def beaten(self, style: str, time: float, place: int) -> None:
        """Play one beat of a style."""
        often, between = self.random.random, time + self.beat * self.swing
        if style in ("rock", "shuffle"):
            self.add(time, self.snare if place % 2 else self.kick, 1.0)
            self.add(between, self.kick, 0.7 * (often() < 0.3))
            self.add(time, self.hat, 0.5)
            self.add(between, self.hat, 0.35)
        elif style == "four":
            self.add(time, self.kick, 1.0)
            self.add(time + self.beat / 2, self.hat, 0.6)
            self.add(time, self.snare, 0.5 * (place % 2))
        elif style == "sparse":
            self.add(time, self.kick, float(place == 0))
            self.add(time, self.snare, 0.8 * (place == 2))
            self.add(time, self.hat, 0.4 * (often() < 0.8))
            self.add(between, self.hat, 0.3 * (often() < 0.6))
        if style in ("chords", "rock", "four") and (place == 0 or often() < 0.4):
            degree = self.random.choice([0, 3, 4, 5])
            for third in (0, 2, 4):
                self.add(time, self.note(degree + third, 1.5), 0.5)
        if style in ("arpeggio", "shuffle", "chords"):
            self.add(time, self.note(7 + self.random.integers(7), 0.6), 0.7)
            self.add(between, self.note(7 + self.random.integers(7), 0.6), 0.5)

    def note(self, degree: int, beats: float) -> NDArray[np.float64]:
        """Return a note of the scale with five harmonics that dies away."""
        time = np.arange(round(beats * self.beat * RATE)) / RATE
        hz = self.root * 2 ** ((MAJOR[degree % 7] + 12 * (degree // 7)) / 12)
        tone = np.sum([np.sin(2 * np.pi * hz * harmonic * time) / harmonic for harmonic in range(1, 6)], 0)
        return np.asarray(0.3 * tone * np.minimum(time / 0.01, 1) * np.exp(-time / (0.6 * beats * self.beat)))

    def add(self, time: float, sound: NDArray[np.float64], gain: float) -> None:
        """Mix a sound in, a little early or late; what is before the start or after the end is not heard."""
        start = round((time + self.random.normal() * self.jitter) * RATE)
        if 0 <= start < len(self.track) and gain:
            fitting = min(len(sound), len(self.track) - start)
            self.track[start : start + fitting] += gain * sound[:fitting]


if __name__ == "__main__":
    main()
