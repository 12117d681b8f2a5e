"""Songs are labelled from their words alone, in order, one by one; where nothing can be said the labels say why."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from little_heads import SWORN, annotator, fitted, heads, lyrics, song, text, texts
from songkin.annotate import Annotator, Labels
from songkin.annotate.annotator import AT_ONCE, BAG_NOTE, LIKELY, MOST_THEMES
from songkin.annotate.heads import FEATURES
from songkin.annotate.labels import quadrant
from songkin.errors import EncoderError
from songkin.testing import ToyEncoder
from songkin.text.words import tokens
from songkin.types import Lyrics, Song

COLUMNS = {"p_happy", "p_country", "p_rap", *(f"p_{name}_high" for name in FEATURES)}


def one(given: Song) -> Labels:
    (labels,) = annotator().labels([given])
    return labels


@pytest.mark.parametrize("number", range(100, 112))
def test_new_songs_get_the_genre_mood_explicitness_and_theme_of_their_words(number: int) -> None:
    labels, truth = one(song(number)), text(number)
    assert (labels.genre, labels.mood) == (truth.genre, "happy" if truth.happy else "sad")
    assert labels.explicit is truth.explicit
    assert labels.explicit_words == (("fuck", "shit") if truth.explicit else ())
    assert list(labels.themes) == ["party" if truth.happy else "grief"]
    assert (labels.estimates["valence"].value > 0.5) is truth.happy
    assert (labels.note, labels.language) == ("", "en")


def test_labels_agree_with_their_own_numbers() -> None:
    for labels in annotator().labels(song(number) for number in range(100, 140)):
        p = labels.probabilities
        assert set(p) == COLUMNS
        assert all(0 <= value <= 1 for value in p.values())
        assert sum(labels.genre_shares.values()) == pytest.approx(1)
        assert set(labels.genre_shares) == {"country", "rap"}
        assert (labels.mood == "happy") == (p["p_happy"] >= 0.5)
        assert labels.quadrant == quadrant(p["p_valence_high"], p["p_energy_high"])
        assert labels.genres[0] == labels.genre
        assert all(p[f"p_{name}"] >= LIKELY for name in labels.genres[1:])
        assert len(labels.themes) <= MOST_THEMES
        assert all(0 <= own.low <= own.value <= own.high <= 1 for own in labels.estimates.values())


@pytest.mark.parametrize(
    ("valence", "energy", "said"),
    [(0.9, 0.9, "excited"), (0.1, 0.9, "tense"), (0.1, 0.1, "gloomy"), (0.9, 0.1, "calm"), (0.5, 0.5, "excited")],
)
def test_quadrants_are_of_valence_and_arousal(valence: float, energy: float, said: str) -> None:
    assert quadrant(valence, energy) == said


SILENT = {
    "none": Song("none"),
    "instrumental": Song("instrumental", lyrics=Lyrics(instrumental=True)),
    "short": Song("short", lyrics=Lyrics(SWORN)),
    "german": Song("german", language="de", lyrics=Lyrics(lyrics(100))),
}


@pytest.mark.parametrize("name", SILENT)
def test_where_nothing_can_be_said_estimates_are_none_and_chances_are_how_common_each_is(name: str) -> None:
    labels = one(SILENT[name])
    assert labels.note
    assert labels.abstains
    assert (labels.genre, labels.genres, labels.mood, labels.quadrant) == (None, (), None, None)
    assert (labels.estimates, labels.themes) == ({}, {})
    assert labels.probabilities == heads().calibration.base
    assert set(labels.probabilities) == COLUMNS
    assert labels.explicit is (name == "short")
    assert set(labels.genre_shares) == {"country", "rap"}


def test_songs_stay_in_order_one_row_each_through_chunks_and_silence() -> None:
    songs = [song(n) if n % 3 else Song(f"n{n}") for n in range(100, 100 + AT_ONCE + 9)]
    labels = list(annotator().labels(iter(songs)))
    assert [own.id for own in labels] == [own.id for own in songs]
    assert [own.abstains for own in labels] == [not own.lyrics for own in songs]


def test_no_songs_give_no_labels_and_all_instrumental_ones_silence() -> None:
    assert list(annotator().labels([])) == []
    silent = [replace(SILENT["instrumental"], id=str(n)) for n in range(AT_ONCE + 2)]
    assert all(own.abstains for own in annotator().labels(silent))


def test_labels_do_not_hang_on_the_songs_beside() -> None:
    songs = [song(n) for n in (100, 101, 102)]
    together, alone = list(annotator().labels(songs)), [one(own) for own in songs]
    for a, b in zip(together, alone, strict=True):
        assert (a.genre, a.mood, a.themes.keys()) == (b.genre, b.mood, b.themes.keys())
        assert a.probabilities == pytest.approx(b.probabilities, abs=1e-4)


def test_only_words_count_and_what_is_given_does_not() -> None:
    given = song(
        100, title="Other", genres=("jazz",), explicit=True, tags={"sad": 1.0}, features={"valence": 0.01}, year=1950
    )
    assert replace(one(given), probabilities={}) == replace(one(song(100)), probabilities={})
    assert one(given).explicit is False  # by its words, not by its flag


def test_a_bag_of_words_is_labelled_with_a_note() -> None:
    words = tokens(lyrics(102))
    labels = one(song(102, lyrics=Lyrics(bag={word: words.count(word) for word in words})))
    assert (labels.genre, labels.mood, labels.note) == ("country", "sad", BAG_NOTE)
    assert labels.explicit is True
    assert labels.explicit_words == ("fuck", "shit")


@settings(max_examples=40)
@given(st.lists(st.text(max_size=200), max_size=4))
def test_any_text_gets_labels(given: list[str]) -> None:
    labels = list(annotator().labels(Song(str(at), lyrics=Lyrics(text)) for at, text in enumerate(given)))
    assert [own.id for own in labels] == [str(at) for at in range(len(given))]
    assert all(set(own.probabilities) == COLUMNS and own.abstains == bool(own.note) for own in labels)
    assert all(0 <= p <= 1 for own in labels for p in own.probabilities.values())


def test_half_a_character_is_no_error() -> None:
    assert one(song(100, lyrics=Lyrics(lyrics(100) + "\n\ud83d"))).genre == "country"


def test_heads_of_another_encoder_are_refused_with_the_cure() -> None:
    class Other(ToyEncoder):
        name, fingerprint = "other", "other-1"

    with pytest.raises(EncoderError, match=r"encoder than other; install the songkin-labels .* \(pip install"):
        Annotator(heads(), Other())


def test_heads_that_know_one_genre_say_it_and_of_none_say_none() -> None:
    only = fitted([replace(own, genre="rap") for own in texts(24)])
    (labels,) = annotator(only).labels([song(100)])
    assert (labels.genre, labels.genre_shares) == ("rap", {"rap": 1.0})
    nameless = fitted([replace(own, genre=None) for own in texts(24)])
    (labels,) = annotator(nameless).labels([song(100)])
    assert (labels.genre, labels.genres, labels.genre_shares) == (None, (), {})
    assert not labels.abstains
