"""The client of players' servers, against servers that speak well, badly and wrongly."""

from __future__ import annotations

import gzip
import hashlib
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from little_player import Failed, LittlePlayer, Raw, child, running
from songkin.errors import RemoteError
from songkin.remote.credentials import Credentials
from songkin.remote.subsonic import Arrived, Subsonic
from songkin.remote.wire import Limits
from songkin.settings import Settings
from songkin.types import Song

HASTY = Limits(connect_s=1, read_s=0.5, whole_s=1.0, largest=200_000, tries=2, pause_s=0.01)
TEXT = "Ice on the pier\nand salt in the air"


OPEN: list[Subsonic] = []


def client(player: LittlePlayer, **more: Any) -> Subsonic:
    OPEN.append(Subsonic(player.address, Credentials("anna", "sesame", **more), limits=HASTY))
    return OPEN[-1]


@pytest.fixture(autouse=True)
def _hung_up(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pages of a few songs, and no connection left open."""
    monkeypatch.setattr("songkin.remote.subsonic.PAGE", 20)
    yield
    while OPEN:
        OPEN.pop().close()


def songs(player: LittlePlayer) -> list[Arrived]:
    return list(client(player).songs())


# -- speaking well -----------------------------------------------------------------------------------------------------


def test_every_song_arrives_page_by_page_with_its_lyrics() -> None:
    with running(LittlePlayer([child(n) for n in range(43)], {"n7": TEXT})) as player:
        found = songs(player)
    assert [one.id for one in found] == [f"n{n}" for n in range(43)]
    assert player.count("search3") == 4  # 20, 20, 3, and one that brings nothing
    seven = found[7].song
    assert seven is not None
    assert seven.lyrics is not None
    assert seven.lyrics.text == TEXT
    assert player.count("getLyricsBySongId") == 43


def test_a_server_that_gives_few_songs_at_a_time_is_read_to_its_end() -> None:
    with running(LittlePlayer([child(n) for n in range(25)], most=10)) as player:
        assert len(songs(player)) == 25


def test_what_is_held_costs_no_request_for_lyrics() -> None:
    with running(LittlePlayer([child(n) for n in range(9)])) as player:
        marks = {one.id: one.stamp for one in songs(player)}
        player.asked.clear()
        player.songs[3]["title"] = "Another lantern"
        again = list(client(player).songs(lambda song, mark: marks[song] == mark))
    assert [one.id for one in again if one.song] == ["n3"]
    assert player.count("getLyricsBySongId") == 1


def test_a_token_is_the_password_with_a_fresh_salt_and_the_password_never_travels() -> None:
    with running(LittlePlayer([child(1)])) as player:
        songs(player)
    signed = [params for _, params in player.asked]
    assert len({params["s"][0] for params in signed}) == len(signed)
    for params in signed:
        assert params["t"][0] == hashlib.md5(f"sesame{params['s'][0]}".encode()).hexdigest()
        assert params["u"] == ["anna"]
        assert "sesame" not in json.dumps(params)


def test_an_api_key_travels_without_a_user() -> None:
    with running(LittlePlayer([child(1)])) as player:
        client(player, key="k1").sign_in()
    assert all(params["apiKey"] == ["k1"] and "u" not in params for _, params in player.asked)


def test_a_server_without_tokens_gets_the_password_on_this_machine_alone() -> None:
    def old(player: LittlePlayer, params: Any) -> Any:
        return {} if "p" in params else Failed(41, "Token authentication not supported for LDAP users.")

    with running(LittlePlayer([])) as player:
        player.answers["ping"] = old
        assert client(player).sign_in() == "subsonic"
        assert player.asked[1][1]["p"] == ["enc:" + b"sesame".hex()]
        far = client(player)
        far.address = far.address._replace(host="music.example")
        with pytest.raises(RemoteError, match="SONGKIN_SUBSONIC_KEY"):
            far.sign_in()


def test_lyrics_come_by_name_where_a_server_knows_no_other_way() -> None:
    with running(LittlePlayer([child(1), child(2)], {"n1": TEXT})) as player:
        player.extensions = {}
        found = [one.song.lyrics for one in songs(player) if one.song]
    assert [lyrics.text if lyrics else None for lyrics in found] == [TEXT, None]
    assert player.count("getLyricsBySongId") == 0


def test_a_server_that_only_says_it_has_lyrics_by_id_is_asked_by_name() -> None:
    with running(LittlePlayer([child(1)], {"n1": TEXT})) as player:
        player.answers["getLyricsBySongId"] = lambda player, params: Raw(b"not here", 404)
        [one] = songs(player)
    assert one.song is not None
    assert one.song.lyrics is not None
    assert one.song.lyrics.text == TEXT


def test_a_server_before_opensubsonic_is_read_by_an_empty_pair_of_quotes() -> None:
    def old(player: LittlePlayer, params: Any) -> Any:
        return {"searchResult3": {}} if params["query"] == [""] else player._search3(params)

    with running(LittlePlayer([child(1)])) as player:
        player.answers["search3"] = old
        player.answers["getOpenSubsonicExtensions"] = lambda player, params: Failed(0, "unknown")
        assert [one.id for one in songs(player)] == ["n1"]


def test_a_playlist_is_written_in_order_and_in_place_of_our_own() -> None:
    with running(LittlePlayer([])) as player:
        there = client(player)
        first = there.write_playlist("Evening", ["n2", "n1"])
        assert there.write_playlist("Evening", ["n3", "n1", "n2"]) == first
        assert there.playlist(first) == ["n3", "n1", "n2"]
    assert len(player.playlists) == 1


@pytest.mark.parametrize("extensions", [{}, {"formPost": [1]}])
def test_a_long_playlist_arrives_whole_with_and_without_forms(extensions: Any) -> None:
    ids = [f"n{n}" for n in range(1234)]
    with running(LittlePlayer([])) as player:
        player.extensions = extensions
        there = client(player)
        assert there.playlist(there.write_playlist("Long", ids)) == ids
    assert player.count("updatePlaylist") == (0 if extensions else 12)


def test_a_song_from_elsewhere_is_found_by_its_recording_or_its_name() -> None:
    mbid = "189002e7-3285-4e2e-92a3-7f6c30d407a2"
    there = [child(1), child(2, title="Lantern", artist="The Moths", duration=200), child(3, musicBrainzId=mbid)]
    with running(LittlePlayer(there)) as player:
        asked = client(player)
        assert asked.find(Song("x", "Lantern 3", ("Ada 0",), links={"mbid": mbid})) == "n3"
        assert asked.find(Song("x", "Lantern", ("The Moths",), duration_s=201.5)) == "n2"
        assert asked.find(Song("x", "Lantern", ("The Moths",), duration_s=240.0)) == ""
        assert asked.find(Song("x", "Nobody sings this")) == ""


# -- speaking wrongly --------------------------------------------------------------------------------------------------

PAGE = b"<!DOCTYPE html><html><body>Sign in</body></html>"
XML = b'<?xml version="1.0"?><subsonic-response status="ok" version="1.16.1"></subsonic-response>'
STRANGE = [
    (Raw(PAGE, 200, Content_Type="text/html"), "a web page came"),
    (Raw(XML, 200, Content_Type="text/xml"), "XML came where JSON was asked for"),
    (Raw(b"", 200), "no answer of a Subsonic server"),
    (Raw(b"{not json", 200), "no answer of a Subsonic server"),
    (Raw(b"[" * 100_000, 200), "no answer of a Subsonic server"),
    (Raw(b'{"a": ' + b"9" * 50_000 + b"}", 200), "no answer of a Subsonic server"),
    (Raw(b"[1, 2]", 200), "no answer of a Subsonic server"),
    (Raw(b'{"subsonic-response": "ok"}', 200), "no answer of a Subsonic server"),
    (Raw(PAGE, 401), "a login of its own"),
    (Raw(PAGE, 404), "does the path belong to it"),
    (Raw(b"oops", 418), "HTTP 418"),
    (Raw(b"oops", 500), "HTTP 500"),
    (Raw(b" " * 300_000, 200), "longer than"),
    (Raw(gzip.compress(b" " * 50_000_000), 200, Content_Encoding="gzip"), "longer than"),
    (Raw(b"not gzip", 200, Content_Encoding="gzip"), "cannot be asked|broke off|cannot be read"),
    (Raw(b"", 302, Location="http://elsewhere.example/rest/ping"), "another place, which is not followed"),
    (Raw(b"", 302, Location="//elsewhere.example/"), "another place, which is not followed"),
    (Raw(b"", 302, Location="file:///etc/hostname"), "another place, which is not followed"),
    (Raw(b"", 302, Location="ping"), "redirects in circles"),
    (Raw(b"", 302), "redirects in circles|another place"),
    (Failed(40, "Wrong username or password"), "wrong user or password"),
    (Failed(41), "make an API key"),
    (Failed(44), "API key is not valid"),
    (Failed(30), "too old for songkin"),
    (Failed("50", "Nope"), "may not do this"),
    (Failed(None, None), "does not say why"),
    (Failed(0, "line one\nline \x1b[31mtwo" + "x" * 999), "line one line \\[31mtwo"),
    (Failed(10**40, ["a"]), "does not say why"),
]


@pytest.mark.parametrize(("answer", "told"), STRANGE)
def test_what_is_no_answer_is_told_on_one_line_with_the_host_and_a_cure(answer: Any, told: str) -> None:
    with running(LittlePlayer([])) as player:
        player.answers["ping"] = lambda player, params: answer
        with pytest.raises(RemoteError, match=told) as error:
            client(player, key="k1").sign_in() if told == "API key is not valid" else client(player).sign_in()
    said = str(error.value)
    assert said.startswith("127.0.0.1")
    assert said.isprintable()
    assert len(said) < 500
    assert "sesame" not in said
    assert "t=" not in said


def test_a_server_that_is_not_there_is_told_after_some_tries() -> None:
    with running(LittlePlayer([])) as player:
        pass
    with pytest.raises(RemoteError, match="is the server running"):
        client(player).sign_in()


def test_a_server_that_never_answers_is_given_up() -> None:
    import threading

    over = threading.Event()
    with running(LittlePlayer([])) as player:
        player.answers["ping"] = lambda player, params: over.wait(5) and {}
        with pytest.raises(RemoteError, match="no answer in time"):
            client(player).sign_in()
        over.set()


def test_a_server_that_stumbles_is_asked_again_and_one_that_is_busy_when_it_says() -> None:
    answers = [Raw(b"", 503), Raw(b"", 429, Retry_After="0"), Raw(b"", 429, Retry_After="0"), {}]
    with running(LittlePlayer([])) as player:
        player.answers["ping"] = lambda player, params: answers.pop(0)
        client(player).sign_in()
    assert not answers


def test_a_playlist_is_never_written_twice_because_the_answer_was_lost() -> None:
    with running(LittlePlayer([])) as player:
        player.answers["createPlaylist"] = lambda player, params: Raw(b"", 503)
        with pytest.raises(RemoteError):
            client(player).write_playlist("Evening", ["n1"])
    assert player.count("createPlaylist") == 1


def test_a_redirect_on_the_same_host_is_followed() -> None:
    with running(LittlePlayer([])) as player:
        player.answers["ping"] = lambda player, params: Raw(b"", 307, Location="/music/rest/moved")
        player.answers["moved"] = lambda player, params: {"type": "little", "serverVersion": "1"}
        assert client(player).sign_in() == "little 1"


def test_a_server_that_repeats_its_first_page_for_ever_comes_to_an_end() -> None:
    with running(LittlePlayer([child(n) for n in range(20)])) as player:
        player.answers["search3"] = lambda player, params: {"searchResult3": {"song": player.songs}}
        assert len(songs(player)) == 20
    assert player.count("search3") == 2


def test_an_id_that_comes_twice_counts_once_and_what_is_no_song_is_passed_over() -> None:
    wrong = [None, 7, "n1", [], {}, {"id": ""}, child(8, isDir=True), child(9, isVideo=True), {"id": "bare"}]
    with running(LittlePlayer([child(1), child(1, title="Again"), *wrong])) as player:
        there = client(player)
        player.answers["search3"] = lambda player, params: {"searchResult3": {"song": player.songs}}
        found = list(there.songs())
    assert [one.id for one in found] == ["n1", "bare"]
    assert there.passed_over == 3


def test_one_song_in_place_of_a_list_is_a_list_of_it() -> None:
    with running(LittlePlayer([])) as player:
        player.answers["search3"] = lambda player, params: {"searchResult3": {"song": child(1)}}
        assert [one.id for one in songs(player)] == ["n1"]


def test_lyrics_that_are_refused_leave_the_song_and_say_so() -> None:
    with running(LittlePlayer([child(1)])) as player:
        player.answers["getLyricsBySongId"] = lambda player, params: Failed(50, "not for you")
        [one] = songs(player)
    assert one.song is not None
    assert one.stamp == ""  # so that it is asked for again
    assert "may not do this" in one.problem


def test_nothing_that_signs_a_request_is_ever_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with running(LittlePlayer([child(1)], {"n1": TEXT})) as player:
        player.extensions = {"songLyrics": [1]}  # so that all of it stands in addresses
        songs(player)
        signed = {params[name][0] for _, params in player.asked for name in ("t", "s")}
    assert not [word for word in (*signed, "sesame", "Ice on the pier") if word in caplog.text]


def test_credentials_show_no_secret_and_come_from_settings_or_a_person() -> None:
    with running(LittlePlayer([])) as player:
        address = client(player).address
    assert "sesame" not in repr(Credentials("anna", "sesame", "k1"))
    assert "sesame" not in repr(Settings(subsonic_password="sesame", subsonic_key="sesame"))
    assert Credentials.of(address, settings=Settings(subsonic_password="sesame")) == Credentials("anna", "sesame")
    assert Credentials.of(address, settings=Settings(subsonic_key="k1")) == Credentials("anna", key="k1")
    assert Credentials.of(address, settings=Settings(), ask=lambda said: "typed").password == "typed"
    with pytest.raises(RemoteError, match="SONGKIN_SUBSONIC_PASSWORD"):
        Credentials.of(address, settings=Settings())
    with pytest.raises(RemoteError, match="nothing was typed"):
        Credentials.of(address, settings=Settings(), ask=lambda said: "")
