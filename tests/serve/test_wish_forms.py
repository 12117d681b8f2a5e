"""A playlist's wish as a form: what people type becomes a wish, and a wish the form again."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songkin.errors import QueryError
from songkin.library.playlists import Wish
from songkin.serve.page.wish_forms import FIELDS, form_of, is_asked, name_for, wish_of

WISHES = (
    Wish(),
    Wish(text="quiet songs about leaving", minutes=45.5, language="en"),
    Wish(like=("Ada - One", "Two"), unlike=("Three",), more=("energy",), less=("valence", "tempo_bpm"), songs=12),
    Wish(start="A", end="B", via=("C", "D"), floor=0.25, artist_gap=0, album_gap=3, per_artist=1, variety=0.3),
    Wish(arc="energy:0.2..0.9", where='year:1990..1999 artist:"The Nth"'),
)


@pytest.mark.parametrize("wish", WISHES, ids=range(len(WISHES)))
def test_a_wish_comes_back_from_its_form(wish: Wish) -> None:
    assert wish_of(form_of(wish)) == wish


def test_a_form_has_every_field_and_says_nothing_where_nothing_is_asked_for() -> None:
    assert form_of(Wish()) == dict.fromkeys(FIELDS, "")
    assert wish_of({}) == Wish()
    assert not is_asked({"minutes": "45"})
    assert is_asked({"text": "rain"})


def test_what_people_type_is_read_kindly() -> None:
    form = {
        "text": "  rain ",
        "like": "One\r\n\r\n Two \n",
        "more": "energy, , valence",
        "minutes": "45,5",
        "songs": "",
    }
    assert wish_of(form) == Wish(text="rain", like=("One", "Two"), more=("energy", "valence"), minutes=45.5)


WRONG = {
    "minutes": ("soon", "'minutes' is a number"),
    "songs": ("2.5", "'songs' is a whole number"),
    "artist_gap": ("-1", "'artist gap' is a whole number"),
    "floor": ("2", "'floor' is a number from 0 to 1"),
    "variety": ("nan", "'variety' is a number from 0 to 1"),
    "arc_shape": ("rise", "choose the feature"),
}


@pytest.mark.parametrize("field", WRONG)
def test_a_value_that_means_nothing_names_its_field(field: str) -> None:
    said, told = WRONG[field]
    with pytest.raises(QueryError, match=told):
        wish_of({field: said})


def test_fields_that_are_none_of_the_forms_are_passed_over_and_the_user_is_not_the_forms_to_say() -> None:
    assert wish_of({"user": "anna", "evil": "1", "text": "rain"}, user="bert") == Wish(text="rain", user="bert")


NAMES = {
    Wish(text="songs  about\nrain"): "songs about rain",
    Wish(start="A", end="B"): "A to B",
    Wish(like=("A", "B", "C")): "Like A and B",
    Wish(arc="energy:rise"): "energy:rise",
    Wish(): "",
}


@pytest.mark.parametrize("wish", NAMES, ids=NAMES.values())
def test_a_name_is_proposed(wish: Wish) -> None:
    assert name_for(wish) == NAMES[wish]


@given(st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=30)))
def test_any_form_is_refused_or_a_wish_that_comes_back(form: dict[str, str]) -> None:
    wish = Wish()
    with suppress(QueryError):
        wish = wish_of(form)
    assert wish_of(form_of(wish)) == wish
