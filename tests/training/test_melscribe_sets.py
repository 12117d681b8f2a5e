"""Sets drawn as the paper draws them: from a caption in LP-MusicCaps' form to queries, sets and what is counted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from captions import TRACKS, write_mtt
from hypothesis import given
from hypothesis import strategies as st

from songkin.datasets import data_folder, lpmusiccaps
from songkin.datasets.lpmusiccaps import Captioned, captioned
from songkin.errors import ColumnError, SourceError, TrainingError
from songkin.training.data import TRAIN, VALID, Ground
from songkin.training.data.augment import PLAIN
from songkin.training.data.drawn import DrawnSets
from songkin.training.data.splits import split_of
from songkin.training.melscribe.counting import statistics
from songkin.training.melscribe.sampling import draw_sets, joined
from songkin.training.tables import read_table

SONG = Captioned("one", "A slow waltz with harp. It is sad\nand slow", ("waltz", "harp", "sad", "loud", "drums"))


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    write_mtt(tmp_path / "train.csv")
    return Ground(None, tmp_path, PLAIN)


def mtt(**more: object) -> DrawnSets:
    return DrawnSets(paths=("train.csv",), **more)  # type: ignore[arg-type]


def test_a_caption_is_cut_at_full_stops_and_lines_are_joined() -> None:
    assert [one.query for one in draw_sets([SONG], seed=0, sets=1)] == ["A slow waltz with harp", "It is sad and slow"]


@given(st.integers(0, 2**32), st.integers(1, 5))
def test_a_set_holds_present_descriptors_and_no_more_absent_ones_than_are_present(seed: int, sets: int) -> None:
    for one in draw_sets([SONG], seed=seed, sets=sets):
        assert 1 <= len(one.sets) <= sets
        assert len(set(one.sets)) == len(one.sets)
        for tags in one.sets:
            present = [tag for tag in tags if tag in one.query]
            available = [tag for tag in SONG.descriptors if tag in one.query]
            assert len(set(tags)) == len(tags)
            assert 1 <= len(present) <= len(available)
            assert len(tags) - len(present) <= len(available)


def test_the_same_seed_draws_the_same_sets_and_another_others() -> None:
    tracks = [Captioned(*own[:2], tuple(own[2])) for own in TRACKS]
    assert draw_sets(tracks, seed=42, sets=3) == draw_sets(tracks, seed=42, sets=3)
    assert draw_sets(tracks, seed=42, sets=3) != draw_sets(tracks, seed=43, sets=3)


def test_a_sentence_without_its_descriptors_has_the_empty_set() -> None:
    assert draw_sets([Captioned("one", "Nothing said", ("harp",))], seed=0, sets=3)[0].sets == ((),)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_papers_own_draws_come_out_set_for_set(seed: int) -> None:
    if data_folder() is None:
        pytest.skip("the public corpora are not here; SONGKIN_DATA names their folder")
    tracks = [Captioned(str(at), own.caption, own.descriptors) for at, own in enumerate(lpmusiccaps.tracks())]
    drawn = [(one.query, joined(one.sets[0])) for one in draw_sets(tracks, seed=seed, sets=1)]
    assert drawn == [(row.query, row.doc) for row in lpmusiccaps.rows("mc") if row.seed == seed]


# -- files -------------------------------------------------------------------------------------------------------------


def test_mtt_is_read_as_its_makers_export_it(tmp_path: Path) -> None:
    found = captioned(write_mtt(tmp_path / "train.csv"))
    assert found == [Captioned(track, caption, tuple(tags)) for track, caption, tags in TRACKS]


def test_msd_is_read_by_its_own_columns(tmp_path: Path) -> None:
    place = tmp_path / "msd.csv"
    place.write_text("track_id,tag,caption_writing\nTR1,\"['slow' 'harp']\",A slow harp.\n", encoding="utf-8")
    assert captioned(place) == [Captioned("TR1", "A slow harp.", ("slow", "harp"))]


def test_rows_without_a_caption_are_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    captioned(write_mtt(tmp_path / "train.csv"))
    assert "caption_writing" in caplog.text


def test_a_file_of_another_form_and_a_missing_one_are_named(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("id,title\n1,Salt Road\n", encoding="utf-8")
    with pytest.raises(ColumnError, match="no LP-MusicCaps; it has caption_writing"):
        captioned(tmp_path / "other.csv")
    with pytest.raises(SourceError, match="no such file"):
        captioned(tmp_path / "none.csv")


# -- the source --------------------------------------------------------------------------------------------------------


def test_no_track_is_on_both_sides(ground: Ground) -> None:
    train, valid = (mtt().drawn(ground, split) for split in (TRAIN, VALID))
    assert train
    assert valid
    assert {split_of(one.track) for one in train} == {TRAIN}
    assert {split_of(one.track) for one in valid} == {VALID}
    assert {len(one.sets) for one in valid} == {1}


def test_every_epoch_has_the_same_examples(ground: Ground) -> None:
    one, other = (mtt().examples(ground, TRAIN, np.random.default_rng(seed)) for seed in (0, 1))
    assert one == other
    assert all(example.positive in example.also for example in one)


def test_fewer_queries_and_fewer_sets_can_be_asked_for(ground: Ground) -> None:
    assert len(mtt(most=7).drawn(ground, TRAIN)) == 7
    assert {len(one.sets) for one in mtt(sets=1).drawn(ground, TRAIN)} == {1}


def test_sentences_are_rephrased_by_chance_or_by_a_users_own(ground: Ground) -> None:
    plain = [one.query for one in mtt().drawn(ground, TRAIN)]
    said = [one.query for one in mtt(rephrase=1.0).drawn(ground, TRAIN)]
    assert said == [one.query for one in mtt(rephrase=1.0).drawn(ground, TRAIN)]
    assert sum(a != b for a, b in zip(plain, said, strict=True)) > len(plain) / 2
    own = mtt(rephrase=1.0, hook="test_melscribe_sets:shouted").drawn(ground, TRAIN)
    assert [one.query for one in own] == [query.upper() for query in plain]


def shouted(text: str, tags: object, rng: object) -> str:
    return text.upper()


@pytest.mark.parametrize("key", ["sets = 0", "most = -1", "rephrase = 2.0"])
def test_unusable_keys_are_refused(key: str) -> None:
    name, value = key.split(" = ")
    with pytest.raises(TrainingError, match="sets is a number from 1"):
        read_table(DrawnSets, {name: float(value) if "." in value else int(value)}, "recipe.toml: [[source]] 1")


# -- counting ----------------------------------------------------------------------------------------------------------


def test_sets_are_counted_by_hand() -> None:
    drawn = [one._replace(sets=(("harp", "loud"),)) for one in draw_sets([SONG], seed=0, sets=1)]
    assert statistics(drawn) == {
        "tracks": 1,
        "requests": 2,
        "descriptors": 5,
        "documents": 1,
        "sets a request": 1,
        "descriptors a set": 2,
        "words a request": 5.0,
        "shared words": 0.3,  # waltz and harp of five words; sad of five
    }
    assert statistics([]) == {"requests": 0, "descriptors": 0, "documents": 0}
