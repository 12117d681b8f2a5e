"""Recipes say what they mean, or where they do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from songkin.errors import SourceError, TrainingError
from songkin.training import read
from songkin.training.data import Augment, Ground, checksums, read_sources

HEAD = 'name = "n"\ntask = "contrastive"\n'
START = '[network]\nstart = "s"\n'
REPOSITORY = Path(__file__).parents[2]
EVERY = sorted((REPOSITORY / "recipes").rglob("*.toml"))
RECIPES = [place for place in EVERY if "\ntask = " in place.read_text(encoding="utf-8")]  # others are agendas


def written(folder: Path, text: str) -> Path:
    place = folder / "r.toml"
    place.write_text(text, encoding="utf-8")
    return place


def test_what_a_recipe_leaves_out_has_the_recommended_value(tmp_path: Path) -> None:
    recipe = read(written(tmp_path, HEAD + START))
    assert (recipe.batches.size, recipe.schedule.steps, recipe.seed) == (64, 2000, 0)


def test_a_whole_number_stands_for_a_number(tmp_path: Path) -> None:
    assert read(written(tmp_path, HEAD + START + "[optimiser]\nclip = 2\n")).optimiser.clip == 2.0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + START + "[batches]\nsice = 3", r"r\.toml: \[batches\] has no key 'sice'; did you mean 'size'\?"),
        (HEAD + START + "[shedule]\nsteps = 3", r"r\.toml has no key 'shedule'; did you mean 'schedule'\?"),
        (HEAD + START + '[batches]\nsize = "many"', r"\[batches\] size is 'many'; it takes a whole number"),
        (HEAD + START + "[batches]\nsize = true", r"\[batches\] size is True; it takes a whole number"),
        (HEAD + START + "[network.keep]", r"has no key|keep is|Cannot declare|cannot be read"),
        (HEAD + START + '[batches]\nmix = "round"', r"\[batches\] mix is 'round'; it is 'across' or 'within'"),
        (HEAD, r"\[network\] says no 'start'; add it: a text"),
        (START, r"says no name"),
        ("name = ", r"cannot be read as TOML"),
        (HEAD.replace("name", "seed = -1\nname", 1) + START, r"seed is -1"),
        (HEAD + START + "source = 3", r"has no key 'source'|no list of tables"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_the_cure(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(TrainingError, match=said) as error:
        read(written(tmp_path, text))
    assert "\n" not in str(error.value)


def test_a_recipe_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="no such recipe"):
        read(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"kind": "setts"}, r"\[\[source\]\] 1 has the kind 'setts'; did you mean 'sets'\?"),
        ({"kind": "sets", "hole": 1.0}, r"\(sets\) has no key 'hole'; did you mean 'whole'\?"),
        ({"kind": "texts"}, r"\(texts\) says no 'paths'"),
        ({"kind": "sets", "whole": 3.0}, r"chances in \[0, 1\]"),
        ({"kind": "sets", "weight": -1.0}, r"weight and validate are numbers from 0"),
        ({}, r"says no 'kind'"),
    ],
)
def test_a_mistake_in_a_source_is_named(table: dict[str, object], said: str) -> None:
    with pytest.raises(TrainingError, match=said):
        read_sources((table,), Path("r.toml"))


def test_two_sources_of_a_name_are_refused() -> None:
    with pytest.raises(TrainingError, match="two sources are called 'sets'"):
        read_sources(({"kind": "sets"}, {"kind": "sets"}), Path("r.toml"))


def test_missing_data_is_named_in_one_line_with_the_cure(tmp_path: Path) -> None:
    ground = Ground(tmp_path, tmp_path, Augment())
    corpora, own = read_sources(({"kind": "sets"}, {"kind": "texts", "paths": ["gone.jsonl"]}), Path("r.toml"))
    with pytest.raises(SourceError, match=r"musiccaps/train\.parquet is not there; get it from https"):
        checksums([corpora], ground)
    with pytest.raises(TrainingError, match=r"gone\.jsonl: the recipe names this file and it is not there"):
        checksums([own], ground)


def test_what_is_no_recipe_is_an_agenda() -> None:
    agendas = [place for place in EVERY if place not in RECIPES]
    reports = ("report.toml", "artists.toml")
    assert all(place.name in reports or "\nexperiment = " in place.read_text() for place in agendas)


@pytest.mark.parametrize("place", RECIPES, ids=lambda place: place.stem)
def test_the_recipes_we_give_are_read_and_name_texts_that_are_there(place: Path) -> None:
    recipe = read(place)
    for mixed in read_sources(recipe.sources, place):
        named = [*getattr(mixed.source, "paths", ()), *filter(None, [getattr(mixed.source, "path", "")])]
        assert all((place.parent / path).is_file() for path in named), mixed.name
