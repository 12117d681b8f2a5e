"""Label heads are fitted from what is known of songs: what counts, by folds of artists, calibrated on held-out ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from little_heads import SMALL, annotator, fitted, heads, lyrics, readings, song, text, texts, toy_material
from songkin.annotate.heads import FEATURES
from songkin.annotate.reading import read
from songkin.datasets.songkin_readings import Read, mark
from songkin.errors import TrainingError
from songkin.evaluation.label_report import LabelReport
from songkin.evaluation.labelling import label
from songkin.evaluation.tasks.labels import LabelledText
from songkin.testing import ToyEncoder
from songkin.training.heads import fit, fit_material, ours
from songkin.training.heads.calibration import choice, curve, explicitness, logistic, theme_cut
from songkin.training.heads.fitting import fit_layer
from songkin.training.heads.heads import FOLDS, folds_of, targets
from songkin.training.heads.known import LEAST, known, ranks
from songkin.types import Lyrics

SIXTY = texts()


# -- what is known -----------------------------------------------------------------------------------------------------


@given(st.lists(st.one_of(st.floats(-9, 9), st.just(math.nan)), max_size=30))
def test_ranks_are_spread_evenly_around_0_and_keep_the_order(values: list[float]) -> None:
    column = np.array(values, np.float64)[:, None]
    found = ranks(column)[:, 0]
    there = np.isfinite(column[:, 0])
    np.testing.assert_array_equal(np.isfinite(found), there)
    assert (np.abs(found[there]) <= 0.5).all()
    assert abs(found[there].sum()) < 1e-6
    for a, b in zip(column[there, 0], found[there], strict=True):
        assert all((a < c) == (b < d) for c, d in zip(column[there, 0], found[there], strict=True))


def test_a_genre_or_theme_of_too_few_songs_is_not_told() -> None:
    rare = [replace(own, genre="polka") if n < LEAST - 1 else own for n, own in enumerate(SIXTY)]
    own = known(rare, {mark(one.text): Read(0.5, 0.5, 0.5, 0.5, ("sea",)) for one in SIXTY[: LEAST - 1]})
    assert own.genres == ("country", "rap")
    assert (own.genre[: LEAST - 1] == -1).all()
    assert own.theme_names == ()
    assert known(SIXTY, readings(SIXTY)).theme_names == ("party", "grief")


def test_what_was_read_is_found_by_the_words_however_they_are_cut() -> None:
    assert mark(lyrics(3)) == mark(lyrics(3).upper().replace("\n", " , "))
    assert mark(lyrics(3)) != mark(lyrics(4))


def test_targets_are_what_is_known_and_what_was_read_half_and_half() -> None:
    own, names = targets(known(SIXTY, readings(SIXTY[:40])))
    assert names == (*FEATURES, "happy", "genre:country", "genre:rap", "theme:party", "theme:grief")
    assert own.shape == (60, len(names))
    assert np.isfinite(own[:, :6]).all()
    assert np.isnan(own[40:, 6:]).all()
    np.testing.assert_array_equal(own[:, 4] + own[:, 5], 1)


@pytest.mark.parametrize("n", [0, 1, 3, LEAST - 1])
def test_too_few_songs_are_refused(n: int) -> None:
    with pytest.raises(TrainingError, match=f"{n} songs are too few for label heads; at least {LEAST} are needed"):
        fitted(texts(n))


# -- fitting -----------------------------------------------------------------------------------------------------------


def test_the_same_songs_give_the_same_heads() -> None:
    again = fitted(SIXTY)
    np.testing.assert_allclose(again.terms.weights, heads().terms.weights, atol=1e-5)
    assert again.outputs == heads().outputs


def test_songs_are_scored_by_heads_that_knew_none_of_their_artist() -> None:
    own = toy_material(SIXTY)
    scores = fit_material(own, "x", options=SMALL).scores
    folds = folds_of(own.known.artists)
    assert set(folds.tolist()) <= set(range(FOLDS))
    wanted, _ = targets(own.known)
    for fold in set(folds.tolist()):
        learnt, held = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        layer = fit_layer(own.reading.at(learnt), wanted[learnt], SMALL)
        alone = replace(heads(), bias=layer.bias, terms=layer.terms, styling=layer.styling, kernel=layer.kernel)
        np.testing.assert_allclose(alone.scores(own.reading.at(held)), scores[held], atol=1e-4)


def test_songs_of_an_artist_share_a_fold() -> None:
    keys = [own.key for own in SIXTY]
    folds = folds_of(keys)
    assert all(len({int(fold) for fold, key in zip(folds, keys, strict=True) if key == name}) == 1 for name in keys)


def test_a_target_known_of_no_song_is_answered_with_0() -> None:
    own = read([Lyrics(lyrics(n)) for n in range(10)], ToyEncoder())
    layer = fit_layer(own, np.stack([np.arange(10.0), np.full(10, np.nan)], 1), SMALL)
    assert layer.bias.tolist() == [4.5, 0]
    assert not layer.terms.weights[:, 1].any()
    assert layer.terms.weights[:, 0].any()


def test_heads_are_fitted_from_beginning_to_end() -> None:
    said: list[str] = []
    own = fit(SIXTY, ToyEncoder(), read=readings(SIXTY), options=SMALL, tell=said.append)
    assert own.heads.fingerprint == ToyEncoder.fingerprint
    assert own.scores.shape == (60, len(own.heads.outputs))
    assert said[0] == "reading 60 songs"
    assert said[-1] == "all songs"


# -- what scores mean --------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.floats(-5, 5), st.sampled_from([0.0, 1.0, math.nan])), max_size=20))
def test_a_probability_is_finite_whatever_is_known(rows: list[tuple[float, float]]) -> None:
    scores, truth = np.array(rows, np.float64).reshape(-1, 2).T
    p = logistic(scores, truth)(np.array([-9.0, 0.0, 9.0]))
    assert ((p >= 0) & (p <= 1)).all()


@pytest.mark.parametrize(("truth", "p"), [((1.0, 1.0, 1.0), 0.8), ((0.0,), 1 / 3), ((), 0.5), ((math.nan,), 0.5)])
def test_one_class_alone_gives_its_share_whatever_the_score(truth: Sequence[float], p: float) -> None:
    own = logistic(np.arange(float(len(truth))), np.array(truth, np.float64))
    np.testing.assert_allclose(own(np.array([-3.0, 3.0])), p)


def test_probabilities_are_calibrated() -> None:
    draw = np.random.default_rng(0)
    scores = draw.normal(size=4000)
    truth = (draw.random(4000) < 1 / (1 + np.exp(-(3 * scores - 1)))).astype(float)
    own = logistic(scores, truth)
    assert own.slope == pytest.approx(3, abs=0.3)
    assert own.shift == pytest.approx(-1, abs=0.2)


@given(st.lists(st.tuples(st.floats(-5, 5), st.one_of(st.floats(0, 1), st.just(math.nan))), max_size=40))
def test_a_fitted_curve_rises_and_its_interval_has_two_ends(rows: list[tuple[float, float]]) -> None:
    scores, values = np.array(rows, np.float64).reshape(-1, 2).T
    own = curve(scores, values)
    for level in (own.scores, own.values, own.lows, own.highs):
        assert list(level) == sorted(level)
    for at in (-9.0, 0.0, 9.0):
        assert 0 <= own(at).low <= own(at).high <= 1


def test_an_interval_holds_eight_values_in_ten() -> None:
    draw = np.random.default_rng(0)
    scores = draw.uniform(size=3000)
    values = np.clip(scores + draw.normal(scale=0.1, size=3000), 0, 1)
    own = curve(scores, values)
    estimates = [own(float(score)) for score in scores]
    held = [low <= value <= high for value, (_, low, high) in zip(values, estimates, strict=True)]
    assert np.mean(held) == pytest.approx(0.8, abs=0.04)


def test_no_values_give_the_whole_interval() -> None:
    assert curve(np.zeros(3), np.full(3, np.nan))(0.3) == (0.5, 0.0, 1.0)


def test_a_choice_lifts_a_rare_name_where_that_costs_little() -> None:
    draw = np.random.default_rng(0)
    truth = (draw.random(2000) < 0.08).astype(np.int64)
    scores = np.stack([1 - truth, truth], 1) + draw.normal(scale=0.8, size=(2000, 2))
    own = choice(scores, ("x", "y"), truth, ("rock", "jazz"))
    said = np.array(own.said(own(scores)))
    assert own.lift > 0
    assert said.sum() > (own(scores).argmax(1)).sum()
    assert own(scores).mean(0)[1] == pytest.approx(0.08, abs=0.02)


def test_no_genre_or_an_unknown_one_is_left_out_of_a_choice() -> None:
    assert choice(np.zeros((3, 1)), ("x",), np.full(3, -1), ()).names == ()
    own = choice(np.eye(2)[[0, 1, 0, 1, 0]], ("x", "y"), np.array([0, 1, 0, 1, -1]), ("a", "b"))
    assert own.shares == (0.5, 0.5)


def test_two_names_are_told_apart_as_three_are() -> None:
    truth = np.arange(90) % 2
    scores = np.eye(2)[truth] * 2
    own = choice(scores, ("x", "y"), truth, ("a", "b"))
    p = own(scores)
    assert (p.argmax(1) == truth).all()
    np.testing.assert_allclose(np.asarray(own.weights).sum(0), 0, atol=1e-9)
    more = choice(np.eye(3)[np.arange(90) % 3], ("x", "y", "z"), np.arange(90) % 3, ("a", "b", "c"))
    assert np.shape(more.weights) == (3, 3)
    assert (more(np.eye(3)).argmax(1) == np.arange(3)).all()


def test_a_theme_is_said_from_the_probability_with_the_best_f1() -> None:
    p = np.array([0.02, 0.1, 0.3, 0.6, 0.9])
    assert 0.3 < theme_cut(p, np.array([0.0, 0, 0, 1, 1])) <= 0.6
    assert theme_cut(np.zeros(0), np.zeros(0)) == pytest.approx(0.05)


def test_explicit_words_are_weighed_by_what_listeners_were_warned_of() -> None:
    sung = [["shit happens"], ["go to hell"], ["rain"], ["sun"]] * 6
    own = explicitness(sung, np.array([1.0, 0, 0, 0] * 6))
    assert own.judge(["shit"]).explicit is True
    assert own.judge(["hell"]).explicit is False
    unknown = explicitness(sung, np.full(24, np.nan))
    assert unknown.judge(["shit fuck"]).explicit is True
    assert unknown.judge(["rain"]).explicit is False


# -- too little known --------------------------------------------------------------------------------------------------


def test_features_that_are_no_numbers_are_not_known() -> None:
    odd = {"valence": math.nan, "energy": math.inf, "danceability": 0.5}
    own = fitted([replace(one, features=odd if n % 2 else {}) for n, one in enumerate(texts(24))])
    (labels,) = annotator(own).labels([song(100)])
    assert labels.estimates["valence"] == (0.5, 0.0, 1.0)
    assert labels.estimates["danceability"].value == pytest.approx(0.5)
    assert all(0 <= p <= 1 for p in labels.probabilities.values())


@pytest.mark.parametrize(
    "same",
    [
        {"happy": True}, {"happy": None}, {"explicit": True}, {"explicit": None}, {"genre": "rap"}, {"genre": None},
        {"features": {}}, {"artist": "One"}, {"artist": ""},
        {"happy": None, "explicit": None, "genre": None, "features": {}},
    ],
)  # fmt: skip
def test_one_class_or_none_gives_heads_that_answer(same: dict[str, object]) -> None:
    songs = [replace(one, **same) for one in texts(24)]  # type: ignore[arg-type]
    own = fit_material(toy_material(songs), "toy-1", options=SMALL).heads
    (labels,) = annotator(own).labels([song(100)])
    assert not labels.abstains
    assert all(0 <= p <= 1 for p in labels.probabilities.values())


def test_nothing_known_but_words_gives_heads_that_answer() -> None:
    bare = [LabelledText("", lyrics(n)) for n in range(24)]
    own = fit(bare, ToyEncoder(), read={}, options=SMALL).heads
    (labels,) = annotator(own).labels([song(100)])
    assert (labels.genre, labels.probabilities["p_happy"], labels.themes) == (None, pytest.approx(0.5), {})
    assert labels.estimates["energy"] == (0.5, 0.0, 1.0)


def test_the_same_words_in_every_song_give_heads_that_answer() -> None:
    own = fitted([replace(one, text=lyrics(0)) for one in texts(24)])
    assert not next(iter(annotator(own).labels([song(0)]))).abstains


# -- as a system to be judged ------------------------------------------------------------------------------------------


def test_ours_answers_with_the_columns_of_the_evaluation_and_reads_each_song_once() -> None:
    told: list[int] = []
    system = ours(ToyEncoder(), read=readings(SIXTY), tell=told.append)
    own = system.fit(SIXTY[:40])([lyrics(100), lyrics(103), "la la la", ""])
    assert {"genre", "valence", "energy", "danceability", "explicit", "p_happy", "p_valence_high"} <= set(own)
    assert list(np.asarray(own["genre"])) == ["country", "rap", None, None]
    assert np.isnan(np.asarray(own["valence"], float)).tolist() == [False, False, True, True]
    assert np.asarray(own["explicit"]).tolist() == [0, 0, 0, 0]
    system.fit(SIXTY[:40])
    assert sum(told) == 40


def test_a_genre_that_training_did_not_know_is_judged_as_wrong() -> None:
    asked = [text(n, genre="polka" if n % 2 else "country") for n in range(100, 150)]
    judged = LabelReport(label(SIXTY, [ours(ToyEncoder(), read=readings(SIXTY))], test=asked))
    assert judged.tallies["ours"]["genre accuracy"].value == pytest.approx(0.5)
    assert judged.n()["genre"] == {"country": 25, "polka": 25}


def test_a_system_that_learnt_no_genre_is_judged_in_all_else() -> None:
    bare = [replace(own, genre=None) for own in SIXTY]
    judged = LabelReport(label(bare, [ours(ToyEncoder(), read={})], test=[text(n) for n in range(100, 150)]))
    assert judged.tallies["ours"]["mood accuracy"].value == 1
    assert judged.tallies["ours"].get("genre accuracy", 0) == 0
