"""Negatives, pair ranking, labels and margins of generative pseudo-labelling, by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

from songkin.errors import TrainingError
from songkin.training.melscribe.labels import Labels, label
from songkin.training.melscribe.margins import ratio
from songkin.training.melscribe.mining import Floats, Retriever, documents, mine, retriever
from songkin.training.melscribe.ranking import Standing, Trial, Trials, by_cosine, share, trials
from songkin.training.melscribe.sampling import Drawn
from songkin.training.melscribe.standing import Comparison, compared, require

HARP, DRUMS, CHOIR = ("soft", "harp"), ("loud", "drums"), ("soft", "choir")
DRAWN = [
    Drawn("a soft harp", "one", (HARP, ("harp",)), frozenset({"soft", "harp", "slow"})),
    Drawn("loud drums", "two", (DRUMS,), frozenset({"loud", "drums"})),
    Drawn("a soft choir", "three", (CHOIR,), frozenset({"soft", "choir"})),
    Drawn("slow and soft", "four", (("slow", "soft"),), frozenset({"slow", "soft", "bells"})),
]
WORDS = retriever("tf-idf")


def backwards(texts: Sequence[str]) -> Callable[[Sequence[str]], Floats]:
    """Find what has the longest text, whatever is asked."""
    return lambda queries: np.array([[len(text) for text in texts] for _ in queries], np.float32)


LONGEST = Retriever("longest", "longest", backwards)


def agree(pairs: Sequence[tuple[str, str]]) -> np.ndarray:
    """Score a pair by how many words it shares."""
    return np.array([len(set(a.split()) & set(b.replace(",", "").split())) for a, b in pairs], np.float32)


# -- negatives ---------------------------------------------------------------------------------------------------------


def test_negatives_are_near_and_never_true() -> None:
    sets = documents(DRAWN)
    for one, rows in zip(DRAWN, mine(DRAWN, sets, [WORDS], 3), strict=True):
        for row in rows[rows >= 0]:
            assert sets[row] not in one.sets
            assert not one.tags.issuperset(sets[row])


def test_a_set_of_other_words_that_are_all_true_is_no_negative() -> None:
    sets = documents(DRAWN)
    found = mine(DRAWN, sets, [WORDS], 9)
    assert ("slow", "soft") not in {sets[row] for row in found[0] if row >= 0}  # track one is slow and soft


def test_retrievers_speak_in_turn_and_too_few_are_filled_with_minus_one() -> None:
    sets = documents(DRAWN)
    found = [[sets[row] if row >= 0 else None for row in rows] for rows in mine(DRAWN, sets, [WORDS, LONGEST], 5)]
    assert found[1][0] == HARP  # nothing shares a word with it, so the first in order; then the longest
    assert found[1][1] == CHOIR
    assert found[0] == [CHOIR, DRUMS, None, None, None]


def test_the_same_words_asked_of_two_tracks_share_their_answers() -> None:
    twice = [*DRAWN, Drawn("A SOFT HARP", "five", (("bells",),), frozenset({"bells"}))]
    sets = documents(twice)
    assert ("bells",) not in {sets[row] for row in mine(twice, sets, [WORDS], 9)[0] if row >= 0}


# -- pair ranking ------------------------------------------------------------------------------------------------------


def test_pair_ranking_counts_ties_as_half() -> None:
    given = [
        Trial("a soft harp", "harp", "drums"),
        Trial("a soft harp", "bells", "drums"),
        Trial("bells", "harp", "bells"),
    ]
    assert share(agree, given) == pytest.approx(1.5 / 3)


def test_cosine_scores_each_text_once() -> None:
    asked: list[str] = []

    def encode(texts: Sequence[str]) -> Floats:
        asked.extend(texts)
        return np.array([[1, 0] if "harp" in text else [0, 1] for text in texts], np.float32)

    assert list(by_cosine(encode)([("harp", "soft harp"), ("harp", "drums")])) == [1.0, 0.0]
    assert sorted(asked) == ["drums", "harp", "soft harp"]


def test_trials_are_the_same_for_the_same_seed_and_too_few_are_told() -> None:
    one = trials(DRAWN, queries=4, negatives=2, seed=1)
    assert one == trials(DRAWN, queries=4, negatives=2, seed=1)
    assert all(trial.right != trial.wrong for trial in one.hard + one.random)
    with pytest.raises(TrainingError, match="too little is held out"):
        trials(DRAWN[:1], queries=1, negatives=2, seed=1)


# -- a teacher counts, or not ------------------------------------------------------------------------------------------


def test_a_teacher_counts_only_above_the_best_bi_encoder() -> None:
    rivals = {"poor": Standing(0.5, 0.9), "good": Standing(0.8, 0.7)}
    above, level = (Comparison(Standing(own, 0.9), rivals, 100) for own in (0.81, 0.8))
    require(above, weak=False)
    require(level, weak=True)
    with pytest.raises(TrainingError, match=r"orders 80.0% rightly, the bi-encoder good 80.0% .* weak_teacher = true"):
        require(level, weak=False)


def test_a_comparison_is_kept_and_read_again(tmp_path: Path) -> None:
    given = Trials((Trial("a soft harp", "harp", "drums"),), (Trial("drums", "drums", "harp"),))
    first = compared(agree, {"length": lambda pairs: np.array([len(b) for _, b in pairs])}, given, place=tmp_path)
    assert first == Comparison(Standing(1.0, 1.0), {"length": Standing(0.0, 1.0)}, 1)
    assert compared(forbidden, {"length": forbidden}, given, place=tmp_path) == first


def forbidden(pairs: Sequence[tuple[str, str]]) -> np.ndarray:
    raise AssertionError("asked again")


# -- labels ------------------------------------------------------------------------------------------------------------


def labelled(place: Path, score: Callable[..., np.ndarray] = agree, teacher: str = "t") -> Labels:
    return label(DRAWN, [WORDS], score, teacher, place, negatives=2)


def test_a_label_is_the_difference_of_two_scores(tmp_path: Path) -> None:
    found = labelled(tmp_path)
    assert found.texts[found.own[0, 0]] == "soft, harp"
    assert found.texts[found.wrong[0, 0]] == "soft, choir"
    assert found.right_scores[0].tolist() == [2.0, 1.0]
    assert found.wrong_scores[0].tolist() == [1.0, 0.0]
    assert sorted(found.margins()[:4]) == [0.0, 1.0, 1.0, 2.0]
    assert found.pairs().tolist() == [[0, 0], [0, 1], [1, 0], [2, 0], [3, 0]]


def test_labels_are_read_where_they_were_made_and_never_of_another_teacher(tmp_path: Path) -> None:
    first = labelled(tmp_path)
    again = labelled(tmp_path, forbidden)
    assert np.array_equal(first.right_scores, again.right_scores, equal_nan=True)
    with pytest.raises(AssertionError, match="asked again"):
        labelled(tmp_path, forbidden, "another")


def test_a_killed_labelling_goes_on_at_its_shard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songkin.training.melscribe.labels.SHARD", 2)
    asked: list[str] = []

    def dies(pairs: Sequence[tuple[str, str]]) -> np.ndarray:
        asked.extend(query for query, _ in pairs)
        if "slow and soft" in asked:
            raise KeyboardInterrupt
        return agree(pairs)

    with pytest.raises(KeyboardInterrupt):
        labelled(tmp_path, dies)
    asked.clear()

    def counts(pairs: Sequence[tuple[str, str]]) -> np.ndarray:
        asked.extend(query for query, _ in pairs)
        return agree(pairs)

    found = labelled(tmp_path, counts)
    assert set(asked) == {"a soft choir", "slow and soft"}
    assert found.right_scores.shape == (4, 2)


def test_a_damaged_shard_is_told(tmp_path: Path) -> None:
    folder = labelled(tmp_path).folder
    (folder / "scores-00000.safetensors").write_bytes(b"no shard")
    with pytest.raises(TrainingError, match=r"no shard of labels .* delete it"):
        labelled(tmp_path)


# -- margins -----------------------------------------------------------------------------------------------------------


def test_the_scale_is_the_ratio_of_the_spreads() -> None:
    assert ratio(np.array([-4.0, 4.0]), np.array([0.1, 0.3])) == pytest.approx(40.0)


@pytest.mark.parametrize(("teacher", "student"), [([1.0, 1.0], [0.1, 0.2]), ([1.0, 2.0], [0.1, 0.1]), ([], [0.1])])
@pytest.mark.filterwarnings("ignore:Degrees of freedom:RuntimeWarning", "ignore:invalid value:RuntimeWarning")
def test_margins_that_are_all_alike_teach_nothing(teacher: list[float], student: list[float]) -> None:
    with pytest.raises(TrainingError, match="teach nothing"):
        ratio(np.array(teacher), np.array(student))
