"""What a request looks for in descriptions."""

from __future__ import annotations

from songkin.filters import parse
from songkin.search.terms import coverage, description_terms, request_stems, request_terms, spoken
from songkin.types import Query


def test_a_descriptor_is_found_by_its_words_and_as_a_whole() -> None:
    assert description_terms("quiet storm, soul", ["quiet storm", "soul"], None).split() == [
        "quiet", "storm", "soul", "=quiet_storm", "=soul",
    ]  # fmt: skip


def test_a_request_names_a_descriptor_only_in_full() -> None:
    assert "=quiet_storm" in request_terms("a quiet storm at night")
    assert "=quiet_storm" not in request_terms("quiet songs before the storm")


def test_function_words_inside_a_descriptor_do_not_part_it() -> None:
    whole = description_terms("drum and bass", ["drum and bass"], None).split()[-1]
    assert whole == "=drum_bass"
    assert whole in request_terms("something fast, drum and bass maybe")


def test_words_that_only_ask_are_left_out_unless_there_are_no_others() -> None:
    assert request_stems("find me songs about rain") == ["rain"]
    assert request_stems("songs like something") == ["song", "like", "someth"]


def test_each_stem_is_asked_for_once_in_every_language() -> None:
    assert request_stems("bailando bailando", ("en", "es")) == ["bailando", "bail"]


def test_a_stem_of_two_letters_counts_only_in_a_request_with_foreign_function_words() -> None:
    assert request_stems("about the sea", ("en", "fr")) == ["sea"]
    assert request_stems("la vie en rose", ("fr",)) == ["vi", "ros"]
    assert coverage("about the sea", "il se lev", ("en", "fr")) == 0
    assert coverage("la vie", "la vi", ("en", "fr")) == 1


def test_tags_of_a_foreign_song_are_found_by_its_languages_stems_however_short() -> None:
    assert set(description_terms("sea", [], "fr").split()) <= set(request_terms("about the sea", ("en", "fr")))


def test_a_request_without_words_asks_for_nothing() -> None:
    assert request_terms("?!") == []
    assert description_terms("", [], None) == ""


def test_measures_of_a_song_are_no_words_to_look_for() -> None:
    assert request_stems("rain under 4 minutes") == ["rain"]
    assert request_stems("lonely songs from the last ten years") == ["lone"]
    assert request_stems("rain over 120 bpm, longer than two and a half minutes") == ["rain"]
    assert request_stems("rain around 1999") == ["rain", "1999"]
    assert "minut" in request_stems("five minutes of fame")


def test_function_words_of_other_languages_are_no_words_to_look_for() -> None:
    assert request_stems("lluvia en la noche") == request_stems("lluvia noche")


def test_an_era_that_filters_tells_no_songs_apart() -> None:
    where = parse("year:1970..1979")
    assert spoken(Query("rain from the 70s", where=where)).split() == ["rain", "from"]
    assert spoken(Query("rain from the 70s")).split() == ["rain", "from", "the", "70s"]
    assert spoken(Query("the 70s", where=where)).split() == ["the", "70s"]
