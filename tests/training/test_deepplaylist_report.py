"""The re-run's agenda, its experiments on a little corpus in the paper's formats, and the page they make."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("matplotlib")

from paired_tracks import write_corpus, write_sound  # noqa: E402

from songkin.errors import TrainingError  # noqa: E402
from songkin.training.deepplaylist import figures  # noqa: E402
from songkin.training.deepplaylist.agenda import Agenda, Quick, Row, hurried, read_agenda  # noqa: E402
from songkin.training.deepplaylist.cells import REGRESSION, Stand  # noqa: E402
from songkin.training.deepplaylist.experiments import EXPERIMENTS, parameters  # noqa: E402
from songkin.training.deepplaylist.options import Options  # noqa: E402
from songkin.training.deepplaylist.published import ABLATION  # noqa: E402
from songkin.training.deepplaylist.rerun import PAGE, rerun  # noqa: E402
from songkin.training.recipes import read  # noqa: E402

RECIPES = Path(__file__).parents[2] / "recipes" / "deepplaylist"
AGENDAS = ("report.toml", "artists.toml")
QUICK = """
[quick.tables.batches]
size = 32
[quick.tables.pairs]
length = 6
vocabulary = 12
dim = 4
dense = [8, 4]
frames = 8
epochs = 1
"""


def lay(folder: Path, *, shards: str = "shards", splits: Sequence[str] = ("random",)) -> Path:
    """The shipped recipes and agenda, on a little corpus."""
    write_corpus(folder)
    write_sound(folder / "shards")
    for place in RECIPES.glob("*.toml"):
        shutil.copy(place, folder)
    text = (RECIPES / "report.toml").read_text(encoding="utf-8").partition("[quick]")[0]
    text = text.replace('corpus = "colisten"', 'corpus = "."').replace('shards = ""', f'shards = "{shards}"')
    text = text.replace('splits = ["random", "artist"]', f"splits = {json.dumps(splits)}")
    quick = '[quick]\nmerges = ["cosine", "all"]\ndivided = { first = 64, second = 32 }\n'
    (folder / "report.toml").write_text(text + quick + QUICK, encoding="utf-8")
    return folder / "report.toml"


def stand_in(place: Path, out: Path, **own: object) -> Stand:
    return Stand(agenda=hurried(read_agenda(place)), place=place, out=out, threads=1, **own)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run every experiment, with a guest in the contest."""
    folder = tmp_path_factory.mktemp("deepplaylist")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("songkin.training.run.draw", lambda out: [])
        patch.setattr("songkin.training.deepplaylist.figures._saved", lambda figure, place: place.touch())
        scorers = {"a guest": lambda school: lambda left, right: np.linspace(0, 1, len(left))}
        rerun(stand_in(lay(folder), folder / "out", scorers=scorers))
    return folder


def told(folder: Path, name: str) -> dict:
    return json.loads((folder / "out" / f"{name}.json").read_text(encoding="utf-8"))


def test_every_experiment_leaves_numbers_and_its_part_of_the_page(done: Path) -> None:
    page = (done / "out" / PAGE).read_text(encoding="utf-8")
    assert [page.count(said) for said in ("Not run yet", "Could not be run")] == [0, 0]
    for name in EXPERIMENTS:
        assert told(done, name)
    for head in (
        "Data",
        "Parameters",
        "Classification",
        "Regression",
        "Ablation",
        "Merges",
        "Sound,",
        "Sound and words",
    ):
        assert f"\n## {head}" in page


def test_a_quick_run_says_that_it_is_no_result(done: Path) -> None:
    page = (done / "out" / PAGE).read_text(encoding="utf-8")
    assert "It tests the code; its figures are no results." in page


def test_mini_data_are_called_so(done: Path) -> None:
    page = (done / "out" / PAGE).read_text(encoding="utf-8")
    assert "**Mini data**: 276 pairs, where the paper has 1,000,000." in page


def test_an_out_that_is_a_file_is_named(tmp_path: Path) -> None:
    place = lay(tmp_path)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(TrainingError, match="is a file or lies within one"):
        rerun(stand_in(place, tmp_path / "file" / "out"), ["parameters"])


def test_a_corpus_that_is_not_there_is_told_on_the_page(tmp_path: Path) -> None:
    own = stand_in(lay(tmp_path), tmp_path / "out")
    gone = replace(own, agenda=replace(own.agenda, corpus="gone"))
    report = rerun(gone, ["data", "parameters"])
    assert "## data\n\nCould not be run: " in report.page
    assert "gone" in report.page


def test_few_pairs_are_marked(done: Path) -> None:
    assert "55* tested" in (done / "out" / PAGE).read_text(encoding="utf-8")


def test_every_figure_that_the_page_shows_is_there_and_no_other(done: Path) -> None:
    page = (done / "out" / PAGE).read_text(encoding="utf-8")
    shown = {part.partition(")")[0] for part in page.split("](")[1:]}
    assert shown == {place.name for place in (done / "out").glob("*.png")}


def test_the_papers_six_rows_stand_beside_ours(done: Path) -> None:
    rows = told(done, "ablation")["rows"]
    assert [own["name"] for own in rows] == list(ABLATION)
    page = (done / "out" / PAGE).read_text(encoding="utf-8")
    for own in ABLATION.values():
        assert f"| {own.train_mae:.4f} | {own.valid_mae:.4f} | {own.test_rmse:.4f} |" in page


def test_rows_of_the_ablation_differ_in_a_quick_run_too(done: Path) -> None:
    told_of = [(own["valid MAE"], own["test"]["RMSE"]) for own in told(done, "ablation")["rows"]]
    assert len(set(told_of)) == len(told_of)


def test_one_recipe_is_trained_once_whatever_its_tables(done: Path) -> None:
    cells = {place.name for place in (done / "out" / "random").iterdir()}
    assert "regression" in cells
    assert not {"row-6", "merge-all"} & cells


def test_constants_stand_beside_the_network(done: Path) -> None:
    test = told(done, "regression")["splits"]["random"]["test"]
    assert min(test["constant mean"]["RMSE"], test["constant median"]["MAE"]) > 0


def test_a_guest_stands_in_the_contest(done: Path) -> None:
    for own in told(done, "contest").values():
        assert {"a guest", "constant median", "the paper's lyrics network"} <= set(own["rows"])


def test_no_words_of_a_song_stand_on_the_page(done: Path) -> None:
    assert "ship" not in (done / "out" / PAGE).read_text(encoding="utf-8").replace("relationship", "")


def test_the_same_again_trains_nothing(done: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songkin.training.deepplaylist.cells.run", lambda *own, **more: pytest.fail("trained again"))
    monkeypatch.setattr(figures, "_saved", lambda figure, place: place)
    rerun(stand_in(done / "report.toml", done / "out"), ["regression", "ablation", "audio", "joint"])


def test_without_sound_the_others_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songkin.training.run.draw", lambda out: [])
    monkeypatch.setattr(figures, "_saved", lambda figure, place: place)
    place = lay(tmp_path, shards="")
    report = rerun(stand_in(place, tmp_path / "out"), ["audio", "parameters"])
    assert "## audio\n\nCould not be run: no songs with sound" in report.page
    assert "731,136" in report.page


def test_where_nothing_can_be_run_it_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="lacks audio: no songs with sound"):
        rerun(stand_in(lay(tmp_path, shards=""), tmp_path / "out"), ["audio"])


def test_an_unknown_experiment_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="did you mean 'ablation'"):
        rerun(stand_in(lay(tmp_path), tmp_path / "out"), ["ablatoin"])


@pytest.mark.parametrize("name", AGENDAS)
def test_the_shipped_agendas_read(name: str) -> None:
    assert read_agenda(RECIPES / name).corpus == "colisten"


def test_the_shipped_recipes_read_and_are_the_published_networks() -> None:
    names = {place.stem: place for place in RECIPES.glob("*.toml") if place.name not in AGENDAS}
    assert set(names) == {"audio", "classification", "joint", "regression"}
    own = {name: read(place).task_table(Options) for name, place in names.items()}
    lyrics = own["regression"]
    assert (lyrics.vocabulary, lyrics.length, lyrics.dim, lyrics.first, lyrics.second) == (20_000, 300, 100, 256, 128)
    assert (lyrics.dense, lyrics.merge, lyrics.epochs, lyrics.dropout) == ((128, 64), "all", 10, 0.3)
    assert own["classification"].network == "baseline"
    assert own["audio"].shares == own["joint"].shares == (0.8, 0.1, 0.1)
    for place in names.values():
        told_of = read(place)
        assert (told_of.optimiser.rate, told_of.optimiser.decay) == (1e-3, 0.0)
    assert {own["audio"].anneal, own["joint"].anneal} == {30}
    assert read(names["joint"]).schedule.floor * 1e-3 == pytest.approx(1e-6)


def test_the_shipped_agenda_is_the_papers_ablation() -> None:
    agenda = read_agenda(RECIPES / "report.toml")
    assert [row.name for row in agenda.ablation] == list(ABLATION)
    assert agenda.ablation[0].tables["optimiser"]["rates"] == {"tower.words.": 0.0}
    assert (agenda.hurried, hurried(agenda).hurried) == (False, True)
    assert hurried(agenda).merges == ("concatenation", "cosine", "all")


def test_a_corpus_of_the_command_line_takes_the_agendas_place(tmp_path: Path) -> None:
    own = read_agenda(RECIPES / "report.toml", corpus=str(tmp_path), shards=str(tmp_path / "s"))
    assert (own.corpus, own.shards) == (str(tmp_path), str(tmp_path / "s"))
    assert read_agenda(RECIPES / "report.toml", corpus="colisten").corpus == "colisten"


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: Agenda(name="a", splits=()), "at least one each"),
        (lambda: Agenda(name="a", merges=("sum",)), "merges names 'sum'"),
        (lambda: Agenda(name="a", ablation=(Row(name="x", said=""),) * 2), "two rows have one name"),
        (lambda: Quick(divided={"first": 0}), "whole numbers from 1"),
    ],
)
def test_an_agenda_that_cannot_be_is_said(made: Callable[[], object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        made()


def test_colistens_own_tables_hold_for_colisten_alone(tmp_path: Path) -> None:
    place = lay(tmp_path)
    folder = stand_in(place, tmp_path / "out")
    listeners = replace(folder, agenda=replace(folder.agenda, corpus="colisten"))
    thresholds = [own.recipe(REGRESSION, "random", {}).own.get("threshold", 0.5) for own in (folder, listeners)]
    assert thresholds == [0.5, 0.02]


def test_parameters_need_no_corpus(tmp_path: Path) -> None:
    own = parameters.run(stand_in(lay(tmp_path), tmp_path))
    assert own["counted"]["dense"] == 139_521


def test_figures_are_drawn(tmp_path: Path) -> None:
    rows = [
        {"train loss": 1.0, "valid loss": 1.1, "score": -1.0},
        {"train loss": 0.5, "valid loss": 0.9, "score": -0.5},
    ]
    assert figures.losses(tmp_path / "a.png", {"one": rows, "other": rows[:1]}).stat().st_size > 1000
    labels = np.linspace(0, 1, 50)
    assert figures.errors_and_labels(tmp_path / "b.png", labels, labels**2, constant=0.5).stat().st_size > 1000


def test_sound_is_written_from_audio_files(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    soundfile = pytest.importorskip("soundfile")
    pytest.importorskip("songkin.audio")
    from songkin.training.deepplaylist.recorded import shard_folder
    from songkin.training.pairs.shards import Shards

    (tmp_path / "music" / "more").mkdir(parents=True)
    tone = 0.3 * np.sin(2 * np.pi * 440 * np.arange(3 * 22050) / 22050)
    for name in ("TRAAAAA1.wav", "more/TRAAAAB2.wav", "more/TRAAAAA1.wav"):
        soundfile.write(tmp_path / "music" / name, tone, 22050)
    (tmp_path / "music" / "broken.wav").write_bytes(b"no sound at all")
    lost: list[str] = []
    own = shard_folder(tmp_path / "music", tmp_path / "shards", lost=lost.append)
    assert (own.songs, own.lost) == (2, 2)
    assert [any(said in line for line in lost) for said in ("broken.wav", "rename one")] == [True, True]
    assert set(Shards(tmp_path / "shards").ids) == {"TRAAAAA1", "TRAAAAB2"}
    with pytest.raises(TrainingError, match="no audio file lies below"):
        shard_folder(tmp_path / "shards", tmp_path / "none", lost=logging.warning)
