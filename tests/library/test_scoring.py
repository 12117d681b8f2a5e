"""Scores of pairs: in [0, 1], symmetric, 1 for the same, higher for alike, none where a side tells nothing."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from library_songs import add

import songkin.library.scoring as scoring
from little_heads import song
from little_scores import basis, song_space
from songkin.errors import QueryError
from songkin.library import Library
from songkin.library.comparing import Compared, compared, named_among
from songkin.library.same_words import hashed
from songkin.library.score_basis import Plainly
from songkin.library.scoring import Catalogue, Pair, Profile, Scorer, Stored, shares_of
from songkin.library.song_space import SPACE
from songkin.store import writing
from songkin.store.kept_vectors import KeptVectors
from songkin.testing import ToyEncoder, songs
from songkin.types import Lyrics, Song

COUNTRY, RAP = song(100, genres=("country",)), song(103, genres=("rap",))
OTHER_COUNTRY = song(1, id="c2", genres=("country",), lyrics=None)
BARE = Song("bare", "Nothing is known of it")
GERMAN = Song("fremd", "Regen", lyrics=Lyrics("Der Regen fällt auf mich und ich gehe durch die lange Nacht\n" * 5))


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return Scorer(basis())


def score(scorer: Scorer, one: Song, other: Song, sounds: Any = None) -> float:
    profiles = scorer.profiles([one, other], sounds)
    return float(scorer.compare([profiles[0]], [profiles[1]]).scores[0])


# -- what a score says -------------------------------------------------------------------------------------------------


def test_songs_of_one_genre_are_more_alike_than_songs_of_two(scorer: Scorer) -> None:
    assert score(scorer, COUNTRY, OTHER_COUNTRY) > score(scorer, RAP, OTHER_COUNTRY) + 0.2


def test_words_stand_in_for_genres_that_are_not_given(scorer: Scorer) -> None:
    assert score(scorer, song(104), OTHER_COUNTRY) > score(scorer, song(105), OTHER_COUNTRY)


def test_a_song_against_itself_is_1_whatever_is_known(scorer: Scorer) -> None:
    for own in (COUNTRY, BARE, GERMAN, OTHER_COUNTRY):
        assert score(scorer, own, own) == 1.0


def test_the_same_words_under_another_id_are_1(scorer: Scorer) -> None:
    assert score(scorer, COUNTRY, replace(COUNTRY, id="remaster", genres=(), year=2020)) == 1.0
    assert score(scorer, GERMAN, replace(GERMAN, id="live")) == 1.0


def test_a_side_of_which_nothing_is_known_has_no_score(scorer: Scorer) -> None:
    assert math.isnan(score(scorer, COUNTRY, BARE))
    assert math.isnan(score(scorer, BARE, replace(BARE, id="other")))


def test_words_of_a_language_that_is_not_known_are_no_hindrance(scorer: Scorer) -> None:
    assert 0 <= score(scorer, GERMAN, COUNTRY) <= 1


SPARSE = some.tuples(songs(), songs()).filter(lambda pair: pair[0].id != pair[1].id)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(SPARSE)
def test_any_two_songs_score_within_bounds_and_alike_both_ways(pair: tuple[Song, Song]) -> None:
    own = Scorer(basis())
    one, other = own.profiles(list(pair))
    forth, back = (float(own.compare([a], [b]).scores[0]) for a, b in ((one, other), (other, one)))
    assert forth == back or (math.isnan(forth) and math.isnan(back))
    assert math.isnan(forth) or 0 <= forth <= 1
    assert math.isnan(forth) == (one.silent or other.silent)
    among = own.compare([one, other, one], [other, one, one]).scores
    assert among[2] == 1.0
    np.testing.assert_array_equal(among[:2], [forth, forth])


# -- sound -------------------------------------------------------------------------------------------------------------


def test_sound_joins_by_its_weight_where_both_sides_have_it(scorer: Scorer) -> None:
    sounds = {COUNTRY.id: np.array([1.0, 0.0], np.float32), RAP.id: np.array([3.0, 4.0], np.float32)}
    words = score(scorer, COUNTRY, RAP)
    assert score(scorer, COUNTRY, RAP, sounds) == pytest.approx(0.7 * words + 0.3 * 0.6)
    deaf = Scorer(scorer.basis, shares=shares_of({"sound": 0.0}))
    assert score(deaf, COUNTRY, RAP, sounds) == pytest.approx(words)
    assert score(scorer, COUNTRY, RAP, {COUNTRY.id: sounds[COUNTRY.id]}) == words


def test_sound_speaks_alone_where_no_word_is_known(scorer: Scorer) -> None:
    sounds = {"bare": np.array([1.0, 0.0], np.float32), "x": np.array([0.6, 0.8], np.float32)}
    assert score(scorer, BARE, replace(BARE, id="x"), sounds) == pytest.approx(0.6)
    away = {"bare": np.array([1.0], np.float32), "x": np.array([-1.0], np.float32)}
    assert score(scorer, BARE, replace(BARE, id="x"), away) == 0.0


@pytest.mark.parametrize(
    ("given_weights", "said"),
    [({"melody": 1.0}, "no part 'melody'"), ({"lyrics": 0.0, "sound": 0.0}, "both count 0")],
)
def test_wrong_weights_are_named(given_weights: dict[str, float], said: str) -> None:
    with pytest.raises(QueryError, match=said):
        shares_of(given_weights)


# -- without songkin-labels --------------------------------------------------------------------------------------------


def test_without_labels_lyric_vectors_and_genres_are_compared() -> None:
    plain = Scorer(Plainly(ToyEncoder()))
    assert "pip install" in plain.basis.note
    one = Song("a", genres=("Rock", "pop"), lyrics=Lyrics("rain sun moon river"))
    other = Song("b", genres=("rock",), lyrics=Lyrics("rain sea sand hill"))
    left, right = ToyEncoder().encode_songs(["rain sun moon river", "rain sea sand hill"])
    cosine = float(left @ right)
    assert score(plain, one, other) == pytest.approx((cosine + 0.5) / 2, abs=1e-3)
    assert score(plain, replace(one, genres=()), other) == pytest.approx(cosine, abs=1e-3)
    assert score(plain, replace(one, lyrics=None), other) == pytest.approx(0.5, abs=1e-3)
    assert math.isnan(score(plain, BARE, other))
    assert math.isnan(score(plain, replace(one, genres=()), Song("c", genres=("rock",))))
    assert score(plain, one, one) == 1.0


# -- why ---------------------------------------------------------------------------------------------------------------


def channels(found: Compared) -> dict[str, str]:
    return {reason.channel: reason.words for reason in found.reasons}


def test_reasons_say_what_both_share_and_what_sets_them_apart(scorer: Scorer) -> None:
    one = replace(COUNTRY, year=1971, tags={"acoustic": 1.0}, features={"energy": 0.8, "valence": 0.1})
    other = replace(OTHER_COUNTRY, year=2008, tags={"acoustic": 0.5}, features={"energy": 0.82, "valence": 0.9})
    found = compared(scorer, one, other)
    told = channels(found)
    assert told["genres"] == "both: country"
    assert told["tags"] == "both: acoustic"
    assert told["eras"] == "apart: 1971 and 2008"
    assert told["features"] == "alike: energy; apart: valence 0.1 and 0.9"
    assert sum(reason.share for reason in found.reasons) == pytest.approx(1)
    assert [reason.share for reason in found.reasons] == sorted((r.share for r in found.reasons), reverse=True)


def test_reasons_name_what_words_foretell_and_which_are_shared(scorer: Scorer) -> None:
    found = compared(scorer, song(100), song(104))
    told = channels(found)
    assert told["genres"] == "both near country, folk, predicted from words"
    assert "," in told["words"]
    assert not any(reason.line for reason in found.reasons)


def test_the_same_words_have_the_greatest_share(scorer: Scorer) -> None:
    found = compared(scorer, COUNTRY, replace(COUNTRY, id="live"))
    assert found.score == 1.0
    assert (found.reasons[0].channel, found.reasons[0].share) == ("words", 1.0)
    assert found.reasons[0].words.startswith("the same words")


def test_what_cannot_be_judged_is_noted(scorer: Scorer) -> None:
    assert compared(scorer, COUNTRY, BARE) == Compared(
        COUNTRY,
        BARE,
        None,
        (),
        ("'bare' has neither words nor descriptors", f"the words of {BARE.name} are not judged: no lyrics"),
    )
    assert any("only English is known" in note for note in compared(scorer, COUNTRY, GERMAN).notes)


def test_plain_reasons_tell_the_cosine_and_the_genres() -> None:
    found = compared(Scorer(Plainly(ToyEncoder())), COUNTRY, OTHER_COUNTRY)
    assert channels(found)["meaning"].endswith("both: country")


# -- files of pairs ----------------------------------------------------------------------------------------------------


class Counting:
    """A basis that notes whom it reads."""

    def __init__(self) -> None:
        self._own, self.read = basis(), list[str]()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._own, name)

    def placed(self, given_songs: Sequence[Song]) -> Any:
        self.read += [own.id for own in given_songs]
        return self._own.placed(given_songs)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    add(tmp_path / "L", [*(song(number) for number in range(100, 108)), OTHER_COUNTRY, BARE, GERMAN])
    return tmp_path / "L"


def annotate(place: Path) -> Any:
    own = song_space()
    return Library.open(place).annotate(annotator=own.annotator, space=own)


def pairs(*ids: tuple[str, str]) -> Iterator[Pair]:
    return (Pair(line, *pair) for line, pair in enumerate(ids, 2))


def scored(place: Path, counting: Any, *ids: tuple[str, str]) -> list[float | None]:
    own = Scorer(counting)
    return [found.score for found in own.score(pairs(*ids), Stored(Library.open(place).store, own))]


def test_pairs_come_in_order_and_what_is_not_there_is_told(place: Path) -> None:
    own = Scorer(basis())
    given_pairs = pairs(("n100", "n102"), ("n100", "none"), ("bare", "n100"), ("", "x"), ("n102", "n100"))
    found = list(own.score(given_pairs, Stored(Library.open(place).store, own)))
    assert [one.pair.line for one in found] == [2, 3, 4, 5, 6]
    assert found[0].score == found[4].score
    assert found[1].why == "no song has the id 'none'"
    assert found[2].why == "'bare' has neither words nor descriptors"
    assert found[3].why == "no song has the id ''; no song has the id 'x'"
    assert [one.score is None for one in found] == [False, True, True, True, False]


def test_each_song_is_read_once(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "PAIRS_AT_ONCE", 2)
    counting = Counting()
    scored(place, counting, ("n100", "n101"), ("n101", "n102"), ("n100", "n102"), ("n102", "n103"))
    assert sorted(counting.read) == ["n100", "n101", "n102", "n103"]


def test_kept_vectors_spare_the_reading_and_give_the_same_scores(place: Path) -> None:
    ids = [("n100", "n102"), ("n100", "c2"), ("n103", "fremd"), ("n101", "bare")]
    before = scored(place, basis(), *ids)
    assert annotate(place).placed == 11
    counting = Counting()
    assert scored(place, counting, *ids) == before
    assert counting.read == []


def test_a_stale_vector_is_seen(place: Path) -> None:
    annotate(place)
    add(place, [replace(song(100), genres=("rap",))])
    counting = Counting()
    scored(place, counting, ("n100", "n102"))
    assert counting.read == ["n100"]
    assert annotate(place).placed == 1
    counting = Counting()
    scored(place, counting, ("n100", "n102"))
    assert counting.read == []


def test_what_was_forgotten_is_read_again(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "REMEMBERED", 1)
    monkeypatch.setattr(scoring, "PAIRS_AT_ONCE", 1)
    assert len(set(scored(place, basis(), ("n100", "n102"), ("n101", "n103"), ("n102", "n100")))) == 2


def test_a_catalogue_reads_only_what_is_wanted() -> None:
    counting = Counting()
    own = Scorer(counting)  # type: ignore[arg-type]
    shelf = Catalogue((song(number) for number in range(100, 110)), ["n101", "n103", "none"], own)
    assert set(shelf.profiles([])) == {"n101", "n103"} == set(counting.read)


def test_a_name_in_a_file_is_an_id_or_a_title() -> None:
    given_songs = [song(100), song(101), song(102, title="n100")]
    found = named_among(given_songs, ("n100", "New 101 - Title 101"))
    assert {name: own.id for name, own in found.items()} == {"n100": "n100", "New 101 - Title 101": "n101"}
    assert named_among(given_songs, ("title 101",))["title 101"].id == "n101"
    with pytest.raises(QueryError, match="no song of the file is called 'x'"):
        named_among(given_songs, ("x",))


# -- kept beside a library ---------------------------------------------------------------------------------------------


def test_annotate_keeps_a_vector_of_every_song_and_info_counts_them(place: Path) -> None:
    assert annotate(place).placed == 11
    opened = Library.open(place)
    assert opened.info()["kept"] == {"space": 11}
    assert annotate(place).placed == 0
    own = song_space()
    kept = KeptVectors(opened.store.tables, SPACE).read().by_id()
    whole = [one for one in opened.store.songs(opened.store.catalogue()[0], lyrics=True) if one]
    expected = own.located(whole).vectors
    np.testing.assert_allclose([kept[one.id] for one in whole], expected, atol=1e-3)
    assert not kept["bare"].any()


def test_a_removed_song_takes_its_vector_with_it(place: Path) -> None:
    annotate(place)
    Library.remove(["n100"], place)
    assert Library.open(place).info()["kept"] == {"space": 10}
    annotate(place)
    assert KeptVectors(Library.open(place).store.tables, SPACE).count() == 10


def test_songs_labelled_before_are_placed_without_new_labels(place: Path) -> None:
    own = song_space()
    Library.open(place).annotate(annotator=own.annotator)
    done = annotate(place)
    assert (done.labelled, done.placed) == (0, 11)


def test_scores_of_a_library_name_songs_as_people_do(place: Path) -> None:
    opened = Library.open(place)
    opened.__dict__["basis"] = basis()
    found = opened.score("New 100 - Title 100", "n102")
    assert (found.one.id, found.other.id) == ("n100", "n102")
    assert found.score == next(opened.score_pairs(pairs(("n100", "n102")))).score
    with writing(place, dim=64):
        assert opened.score("n100", "n102").score == found.score  # readers need no lock


def test_profiles_of_equal_length_sounds_only_meet(scorer: Scorer) -> None:
    one, other = (Profile(name, scorer.basis.placed([BARE])[0], hashed({}), np.ones(size, np.float32)) for name, size in
                  (("a", 2), ("b", 3)))  # fmt: skip
    assert math.isnan(scorer.compare([one], [other]).scores[0])


def test_sound_vectors_kept_beside_a_library_join_the_score(place: Path) -> None:
    opened = Library.open(place)
    opened.__dict__["basis"] = basis()
    words = opened.score("n100", "c2").score
    with writing(place, dim=64) as writer:
        KeptVectors(writer.tables, "sound").put(["n100", "c2"], ["s/1", "s/1"], [[1.0, 0.0], [0.6, 0.8]])
    found = opened.score("n100", "c2")
    assert words is not None
    assert found.score == pytest.approx(0.7 * words + 0.3 * 0.6, abs=1e-3)
    assert channels(found)["sound"] == "sound alike to 0.60"
    assert opened.score("n100", "c2", weights={"sound": 0.0}).score == pytest.approx(words)
