"""Last.fm's similarities linked with musiXmatch's bags: the same pairs from every format, and a count at each step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from million_songs import SIMILAR, TRACKS, bags, database, facts, tree

from songkin.errors import SourceError, TrainingError
from songkin.training.pairs import official_split
from songkin.training.pairs.linking import FUNNEL, Linked, linked
from songkin.training.pairs.words import expanded

PAIRS = {("0", "1"): 1.0, ("0", "2"): 0.25, ("1", "3"): 0.0625, ("3", "4"): 0.5}


def folder(tmp_path: Path) -> Path:
    return facts(bags(tmp_path / "words"))


def told(own: Linked) -> dict[tuple[str, str], float]:
    """Pairs by the numbers of their tracks, the smaller first."""
    names = [str(TRACKS.index(track)) for track in own.pairs.ids]
    rows = zip(own.pairs.left.tolist(), own.pairs.right.tolist(), own.pairs.labels.tolist(), strict=True)
    return {(min(names[a], names[b]), max(names[a], names[b])): label for a, b, label in rows}


def quiet(line: str) -> None:
    """What is told is another test's."""


@pytest.mark.parametrize("written", [tree, database, lambda place: database(place).parent])
def test_every_format_gives_the_same_pairs(tmp_path: Path, written: Callable[[Path], Path]) -> None:
    (tmp_path / "similar").mkdir()
    own = linked(written(tmp_path / "similar"), folder(tmp_path), told=quiet)
    assert told(own) == PAIRS
    assert tuple(own.funnel) == FUNNEL


def test_the_funnel_counts_what_each_step_leaves(tmp_path: Path) -> None:
    own = linked(tree(tmp_path / "similar"), folder(tmp_path), told=quiet)
    assert own.funnel == {
        "scores read": 9,
        "two tracks": 8,
        "rightly matched": 7,
        "both with words": 6,
        "two songs": 5,
        "each pair once": 4,
        "taken": 4,
    }


def test_bags_artists_and_songs_come_with_the_tracks_of_pairs_alone(tmp_path: Path) -> None:
    own = linked(tree(tmp_path / "similar"), folder(tmp_path), told=quiet)
    assert set(own.bags) == set(own.pairs.ids) == {TRACKS[at] for at in range(5)}
    assert expanded(own.bags[TRACKS[1]]) == ["i", "i", "happy", "happy", "road"]
    assert own.artists[TRACKS[3]] == "Artist 3"
    assert set(own.songs) == set(own.pairs.ids)
    assert own.official == {}


def test_stems_are_kept_on_demand(tmp_path: Path) -> None:
    own = linked(tree(tmp_path / "similar"), folder(tmp_path), stems=True, told=quiet)
    assert "happi" in own.bags[TRACKS[0]]


def test_files_about_tracks_may_lie_elsewhere_or_nowhere(tmp_path: Path) -> None:
    similar, words = tree(tmp_path / "similar"), bags(tmp_path / "words")
    assert told(linked(similar, words, tracks=facts(tmp_path / "msd"), told=quiet)) == PAIRS
    without = linked(similar, words, told=quiet)
    assert told(without) == {**PAIRS, ("4", "5"): 0.125, ("3", "9"): pytest.approx(0.9)}
    assert (without.artists, without.songs) == ({}, {})


def test_a_number_of_pairs_is_drawn_by_the_seed(tmp_path: Path) -> None:
    similar, words = tree(tmp_path / "similar"), folder(tmp_path)
    drawn = [told(linked(similar, words, most=2, seed=seed, told=quiet)) for seed in (0, 0, 1, 2, 3)]
    assert drawn[0] == drawn[1]
    assert all(len(one) == 2 and one.items() <= PAIRS.items() for one in drawn)
    assert len({tuple(sorted(one)) for one in drawn}) > 1
    own = linked(similar, words, most=1, told=quiet)
    assert set(own.bags) == set(own.pairs.ids)
    assert len(own.pairs.ids) == 2


def test_damage_is_told_once_with_its_place_and_the_rest_comes(tmp_path: Path) -> None:
    similar = tree(tmp_path / "similar", {**SIMILAR, 2: [(3, 1.5)]})
    (similar / "A" / "A" / f"{TRACKS[5][4]}" / f"{TRACKS[5]}.json").write_text("{cut", encoding="utf-8")
    words = facts(bags(tmp_path / "words", cut=3))
    losses: list[str] = []
    own = linked(similar, words, told=losses.append)
    assert told(own) == PAIRS
    places = [line.split(": ")[0] for line in losses]
    assert f"A/A/{TRACKS[5][4]}/{TRACKS[5]}.json" in places
    assert f"A/A/{TRACKS[2][4]}/{TRACKS[2]}.json" in places
    assert len(set(losses)) == len(losses)
    assert any("cut" in line for line in losses)


def test_a_track_of_two_files_keeps_its_first_bag_and_is_told(tmp_path: Path) -> None:
    words = folder(tmp_path)
    test = words / "mxm_dataset_test.txt"
    test.write_text(test.read_text() + f"{TRACKS[0]},7,1:9\n{TRACKS[6]},8\n", encoding="utf-8")
    losses: list[str] = []
    own = linked(tree(tmp_path / "similar"), words, told=losses.append)
    assert own.bags[TRACKS[0]]["i"] == 1
    assert any(f"{TRACKS[0]} was read already" in line for line in losses)


def test_the_official_sides_are_those_of_the_folders(tmp_path: Path) -> None:
    root = tmp_path / "similar"
    whole = tree(tmp_path / "whole")
    for at, track in enumerate(TRACKS):
        place = root / ("lastfm_test" if at in (3, 4) else "lastfm_train") / "A" / "A" / track[4] / f"{track}.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes((whole / "A" / "A" / track[4] / f"{track}.json").read_bytes())
    own = linked(root, folder(tmp_path), told=quiet)
    assert own.official[TRACKS[3]] == "test"
    sides = official_split(own.pairs, own.official, validation=0.5, same=own.songs)
    assert [len(side) for side in sides] == [1, 1, 1]
    assert sides.dropped(own.pairs) == 1


def test_no_pair_left_is_an_error_that_shows_the_funnel(tmp_path: Path) -> None:
    similar = tree(tmp_path / "similar", {0: [(8, 1.0)]})
    with pytest.raises(TrainingError, match=r"no pair is left.*scores read: 1.*both with words: 0"):
        linked(similar, folder(tmp_path), told=quiet)


def test_a_source_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"there is no mxm_dataset_train\.txt or mxm_dataset_test\.txt"):
        linked(tree(tmp_path / "similar"), tmp_path, told=quiet)
    with pytest.raises(SourceError, match="no such file or folder"):
        linked(tmp_path / "absent", folder(tmp_path), told=quiet)
