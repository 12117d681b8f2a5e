"""Sound files of every kind become samples; damaged ones are named with the cure."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from little_sounds import noise, sine, song, written
from songkin.audio import RATE, listen, read
from songkin.audio.decoding import decoded
from songkin.errors import MissingExtra, SourceError

av = pytest.importorskip("av")
FORMATS = ("wav", "flac", "ogg", "mp3", "opus", "aiff")


def m4a(path: Path, samples: np.ndarray, rate: int = 44_100) -> Path:
    """Write AAC into MPEG-4, 1,024 samples a frame."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=rate, layout="mono")
        for start in range(0, len(samples), 1024):
            frame = av.AudioFrame.from_ndarray(samples[None, start : start + 1024], format="fltp", layout="mono")
            frame.sample_rate, frame.pts = rate, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("ending", FORMATS)
def test_a_sine_comes_back_out_of_every_format(tmp_path: Path, ending: str) -> None:
    rate = 48_000 if ending == "opus" else 44_100
    wave = read(written(tmp_path / f"a.{ending}", sine(440, seconds=2, amplitude=0.5, rate=rate), rate=rate))
    assert wave.rate == RATE
    assert wave.samples.dtype == np.float32
    assert wave.duration_s == pytest.approx(2, abs=0.1)
    middle = wave.samples[RATE // 2 : RATE]
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.03)
    assert np.abs(np.fft.rfft(middle * np.hanning(len(middle)))).argmax() * RATE / len(middle) == pytest.approx(
        440, abs=3
    )


def test_m4a_is_decoded_where_pyav_is_installed(tmp_path: Path) -> None:
    wave = read(m4a(tmp_path / "a.m4a", sine(440, seconds=2, amplitude=0.5, rate=44_100)))
    assert wave.duration_s == pytest.approx(2, abs=0.1)
    assert np.sqrt(np.mean(wave.samples[RATE // 2 : RATE] ** 2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.03)


def test_m4a_without_pyav_names_the_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = m4a(tmp_path / "a.m4a", sine(440, seconds=1, rate=44_100))
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(SourceError, match=r"a\.m4a: .*pip install 'songkin\[m4a\]'"):
        listen(path)


def test_without_the_extra_the_cure_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "a.wav", sine(440, seconds=1))
    monkeypatch.setitem(sys.modules, "soundfile", None)
    with pytest.raises(MissingExtra, match=r"songkin\[audio\]"):
        listen(path)


def test_what_a_file_is_is_read_from_its_bytes_not_its_ending(tmp_path: Path) -> None:
    flac = written(tmp_path / "a.flac", sine(440, seconds=1))
    assert read(flac.rename(tmp_path / "a.mp3")).duration_s == pytest.approx(1)
    aac = m4a(tmp_path / "b.m4a", sine(440, seconds=1, rate=44_100))
    assert read(aac.rename(tmp_path / "b.flac")).duration_s == pytest.approx(1, abs=0.1)


def test_blocks_are_of_one_size_and_bounded(tmp_path: Path) -> None:
    path = written(tmp_path / "a.wav", np.zeros((20 * RATE, 2)))
    with decoded(path) as source:
        sizes = [block.shape for block in source.blocks]
    assert source.tenth == 2205
    assert sizes == [(88_200, 2)] * 5


@pytest.mark.parametrize("wanted", [8_000, 22_050, 44_100])
def test_samples_come_at_the_rate_asked_for(tmp_path: Path, wanted: int) -> None:
    wave = read(written(tmp_path / "a.wav", sine(440, seconds=1.5, rate=32_000), rate=32_000), rate=wanted)
    assert (wave.rate, len(wave.samples)) == (wanted, pytest.approx(1.5 * wanted, abs=2))


def test_channels_are_averaged(tmp_path: Path) -> None:
    both = np.stack((np.full(RATE, 0.5), np.full(RATE, 0.1), np.zeros(RATE)), 1)
    assert read(written(tmp_path / "a.wav", both, subtype="FLOAT")).samples == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.mp3", b"", r"empty \(0 bytes\)"),
        ("text.mp3", b"these are only words, and not many of them" * 30, "cannot be decoded"),
        ("zeros.flac", bytes(5000), "cannot be decoded"),
        ("short.m4a", b"\0\0\0\x20ftypM4A " + bytes(40), "cannot be decoded|no sound"),
        ("one.ogg", b"O", "cannot be decoded"),
        ("matroska.webm", b"\x1aE\xdf\xa3" + bytes(90), "cannot be decoded"),
    ],
)
def test_what_is_no_sound_file_is_said_to_be_none(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=rf"{name}.*: .*({said})") as raised:
        listen(tmp_path / name)
    assert "\n" not in str(raised.value)


def test_a_folder_and_a_missing_file_are_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="a folder"):
        listen(tmp_path)
    with pytest.raises(SourceError, match=r"none\.mp3: cannot be opened \(No such file"):
        listen(tmp_path / "none.mp3")


@pytest.mark.parametrize("ending", ["wav", "flac", "aiff"])
def test_a_file_without_samples_is_said_to_hold_no_sound(tmp_path: Path, ending: str) -> None:
    with pytest.raises(SourceError, match=r"holds no sound|cannot be decoded|is empty"):
        listen(written(tmp_path / f"a.{ending}", np.zeros(0)))


def test_a_flac_that_was_cut_off_is_said_to_end_early(tmp_path: Path) -> None:
    path = written(tmp_path / "a.flac", noise(seconds=20))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])
    with pytest.raises(SourceError, match=r"a\.flac: .*(ends after|cannot be decoded)"):
        listen(path)


@pytest.mark.parametrize("ending", ["ogg", "mp3", "opus", "wav"])
def test_a_file_that_was_cut_off_is_heard_as_far_as_it_goes(tmp_path: Path, ending: str) -> None:
    rate = 48_000 if ending == "opus" else 44_100
    path = written(tmp_path / f"a.{ending}", sine(440, seconds=12, amplitude=0.5, rate=rate), rate=rate)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert 2 < listen(path).duration_s < 12.5


@pytest.mark.parametrize(("bad", "said"), [(np.nan, "nan"), (np.inf, "inf"), (30_000.0, "30000")])
def test_samples_that_cannot_be_are_an_error(tmp_path: Path, bad: float, said: str) -> None:
    samples = sine(440, seconds=2)
    samples[20_000] = bad
    with pytest.raises(SourceError, match=rf"samples reach {said}"):
        listen(written(tmp_path / "a.wav", samples, subtype="FLOAT"))


@pytest.mark.parametrize("ending", ["flac", "ogg", "mp3", "opus", "wav", "m4a"])
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32 - 1), share=st.sampled_from([0.001, 0.02]))
def test_damage_is_heard_through_or_named_never_a_crash(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], ending: str, seed: int, share: float
) -> None:
    path = tmp_path / f"a.{ending}"
    if not path.exists():
        m4a(path, song(seconds=2)) if ending == "m4a" else written(path, song(seconds=2), rate=24_000)
    random = np.random.default_rng(seed)
    content = np.frombuffer(path.read_bytes(), np.uint8).copy()
    hit = random.integers(0, len(content), max(int(share * len(content)), 1))
    content[hit] = random.integers(0, 256, len(hit))
    damaged = tmp_path / f"damaged.{ending}"
    damaged.write_bytes(content.tobytes())
    with suppress(SourceError):
        heard = listen(damaged)
        assert np.isfinite(heard.vector).all()
        assert np.isfinite(list(heard.features.values())).all()
