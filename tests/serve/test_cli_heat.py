"""songkin explain --heat and --attention: word by word, as text, JSON and a picture."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import InProcess, fails_plainly

from songkin.encoders.heat import Read
from songkin.testing import ToyEncoder

HEAT = ("explain", "Rain on Tin", "--against", "quiet rain at night", "--heat")
PLOTS = pytest.mark.skipif(find_spec("matplotlib") is None, reason="needs pip install 'songkin[plots]'")


class Attentive(ToyEncoder):
    """Every word attends to the first one, in the second of two layers to all alike."""

    def token_attention(self, text: str) -> tuple[Read, Any]:
        read, vectors = self.token_vectors(text, asked=False)
        count = len(vectors)
        first = np.zeros((count, count), np.float32)
        first[:, 0] = 1
        return read, np.stack([first, np.full_like(first, 1 / count)])[:, None]


@pytest.fixture
def attentive(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("songkin.library.encoding.load", lambda name=None, **how: Attentive())
    return place


def test_words_and_matrix_sum_to_the_cosine_of_each_part(songkin: InProcess, place: Path) -> None:
    document = songkin(*HEAT, "--json").document
    assert {part["part"] for part in document["parts"]} == {"lyrics", "description"}
    for part in document["parts"]:
        for side in ("request", "song"):
            assert sum(word["adds"] for word in part[side]) == pytest.approx(part["cosine"], abs=1e-5)
        assert sum(map(sum, part["matrix"])) == pytest.approx(part["cosine"], abs=1e-5)
        assert [len(part["matrix"]), len(part["matrix"][0])] == [len(part["request"]), len(part["song"])]
        assert [word["word"] for word in part["request"]] == ["quiet", "rain", "at", "night", None]
        assert all(word["word"] == part["text"][word["start"] : word["end"]] for word in part["song"][:-1])


def test_the_words_that_meet_are_those_that_add(songkin: InProcess, place: Path) -> None:
    told = next(part for part in songkin(*HEAT, "--json").document["parts"] if part["part"] == "description")
    adds = {word["word"]: word["adds"] for word in told["song"]}
    assert adds["quiet"] > 0
    assert adds["song"] == 0


def test_the_terminal_shows_the_text_and_the_words_with_numbers(songkin: InProcess, place: Path) -> None:
    said = songkin(*HEAT)
    assert said.code == 0
    assert "lyrics [0:05]: cosine 0." in said.out
    assert "Rain is drumming on the tin above my bed" in said.out
    assert any("rain" in line and "█" in line and "+0." in line for line in said.out.splitlines())


def test_parts_come_nearest_first(songkin: InProcess, place: Path) -> None:
    parts = songkin(*HEAT, "--json").document["parts"]
    assert parts[0]["cosine"] >= parts[1]["cosine"]


def test_a_song_without_lyrics_has_its_description_alone(songkin: InProcess, place: Path) -> None:
    parts = songkin("explain", "twin-a", "--against", "mirror", "--heat", "--json").document["parts"]
    assert [part["part"] for part in parts] == ["description"]


def test_a_layer_and_the_mean_of_attention(songkin: InProcess, attentive: Path) -> None:
    asked = ("explain", "007", "--against", "harbour", "--json", "--attention")
    first, mean = (songkin(*asked, which).document["parts"] for which in ("1.1", "mean"))
    sung = [next(part for part in parts if part["part"] == "lyrics") for parts in (first, mean)]
    assert [word["attended"] for word in sung[0]["song"]] == [1, 0, 0, 0, 0, 0, 0, 0]
    assert sung[1]["song"][0] == {"word": "Harbour", "start": 0, "end": 7, "attended": pytest.approx((1 + 1 / 7) / 2)}
    assert [(part["layer"], part["head"], part["layers"]) for part in sung] == [(1, 1, 2), (None, None, 2)]
    shown = songkin(*asked[:4], "--attention", "2").out
    assert "lyrics: attention, layer 2" in shown


@PLOTS
@pytest.mark.parametrize("view", [("--heat",), ("--attention", "mean")])
def test_a_picture_is_drawn(songkin: InProcess, attentive: Path, tmp_path: Path, view: tuple[str, ...]) -> None:
    said = songkin("explain", "rain-1", "--against", "rain $ 夜", *view, "--png", tmp_path / "heat.png", "--json")
    assert said.code == 0
    assert (tmp_path / "heat.png").read_bytes()[:4] == b"\x89PNG"
    assert said.document["parts"]


@PLOTS
def test_a_picture_that_cannot_be_written_is_one_line(songkin: InProcess, place: Path, tmp_path: Path) -> None:
    assert "No such file" in fails_plainly(songkin(*HEAT, "--png", tmp_path / "absent" / "heat.png"))


def test_without_matplotlib_the_extra_is_named(
    songkin: InProcess, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert "pip install 'songkin[plots]'" in fails_plainly(songkin(*HEAT, "--png", tmp_path / "heat.png"))


@pytest.mark.parametrize(
    "options",
    [
        ("--heat", "--attention", "mean"),
        ("--png", "heat.png"),
        ("--attention", "loud"),
        ("--attention", "2."),
        ("--attention", "-1"),
        ("--attention",),
    ],
)
def test_options_that_do_not_go_together_are_wrong_usage(
    songkin: InProcess, place: Path, options: tuple[str, ...]
) -> None:
    assert songkin("explain", "rain-1", "--against", "rain", *options).code == 2


def test_a_layer_that_is_not_there_and_an_encoder_without_attention_are_one_line(
    songkin: InProcess, attentive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("explain", "rain-1", "--against", "rain", "--attention")
    assert "there is no layer 3; this encoder has layers 1 to 2" in fails_plainly(songkin(*asked, "3"))
    assert "there is no head 2" in fails_plainly(songkin(*asked, "1.2"))
    monkeypatch.setattr("songkin.library.encoding.load", lambda name=None, **how: ToyEncoder())
    assert "toy has no attention to show" in fails_plainly(songkin(*asked, "mean"))


def test_a_request_that_leaves_no_words_is_one_line(songkin: InProcess, place: Path) -> None:
    assert "empty" in fails_plainly(songkin("explain", "rain-1", "--against", " ", "--heat"))
