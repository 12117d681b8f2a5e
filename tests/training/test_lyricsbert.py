"""The re-run of LyricsBERT: songs drawn, cells trained once and kept, and a report that says what it had."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from labelled import songs, write_labels  # noqa: E402

from songkin.errors import TrainingError  # noqa: E402
from songkin.training.data.labelled import LabelledSong  # noqa: E402
from songkin.training.lyricsbert import page, sweep  # noqa: E402
from songkin.training.lyricsbert.agenda import Agenda, Cell, cells, hurried, read_agenda, recipe_of  # noqa: E402
from songkin.training.lyricsbert.draws import Draw, draw, halves  # noqa: E402
from songkin.training.lyricsbert.measuring import MEASURES, attention, measure, vectors  # noqa: E402
from songkin.training.lyricsbert.summary import compared, follows_length, means  # noqa: E402
from songkin.training.networks.backbone import Backbone  # noqa: E402
from songkin.training.networks.heads import LabelNetwork, Make  # noqa: E402
from songkin.training.recipes import read  # noqa: E402

RECIPES = Path(__file__).parents[2] / "recipes" / "lyricsbert"
AGENDA = """
name = "a small sweep"
recipes = ["original.toml", "modified.toml"]
rates = [1e-3, 1e-2]
seeds = [0, 1]
draws = 6
shown = 1e-3
verse = "a sad song with piano"
[quick]
rates = [1e-2]
seeds = [0]
draws = 4
[quick.recipes]
schedule = { steps = 2 }
"""


@pytest.fixture(autouse=True)
def undrawn(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures take longer than a tiny training; the test of figures draws them."""
    if "are_drawn" not in request.node.name:
        for name in ("draw", "draw_labels"):
            monkeypatch.setattr(f"songkin.training.run.{name}", lambda folder: [])


def written(folder: Path) -> Path:
    """Write both recipes, their songs and the agenda, and return the agenda's place."""
    for name in ("original", "modified"):
        place = write_labels(folder, targets=("genre", "valence"), more=f'architecture = "{name}"')
        told = place.read_text(encoding="utf-8").replace("epochs = 2\n", "")  # steps count instead
        told = told.replace("[schedule]", "[schedule]\nsteps = 3")
        (folder / f"{name}.toml").write_text(told, encoding="utf-8")
    (folder / "report.toml").write_text(AGENDA, encoding="utf-8")
    return folder / "report.toml"


def swept(place: Path, out: Path, **more: object) -> sweep.Found:
    return sweep.sweep(read_agenda(place), place, out, threads=1, **more)  # type: ignore[arg-type]


# -- draws -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("one line. two line. three line. four line", ("one line. two line", "three line. four line")),
        ("a very long first line it is. short", ("a very long first line it is", "short")),
        ("no break anywhere here", ("no break", "anywhere here")),
        ("word", ("word", "word")),
        ("", ("", "")),
    ],
)
def test_words_are_cut_at_the_break_nearest_to_the_middle(text: str, parts: tuple[str, str]) -> None:
    assert halves(text) == parts


def song(at: int, artist: str, text: str = "la la la la. lo lo lo lo") -> LabelledSong:
    return LabelledSong(id=str(at), artist=artist, title="", text=f"{at} {text}")


def test_the_other_song_is_another_artists_where_there_is_one() -> None:
    both = [song(at, "x" if at < 8 else "y") for at in range(9)]
    drawn = draw(both, 100, seed=0)
    assert len(drawn) == 9
    assert all((one.a == both[8].text) != (one.b == both[8].text) for one in drawn)
    alone = draw([song(at, "x") for at in range(4)], 100, seed=0)
    assert all(one.a != one.b for one in alone)
    assert draw(both, 3, seed=0) == drawn[:3]
    assert draw(both, 100, seed=1) != drawn


def test_songs_too_short_for_two_parts_are_not_drawn() -> None:
    with pytest.raises(TrainingError, match="1 songs of the test side have two parts; two are needed"):
        draw([song(0, "x"), song(1, "y", "la"), song(2, "z", "")], 5, seed=0)


# -- what is measured --------------------------------------------------------------------------------------------------


def network(folder: Path, architecture: str) -> LabelNetwork:
    write_labels(folder)
    torch.manual_seed(0)
    own = Make(architecture=architecture, pooling="mean")
    return LabelNetwork(Backbone.read("start", folder), {"genre": 2}, own).eval()


def test_s_is_the_mean_of_the_elementwise_difference_by_hand(tmp_path: Path) -> None:
    own = network(tmp_path, "original")
    draws = [
        Draw("a sad song", "no piano please", "a sad", "song", "piano please"),
        Draw("harp", "drums", "a", "no", ","),
    ]
    found = measure(own, draws, max_tokens=16)
    by_hand = []
    for one in draws:
        a, b, a1, a2 = vectors(own, list(one[:4]), max_tokens=16).astype(float)
        by_hand.append((abs(abs(a - b) - abs(a1 - a2)).sum(), abs(a - b).sum() - abs(a1 - a2).sum()))
    assert (found["s"], found["signed"]) == pytest.approx(tuple(np.mean(by_hand, 0)))
    assert tuple(found) == MEASURES
    assert found["s"] >= abs(found["signed"])


def test_added_layers_give_vectors_of_one_length(tmp_path: Path) -> None:
    told = vectors(network(tmp_path, "modified"), ["a sad song", "drums"], max_tokens=16)
    assert np.linalg.norm(told, axis=1) == pytest.approx([4.0, 4.0], abs=0.05)  # the root of 16 dimensions


def test_attention_names_its_tokens_and_rows_sum_to_one(tmp_path: Path) -> None:
    told = attention(network(tmp_path, "original"), "a sad song")
    assert told.tokens == ["a", "sad", "song"]
    for layer in (told.first, told.last):
        assert np.sum(layer, axis=1) == pytest.approx([1, 1, 1], abs=1e-3)


# -- the sweep ---------------------------------------------------------------------------------------------------------


def test_every_cell_is_trained_once_and_its_weights_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib", reason="figures need matplotlib; it comes with: pip install 'songkin[plots]'")
    place, out = written(tmp_path), tmp_path / "out"
    place.write_text(AGENDA.replace("[1e-3, 1e-2]", "[1e-3]"), encoding="utf-8")
    found = swept(place, out)
    assert len(found.cells) == 2 * 2 * (1 + 1)  # architectures, seeds, a rate and before training
    assert found.songs["train"] == 56
    for cell in found.cells:
        assert json.loads((out / "cells" / cell.name / "measured.json").read_text())["s"] > 0
    assert not list(out.rglob("*.safetensors"))
    assert [name for name, told in found.cells.items() if "attention" in told] == [
        Cell("original.toml", 1e-3, 0),
        Cell("modified.toml", 1e-3, 0),
    ]

    monkeypatch.setattr(sweep, "run", None)  # what is kept is not trained again
    again = swept(place, out)
    assert dict(again.cells) == dict(found.cells)

    names = [path.name for path in page.write(found)]
    assert names == ["report.md", "report.json", "separation.png", "accuracy.png", "attention.png"]
    said = (out / "report.md").read_text(encoding="utf-8")
    for words in ("56*", "DistilBERT", "no number", "elementwise", "± ", "fewer than 1,000", "seeds 0, 1", "of 1"):
        assert words in said or (words == "DistilBERT" and found.start != "minilm"), words
    assert "quick run" not in said
    assert len(json.loads((out / "report.json").read_text())["cells"]) == 8
    lyrics = {str(row["text"]) for row in songs()}
    assert not any(text in said for text in lyrics)


def test_a_quick_run_says_so(tmp_path: Path) -> None:
    found = swept(written(tmp_path), tmp_path / "out", quick=True)
    assert found.steps == 2
    assert {cell.rate for cell in found.cells} == {0.0, 1e-2}
    said = page.page(found)
    assert "A quick run" in said
    assert "One seed, 0: no deviation can be given" in said


def test_a_cell_that_diverges_is_a_result(tmp_path: Path) -> None:
    place = written(tmp_path)
    for name in ("original", "modified"):
        own = tmp_path / f"{name}.toml"
        own.write_text(own.read_text().replace("[optimiser]", "[optimiser]\nclip = 0.0"), encoding="utf-8")
    place.write_text(AGENDA.replace("[1e-3, 1e-2]", "[1e-3, 1e38]").replace("seeds = [0, 1]", "seeds = [0]"))
    found = swept(place, tmp_path / "out")
    diverged = found.cells[Cell("original.toml", 1e38, 0)]
    assert "no number" in diverged["diverged"] or "is nan" in diverged["diverged"] or "is inf" in diverged["diverged"]
    said = page.page(found)
    assert "diverged" in said
    assert "Diverged: original-1e+38-0" in said
    assert swept(place, tmp_path / "out").cells[Cell("original.toml", 1e38, 0)] == diverged


def test_cells_of_other_recipes_are_not_taken_for_these(tmp_path: Path) -> None:
    place, out = written(tmp_path), tmp_path / "out"
    swept(place, out, quick=True)
    with pytest.raises(TrainingError, match="is of another recipe, other songs or other draws; name another folder"):
        swept(place, out)


def test_both_architectures_train_the_same_steps_and_are_judged_after_the_last(tmp_path: Path) -> None:
    place = written(tmp_path)
    own = read_agenda(place)
    told = [recipe_of(cell, place, {}) for cell in cells(own)]
    assert {(one.schedule.steps, one.validation.every) for one in told} == {(3, 3)}
    assert [one.optimiser.rate for one in told[:4]] == [1e-3, 1e-3, 1e-2, 1e-2]
    assert {one.seed for one in told} == {0, 1}


# -- what it says ------------------------------------------------------------------------------------------------------


def cell(architecture: str, rate: float, seed: int, s: float, length: float) -> tuple[Cell, dict[str, float]]:
    return Cell(f"{architecture}.toml", rate, seed), {"s": s, "length": length}


def test_architectures_are_compared_rate_by_rate() -> None:
    told = dict(
        cell(name, rate, seed, s + seed, s)
        for name, values in (("original", (1.0, 5.0, 5.0)), ("modified", (0.5, 9.0, 12.0)))
        for rate, s in zip((1e-5, 1e-4, 1e-3), values, strict=True)
        for seed in (0, 1)
    )
    assert means(told, "original", 1e-5, "s") == (1.5, 0.5, 2)
    found = compared(told, "original", "modified", "s")
    assert (found.higher, found.rates, found.apart) == (2, 3, 2)
    assert (found.difference, found.small, found.large) == pytest.approx((10.5 / 3, -0.5, 7.0))
    assert follows_length(told, "s") > 0.9
    assert compared(told, "original", "modified", "auc").rates == 0


def test_a_space_that_collapsed_is_named(tmp_path: Path) -> None:
    found = swept(written(tmp_path), tmp_path / "out", quick=True)
    own = Cell("modified.toml", 1e-2, 0)
    told = {**found.cells, own: {**found.cells[own], "mean_cosine": 0.99}}
    assert "above 0.9 on average): modified-0.01-0." in page.page(replace(found, cells=told))
    assert "Collapsed" not in page.page(replace(found, cells={own: {**found.cells[own], "mean_cosine": 0.3}}))


# -- the recipes -------------------------------------------------------------------------------------------------------


def test_the_recipes_differ_in_architecture_alone() -> None:
    one, other = (read(RECIPES / f"{name}.toml") for name in ("original", "modified"))
    assert {**one.own, "architecture": "modified"} == other.own
    assert (one.network, one.batches, one.optimiser, one.schedule) == (
        other.network,
        other.batches,
        other.optimiser,
        other.schedule,
    )


def test_the_agenda_is_the_sweep_that_was_set_out() -> None:
    own = read_agenda(RECIPES / "report.toml")
    assert own.rates == (1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3)
    assert own.seeds == (0, 1, 2)
    assert len(cells(own)) == 42
    assert len(cells(hurried(own))) == 6


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("shown = 1e-3", "shown = 1e-5", "shown is one of them"),
        ("seeds = [0, 1]", "seeds = []", "name at least one each"),
        ("draws = 6", "drawn = 6", "has no key 'drawn'; did you mean 'draws'"),
        ("rates = [1e-3, 1e-2]", "rates = [1e-3, 1e-3]", "different numbers above 0"),
    ],
)
def test_a_mistake_in_the_agenda_is_named(tmp_path: Path, before: str, after: str, said: str) -> None:
    place = written(tmp_path)
    place.write_text(AGENDA.replace(before, after), encoding="utf-8")
    with pytest.raises(TrainingError, match=said):
        read_agenda(place)


def test_an_agenda_without_a_quick_run_says_so() -> None:
    own = Agenda(name="n", recipes=("a.toml",), rates=(1e-3,), verse="la", shown=1e-3)
    with pytest.raises(TrainingError, match=r"n says no \[quick\]"):
        hurried(own)
