"""What training learns from: sources, splits that do not leak, mixtures that repeat."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny import rows

from songkin.datasets import data_folder
from songkin.errors import TrainingError
from songkin.training import read
from songkin.training.data import (
    TRAIN,
    VALID,
    Augment,
    Example,
    Ground,
    Mixed,
    Mixer,
    artist_split,
    read_sources,
    split_of,
    tag_text,
)
from songkin.training.data.augment import respelled
from songkin.training.data.glossary import Glossary
from songkin.training.data.phrasing import denied, rephrased, rephraser
from songkin.training.data.sets import draw
from songkin.training.data.texts import Texts

RECIPES = Path(__file__).parents[2] / "recipes"


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def ground(folder: Path, **augment: float) -> Ground:
    return Ground(None, folder, Augment(**augment))  # type: ignore[arg-type]


def lines(folder: Path, name: str, told: list[dict[str, object]]) -> str:
    (folder / name).write_text("".join(json.dumps(row) + "\n" for row in told), encoding="utf-8")
    return name


# -- splits ------------------------------------------------------------------------------------------------------------


def test_a_tenth_is_held_out_by_a_hash_that_never_moves() -> None:
    assert split_of("18") == VALID
    assert split_of("17") == TRAIN
    assert 0.08 < Counter(split_of(str(n)) for n in range(5000))[VALID] / 5000 < 0.12


@given(st.text(), st.integers(0, 5))
def test_a_key_is_always_on_the_same_side(key: str, times: int) -> None:
    assert {split_of(key) for _ in range(times + 1)} <= {TRAIN, VALID}
    assert len({split_of(key) for _ in range(times + 1)}) == 1


def test_an_artist_is_on_one_side_however_the_name_is_written() -> None:
    assert artist_split("The Kerbs") == artist_split("the  kerbs") == artist_split("Kerbs")


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_no_text_is_trained_on_and_held_out(one: int, other: int) -> None:
    folder = Path("/")
    source = Texts(paths=("t.jsonl",))
    told = [{"text": f"song number {n}", "tags": ["a", "b", f"tag {n % 7}"]} for n in range(200)]
    trained, held = (
        {example.anchor for example in drawn(source, told, split, seed, folder)}
        for split, seed in ((TRAIN, one), (VALID, other))
    )
    assert trained
    assert held
    assert not trained & held


def drawn(source: Texts, told: list[dict[str, object]], split: str, seed: int, folder: Path) -> list[Example]:
    """Draw from texts without a file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("songkin.training.data.texts.json_lines", lambda path, *required: told)
        patch.setattr(Texts, "files", lambda self, ground: (folder / "t.jsonl",))
        return source.examples(ground(folder), split, rng(seed))


def test_a_pair_of_lines_is_never_parted() -> None:
    source = Texts(paths=("t.jsonl",), pairs=True)
    told: list[dict[str, object]] = [{"text": f"song {n}", "tags": ["a"]} for n in range(400)]
    held = {int(example.anchor.split()[1]) for example in drawn(source, told, VALID, 0, Path("/"))}
    assert held
    assert {number ^ 1 for number in held} == held


@pytest.mark.slow
@pytest.mark.parametrize("place", sorted(RECIPES.rglob("contrastive.toml")), ids=lambda place: place.stem)
def test_the_real_sources_do_not_leak(place: Path) -> None:
    data = data_folder()
    if data is None:
        pytest.skip("no corpora: SONGKIN_DATA names no folder and there is none beside this clone")
    whole = Ground(data, place.parent, Augment())
    for mixed in read_sources(read(place).sources, place):
        trained, held = (mixed.source.examples(whole, split, rng()) for split in (TRAIN, VALID))
        assert trained, mixed.name
        key = "anchor" if mixed.name == "glossary" else "group"  # sayings are parted; a term has some on both sides
        assert not {getattr(e, key) for e in trained} & {getattr(e, key) for e in held}, mixed.name


# -- sources -----------------------------------------------------------------------------------------------------------


def test_a_set_holds_one_to_all_present_aspects_and_no_more_others_than_present() -> None:
    text, aspects = "A slow piano plays over rain", ("slow", "piano", "sad", "jazz", "loud")
    for seed in range(50):
        found = draw(text, aspects, rng(seed))
        present = [aspect for aspect in found if aspect in ("slow", "piano")]
        assert 1 <= len(present) <= 2
        assert len(found) - len(present) <= 2
        assert len(set(found)) == len(found)
    assert draw("nothing of it", aspects, rng()) == []


def test_an_epoch_is_drawn_anew_by_another_generator_and_the_same_by_the_same(tmp_path: Path) -> None:
    source = Texts(paths=(lines(tmp_path, "t.jsonl", rows()),))
    one, same, other = (source.examples(ground(tmp_path), TRAIN, rng(seed)) for seed in (1, 1, 2))
    assert one == same != other


def test_what_a_request_does_not_want_makes_a_negative(tmp_path: Path) -> None:
    source = Texts(paths=(lines(tmp_path, "t.jsonl", rows()),))
    found = source.examples(ground(tmp_path), TRAIN, rng())
    assert all(("drums" in "".join(e.negatives)) == ("harp" in e.anchor) for e in found)
    assert all(e.positive not in e.negatives for e in found)


def test_a_glossary_opposite_is_a_negative_and_a_neighbour_never(tmp_path: Path) -> None:
    row = {
        "term": "rock",
        "says": [f"loud {n}" for n in range(9)],
        "same": ["rock music"],
        "near": ["punk"],
        "opposite": ["choir"],
    }
    source = Glossary(path=lines(tmp_path, "g.jsonl", [row]))
    found = source.examples(ground(tmp_path), TRAIN, rng())
    assert found
    assert {e.negatives for e in found} == {("choir",)}
    assert all("punk" in e.also for e in found)
    assert all(e.positive != e.anchor for e in found)


def test_a_line_that_is_no_json_is_named(tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text('{"text": "a", "tags": []}\n{"text"\n', encoding="utf-8")
    with pytest.raises(TrainingError, match=r"t\.jsonl:2 is no JSON"):
        Texts(paths=("t.jsonl",)).examples(ground(tmp_path), TRAIN, rng())
    lines(tmp_path, "u.jsonl", [{"text": "a"}])
    with pytest.raises(TrainingError, match=r"u\.jsonl:1 says no 'tags'"):
        Texts(paths=("u.jsonl",)).examples(ground(tmp_path), TRAIN, rng())


# -- words -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "within"),
    [
        ("This song features a banjo.", "a banjo"),
        ("The music is slow and sad", "slow and sad"),
        ("A woman hums", "a woman hums"),
    ],
)
def test_a_description_becomes_a_request_that_keeps_what_it_says(text: str, within: str) -> None:
    asked = {rephrased(text, (), rng(seed)) for seed in range(30)}
    assert len(asked) > 5
    assert all(within in said for said in asked)


def test_a_denial_names_what_is_not_wanted() -> None:
    assert all("drums" in denied("a slow song.", "drums", rng(seed)) for seed in range(20))


def test_a_users_own_rephrasing_is_called_and_a_wrong_one_named() -> None:
    assert rephraser("") is None
    assert rephrased("a song", ("x",), rng(), lambda text, tags, r: f"find {text} {tags[0]}") == "find a song x"
    for hook in ("no_such_module:f", "json:nothing", "json", "math:pi"):
        with pytest.raises(TrainingError, match=r"the recipe's hook"):
            rephraser(hook)


def test_tags_are_shuffled_respelled_joined_and_dropped_only_where_asked() -> None:
    tags = ("hip hop", "acoustic guitar", "sad")
    assert tag_text(tags, Augment(shuffle=False), rng()) == "hip hop, acoustic guitar, sad"
    assert tag_text(tags, Augment(shuffle=False, joined=1.0), rng()) == "hiphop, acousticguitar, sad"
    assert tag_text(tags, Augment(drop=1.0), rng()) == "hip hop"
    assert {respelled("hip-hop", rng(seed)) for seed in range(30)} == {"hip hop", "hip-hop", "hiphop"}
    assert tag_text((), Augment(), rng()) == ""


@given(st.lists(st.sampled_from(["sad", "hip hop", "drums"]), min_size=1, unique=True), st.integers(0, 99))
def test_shuffled_tags_are_the_same_tags(tags: list[str], seed: int) -> None:
    assert sorted(tag_text(tags, Augment(), rng(seed)).split(", ")) == sorted(tags)


# -- mixing ------------------------------------------------------------------------------------------------------------


class Letters:
    """A source of three examples an epoch, marked with the generator's number."""

    def __init__(self, letter: str) -> None:
        self.letter = letter

    def files(self, ground: Ground) -> tuple[Path, ...]:
        return ()

    def examples(self, ground: Ground, split: str, rng: np.random.Generator) -> list[Example]:
        mark = int(rng.integers(1_000_000))
        return [Example(f"{self.letter}{n}", f"{mark}") for n in range(3)]


def mixer(mix: str = "across") -> Mixer:
    sources = [
        Mixed("a", 3.0, 1.0, Letters("a")),
        Mixed("b", 1.0, 1.0, Letters("b")),
        Mixed("c", 0.0, 1.0, Letters("c")),
    ]
    return Mixer(sources, Ground(None, Path(), Augment()), seed=5, size=16, mix=mix)


def test_sources_are_mixed_in_proportion_to_their_weights() -> None:
    own = mixer()
    counts = Counter(example.anchor[0] for number in range(100) for example in own.batch(number))
    assert counts["c"] == 0
    assert 0.7 < counts["a"] / 1600 < 0.8


def test_batches_of_one_source_when_asked() -> None:
    own = mixer("within")
    assert {len({example.anchor[0] for example in own.batch(number)}) for number in range(20)} == {1}


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 12))
def test_a_mixture_goes_on_from_its_state_as_if_never_stopped(stop: int) -> None:
    whole, before, after = mixer(), mixer(), mixer()
    batches = [whole.batch(number) for number in range(15)]
    for number in range(stop):
        before.batch(number)
    after.restore(json.loads(json.dumps(before.state())))
    assert [after.batch(number) for number in range(stop, 15)] == batches[stop:]


def test_a_mixture_of_nothing_is_refused() -> None:
    with pytest.raises(TrainingError, match="weight above 0"):
        Mixer([], Ground(None, Path(), Augment()), seed=0, size=1)
