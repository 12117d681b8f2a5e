"""Time what songkin hears of sound files against librosa hearing the same, and hold tempo, key and brightness together.

    python benchmarks/audio.py [--folder PATH] [--files 24] [--formats] [--memory] [--json]

Both decode the file, and find tempo, key, loudness, brightness, and means and deviations of timbre and of tempogram.
librosa does so as its documentation says, with one spectrogram shared by all; its key is held against the same profiles
as ours. Files are of --folder, spread evenly; without one, songs of three minutes made by this script. --formats writes
one song of three minutes in each format and times `listen` on it. --memory listens to two hours of flac in a process of
its own (Linux). Times are processor seconds of one thread, which other work on the machine lengthens too, but less than
the clock's; each is the better of two rounds, and librosa has compiled its parts before.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy is loaded

import argparse
import json
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import librosa
import numpy as np
import soundfile
from rhythms import RATE, drummed, near

from songkin.audio import listen
from songkin.audio.keys import tonality

ENDINGS = {".flac", ".mp3", ".ogg", ".opus", ".wav"}
FORMATS = {"wav": ("WAV", "PCM_16", 44_100), "flac": ("FLAC", "PCM_16", 44_100), "mp3": ("MP3", None, 44_100),
           "ogg": ("OGG", "VORBIS", 44_100), "opus": ("OGG", "OPUS", 48_000)}  # fmt: skip
SONG_S = 180
LISTENING = (
    "import re, sys, time; from songkin.audio import listen; began = time.process_time();"
    "listen(sys.argv[1]);"
    "most = int(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]);"  # rusage counts the parent's too
    "print(most / 1024, time.process_time() - began)"
)


class Compared(NamedTuple):
    """One file: how long it is, processor seconds of both, and what both say."""

    minutes: float
    ours_s: float
    theirs_s: float
    ours: Mapping[str, float]
    theirs: Mapping[str, float]


def main() -> None:
    """Compare file by file, and print one row a figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--files", type=int, default=24)
    parser.add_argument("--formats", action="store_true")
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    warnings.filterwarnings("ignore", module="librosa")
    with tempfile.TemporaryDirectory() as place:
        files = (
            found(wanted.folder, wanted.files) if wanted.folder else [made(Path(place), n, "flac") for n in range(3)]
        )
        figures = summed([compared(path) for path in files])
        if wanted.formats:
            figures |= {f"listen, 3 minutes of {kind}, s": timed(made(Path(place), 0, kind))[0] for kind in FORMATS}
        if wanted.memory:
            figures |= remembered(Path(place))
    rows = "\n".join(f"{name:48} {value:.4g}" for name, value in figures.items())
    print(json.dumps(figures, indent=2) if wanted.json else rows)


def found(folder: Path, count: int) -> list[Path]:
    """Return files below a folder, spread evenly over all that last half a minute or more."""
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in ENDINGS)
    files = [path for path in files if soundfile.info(path).duration >= 30]
    if not files:
        raise SystemExit(f"{folder}: no sound file of half a minute in this folder")
    return [files[round(place)] for place in np.linspace(0, len(files) - 1, min(count, len(files)))]


def made(place: Path, number: int, kind: str) -> Path:
    """Write a stereo song of three minutes: six drummed tracks, one after the other."""
    format, subtype, rate = FORMATS[kind]
    tracks = [track.samples for track in list(drummed(6 * number + 6))[6 * number :]]
    samples = librosa.resample(np.concatenate(tracks), orig_sr=RATE, target_sr=rate, res_type="soxr_hq")
    path = place / f"{number}.{kind}"
    with soundfile.SoundFile(path, "w", rate, 2, subtype, format=format) as file:
        for block in np.array_split(np.stack((samples, samples[::-1]), 1), 200):
            file.write(block)
    return path


def compared(path: Path) -> Compared:
    """Let both hear a file."""
    ours_s, heard = timed(path)
    theirs_s, told = best(lambda: by_librosa(path))
    return Compared(heard.duration_s / 60, ours_s, theirs_s, heard.features, told)


def timed(path: Path) -> tuple[float, Any]:
    """Return processor seconds of `listen`, and what it heard."""
    return best(lambda: listen(path))


def best(call: Callable[[], Any]) -> tuple[float, Any]:
    """Return the processor seconds of the better of two calls, and what the last returned."""
    seconds = []
    for _ in range(2):
        began = time.process_time()
        answer = call()
        seconds.append(time.process_time() - began)
    return min(seconds), answer


def by_librosa(path: Path) -> dict[str, float]:
    """Hear a file by librosa, one spectrogram shared."""
    samples, rate = librosa.load(path, sr=RATE)
    spectrum = np.abs(librosa.stft(samples))
    mel = librosa.power_to_db(librosa.feature.melspectrogram(S=spectrum**2, sr=rate, n_mels=40))
    cepstra = librosa.feature.mfcc(S=mel, n_mfcc=20)
    onset = librosa.onset.onset_strength(S=mel, sr=rate)
    tempogram = librosa.feature.tempogram(onset_envelope=onset, sr=rate)
    chroma = librosa.feature.chroma_stft(S=spectrum**2, sr=rate)
    found = tonality(chroma.sum(1).astype(float))
    for summary in (cepstra, librosa.feature.delta(cepstra), tempogram, chroma):
        summary.mean(1), summary.std(1)
    return {
        "tempo_bpm": float(np.atleast_1d(librosa.feature.tempo(tg=tempogram, sr=rate))[0]),
        "brightness_hz": float(librosa.feature.spectral_centroid(S=spectrum, sr=rate).mean()),
        "loudness_db": float(20 * np.log10(np.sqrt(np.mean(librosa.feature.rms(S=spectrum) ** 2)) + 1e-9)),
    } | ({} if found is None else {"key": float(found.key), "mode": float(found.mode)})


def summed(files: list[Compared]) -> dict[str, float]:
    """Return times a song of three minutes, their ratio, and how far both agree."""
    minutes = sum(file.minutes for file in files)
    ours, theirs = (sum(getattr(file, name) for file in files) for name in ("ours_s", "theirs_s"))
    tempi = [(file.ours["tempo_bpm"], file.theirs["tempo_bpm"]) for file in files if "tempo_bpm" in file.ours]
    keys = [file for file in files if "key" in file.ours and "key" in file.theirs]
    brightness = [file.ours["brightness_hz"] / file.theirs["brightness_hz"] for file in files]
    return {
        "files": len(files),
        "minutes": minutes,
        "songkin, s a song of three minutes": ours / minutes * SONG_S / 60,
        "librosa, s a song of three minutes": theirs / minutes * SONG_S / 60,
        "songkin, songs a second": minutes * 60 / SONG_S / ours,
        "librosa takes so many times as long": theirs / ours,
        "tempo told by songkin, share": len(tempi) / len(files),
        "tempo alike within 4 %, share": float(np.mean([near(a, b, (1.0,)) for a, b in tempi])),
        "tempo alike or an octave off, share": float(np.mean([near(a, b, (0.5, 1.0, 2.0)) for a, b in tempi])),
        "key told by both, share": len(keys) / len(files),
        "key and mode alike, share": float(np.mean([same(file) for file in keys])) if keys else float("nan"),
        "key alike or a relative or a fifth, share": float(np.mean([akin(f) for f in keys])) if keys else float("nan"),
        "brightness, ours over theirs, median": float(np.median(brightness)),
    }


def same(file: Compared) -> bool:
    """Say whether both hear the same key."""
    return all(file.ours[name] == file.theirs[name] for name in ("key", "mode"))


def akin(file: Compared) -> bool:
    """Say whether the keys share six of their seven notes: the same, the relative, or a fifth away."""
    ours, theirs = ((voice["key"] + (0 if voice["mode"] else 3)) % 12 for voice in (file.ours, file.theirs))
    return (ours - theirs) % 12 in (0, 5, 7)


def remembered(place: Path) -> dict[str, float]:
    """Listen to two hours of stereo flac in a process of its own."""
    path = place / "long.flac"
    minute = np.repeat(np.concatenate([track.samples for track in drummed(2)]), 2)
    with soundfile.SoundFile(path, "w", 44_100, 2) as file:
        for _ in range(120):
            file.write(np.stack((minute, minute), 1))
    told = subprocess.run([sys.executable, "-c", LISTENING, str(path)], capture_output=True, text=True, check=True)
    megabytes, seconds = map(float, told.stdout.split())
    return {"two hours: most memory, MB": megabytes, "two hours: processor time, s": seconds}


if __name__ == "__main__":
    main()
