"""The one door: what is told of real files, of odd ones, and in how much memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from little_sounds import clicks, noise, scale, sine, song, waveform, written
from songkin.audio import FEATURES, FINGERPRINT, SOUND_DIM, Heard, analyse, features, listen, sound_vector


def heard(folder: Path, samples: np.ndarray, *, rate: int = 22_050, subtype: str | None = None) -> Heard:
    return listen(written(folder / "a.wav", samples, rate=rate, subtype=subtype))


def test_a_song_has_every_feature_a_unit_vector_and_a_length(tmp_path: Path) -> None:
    found = heard(tmp_path, song(seconds=10))
    assert found.features.keys() == FEATURES.keys()
    assert found.vector.shape == (SOUND_DIM,)
    assert np.linalg.norm(found.vector) == pytest.approx(1, abs=1e-5)
    assert found.duration_s == pytest.approx(10)
    assert all(type(value) is float for value in found.features.values())


def test_a_file_and_its_samples_are_heard_alike(tmp_path: Path) -> None:
    samples = song(seconds=9)
    analysis = analyse(waveform(samples))
    found = heard(tmp_path, samples, subtype="FLOAT")
    assert dict(found.features) == features(analysis)
    assert np.array_equal(found.vector, sound_vector(analysis))


def test_what_cannot_be_told_is_absent_not_zero(tmp_path: Path) -> None:
    assert heard(tmp_path, np.zeros(60_000)).features == {}
    assert not heard(tmp_path, np.zeros(60_000)).vector.any()
    assert heard(tmp_path, noise(seconds=5)).features.keys() & {"tempo_bpm", "key", "mode"} == set()
    assert "tempo_bpm" not in heard(tmp_path, sine(440, seconds=6)).features
    assert {"key", "mode"}.isdisjoint(heard(tmp_path, clicks(120)).features)


def test_a_constant_is_nearly_silent(tmp_path: Path) -> None:
    """Only its switching on and off, two clicks, is heard."""
    found = heard(tmp_path, np.full(10 * 22_050, 0.5))
    assert found.features["loudness_db"] < -10
    assert {"key", "mode", "tempo_bpm"}.isdisjoint(found.features)


@pytest.mark.parametrize("samples", [1, 2, 100, 2048, 5000])
def test_a_blink_of_sound_has_a_defined_result(tmp_path: Path, samples: int) -> None:
    found = heard(tmp_path, noise(seconds=1)[:samples])
    assert found.duration_s == pytest.approx(samples / 22_050)
    assert np.isfinite(list(found.features.values())).all()
    assert np.isfinite(found.vector).all()


def test_eight_bits_one_channel_and_192_khz_are_heard_like_the_original(tmp_path: Path) -> None:
    original = heard(tmp_path, scale(2, major=True))
    coarse = heard(tmp_path, scale(2, major=True), subtype="PCM_U8")
    rate = 192_000
    times = np.arange(0, len(scale(2, major=True)) - 1, 22_050 / rate)
    fine = np.interp(times, np.arange(len(scale(2, major=True))), scale(2, major=True))
    high = heard(tmp_path, fine, rate=rate)
    for other in (coarse, high):
        assert (other.features["key"], other.features["mode"]) == (2, 1)
        assert other.features["loudness_db"] == pytest.approx(original.features["loudness_db"], abs=0.5)
    assert high.vector @ original.vector > 0.95


def test_clipping_is_heard_through(tmp_path: Path) -> None:
    clipped = heard(tmp_path, np.clip(20 * song(seconds=8), -1, 1))
    assert clipped.features["loudness_db"] > -6
    assert np.linalg.norm(clipped.vector) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000])
def test_the_rate_of_a_file_does_not_change_what_is_heard(tmp_path: Path, rate: int) -> None:
    found = heard(tmp_path, sine(997, seconds=6, amplitude=0.5, rate=rate), rate=rate)
    assert found.duration_s == pytest.approx(6)
    assert found.features["loudness_db"] == pytest.approx(-9.03, abs=0.1)
    assert found.features["brightness_hz"] == pytest.approx(997, rel=0.03)


def test_the_fingerprint_names_the_constants() -> None:
    assert FINGERPRINT.startswith("songkin-sound-1-")
    assert len(FINGERPRINT.rpartition("-")[2]) == 8


def test_importing_the_room_loads_no_decoder() -> None:
    code = "import sys, songkin.audio; print(*{'soundfile', 'soxr', 'scipy', 'av', 'librosa'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "\n"


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells a process its most memory")
def test_two_hours_need_less_than_400_mb(tmp_path: Path) -> None:
    path = tmp_path / "long.flac"
    with soundfile.SoundFile(path, "w", 44_100, 2) as file:
        minute = np.repeat(0.3 * np.resize(song(seconds=10), 60 * 22_050), 2)[:, None].repeat(2, 1)
        for _ in range(120):
            file.write(minute)
    code = (
        "import re, sys; from songkin.audio import listen; heard = listen(sys.argv[1]);"
        "print(heard.duration_s, re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])"
    )
    told = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True).stdout
    duration_s, kilobytes = map(float, told.split())
    assert duration_s == 7200
    assert kilobytes < 400_000
