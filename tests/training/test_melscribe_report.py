"""The re-run's agenda and report: recipes laid over, tests drawn, everything trained, one page written."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from captions import TRACKS, give_ends, write_mtt  # noqa: E402
from tiny import write_start  # noqa: E402

from songkin.datasets.lpmusiccaps import Captioned  # noqa: E402
from songkin.errors import TrainingError  # noqa: E402
from songkin.training.changes import changed, toml  # noqa: E402
from songkin.training.data import read_sources  # noqa: E402
from songkin.training.melscribe import page  # noqa: E402
from songkin.training.melscribe.agenda import hurried, read_agenda  # noqa: E402
from songkin.training.melscribe.judging import encoder, rounds_of  # noqa: E402
from songkin.training.melscribe.rerun import rerun, top  # noqa: E402
from songkin.training.recipes import read  # noqa: E402

RECIPES = Path(__file__).parents[2] / "recipes" / "melscribe"
COMMON = """
name = "{name}"
task = "{task}"
[network]
start = "start"
[batches]
size = 6
max_tokens = 32
[schedule]
steps = 6
[validation]
every = 3
[checks]
mean_cosine = 1.1
effective_rank = 0.5
{own}
[[source]]
kind = "drawn-sets"
paths = ["train.csv"]
"""
TRIALS = 'retrievers = ["tf-idf"]\ntrials = 10\ntrial_negatives = 3\n'
AGENDA = """
name = "a small re-run"
teacher = "teacher.toml"
recipes = ["gpl.toml", "inbatch.toml"]
tests = ["held-out", "train.csv"]
seeds = [0, 1]
rivals = ["tf-idf"]
requests = ["sad | harp"]
[quick]
tests = ["held-out"]
limit = 3
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    give_ends(write_start(tmp_path / "start"))
    write_mtt(tmp_path / "train.csv")
    own = {
        "teacher": f"[teacher]\n{TRIALS}mined = 5\nnegatives = 3",
        "gpl": f'[gpl]\nteacher = "nowhere"\n{TRIALS}negatives = 4\nweak_teacher = true',
        "contrastive": "[contrastive]\nnegatives = 0",
    }
    for name, task in (("teacher", "teacher"), ("gpl", "gpl"), ("inbatch", "contrastive")):
        text = COMMON.format(name=name, task=task, own=own[task])
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    (tmp_path / "report.toml").write_text(AGENDA, encoding="utf-8")
    return tmp_path


# -- recipes laid over -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(RECIPES.glob("*.toml")), ids=lambda path: path.stem)
def test_our_recipes_are_read_and_written_again_the_same(path: Path) -> None:
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    assert tomllib.loads(toml(tables)) == tables
    if path.stem != "report":
        assert read_sources(read(path).sources, path)


def test_our_agenda_names_recipes_that_are_there_and_its_quick_changes_fit_them() -> None:
    agenda = read_agenda(RECIPES / "report.toml")
    quick = hurried(agenda)
    assert quick.limit == 200
    for name in (agenda.teacher, *agenda.recipes):
        recipe = changed(RECIPES / name, quick.quick.teacher if name == agenda.teacher else quick.quick.students)
        read_sources(recipe.sources, recipe.place)
        assert recipe.sources[0]["most"] == 400


def test_changes_are_laid_over_key_by_key_and_another_tasks_are_left_out(place: Path) -> None:
    changes = {"batches": {"size": 2}, "gpl": {"negatives": 9}, "teacher": {"mined": 1}, "drawn-sets": {"most": 5}}
    found = changed(place / "gpl.toml", changes, steps=12)
    assert (found.batches.size, found.batches.max_tokens) == (2, 32)
    assert (found.own["negatives"], found.own["trials"]) == (9, 10)
    assert found.sources[0]["most"] == 5
    assert (found.schedule.steps, found.validation.every) == (12, 2)
    assert tomllib.loads(found.text)["batches"]["size"] == 2


def test_an_agenda_with_an_unknown_key_is_refused(place: Path) -> None:
    (place / "report.toml").write_text(AGENDA.replace("rivals", "rivas"), encoding="utf-8")
    with pytest.raises(TrainingError, match="no key 'rivas'; did you mean 'rivals'"):
        read_agenda(place / "report.toml")


# -- judging -----------------------------------------------------------------------------------------------------------


def test_a_round_has_one_right_set_a_sentence() -> None:
    tracks = [Captioned(track, caption, tuple(tags)) for track, caption, tags in TRACKS[:3]]
    tracks.append(Captioned("none", "nothing is said", ("harp",)))
    whole, filled = (rounds_of(tracks, [7], empty=empty)[0] for empty in (True, False))
    assert whole.ceiling == pytest.approx(6 / 7)
    assert filled.ceiling == 1.0
    assert len(filled.requests) == 6
    assert all(len(wanted) == 1 for wanted in whole.judgements.values())


def test_an_encoder_ranks_by_cosine_and_encodes_nothing_twice() -> None:
    asked: list[str] = []

    def encode(texts: list[str]) -> np.ndarray:
        asked.extend(texts)
        return np.array([[1.0, 0.0] if "sad" in text else [0.6, 0.8] for text in texts], np.float32)

    drawn = rounds_of([Captioned("a", "sad", ("sad",)), Captioned("b", "calm", ("calm",))], [0])[0]
    rank = encoder("toy", "", encode).fit(drawn)  # type: ignore[arg-type]
    assert rank(["a sad one"], 2) == rank(["a sad one"], 5) == [["sad", "calm"]]
    assert sorted(asked) == ["a sad one", "calm", "sad"]


# -- the whole ---------------------------------------------------------------------------------------------------------


def test_a_re_run_trains_judges_and_writes_one_report_and_goes_on(place: Path) -> None:
    pytest.importorskip("matplotlib")
    agenda, told = read_agenda(place / "report.toml"), []
    found = rerun(agenda, place / "report.toml", place / "out", threads=1, tell=lambda name, step: told.append(name))
    assert list(dict.fromkeys(told)) == ["teacher", "gpl", "inbatch"]
    written = page.write(found)
    assert [path.name for path in written] == ["report.md", "report.json", "recall.png"]
    assert all(path.stat().st_size > 0 for path in written)
    text = written[0].read_text(encoding="utf-8")
    for said in ("shared words", "held-out pairs ordered rightly", "| gpl : inbatch | held-out |", "start (start)"):
        assert said in text
    assert "### sad | harp" in text
    numbers = json.loads(written[1].read_text(encoding="utf-8"))
    assert set(numbers["tests"]) == {"held-out", "train.csv"}
    assert len(numbers["curves"]["gpl"]) == 2
    told.clear()
    again = rerun(agenda, place / "report.toml", place / "out", threads=1, tell=lambda name, step: told.append(name))
    assert not told
    assert page.page(again) == text
    shown = top(agenda, place / "report.toml", place / "out", "sad harp")
    assert list(shown) == ["gpl", "inbatch", "start (start)", "Tf-Idf"]
    assert all(len(texts) <= 5 for texts in shown.values())
