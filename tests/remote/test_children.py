"""A child of the Subsonic protocol becomes a song, whatever it holds."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songkin.remote.children import is_song, song_of, stamp
from songkin.types import Song

MBID = "189002e7-3285-4e2e-92a3-7f6c30d407a2"
CHILD: dict[str, Any] = {
    "id": "082f",
    "isDir": False,
    "title": "Ice on the Pier",
    "album": "Harbour",
    "artist": "Ada Moss feat. Jo Quay",
    "year": 2005,
    "genre": "folk",
    "genres": [{"name": "folk"}, {"name": "Sea Songs"}],
    "duration": 178,
    "bpm": 134,
    "musicBrainzId": MBID.upper(),
    "mediaType": "song",
    "isrc": ["US-SM1-83-00073", "DELV42300297"],
    "moods": ["slow", "cool"],
    "explicitStatus": "clean",
    "type": "music",
    "playCount": 8,
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


def test_every_field_of_use_arrives() -> None:
    assert song_of(CHILD) == Song(
        id="082f",
        title="Ice on the Pier",
        artists=("Ada Moss", "Jo Quay"),
        album="Harbour",
        year=2005,
        duration_s=178.0,
        explicit=False,
        genres=("folk", "Sea Songs"),
        tags={"slow": 1.0, "cool": 1.0},
        features={"tempo_bpm": 134.0},
        links={"subsonic": "082f", "mbid": MBID, "isrc": "USSM18300073"},
    )


CASES = [
    ({"artists": [{"id": "1", "name": "A"}, {"id": "2", "name": "B & C"}]}, "artists", ("A", "B & C")),
    ({"genres": [], "genre": "Jazz"}, "genres", ("Jazz",)),
    ({"genres": "Jazz"}, "genres", ("Jazz",)),
    ({"year": 0}, "year", None),
    ({"year": "2005"}, "year", None),
    ({"duration": 0}, "duration_s", None),
    ({"duration": -5}, "duration_s", None),
    ({"duration": 1e300}, "duration_s", None),
    ({"bpm": 0}, "features", {}),
    ({"bpm": True}, "features", {}),
    ({"explicitStatus": ""}, "explicit", None),
    ({"explicitStatus": "explicit"}, "explicit", True),
    ({"title": ["a list"]}, "title", ""),
    ({"id": 17}, "id", "17"),
    ({"moods": None}, "tags", {}),
    ({"musicBrainzId": "none", "isrc": "nonsense"}, "links", {"subsonic": "082f"}),
    ({"album": "x" * 5000}, "album", "x" * 1000),
]


@pytest.mark.parametrize(("more", "name", "value"), CASES)
def test_a_field_says_what_it_says_and_nothing_where_it_is_none(more: dict[str, Any], name: str, value: Any) -> None:
    assert getattr(song_of({**CHILD, **more}), name) == value


@pytest.mark.parametrize(
    "more",
    [{"isDir": True}, {"isVideo": True}, {"type": "podcast"}, {"mediaType": "album"}, {"id": ""}, {"id": None},
     {"id": "x" * 600}],
)  # fmt: skip
def test_folders_videos_podcasts_and_things_without_an_id_are_no_songs(more: dict[str, Any]) -> None:
    assert is_song(CHILD)
    assert not is_song({**CHILD, **more})


def test_a_play_does_not_change_a_song_and_a_new_title_does() -> None:
    assert stamp({**CHILD, "playCount": 9, "starred": "2026-01-01", "userRating": 5}) == stamp(CHILD)
    assert stamp({**CHILD, "title": "Ice"}) != stamp(CHILD)


@given(st.dictionaries(st.sampled_from(sorted(CHILD)), JSON))
def test_whatever_a_server_sends_becomes_a_song_or_is_none(child: dict[str, Any]) -> None:
    song = song_of(child)
    assert all(isinstance(name, str) for name in (song.id, song.title, *song.artists, *song.genres, *song.tags))
    assert song.duration_s is None or song.duration_s > 0
    assert isinstance(is_song(child), bool)
    assert stamp(child)
