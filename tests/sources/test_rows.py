"""The door: every alias, every spelling of a value, and whatever JSON can hold."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songkin.errors import ColumnError, SongkinError
from songkin.sources.columns import ALIASES, LINKS, columns_of
from songkin.sources.records import Loss, Record
from songkin.sources.rows import songs
from songkin.types import Song


def told(*rows: dict[str, Any], typed: bool = True) -> tuple[list[Song], list[Loss]]:
    losses: list[Loss] = []
    records = [Record(f"songs.jsonl:{i}", row) for i, row in enumerate(rows, 1)]
    return list(songs(records, "songs.jsonl", lost=losses.append, typed=typed)), losses


def read(row: dict[str, Any], *, typed: bool = True) -> Song:
    found, losses = told({"id": "a", **row}, typed=typed)
    assert losses == []
    return found[0]


@pytest.mark.parametrize("typed", [True, False])
def test_what_songkin_predicted_is_not_given_when_its_own_files_are_read(typed: bool) -> None:
    row = {"genre": "folk", "valence": 0.3, "energy": 0.5, "predicted_energy": 0.9}
    song = read(row | {"genre_predicted": "True", "valence_predicted": True, "energy_predicted": False}, typed=typed)
    assert (song.genres, song.features) == ((), {"energy": 0.5})


def test_the_fields_of_the_contract_arrive() -> None:
    song = read(
        {"title": "Tide", "artist": "Ada", "year": 1999, "duration_ms": 61500, "explicit": False, "genre": "folk"}
        | {"tags": ["calm", "sea"], "description": "a slow song", "lyrics": "[Verse]\nfoam", "language": "en"}
        | {"valence": 0.25, "energy": 0, "tempo_bpm": 90, "arousal": 1.5}
    )
    assert song.lyrics is not None
    assert (song.title, song.artists, song.year, song.duration_s) == ("Tide", ("Ada",), 1999, 61.5)
    assert (song.explicit, song.genres, song.description) == (False, ("folk",), "a slow song")
    assert (song.tags, song.language) == ({"calm": 1.0, "sea": 1.0}, "en")
    assert (song.lyrics.text, song.lyrics.language, song.lyrics.instrumental) == ("[Verse]\nfoam", "en", False)
    assert song.features == {"valence": 0.25, "energy": 0.0, "tempo_bpm": 90.0, "arousal": 1.5}


SAYS: dict[str, tuple[Any, Any]] = {
    "id": ("7", "7"),
    "title": ("Tide", "Tide"),
    "artists": ("Ada", ("Ada",)),
    "album": ("Sea", "Sea"),
    "year": ("1999-02-03", 1999),
    "language": ("EN-gb", "en"),
    "explicit": ("yes", True),
    "genres": ("folk", ("folk",)),
    "tags": ("calm", {"calm": 1.0}),
    "description": ("slow", "slow"),
}


@pytest.mark.parametrize(("field", "alias"), [(field, alias) for field in SAYS for alias in ALIASES[field]])
@pytest.mark.parametrize(
    "spelt", [str, str.upper, lambda name: name.replace("_", " ").title(), lambda n: n.replace("_", "-")]
)
def test_every_alias_feeds_its_field_in_any_spelling(field: str, alias: str, spelt: Any) -> None:
    given_value, ours = SAYS[field]
    row = {spelt(alias): given_value} | ({} if field in ("id", "title") else {"id": "a"})
    assert getattr(told(row)[0][0], field) == ours


@pytest.mark.parametrize("alias", ALIASES["duration_s"])
def test_a_duration_column_in_ms_is_divided(alias: str) -> None:
    assert read({alias: 225_000 if alias.endswith("ms") else 225}).duration_s == 225.0


@pytest.mark.parametrize("alias", ALIASES["lyrics"])
def test_every_lyrics_alias_holds_the_text_verbatim(alias: str) -> None:
    song = read({alias: " [Chorus]\r\nla la \n"})
    assert song.lyrics is not None
    assert song.lyrics.text == " [Chorus]\r\nla la \n"


def test_words_that_are_no_text_are_no_lyrics() -> None:
    assert read({"words": 231}).lyrics is None


@pytest.mark.parametrize(("link", "alias"), [(link, alias) for link, aliases in LINKS.items() for alias in aliases])
def test_ids_of_other_catalogues_are_links(link: str, alias: str) -> None:
    assert read({alias: "Q1"}).links == {link: "Q1"}


def test_the_first_alias_wins_and_a_further_id_is_a_link() -> None:
    song = read({"id": "a", "track_id": "b", "song": "no", "title": "yes", "artists": ["no"], "artist": "yes"})
    assert (song.id, song.title, song.artists, song.links) == ("a", "yes", ("yes",), {"track_id": "b"})


def test_a_later_alias_speaks_where_the_first_knows_nothing() -> None:
    assert told({"id": None, "track_id": "b", "title": "-", "track": "T"})[0][0].title == "T"
    assert told({"id": "-", "track_id": "b"})[0][0].id == "b"


def test_genres_are_merged_once_each_whatever_their_case() -> None:
    row = {"genres": ["Pop", "dance pop"], "main_genre": "Dance Pop", "genre_coarse": "pop", "genre": "rock; soul"}
    assert read(row).genres == ("rock", "soul", "pop", "Dance Pop")


@pytest.mark.parametrize(
    ("spelt", "names"),
    [
        ("['a', 'b c']", ("a", "b c")),
        ("('a', 'b')", ("a", "b")),
        ("""["O'Neil", 'b']""", ("O'Neil", "b")),
        ("['it\\'s']", ("it's",)),
        ('["a", "b"]', ("a", "b")),
        ("['a' 'b']", ("a", "b")),
        ("['a'\n 'b']", ("a", "b")),
        ("{'66CX': 'Ada', '1a': 'Bo'}", ("Ada", "Bo")),
        ("[a, b]", ("a", "b")),
        ("a; b", ("a", "b")),
        ("a|b", ("a", "b")),
        (["a", "", None, "-", "b"], ("a", "b")),
        (("a", "a"), ("a",)),
        ([{"name": "a", "id": "1"}, {"name": "b"}], ("a", "b")),
        ({"1": "a"}, ("a",)),
        ("[]", ()),
        ("['a', 'cut", ("['a', 'cut",)),
    ],
)
def test_lists_arrive_in_every_form(spelt: Any, names: tuple[str, ...]) -> None:
    assert read({"artist": spelt}).artists == names


def test_genres_and_tags_also_split_at_commas_artists_do_not() -> None:
    song = read(
        {"artist": "Tyler, The Creator", "genre": "rock, pop", "genres": "Folk, World, & Country", "tags": "a,b"}
    )
    assert song.artists == ("Tyler, The Creator",)
    assert song.genres == ("rock", "pop", "Folk, World, & Country")
    assert song.tags == {"a": 1.0, "b": 1.0}


def test_numpy_arrays_are_lists() -> None:
    import numpy as np

    song = read({"tags": np.array(["a", "b"]), "valence": np.float32(0.5)})
    assert (list(song.tags), song.features) == (["a", "b"], {"valence": 0.5})


def test_a_guest_is_an_artist() -> None:
    assert read({"artist": "Ada feat. Bo"}).artists == ("Ada", "Bo")


@pytest.mark.parametrize(
    ("spelt", "ours"),
    [
        ({"rock": 100, "punk": 60}, {"rock": 1.0, "punk": 0.6}),
        ({"rock": 0.5, "punk": 0, "ska": -1}, {"rock": 0.5}),
        ({"rock": 1.2, "punk": 0.5}, {"rock": 1.0, "punk": 0.5}),
        ([["rock", "100"], ["punk", "50"]], {"rock": 1.0, "punk": 0.5}),
        ("[('rock', 4), ('punk', 1)]", {"rock": 1.0, "punk": 0.25}),
        ("{'rock': 4, 'punk': 1}", {"rock": 1.0, "punk": 0.25}),
        ([("rock", 0.5)], {"rock": 0.5}),
    ],
)
def test_tags_with_weights_lie_between_0_and_1(spelt: Any, ours: dict[str, float]) -> None:
    assert read({"tags": spelt}).tags == pytest.approx(ours)


def test_tag_columns_are_merged_with_their_largest_weight() -> None:
    assert read({"tags": {"calm": 0.3, "sea": 0.4}, "mood": "Calm"}).tags == {"calm": 1.0, "sea": 0.4}


def test_a_mood_that_is_a_number_is_a_feature() -> None:
    song = read({"mood": 0.7})
    assert (song.tags, song.features) == ({}, {"mood": 0.7})


def test_of_ten_thousand_tags_the_heaviest_256_stay_and_it_is_named() -> None:
    found, losses = told({"id": "a", "tags": {f"t{i}": i for i in range(1, 10_001)}})
    assert set(found[0].tags) == {f"t{i}" for i in range(9_745, 10_001)}
    assert losses == [Loss("songs.jsonl:1", "10,000 tags; the song is kept with 256 of them", kept=True)]


@pytest.mark.parametrize("none", [None, "", "-", " nan ", "None", "null", "N/A", math.nan, [], {}])
def test_what_is_unknown_is_absent(none: Any) -> None:
    row = dict.fromkeys(
        ["title", "artist", "album", "year", "duration_s", "lyrics", "genre", "tags", "explicit", "language"]
    )
    row = {**row, "description": None, "valence": None, "bag": None, "features": None, "links": None, "isrc": None}
    row = dict.fromkeys(row, none)
    if none in (" nan ", "None", "null", "N/A"):
        del row["title"]
    assert read(row) == Song("a")


def test_none_and_nan_are_titles() -> None:
    assert read({"title": "None"}).title == "None"
    assert read({"title": "Nan"}).title == "Nan"


@pytest.mark.parametrize(
    ("spelt", "ours"),
    [
        (1969.0, 1969),
        ("1969", 1969),
        ("1969-07-20", 1969),
        ("20.7.1969", 1969),
        ("19690720", 1969),
        (19690720, 1969),
        (" 1969 ", 1969),
    ],
)
def test_years_in_every_spelling(spelt: Any, ours: int) -> None:
    assert read({"year": spelt}).year == ours


@pytest.mark.parametrize("wrong", [-5, 0, 2101, "soon", "-5", True, [1999], 1e300])
def test_a_year_that_is_none_is_named_and_the_song_kept(wrong: Any) -> None:
    found, losses = told({"id": "a", "year": wrong})
    assert found == [Song("a")]
    assert losses[0].place == "songs.jsonl:1"
    assert losses[0].kept
    assert "is not a year; the song is kept without it" in losses[0].reason


@pytest.mark.parametrize(
    ("spelt", "ours"), [("3:45", 225.0), ("1:00:01.5", 3601.5), ("225", 225.0), ("225,5", 225.5), (0, None)]
)
def test_durations_in_every_spelling(spelt: Any, ours: float | None) -> None:
    assert read({"duration": spelt}).duration_s == ours


@pytest.mark.parametrize("wrong", [-1, "long", 90_000, True])
def test_a_duration_that_is_none_is_named(wrong: Any) -> None:
    found, losses = told({"id": "a", "duration": wrong}, *({"id": i, "duration": 200} for i in range(2)))
    assert (len(found), found[0].duration_s, len(losses)) == (3, None, 1)


@pytest.mark.parametrize("name", ["duration", "length", "duration_s"])
def test_milliseconds_called_seconds_are_an_error_with_the_cure(name: str) -> None:
    with pytest.raises(ColumnError, match=rf"'{name}' reaches 207320.*milliseconds\? Rename it 'duration_ms'"):
        told({"id": "a", name: 180_000}, {"id": "b", name: 207_320})


def test_one_long_mix_among_songs_is_no_unit_error() -> None:
    assert (
        told({"id": "a", "length": 200}, {"id": "b", "length": 9_000}, {"id": "c", "length": 100})[0][1].duration_s
        == 9_000.0
    )


@pytest.mark.parametrize(
    ("spelt", "ours"),
    [
        (True, True),
        ("TRUE", True),
        ("yes", True),
        (1, True),
        (1.0, True),
        ("0", False),
        ("f", False),
        ("clean", False),
        ("Explicit", True),
    ],
)
def test_truth_in_every_spelling(spelt: Any, ours: bool) -> None:
    assert read({"explicit": spelt}).explicit is ours


def test_a_truth_that_is_none_is_named() -> None:
    found, losses = told({"id": "a", "explicit": "maybe"})
    assert found[0].explicit is None
    assert "'explicit': maybe is neither true nor false" in losses[0].reason


@pytest.mark.parametrize(
    ("spelt", "ours"), [(7, "7"), (7.0, "7"), ("7.0", "7.0"), (" 7", " 7"), ("a\0b", "ab"), (0, "0")]
)
def test_ids_are_verbatim_strings(spelt: Any, ours: str) -> None:
    assert told({"id": spelt, "title": "T"})[0][0].id == ours


def test_a_song_without_id_gets_the_same_digest_every_time() -> None:
    one, again, other = (
        told(row)[0][0].id for row in ({"title": "T", "artist": "A"},) * 2 + ({"title": "T", "artist": "B"},)
    )
    assert one == again != other
    assert one.startswith("x")
    assert len(one) == 17


def test_songs_without_id_that_differ_in_isrc_are_two() -> None:
    assert len(told({"title": "T", "isrc": "1"}, {"title": "T", "isrc": "2"})[0]) == 2


def test_the_second_song_of_an_id_is_lost() -> None:
    found, losses = told({"id": "x", "title": "A"}, {"id": "y"}, {"id": "x", "title": "B"})
    assert [song.title for song in found] == ["A", ""]
    assert losses == [Loss("songs.jsonl:3", "id 'x' was read already at line 1; two songs never share an id")]


def test_a_record_without_id_and_title_is_lost() -> None:
    found, losses = told({"id": "a"}, {"artist": "B"}, {"id": "", "title": "-"})
    assert [song.id for song in found] == ["a"]
    assert [loss[:2] for loss in losses] == [
        ("songs.jsonl:2", "neither id nor title"),
        ("songs.jsonl:3", "neither id nor title"),
    ]


def test_a_file_without_id_and_title_columns_is_an_error_that_names_both() -> None:
    with pytest.raises(
        ColumnError, match=r"songs.jsonl: no id and no title column among 'artist', 'wat'; name one id \| track_id"
    ):
        told({"artist": "B", "wat": 1})


@pytest.mark.parametrize(
    ("name", "ours"),
    [("bpm", "tempo_bpm"), ("Tempo", "tempo_bpm"), ("loudness", "loudness_db"), ("spectralFlux", "spectral_flux")],
)
def test_numbers_become_features_under_snake_case_names(name: str, ours: str) -> None:
    assert read({name: 5}).features == {ours: 5.0}


@pytest.mark.parametrize(
    "row",
    [{"artist_id": 5}, {"Unnamed: 0": 5}, {"live": True}, {"size": math.inf}, {"größe": 1}, {"tempo": 0}, {"key": -1}],
)
def test_ids_truths_and_unknown_numbers_are_no_features(row: dict[str, Any]) -> None:
    assert read(row).features == {}


def test_numbers_as_text_are_features_where_the_column_holds_numbers() -> None:
    assert read({"flux": "5,5", "grade": "A"}, typed=False).features == {"flux": 5.5}
    assert read({"flux": "5.5", "valence": "0.5"}).features == {"valence": 0.5}


def test_nested_features_arrive_and_do_not_overrule() -> None:
    assert read({"energy": 0.5, "features": {"energy": 0.1, "tempo": 90, "x y": "no"}}).features == {
        "energy": 0.5,
        "tempo_bpm": 90.0,
    }


def test_a_ratio_outside_its_range_is_named_once() -> None:
    found, losses = told({"id": "a", "valence": -2}, {"id": "b", "valence": 70}, {"id": "c", "valence": 0.5})
    assert [dict(song.features) for song in found] == [{}, {}, {"valence": 0.5}]
    assert [loss.place for loss in losses] == ["songs.jsonl:1"]


def test_musical_notation_is_understood() -> None:
    song = read({"key": "G", "mode": "minor", "time_signature": "6/8"})
    assert (song.features, song.links) == ({"mode": 0.0, "time_signature": 6.0}, {"key": "G"})


def test_a_bag_of_words_is_lyrics() -> None:
    song = read({"bag": {"sea": 3, "foam": 0, "x": "y"}, "lyrics_source": "mxm"})
    assert song.lyrics is not None
    assert (song.lyrics.bag, song.lyrics.source) == ({"sea": 3}, "mxm")


def test_instrumental_by_flag_or_by_word() -> None:
    for row in ({"instrumental": True}, {"lyrics": "[Instrumental]"}):
        song = read(row)
        assert song.lyrics is not None
        assert song.lyrics.instrumental
    assert read({"instrumental": False}).lyrics is None
    assert read({"instrumentalness": 0.9}).features == {"instrumentalness": 0.9}


def test_huge_lyrics_arrive_capped_and_named() -> None:
    found, losses = told({"id": "a", "lyrics": "la " * 500_000}, {"id": "b", "lyrics": "la " * 100_000})
    assert [len(song.lyrics.text) for song in found if song.lyrics] == [1 << 20, 300_000]
    assert ["cut at 1,048,576" in loss.reason for loss in losses] == [True, False]


def test_lyrics_in_lines_are_joined() -> None:
    song = read({"lyrics": ["one", "", "two"]})
    assert song.lyrics is not None
    assert song.lyrics.text == "one\n\ntwo"


def test_text_that_cannot_be_decoded_is_left_out_and_named_but_never_an_id() -> None:
    found, losses = told(
        {"id": "a", "title": "ok", "album": "\udcff"},
        {"id": "\ud800", "title": "lost"},
        {"id": "c", "tags": ["\udcff"]},
    )
    assert found == [Song("a", "ok"), Song("c")]
    assert [loss.kept for loss in losses] == [True, False, True]


def test_columns_are_named_for_people() -> None:
    named = columns_of(("Track Name", "tempo", "wat", "isrc")).named
    assert named == {"Track Name": "title", "isrc": "links.isrc", "tempo": "tempo_bpm"}


KEYS = st.sampled_from([alias for names in (*ALIASES.values(), *LINKS.values()) for alias in names]) | st.text(
    max_size=8
)
TEXTS = (
    st.text(max_size=12)
    | st.text(alphabet="[]{}()'\",:\\ab1;|-", max_size=16)
    | st.sampled_from(["nan", "1:2", "\ud800", "9" * 400])
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.sampled_from([10**400, -(10**400)])
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.dictionaries(KEYS, JSON, max_size=6), max_size=3), st.booleans())
def test_whatever_json_holds_is_a_song_or_a_loss(rows: list[dict[str, Any]], typed: bool) -> None:
    try:
        found, losses = told(*rows, typed=typed)
    except SongkinError:
        return
    assert len(found) + sum(not loss.kept for loss in losses) == len(rows)
    for song in found:
        assert song.id
        assert all(0 < weight <= 1 for weight in song.tags.values())
        assert all(math.isfinite(value) for value in song.features.values())
        (song.id + song.title + "".join(song.artists + song.genres + tuple(song.tags) + tuple(song.links))).encode()


def test_deep_nesting_is_survived() -> None:
    deep: Any = "x"
    for _ in range(5_000):
        deep = [deep]
    found, _ = told(
        {"id": "a", "lyrics": deep, "tags": deep, "title": deep, "artist": deep, "genre": "[" * 5_000 + "]" * 5_000}
    )
    assert found[0].id == "a"


def test_one_slip_in_a_column_of_numbers_costs_its_own_cell_and_is_told() -> None:
    rows = [{"id": str(number), "bpm": "abc" if number == 7 else str(100 + number)} for number in range(40)]
    found, losses = told(*rows, typed=False)
    assert [song.id for song in found if "tempo_bpm" not in song.features] == ["7"]
    assert [(loss.kept, "'abc' is no number" in loss.reason) for loss in losses] == [(True, True)]


def test_a_column_of_words_is_no_feature_and_nothing_to_tell() -> None:
    found, losses = told({"id": "a", "shelf": "top"}, {"id": "b", "shelf": "3"}, typed=False)
    assert [song.features for song in found] == [{}, {}]
    assert losses == []
