"""The re-run's agenda, its experiments on a tiny corpus, and the page they make."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("sklearn")
pytest.importorskip("matplotlib")

from labelled import write_labels  # noqa: E402
from musicoset_folder import write_many  # noqa: E402

from songkin.errors import TrainingError  # noqa: E402
from songkin.training.epfl.agenda import Agenda, Base, Chain, Single, Stage, hurried, read_agenda  # noqa: E402
from songkin.training.epfl.cells import Stand  # noqa: E402
from songkin.training.epfl.experiments import EXPERIMENTS, cleaning, clusters, regression, sequential, single  # noqa: E402
from songkin.training.epfl.rerun import PAGE, rerun  # noqa: E402
from songkin.training.epfl.songs import PAPER  # noqa: E402
from songkin.training.markdown import chance, few, number, share, size, spanned, table  # noqa: E402
from songkin.training.recipes import read  # noqa: E402

RECIPES = Path(__file__).parents[2] / "recipes" / "epfl"
AGENDA = """
name = "a small re-run"
corpus = "songs.jsonl"
splits = ["random", "artist"]
together = ["genre", "valence"]
[[bases]]
name = "tiny"
start = "start"
max_tokens = 24
[[single]]
target = "genre"
frozen = { epochs = 1, rate = 1e-2 }
tuned = { epochs = 1, rate = 1e-3 }
[[single]]
target = "popularity"
frozen = { epochs = 1, rate = 1e-2 }
[regression]
targets = ["valence"]
frozen = { epochs = 1, rate = 1e-2 }
[chain]
targets = ["genre", "valence", "genre"]
frozen = { epochs = 1, rate = 1e-2 }
tuned = { epochs = 1, rate = 1e-3 }
[theme]
word = "song 1"
artist = "artist 20"
[[example]]
seeds = ["nothing", "song 8"]
conditions = { genre = "folk", more = ["energy"] }
[quick]
targets = ["genre", "valence"]
keep = []
"""


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run every experiment on eighty songs with a network of two layers, all by the shipped recipes."""
    folder = tmp_path_factory.mktemp("epfl")
    write_labels(folder)
    for place in RECIPES.glob("*.toml"):
        if place.name != "report.toml":
            shutil.copy(place, folder)
    (folder / "report.toml").write_text(AGENDA, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("songkin.training.run.draw", lambda out: [])  # the curves of every training take most of the time
        patch.setattr("songkin.training.run.draw_labels", lambda out: [])
        patch.setattr("songkin.training.epfl.figures._saved", lambda figure, place: place.touch())
        rerun(stand_in(folder))
    return folder


def stand_in(folder: Path) -> Stand:
    place = folder / "report.toml"
    return Stand(agenda=read_agenda(place), place=place, out=folder / "out", data=folder, threads=1)


def told(folder: Path, name: str) -> dict:
    return json.loads((folder / "out" / f"{name}.json").read_text(encoding="utf-8"))


def test_every_experiment_leaves_numbers_and_its_part_of_the_page(done: Path) -> None:
    page = (done / "out" / PAGE).read_text(encoding="utf-8")
    assert "Not run yet" not in page
    for name in EXPERIMENTS:
        assert told(done, name)
    for head in (
        "Cleaning",
        "Sanity",
        "Single tasks",
        "Regression",
        "Sequential",
        "Simultaneous",
        "SimSiam",
        "Clusters",
    ):
        assert f"\n## {head}" in page


def test_every_figure_that_the_page_shows_is_there_and_no_other(done: Path) -> None:
    page = (done / "out" / PAGE).read_text(encoding="utf-8")
    shown = {part.partition(")")[0] for part in page.split("](")[1:]}
    assert shown == {place.name for place in (done / "out").glob("*.png")}


def test_no_words_of_a_song_stand_on_the_page(done: Path) -> None:
    assert "a sad song with" not in (done / "out" / PAGE).read_text(encoding="utf-8")


def test_corpora_that_are_not_here_are_named(done: Path) -> None:
    own = told(done, "cleaning")
    assert len(own["missing"]) == 2
    assert own["splits"]["artist"]["shared artists"] == 0
    assert own["splits"]["random"]["sizes"] == [56, 12, 12]
    assert own["as it is"] == {"rows": 80, "with words": 80}
    page = cleaning.page(own)
    assert "read as it is: rows 80, with words 80." in page
    assert "cut off" not in page


def stand_on(folder: Path, corpus: str) -> Stand:
    agenda = Agenda(
        name="another corpus",
        corpus=corpus,
        bases=(Base(name="tiny", start="start"),),
        splits=("artist",),
        single=(Single(target="genre", frozen=Stage(epochs=1, rate=1e-2)),),
        chain=Chain(targets=("genre",)),
    )
    return Stand(agenda=agenda, place=folder / "report.toml", out=folder / "out", data=folder)


def test_the_agendas_own_folder_is_counted_beside_the_public_corpora(tmp_path: Path) -> None:
    write_many(tmp_path / "own", 20)
    write_many(tmp_path / "musicoset", 12)
    own = cleaning.run(stand_on(tmp_path, "own"))
    assert {name: list(funnel.values()) for name, funnel in own["funnels"].items()} == {
        "corpus = own": [20] * 7,
        "musicoset": [12] * 7,
    }
    assert own["genres"]["corpus = own"] == {"paper": {"acoustic/folk": 20}, "ours": {"acoustic/folk": 20}}
    assert sum(own["splits"]["artist"]["sizes"]) == 20
    page = cleaning.page(own)
    assert "| step | paper | corpus = own | musicoset |" in page
    assert "corpus = own: 20 of the paper's 20,404 rows of lyrics, so lyrics.csv is cut off." in page


def test_the_public_musicoset_named_as_a_folder_is_counted_once(tmp_path: Path) -> None:
    write_many(tmp_path / "musicoset", 20)
    assert list(cleaning.run(stand_on(tmp_path, "musicoset"))["funnels"]) == ["musicoset"]


def test_a_whole_musicoset_is_not_called_cut_off() -> None:
    told = {"funnels": {"musicoset": dict(PAPER)}, "genres": {}, "splits": {}, "missing": [], "as it is": {}}
    assert "cut off" not in cleaning.page(told)


def test_a_task_that_no_song_can_teach_is_told_and_the_others_go_on(done: Path) -> None:
    cells = told(done, "single")["cells"]
    failed = [own for own in cells if "failed" in own]
    assert {own["task"] for own in failed} == {"popularity"}
    assert all("popularity" in own["failed"] for own in failed)
    assert {own["split"] for own in cells if "test" in own} == {"random", "artist"}


def cell(task: str, confusion: list[list[int]], split: str = "random") -> dict:
    """One finished cell of halves, as a confusion gives it."""
    n = sum(map(sum, confusion))
    right = (confusion[0][0] + confusion[1][1]) / n
    test = {"n": n, "accuracy": right, "majority": max(map(sum, confusion)) / n, "macro_f1": right}
    test |= {"names": ["low", "high"], "confusion": confusion}
    return {"task": task, "base": "tiny", "split": split, "frozen": right, "tuned": None, "test": test}


def test_what_cannot_be_told_is_read_off_the_cells() -> None:
    blind, seeing = [[510, 490], [490, 510]], [[900, 100], [100, 900]]
    page = single.page({"cells": [cell("tempo_bpm", blind), cell("valence", seeing)]})
    assert "is not beaten by more than chance (95 %) in tempo_bpm (tiny, random)." in page
    page = single.page({"cells": [cell("tempo_bpm", seeing), cell("valence", blind, "artist")]})
    assert "in valence (tiny, artist)." in page
    page = single.page({"cells": [cell("tempo_bpm", seeing)]})
    assert "Here each accuracy beats the majority's by more than chance (95 %)." in page
    assert "Here" not in single.page({"cells": []})


def test_how_much_the_random_split_flatters_is_measured() -> None:
    both = [cell("valence", [[80, 20], [20, 80]]), cell("valence", [[75, 25], [25, 75]], "artist")]
    assert "less that by artist: valence, tiny +0.050." in single.page({"cells": both})
    assert "less that by artist" not in single.page({"cells": both[:1]})


def test_how_far_told_values_are_spread_is_read_off_the_cells() -> None:
    test = {"mse": 0.1, "mse_of_mean": 0.1, "told_deviation": 0.25, "truth_deviation": 0.25, "n": 2000}
    own = {"task": "valence", "base": "tiny", "frozen": {"mse": 0.1}, "valid": {"mse": 0.1}, "test": test}
    assert "deviation of what is told is 1.000 of the truth's" in regression.page({"split": "random", "cells": [own]})
    flat = {**own, "test": {**test, "truth_deviation": 0.0}}
    assert "Here" not in regression.page({"split": "random", "cells": [flat]})


def test_the_papers_chain_is_shown_with_the_calinski_harabasz_that_is_known(done: Path) -> None:
    page = clusters.page(told(done, "clusters"))
    assert "| genre, valence, energy | 1,450 / 2.35 / 0.112 | 708 | 542 |" in page
    assert "| mpnet | 404 / 6.21 / 0.024 | 204 / 5.19 / 0.023 | 135 / 4.45 / 0.022 |" in page


def test_a_chain_begins_with_the_single_task_and_names_its_links(done: Path) -> None:
    assert sequential.links(("genre", "valence", "genre")) == ["genre", "chain-2-valence", "chain-3-genre"]
    cells = told(done, "sequential")["cells"]
    first = next(own for own in told(done, "single")["cells"] if own["task"] == "genre" and own["split"] == "random")
    assert cells[0]["test"] == first["test"]
    assert [own["task"] for own in cells] == ["genre", "valence", "genre"]


def test_collapse_is_on_record_beside_a_task_that_does_not(done: Path) -> None:
    own = told(done, "simsiam")["cells"][0]
    assert own["curves"].keys() == {"simsiam", "halves"}
    assert all("mean_cosine" in row for row in own["curves"]["halves"]["validations"])


def test_every_encoder_is_clustered_with_retrieval_and_collapse_beside(done: Path) -> None:
    own = told(done, "clusters")
    names = [row["encoder"] for row in own["encoders"]]
    assert names == [
        "base",
        "+ genre",
        "genre, valence",
        "genre, valence, genre",
        "all at once",
        "simsiam",
        "halves",
        "+ genre, artist split",
    ]
    for row in own["encoders"]:
        assert [one["k"] for one in row["rows"]] == list(range(2, 16))
        assert row["all"]["n"] == 80
        assert {"mean_cosine", "effective_rank"} <= row.keys()
    assert all(row["masked"] == pytest.approx(0, abs=1e-5) for row in own["drift"])


def test_recommendations_meet_the_conditions_with_clusters_and_without(done: Path) -> None:
    own = told(done, "recommend")["answers"]
    assert [one["encoder"] for one in own] == ["tiny base", "tiny + genre"]
    assert own[0]["seed"] == "artist 4 - song 8"
    assert all(len(one["found"]["without"]) == 3 for one in own)


def test_what_is_finished_is_not_done_again(done: Path) -> None:
    place = done / "out" / "tiny" / "random" / "genre-tuned" / "outcome.json"
    before = place.stat().st_mtime_ns
    rerun(stand_in(done), ["single"])
    assert place.stat().st_mtime_ns == before


def test_an_unknown_experiment_is_told_with_the_nearest(done: Path) -> None:
    with pytest.raises(TrainingError, match="there is no experiment 'cluster'; did you mean 'clusters'"):
        rerun(stand_in(done), ["cluster"])


def test_an_experiment_that_cannot_be_run_is_told_on_the_page_and_the_others_go_on(done: Path) -> None:
    place = done / "other.toml"
    place.write_text(AGENDA.replace("song 1", "no such word").replace('"song 8"', '"none"'), encoding="utf-8")
    stand = Stand(agenda=read_agenda(place), place=place, out=done / "other", data=done)
    with pytest.raises(TrainingError, match="lacks sanity: there is no song with 'no such word' in the title"):
        rerun(stand, ["sanity", "recommend"])
    page = (done / "other" / PAGE).read_text(encoding="utf-8")
    assert "Could not be run: there is no song" in page
    assert "none of these songs is in the corpus: nothing, none" in page


def test_the_shipped_agenda_is_the_papers() -> None:
    agenda = read_agenda(RECIPES / "report.toml")
    plans = {own.target: (own.frozen, own.tuned) for own in agenda.single}
    assert plans.keys() == single.PAPER.keys()
    assert (plans["genre"][0].rate, plans["genre"][1].rate, plans["genre"][1].epochs) == (2e-3, 2e-5, 8)
    assert (plans["energy"][0].rate, plans["energy"][1].rate, plans["danceability"][1].epochs) == (1e-3, 2e-6, 2)
    assert plans["tempo_bpm"] == plans["loudness_db"] == (Stage(epochs=3, rate=2e-3), None)
    assert agenda.chain.targets == tuple(task for task, _, _ in sequential.PAPER)
    quick = hurried(agenda)
    assert quick.chain.targets == ("genre", "valence", "genre")
    assert {own.target for own in quick.single} == {"genre", "valence"}


@pytest.mark.parametrize("place", sorted(RECIPES.glob("*.toml")), ids=lambda place: place.stem)
def test_every_shipped_recipe_is_read(place: Path) -> None:
    if place.name != "report.toml":
        recipe = read(place)
        assert recipe.schedule.warmup == 0
        assert (recipe.seed, recipe.optimiser.decay, recipe.batches.max_tokens) == (11, 0.01, 512)


def test_a_base_named_twice_and_a_chain_without_its_beginning_are_told(tmp_path: Path) -> None:
    place = tmp_path / "report.toml"
    place.write_text(AGENDA, encoding="utf-8")
    with pytest.raises(TrainingError, match="no base twice"):
        read_agenda(place, bases=(Base(name="tiny", start="elsewhere"),))
    place.write_text(
        AGENDA.replace('targets = ["genre", "valence", "genre"]', 'targets = ["energy"]'), encoding="utf-8"
    )
    with pytest.raises(TrainingError, match=r"begins with energy, which \[\[single\]\] does not train"):
        read_agenda(place)
    place.write_text("name = [", encoding="utf-8")
    with pytest.raises(TrainingError, match="cannot be read as TOML"):
        read_agenda(place)


def test_numbers_are_written_as_the_paper_writes_them() -> None:
    assert (share(0.4781), share(1.0), share(None), share(float("nan")), share(-0.1)) == (
        ".478",
        "1.000",
        "",
        "",
        "-0.100",
    )
    assert (number(7201.4, 0), number(None, 2), number(-1e-7, 4)) == ("7,201", "", "0.0000")
    assert (size(999), size(1000)) == ("999*", "1,000")
    assert spanned((0.107, 0.269)) == ".107-.269"
    assert few([2000]) == few([]) == ""
    assert (round(chance(400), 3), chance(0)) == (0.049, 1.0)
    assert "within 4.9 points" in few([400, 2000])
    assert table(["a|b"], [["c"]]) == "| a/b |\n| --- |\n| c |"
