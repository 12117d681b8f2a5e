"""What players are told: everything page by page, what is alike, a path with both its ends, words, music, playlists."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from player_songs import make
from starlette.testclient import TestClient
from test_subsonic_conformance import BASE, code, met, signed

from songkin.library import Library
from songkin.serve.http.app import application
from songkin.serve.http.guard import Guard
from songkin.serve.http.held import Held
from songkin.testing import ToyEncoder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("songkin.library.encoding.load", lambda name=None, **how: ToyEncoder())
        return make(tmp_path_factory.mktemp("players"))


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "L")


@pytest.fixture
def client(place: Path) -> Iterator[TestClient]:
    with TestClient(application(Held(place), guard=Guard(rate=None)), base_url="http://127.0.0.1") as opened:
        yield opened


def ids(songs: list[dict[str, Any]]) -> list[str]:
    return [song["id"] for song in songs]


def everything(client: TestClient, page: int, **more: Any) -> list[str]:
    found: list[str] = []
    while True:
        asked = met(client, "search3", query="", songCount=page, songOffset=len(found), **more)["searchResult3"]["song"]
        found += ids(asked)
        if len(asked) < page:
            return found


@pytest.mark.parametrize("page", [1, 4, 15, 500])
@pytest.mark.parametrize("query", ["", '""'])
def test_an_empty_query_gives_every_song_once_whatever_the_page(client: TestClient, page: int, query: str) -> None:
    found = everything(client, page)
    assert len(found) == len(set(found)) == 15
    assert met(client, "search3", query=query, songCount=0, artistCount=0, albumCount=0)["searchResult3"] == {}


def test_a_search_finds_what_songs_say_and_its_pages_never_repeat(client: TestClient) -> None:
    first = met(client, "search3", query="water goes by", songCount=3)["searchResult3"]["song"]
    assert "water" in first[0]["title"].lower()
    second = met(client, "search3", query="water goes by", songCount=3, songOffset=3)["searchResult3"]["song"]
    assert not set(ids(first)) & set(ids(second))


def test_artists_and_albums_are_found_by_their_names(client: TestClient) -> None:
    found = met(client, "search3", query="album 3")["searchResult3"]
    assert [one["name"] for one in found["album"]] == ["Album 3", "Album 3", "Album 3"][: len(found["album"])]
    assert [one["name"] for one in met(client, "search3", query="artist 2")["searchResult3"]["artist"]] == ["Artist 2"]


def test_what_is_excluded_is_not_there_for_players_either(client: TestClient, place: Path) -> None:
    Library.open(place).exclude("genre:jazz")
    assert everything(client, 500) == ["s1", "s3", "s5", "s7", "s9", "s11", "bare", "only title", "../odd &?#%+ id"]
    assert met(client, "getSongsByGenre", genre="jazz")["songsByGenre"]["song"] == []
    similar = met(client, "getSimilarSongs", id="s3")["similarSongs"]["song"]
    assert not {song["id"] for song in similar} & {"s0", "s2", "s4"}


def test_an_artist_leads_to_albums_and_an_album_to_songs(client: TestClient) -> None:
    index = met(client, "getArtists")["artists"]["index"]
    [artist] = [one for letter in index for one in letter["artist"] if one["name"] == "Artist 1"]
    albums = met(client, "getArtist", id=artist["id"])["artist"]["album"]
    assert len(albums) == artist["albumCount"] == 3
    songs = [song for one in albums for song in met(client, "getAlbum", id=one["id"])["album"]["song"]]
    assert sorted(ids(songs)) == ["s1", "s5", "s9"]
    assert all(song["artistId"] == artist["id"] for song in songs)
    assert {song["albumId"] for song in songs} == {one["id"] for one in albums}


def test_albums_of_years_come_in_their_order_and_backwards(client: TestClient) -> None:
    asked = {"type": "byYear", "size": 50}
    years = [
        one["year"] for one in met(client, "getAlbumList2", **asked, fromYear=1991, toYear=1996)["albumList2"]["album"]
    ]
    back = [
        one["year"] for one in met(client, "getAlbumList2", **asked, fromYear=1996, toYear=1991)["albumList2"]["album"]
    ]
    assert years == sorted(years)
    assert years == back[::-1]
    assert all(1991 <= year <= 1996 for year in years)


def test_similar_songs_are_most_like_first_and_never_the_song_itself(client: TestClient) -> None:
    found = met(client, "getSonicSimilarTracks", id="s3", count=5)["sonicMatch"]
    scores = [one["similarity"] for one in found]
    assert len(found) == 5
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert "s3" not in [one["entry"]["id"] for one in found]
    songs = met(client, "getSimilarSongs2", id="s3", count=5)["similarSongs2"]["song"]
    assert ids(songs) == [one["entry"]["id"] for one in found]


def test_songs_are_like_an_album_and_an_artist_too(client: TestClient) -> None:
    song = met(client, "getSong", id="s3")["song"]
    for shelf in (song["albumId"], song["artistId"]):
        assert met(client, "getSimilarSongs", id=shelf)["similarSongs"]["song"]


def test_a_path_starts_and_ends_with_its_songs_and_says_how_like_the_first_each_is(client: TestClient) -> None:
    found = met(client, "findSonicPath", startSongId="s3", endSongId="s8", count=6)["sonicMatch"]
    names = [one["entry"]["id"] for one in found]
    assert (names[0], names[-1]) == ("s3", "s8")
    assert len(names) == len(set(names)) <= 6
    assert found[0]["similarity"] == 1.0
    assert all(0 <= one["similarity"] <= 1 for one in found)


def test_words_come_line_by_line_with_their_times(client: TestClient) -> None:
    [timed] = met(client, "getLyricsBySongId", id="s0")["lyricsList"]["structuredLyrics"]
    assert (timed["lang"], timed["synced"], timed["offset"]) == ("en", True, 0)
    assert [(line["start"], line["value"]) for line in timed["line"]] == [
        (1000, "Lanterns on the water"), (4500, "Nobody rows home"), (9000, ""), (9000, "Lanterns on the water again"),
    ]  # fmt: skip
    [plain] = met(client, "getLyricsBySongId", id="s3")["lyricsList"]["structuredLyrics"]
    assert not plain["synced"]
    assert all(set(line) == {"value"} for line in plain["line"])
    assert met(client, "getLyricsBySongId", id="s1")["lyricsList"]["structuredLyrics"] == []


def test_music_is_sent_whole_and_by_range_and_only_what_is_music(client: TestClient, made: Path) -> None:
    whole = client.get("/rest/stream", params={**BASE, "id": "s0"})
    own = (made.parent / "music" / "lantern.wav").read_bytes()
    assert (whole.status_code, whole.content) == (200, own)
    part = client.get("/rest/stream.view", params={**BASE, "id": "s0"}, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, own[100:200])
    assert client.get("/rest/download", params={**BASE, "id": "s0"}).content == own
    assert code(client, "stream", id="s1") == 70  # its file is gone
    assert code(client, "stream", id="s2") == 70  # a catalogue named a file that is no music
    assert code(client, "stream", id="s3") == 70
    assert code(client, "stream", id=str(made.parent / "music" / "lantern.wav")) == 70


def test_no_song_tells_where_files_lie_on_this_machine(client: TestClient, made: Path) -> None:
    answer = client.get("/rest/search3", params={**BASE, "query": "", "songCount": 500})
    assert str(made.parent) not in answer.text
    assert "/etc" not in answer.text


def test_stars_and_ratings_are_opinions_and_are_taken_back(client: TestClient, place: Path) -> None:
    met(client, "star", id=["s1", "s2"])
    met(client, "setRating", id="s3", rating=1)
    met(client, "setRating", id="s4", rating=5)
    verdicts = {one.song: one.verdict for one in Library.open(place).opinions.all()}
    assert verdicts == {"s1": "like", "s2": "like", "s3": "skip", "s4": "like"}
    assert ids(met(client, "getStarred2")["starred2"]["song"]) == ["s1", "s2", "s4"]
    assert "starred" in met(client, "getSong", id="s1")["song"]
    met(client, "unstar", id=["s1", "s3"])  # s3 was not starred: the skip stays
    met(client, "setRating", id="s4", rating=0)
    met(client, "setRating", id="s4", rating=0)
    met(client, "scrobble", id=["s2", "s5"], submission="true", time=[1, 2])
    assert {one.song for one in Library.open(place).opinions.all()} == {"s2", "s3"}


def test_a_playlist_is_written_read_changed_and_taken_away(client: TestClient, place: Path) -> None:
    made = met(client, "createPlaylist", name="Evening", songId=["s3", "s1", "s2"])["playlist"]
    assert ids(made["entry"]) == ["s3", "s1", "s2"]
    assert made["songCount"] == 3
    assert made["duration"] == 123 + 121 + 122
    assert [one["name"] for one in met(client, "getPlaylists")["playlists"]["playlist"]] == ["Evening"]
    met(client, "createPlaylist", playlistId=made["id"], songId=["s2", "s4"])
    met(client, "updatePlaylist", playlistId=made["id"], songIdToAdd=["s5", "s6"], songIndexToRemove=0)
    assert ids(met(client, "getPlaylist", id=made["id"])["playlist"]["entry"]) == ["s4", "s5", "s6"]
    assert Library.open(place).playlists.open("Evening").ids == ("s4", "s5", "s6")
    assert code(client, "updatePlaylist", playlistId=made["id"], name="Another") == 0
    met(client, "deletePlaylist", id=made["id"])
    assert code(client, "getPlaylist", id=made["id"]) == 70


def test_a_playlist_a_player_wrote_stays_as_it_is_when_the_library_changes(client: TestClient, place: Path) -> None:
    made = met(client, "createPlaylist", name="Evening", songId=["s3", "s1"])["playlist"]
    Library.open(place).exclude("genre:blues")
    Library.remove(["s11"], place)
    assert ids(met(client, "getPlaylist", id=made["id"])["playlist"]["entry"]) == ["s3", "s1"]


def test_a_saved_playlist_of_songkin_is_there_for_players(client: TestClient, place: Path) -> None:
    from songkin.library.playlists import Wish

    playlists = Library.open(place).playlists
    wish = Wish(text="water", songs=4)
    playlists.save("Rainy", wish, playlists.make(wish))
    [one] = met(client, "getPlaylists")["playlists"]["playlist"]
    assert (one["name"], one["songCount"]) == ("Rainy", 4)


def test_a_users_playlists_are_nobody_elses_and_the_librarys_cannot_be_changed(place: Path) -> None:
    library = Library.open(place)
    anna, bo = (library.tokens.create(f"{name}-phone", user=name, players=True) for name in ("anna", "bo"))
    with TestClient(
        application(Held(place), guard=Guard(require_token=True, rate=None)), base_url="http://127.0.0.1"
    ) as c:

        def sign(token: Any) -> dict[str, str]:
            return signed(token.password, user=token.name)

        from test_subsonic_conformance import inside

        made = inside(c, "createPlaylist", sign(anna), name="Mine", songId="s1")["playlist"]
        assert made["owner"] == "anna-phone"
        assert inside(c, "getPlaylists", sign(bo))["playlists"]["playlist"] == []
        assert code(c, "getPlaylist", sign(bo), id=made["id"]) == 70
        inside(c, "star", sign(anna), id="s1")
        assert inside(c, "getStarred2", sign(bo))["starred2"]["song"] == []
        library.playlists.save("Everybody's", *_wished(library))
        [shared] = inside(c, "getPlaylists", sign(bo))["playlists"]["playlist"]
        assert shared["public"] is True
        assert code(c, "createPlaylist", sign(bo), playlistId=shared["id"], songId="s1") == 50
        assert code(c, "deletePlaylist", sign(bo), id=shared["id"]) == 50


def _wished(library: Library) -> tuple[Any, Any]:
    from songkin.library.playlists import Wish

    wish = Wish(text="water", songs=2)
    return wish, library.playlists.make(wish)


def test_songs_drawn_by_chance_keep_to_their_genre_and_years(client: TestClient) -> None:
    for _ in range(5):
        songs = met(client, "getRandomSongs", genre="jazz", fromYear=1994, toYear=1998)["randomSongs"]["song"]
        assert {song["id"] for song in songs} == {"s4", "s6", "s8"}
