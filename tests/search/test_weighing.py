"""Weights learned with an encoder: which request gets which, and who may say otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songkin.library import Library
from songkin.search.fuse import WEIGHTS, shares
from songkin.search.weighing import BESIDE, KINDS, fusion_of, kind_of, weighed
from songkin.testing import ToyEncoder
from songkin.types import Query, Song, Vectors

TOLD = "I heard this song on the radio when I was growing up and cannot remember what it is called"
FUSION = {"all": {"meaning": 0.8}, "description": {"meaning": 1.4}, "recalled": {"meaning": 0.1}}


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        (Query("sad piano"), "all"),
        (Query("sad piano", part="description"), "description"),
        (Query("the sea", part="lyrics"), "lyrics"),
        (Query(TOLD), "recalled"),
        (Query(TOLD, part="lyrics"), "lyrics"),
    ],
)
def test_each_request_is_of_one_kind(query: Query, kind: str) -> None:
    assert kind_of(query) == kind
    assert kind in KINDS


def test_where_nothing_is_sung_every_request_is_of_descriptions() -> None:
    assert kind_of(Query("sad piano"), sung=False) == kind_of(Query(TOLD), sung=False) == "description"
    assert weighed(Query("sad piano"), FUSION, sung=False).weights == {"meaning": 1.4, "words": 1.0}


def test_a_strategy_asks_no_channels_so_none_is_weighed_for_it() -> None:
    query = Query("sad piano", strategy="clusters")
    assert weighed(query, FUSION) is query


def test_descriptions_weigh_both_channels_even_where_nothing_was_learned() -> None:
    assert weighed(Query("sad piano", part="description"), {}).weights == BESIDE["description"]


def test_words_that_fit_badly_do_not_outvote_the_meaning(tmp_path: Path) -> None:
    class Told(ToyEncoder):
        """Knows that a downpour is rain."""

        fusion = {"description": {"meaning": 1.5, "words": 1.0}}  # noqa: RUF012

        def encode_queries(self, texts: Sequence[str]) -> Vectors:
            return super().encode_queries(["rain rain rain" if "downpour" in text else text for text in texts])

    songs = [Song("rain", tags={"rain": 1.0}), Song("door", tags={"door": 1.0, "slam": 1.0, "hinge": 1.0, "oak": 1.0})]
    Library.add(songs, tmp_path / "library", encoder=Told())
    library = Library.open(tmp_path / "library", encoder=Told())
    asked = Query("a downpour behind the old house door", part="description")
    assert library.search(asked).hits[0].song.id == "rain"
    assert library.search(Query("oak door slam hinge", part="description")).hits[0].song.id == "door"


def test_a_kind_has_the_weights_it_learned() -> None:
    assert weighed(Query("sad piano"), FUSION).weights == {"meaning": 0.8}
    assert weighed(Query(TOLD), FUSION).weights == {"meaning": 0.1}


def test_what_a_request_weighs_itself_comes_first() -> None:
    query = Query("sad piano", weights={"meaning": 2.0, "title": 0.0})
    assert weighed(query, FUSION).weights == {"meaning": 2.0, "title": 0.0}


@pytest.mark.parametrize("query", [Query("the sea", part="lyrics"), Query(like=("rain",))])
def test_unlearned_kinds_and_seeds_keep_the_common_weights(query: Query) -> None:
    assert weighed(query, FUSION) is query


def test_an_encoder_without_a_fusion_brings_none() -> None:
    assert fusion_of(None) == {}
    assert fusion_of(cast(Any, SimpleNamespace(name="plain"))) == {}
    assert fusion_of(cast(Any, SimpleNamespace(fusion=FUSION))) == FUSION


@given(
    st.dictionaries(st.sampled_from(sorted(WEIGHTS)), st.floats(0.01, 1), min_size=1),
    st.floats(0.01, 10),
)
def test_shares_make_one_whatever_was_learned(parts: dict[str, float], weight: float) -> None:
    query = weighed(Query("sad piano"), {"all": {"meaning": weight}})
    assert sum(shares(parts, query.weights).values()) == pytest.approx(1.0)


def test_weighing_twice_is_weighing_once() -> None:
    once = weighed(Query("sad piano"), FUSION)
    assert weighed(once, FUSION) == once
