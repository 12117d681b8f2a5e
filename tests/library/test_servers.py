"""Players' servers as they are added: what changed comes, what went goes when asked to, and a break loses nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from little_player import Failed, LittlePlayer, Raw, child, running
from songkin.errors import QueryError, RemoteError, SourceError
from songkin.library import Added, Library, Reading, servers
from songkin.types import Hit, Playlist, Song

TEXT = "[00:05.000]Ice on the pier\n[00:09.000]and salt in the air"


@pytest.fixture(autouse=True)
def _signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONGKIN_SUBSONIC_PASSWORD", "sesame")
    monkeypatch.setattr("songkin.remote.wire.Limits.__new__.__defaults__", (1.0, 1.0, 2.0, 1 << 20, 2, 0.01, 3))
    monkeypatch.setattr("songkin.remote.subsonic.PAGE", 20)


def add(player: LittlePlayer, place: Path, *also: str | Path, **more: Any) -> Added:
    reading = Reading.of([*map(str, also), player.address], may_be_empty=True)
    done = Library.add(reading, place, encode=False, **more)
    done.lost += reading.lost
    done.kept += reading.kept
    return done


def ids(place: Path) -> set[str]:
    return set(Library.open(place).store.catalogue()[1].to_pylist())


def test_a_servers_songs_come_in_with_their_words_and_the_second_sync_asks_for_none(tmp_path: Path) -> None:
    with running(LittlePlayer([child(n) for n in range(30)], {f"n{n}": TEXT for n in range(30)})) as player:
        first = add(player, tmp_path / "L")
        assert (first.read, first.added, first.lost) == (30, 30, [])
        assert player.count("getLyricsBySongId") == 30
        player.asked.clear()
        second = add(player, tmp_path / "L")
        assert (second.read, second.unchanged, second.added) == (30, 30, 0)
        assert player.count("getLyricsBySongId") == 0
    [hit, *_] = Library.open(tmp_path / "L").line("salt in the air").hits
    assert hit.reasons[0].start_ms == 9000
    assert hit.song.links["subsonic"] == hit.song.id


def test_a_changed_song_is_read_again_and_its_words_with_it(tmp_path: Path) -> None:
    with running(LittlePlayer([child(1), child(2)], {"n1": "Old words", "n2": "Two"})) as player:
        add(player, tmp_path / "L")
        player.songs[0]["genre"], player.texts["n1"] = "folk", "New words"
        done = add(player, tmp_path / "L")
    assert (done.changed, done.unchanged) == (1, 1)
    [song] = [
        song for song in Library.open(tmp_path / "L").store.songs([0, 1, 2], lyrics=True) if song and song.id == "n1"
    ]
    assert song.lyrics is not None
    assert song.lyrics.text == "New words"


def test_a_song_without_words_is_asked_for_them_again_after_a_week(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Later:
            moment = datetime.now(UTC) + timedelta(days=8)
            return cls(moment.year, moment.month, moment.day, tzinfo=UTC)

    with running(LittlePlayer([child(1)])) as player:
        add(player, tmp_path / "L")
        player.texts["n1"] = "Words at last"
        assert add(player, tmp_path / "L").unchanged == 1
        monkeypatch.setattr(servers, "datetime", Later)
        assert add(player, tmp_path / "L").changed == 1


def test_a_sync_that_breaks_off_keeps_what_came_and_goes_on_from_there(tmp_path: Path) -> None:
    def breaks(player: LittlePlayer, params: Any) -> Any:
        return Raw(b"", 503) if params["songOffset"] == ["20"] else player._search3(params)

    with running(LittlePlayer([child(n) for n in range(30)])) as player:
        player.answers["search3"] = breaks
        broken = add(player, tmp_path / "L", prune=True)
        assert (broken.added, broken.pruned) == (20, 0)
        assert "20 songs came before that; the same command goes on from there" in broken.lost[0]
        player.answers.clear()
        player.asked.clear()
        whole = add(player, tmp_path / "L")
        assert (whole.unchanged, whole.added) == (20, 10)
        assert player.count("getLyricsBySongId") == 10


def test_songs_that_left_the_server_stay_until_pruned_and_then_only_if_it_confirms(tmp_path: Path) -> None:
    with running(LittlePlayer([child(n) for n in range(5)])) as player:
        add(player, tmp_path / "L")
        gone = player.songs.pop(2)
        assert add(player, tmp_path / "L").absent == 1
        assert "n2" in ids(tmp_path / "L")
        hidden = player.songs.pop(0)  # not listed, but there when asked for: a page that slipped
        player.answers["getSong"] = lambda player, params: {"song": hidden} if params["id"] == ["n0"] else Failed(70)
        done = add(player, tmp_path / "L", prune=True)
    assert done.pruned == 1
    assert done.vanished == [f"{player.address}: song '{gone['id']}'"]
    assert ids(tmp_path / "L") == {"n0", "n1", "n3", "n4"}


def test_a_server_that_suddenly_lists_nothing_prunes_nothing(tmp_path: Path) -> None:
    with running(LittlePlayer([child(1)])) as player:
        add(player, tmp_path / "L")
        player.songs.clear()
        with pytest.raises(SourceError, match="is its own library mounted"):
            add(player, tmp_path / "L", prune=True)
    assert ids(tmp_path / "L") == {"n1"}


def test_files_and_a_server_come_in_together_and_the_servers_failure_is_one_loss(tmp_path: Path) -> None:
    songs = tmp_path / "songs.jsonl"
    songs.write_text('{"id": "f1", "title": "From a file"}\n', encoding="utf-8")
    with running(LittlePlayer([child(1)])) as player:
        player.answers["ping"] = lambda player, params: Failed(40)
        done = add(player, tmp_path / "L", songs)
        assert (done.added, len(done.lost)) == (1, 1)
        player.answers.clear()
        assert add(player, tmp_path / "L", songs, prune=True).added == 1
    assert ids(tmp_path / "L") == {"f1", "n1"}


def test_a_server_that_refuses_us_makes_no_library(tmp_path: Path) -> None:
    with running(LittlePlayer([child(1)])) as player:
        player.answers["ping"] = lambda player, params: Failed(40)
        with pytest.raises(RemoteError, match="wrong user or password"):
            add(player, tmp_path / "L")
    assert not (tmp_path / "L").exists()


def test_what_is_no_music_stays_away_and_is_counted(tmp_path: Path) -> None:
    with running(LittlePlayer([child(1), child(2, isVideo=True)])) as player:
        done = add(player, tmp_path / "L")
    assert done.added == 1
    assert "1 entries are no music" in done.kept[0]


def test_steering_signs_in_what_a_server_says_never_arrive(tmp_path: Path) -> None:
    with running(LittlePlayer([child(1, title="Red \x1b[31mdoor\x07")], {"n1": "la \x1b[2J la"})) as player:
        add(player, tmp_path / "L")
    [song] = Library.open(tmp_path / "L").store.songs([0], lyrics=True)
    assert song is not None
    assert song.title == "Red door"
    assert song.lyrics is not None
    assert "\x1b" not in song.lyrics.text


def test_a_playlist_goes_back_under_the_servers_ids_and_names_what_is_missing(tmp_path: Path) -> None:
    with running(LittlePlayer([child(1), child(2)])) as player:
        add(player, tmp_path / "L")
        library = Library.open(tmp_path / "L")
        own = [Song("x1", "Lantern 2", ("Ada 2",), duration_s=182.0), Song("x2", "Nowhere", ("Nobody",))]
        hits = tuple(Hit(song, 1.0) for song in (library.song("n1").song, *own))
        sent = library.players.send(Playlist("Evening", hits), player.address)
        assert (sent.songs, sent.missing) == (2, ("Nobody - Nowhere",))
        assert player.playlists == {sent.id: ("Evening", ["n1", "n2"])}
        with pytest.raises(QueryError, match="has none of the 1 songs"):
            library.players.send(Playlist("Evening", hits[2:]), player.address)
        with pytest.raises(QueryError, match="needs a name"):
            library.players.send(Playlist("", hits), player.address)


def test_a_password_is_asked_for_where_no_setting_knows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SONGKIN_SUBSONIC_PASSWORD")
    with running(LittlePlayer([child(1)])) as player:
        with pytest.raises(RemoteError, match="SONGKIN_SUBSONIC_PASSWORD"):
            Reading.of([player.address])
        asked: list[str] = []
        reading = Reading.of([player.address], ask=lambda said: asked.append(said) or "sesame")
        assert Library.add(reading, tmp_path / "L", encode=False).added == 1
    assert asked == [f"Password of {player.address}"]
