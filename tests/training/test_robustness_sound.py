"""Damaged sound: what each damage does to samples, what is told of it, and the page and figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("soxr")
pytest.importorskip("scipy")
pytest.importorskip("torch")
pytest.importorskip("matplotlib")

import soundfile

from songkin.errors import TrainingError
from songkin.training.robustness import SOUND_DAMAGES, Cell, Setting, hear_tracks, points, robustness
from songkin.training.robustness.figures import draw_sound, draw_words
from songkin.training.robustness.page import sound_page, words_page
from songkin.training.robustness.sound import (
    RATE_HZ,
    Heard,
    folder_tracks,
    made_up_tracks,
)
from songkin.training.robustness.steadiness import steadiness

SINE = (0.5 * np.sin(2 * np.pi * 1000 * np.arange(RATE_HZ) / RATE_HZ)).astype(np.float32)
PNG = b"\x89PNG"


def done(name: str, level: float, samples: np.ndarray = SINE) -> np.ndarray:
    return SOUND_DAMAGES[name].way(samples, level, np.random.default_rng(0))


def power(samples: np.ndarray) -> float:
    return float(np.mean(samples.astype(np.float64) ** 2))


@pytest.mark.parametrize("name", ["white noise", "pink noise"])
@pytest.mark.parametrize("snr_db", [40, 10, 0])
def test_noise_has_the_power_that_is_asked_for(name: str, snr_db: float) -> None:
    ratio = power(SINE) / power(done(name, snr_db) - SINE)
    assert 10 * np.log10(ratio) == pytest.approx(snr_db, abs=0.01)


def test_pink_noise_has_as_much_power_in_each_octave() -> None:
    spectrum = np.abs(np.fft.rfft((done("pink noise", 0) - SINE).astype(np.float64))) ** 2
    octaves = [spectrum[top // 2 : top].sum() for top in (512, 1024, 2048, 4096, 8192)]
    assert max(octaves) / min(octaves) < 1.3


def test_a_muffled_sine_at_the_corner_loses_three_decibels() -> None:
    assert 10 * np.log10(power(done("muffled", 1000)) / power(SINE)) == pytest.approx(-3.01, abs=0.01)


def test_a_narrowed_recording_loses_what_lies_above_and_nothing_below() -> None:
    assert done("narrowed", 1500) == pytest.approx(SINE, abs=1e-5)
    assert power(done("narrowed", 500)) < 1e-9


def test_gain_is_in_decibels_and_clips_at_full_scale() -> None:
    assert done("softer", -20) == pytest.approx(SINE / 10)
    assert np.abs(done("louder", 20)).max() == 1.0


def test_a_faster_sine_is_shorter_and_higher() -> None:
    fast = done("faster", 5)
    assert len(fast) == pytest.approx(RATE_HZ / 1.05, abs=2)
    assert np.abs(np.fft.rfft(fast)).argmax() * RATE_HZ / len(fast) == pytest.approx(1050, abs=2)


@pytest.mark.parametrize("name", sorted(SOUND_DAMAGES))
def test_silence_stays_silence_and_nothing_stays_nothing(name: str) -> None:
    level = SOUND_DAMAGES[name].levels[0]
    assert not done(name, level, np.zeros(4410, np.float32)).any()
    assert len(done(name, level, np.zeros(0, np.float32))) == 0


def heard(own: list[float], lost: list[float], *, tempo_bpm: float = 100.0) -> dict[str, Heard]:
    """A track that lies at `own` whole and at `lost` under every damage."""
    names = [f"{name} {level:g}" for name, damage in SOUND_DAMAGES.items() for level in damage.levels]
    told = Heard(lost, {"tempo_bpm": tempo_bpm, "energy": 0.5})
    return {"": Heard(own, {"tempo_bpm": 100.0, "energy": 0.75, "key": 3.0}), **dict.fromkeys(names, told)}


def test_steadiness_is_counted_by_hand() -> None:
    told = steadiness([heard([1, 0], [0.8, 0.6], tempo_bpm=103), heard([0, 1], [0.8, 0.6], tempo_bpm=105)])
    row = told["damages"]["white noise"][0]
    assert told["different"]["median"] == 0
    assert row["cosine"][0] == 0.7
    assert row["lowest"] == 0.6
    assert row["found again"] == 0.5
    changes = row["changes"]
    assert (changes["tempo_bpm"], changes["energy"], changes["key"]) == (0.5, 0.25, None)


def test_one_recording_is_too_few() -> None:
    with pytest.raises(TrainingError, match="1 recordings; two at least"):
        steadiness([heard([1, 0], [1, 0])])


def test_tracks_are_heard_once_and_found_again(tmp_path: Path) -> None:
    tracks, told = made_up_tracks(2, seconds=1.0), []
    first = hear_tracks(tracks, tmp_path / "sound.jsonl", tell=told.append)
    assert hear_tracks(tracks, tmp_path / "sound.jsonl", tell=told.append) == first
    assert told == [track.name for track in tracks]
    assert np.linalg.norm(first[0][""].vector) == pytest.approx(1, abs=1e-4)


def test_a_file_that_cannot_be_read_is_told_and_the_rest_go_on(tmp_path: Path) -> None:
    (tmp_path / "bad.wav").write_bytes(b"no sound")
    soundfile.write(tmp_path / "good.wav", SINE, RATE_HZ)
    told: list[str] = []
    tracks = folder_tracks(tmp_path, most=5, seconds=0.5)
    assert len(hear_tracks(tracks, tmp_path / "sound.jsonl", lost=told.append)) == 1
    assert len(told) == 1
    assert "bad.wav" in told[0]


def test_the_page_keeps_the_part_that_was_run_before(tmp_path: Path) -> None:
    (tmp_path / "words.md").write_text("## Damaged words\n\nBefore.\n", encoding="utf-8")
    own = Setting(recipe=Path("none.toml"), parts=("sound",), tracks=2, seconds=0.5)
    page = robustness(own, tmp_path).page
    assert page.index("Before.") < page.index("## Damaged sound")
    assert (tmp_path / "sound.png").read_bytes().startswith(PNG)
    assert (tmp_path / "report.md").read_text(encoding="utf-8").strip() == page


def test_of_a_file_the_middle_is_taken(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.repeat([0.1, 0.5, 0.1], RATE_HZ), RATE_HZ)
    (tmp_path / "notes.txt").write_text("no sound", encoding="utf-8")
    tracks = folder_tracks(tmp_path, most=5, seconds=1.0)
    assert len(tracks) == 1
    samples = tracks[0].waveform().samples
    assert len(samples) == RATE_HZ
    assert float(samples.mean()) == pytest.approx(0.5, abs=0.01)


def test_a_page_and_a_figure_of_sound_are_written(tmp_path: Path) -> None:
    told = steadiness([heard([1, 0], [0.8, 0.6]), heard([0, 1], [0.6, 0.8])])
    page = sound_page(told, "Two tracks.")
    assert "| white noise | 40 dB SNR | 0.800 (0.800 to 0.800) | 0.800 | 1.00 | 1.00 |" in page
    assert draw_sound(tmp_path / "sound.png", told).read_bytes().startswith(PNG)


def test_a_page_and_a_figure_of_words_are_written(tmp_path: Path) -> None:
    values = {"partial Spearman": [0.2, 0.1, 0.3], "nDCG@10": [0.4, 0.3, 0.5]}
    unsaid = {"partial Spearman": [None, None, None], "nDCG@10": [0.1, 0.1, 0.1]}
    at = points((0.2, 0.4))
    cells = [Cell(name, point, own) for name, own in (("ours", values), ("luck", unsaid)) for point in at]
    page = words_page(cells, {"ours": "our space"}, "Few songs.", absent={"nobody": "not trained"})
    assert "| ours | our space | .200 (.100-.300) | .400 (.300-.500) |" in page
    assert "| system | 0 | 0.2 | 0.4 |" in page
    assert "| nobody | not trained |  |  |" in page
    assert draw_words(tmp_path / "words.png", cells, "partial Spearman").read_bytes().startswith(PNG)


def test_a_run_that_can_do_no_part_says_why(tmp_path: Path) -> None:
    (tmp_path / "music").mkdir()
    own = Setting(recipe=Path("none.toml"), parts=("sound",), music=tmp_path / "music")
    with pytest.raises(TrainingError, match=r"sound: .*music: no sound file lies below it"):
        robustness(own, tmp_path / "out")
