"""What a request looks for in descriptions."""

from __future__ import annotations

from songkin.search.terms import description_terms, request_stems, request_terms


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


def test_a_request_without_words_asks_for_nothing() -> None:
    assert request_terms("?!") == []
    assert description_terms("", [], None) == ""
