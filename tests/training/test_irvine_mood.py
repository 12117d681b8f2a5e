"""The label rule of the irvine paper: cases worked by hand, its switches, the counts on the way to a label."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from songkin.training.irvine.mood import SETS, STEPS, Rule, funnel, kept, mood_of, verdict

OTHERS = {f"tag {at}": 4 for at in range(10)}  # ten tags of 4 each: 40 in all, none of a mood
RULES: list[dict[str, Any]] = [{"k": 1}, {"eps": 0.5}, {"margin": "at most"}, {"count": "tag"}, {"min_tags": 0}]


@pytest.mark.parametrize(
    ("tags", "switches", "mood"),
    [
        # 20 of 60 is a third, and the only mood tag
        ({**OTHERS, "happy": 20}, {}, "happy"),
        ({**OTHERS, "melancholic": 20}, {}, "sad"),
        # exactly eleven tags are enough, ten are not
        ({"happy": 20, **{f"tag {at}": 4 for at in range(9)}}, {}, None),
        ({"happy": 20, **{f"tag {at}": 4 for at in range(9)}}, {"min_tags": 10}, "happy"),
        # (20 - 14) / (40 + 34) = .081 is too little of a lead, (20 - 10) / 70 = .143 is not
        ({**OTHERS, "happy": 20, "sad": 14}, {}, None),
        ({**OTHERS, "happy": 20, "sad": 10}, {}, "happy"),
        # the same leads of the tag's own count: 6 / 20 = .3 is enough
        ({**OTHERS, "happy": 20, "sad": 14}, {"count": "tag"}, "happy"),
        # as printed, a lead of at most .1: the small one is labelled, the large one is not
        ({**OTHERS, "happy": 20, "sad": 14}, {"margin": "at most"}, "happy"),
        ({**OTHERS, "happy": 20, "sad": 10}, {"margin": "at most"}, None),
        # no lead at all is no label, whatever the margin
        ({**OTHERS, "happy": 20, "sad": 20}, {"margin": "at most"}, None),
        ({**OTHERS, "happy": 20, "sad": 20}, {"eps": 0.0}, None),
        # the best synonym stands for its set: 3 x 8 sad is 8, not 24, and happy 20 leads by 12 / 84 = .143
        ({**OTHERS, "happy": 20, "sad": 8, "sadness": 8, "depressing": 8}, {}, "happy"),
        # and 20 cheerful beside 19 happy is 20: (20 - 12) / (40 + 39 + 12) = .088
        ({**OTHERS, "cheerful": 20, "happy": 19, "sad": 12}, {}, None),
        # among the five most used: five tags of 30 leave happy the sixth place
        ({**OTHERS, **{f"rock {at}": 30 for at in range(5)}, "happy": 29}, {}, None),
        ({**OTHERS, **{f"rock {at}": 30 for at in range(5)}, "happy": 29}, {"k": 6}, "happy"),
        # equal counts share a place: four above, one beside
        ({**OTHERS, **{f"rock {at}": 30 for at in range(4)}, "pop": 29, "happy": 29}, {}, "happy"),
        # what fewer than three gave counts neither as a mood nor against one
        ({**OTHERS, "happy": 2}, {}, None),
        ({**OTHERS, "happy": 2}, {"min_users": 1, "k": 20, "eps": 0.0}, "happy"),
        ({**{f"tag {at}": 2 for at in range(10)}, "happy": 3}, {}, "happy"),
        # case and blanks make no other tag, nor do numbers that are none
        ({**OTHERS, "  HAPPY ": 20}, {}, "happy"),
        ({**OTHERS, "happy": 20, "sad": math.nan}, {}, "happy"),
        ({**OTHERS, "happy": 20, "sad": -50}, {}, "happy"),
        (OTHERS, {}, None),
        ({}, {}, None),
        ({}, {"min_tags": 0}, None),
    ],
)
def test_a_song_is_labelled_as_worked_out_by_hand(
    tags: Mapping[str, float], switches: dict[str, Any], mood: str | None
) -> None:
    assert mood_of(tags, **switches) == mood


@pytest.mark.parametrize(
    ("tags", "passed"),
    [
        ({"happy": 9}, 1),
        ({**OTHERS, "rock": 9}, 2),
        ({**OTHERS, **{f"rock {at}": 30 for at in range(5)}, "happy": 29}, 3),
        ({**OTHERS, "happy": 20, "sad": 19}, 4),
        ({**OTHERS, "happy": 20}, 5),
    ],
)
def test_the_verdict_says_how_far_a_song_came(tags: Mapping[str, float], passed: int) -> None:
    assert verdict(tags).passed == passed


def test_the_funnel_counts_what_is_left_after_each_step() -> None:
    songs = [{"happy": 9.0}, {**OTHERS, "rock": 9}, {**OTHERS, "happy": 20, "sad": 19}, {**OTHERS, "sad": 20}]
    assert funnel(songs) == dict(zip(STEPS, (4, 3, 2, 2, 1), strict=True))
    assert set(funnel([]).values()) == {0}


def test_labels_are_counted_for_every_k_with_every_eps() -> None:
    songs = [{**OTHERS, "happy": 20}, {**OTHERS, "joyful": 12}, {**OTHERS, "sad": 20, "happy": 14}]
    rows = kept(songs, ks=(1, 5), epses=(0.05, 0.1))
    assert [(r.rule.k, r.rule.eps, r.happy, r.sad) for r in rows] == [
        (1, 0.05, 2, 1),
        (1, 0.1, 2, 0),
        (5, 0.05, 2, 1),
        (5, 0.1, 2, 0),
    ]
    assert rows[0].majority == pytest.approx(2 / 3)
    assert math.isnan(kept([], (5,), (0.1,))[0].majority)


@pytest.mark.parametrize(
    ("switches", "said"),
    [
        ({"margin": "<="}, "margin is '<='"),
        ({"count": "all"}, "count is 'all'"),
        ({"k": 0}, "k is 0; it is a number from 1"),
        ({"eps": math.nan}, "eps is nan; it is a share from 0 to 1"),
    ],
)
def test_a_switch_that_means_nothing_is_an_error(switches: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Rule(**switches)


NAMES = some.sampled_from([*SETS["happy"], *SETS["sad"], "rock", "pop", "live", "80s", "guitar", "seen live"])


@given(some.dictionaries(NAMES, some.integers(1, 100)), some.sampled_from(RULES))
def test_tags_with_the_sets_changed_round_give_the_other_mood(tags: dict[str, int], switches: dict[str, Any]) -> None:
    turned = {
        **dict(zip(SETS["happy"], SETS["sad"], strict=False)),
        **dict(zip(SETS["sad"], SETS["happy"], strict=False)),
    }
    if "depressing" in tags:
        return  # the fifth sad word has no happy one
    other = mood_of({turned.get(name, name): count for name, count in tags.items()}, **switches)
    assert other == {"happy": "sad", "sad": "happy", None: None}[mood_of(tags, **switches)]


@given(some.dictionaries(NAMES, some.integers(1, 100)), some.floats(0, 1), some.floats(0, 1))
def test_a_stricter_margin_never_labels_more(tags: dict[str, int], one: float, other: float) -> None:
    loose, strict = sorted((one, other))
    if mood_of(tags, eps=strict, min_tags=0) is not None:
        assert mood_of(tags, eps=loose, min_tags=0) == mood_of(tags, eps=strict, min_tags=0)
