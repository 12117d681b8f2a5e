"""Words that are missing: found for songs without any, kept with their source, called wrong, never in others' way."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Collection
from pathlib import Path

import pytest
from library_songs import add, song

from little_lrclib import serving, track
from songkin.errors import LockedError, QueryError, RemoteError
from songkin.library import Library, missing_lyrics
from songkin.remote.lrclib import Lrclib
from songkin.store import writing
from songkin.types import Lyrics, Song


def bare(number: int, **more: object) -> Song:
    """A song of which everything is known but its words."""
    return song(number, **{"lyrics": None, "duration_s": 200.0, "description": None, **more})


class Known:
    """A client that knows lyrics by title, newest first, and notes what it was asked."""

    def __init__(self, **words: list[Lyrics]) -> None:
        self.words, self.asked = words, []

    def find(self, song: Song, *, wrong: Collection[str] = ()) -> Lyrics | None:
        self.asked.append(song.id)
        return next((lyrics for lyrics in self.words.get(song.id, []) if lyrics.source not in wrong), None)


def words(number: int, text: str = "the lighthouse keeper counts the waves") -> Lyrics:
    return Lyrics(text, source=f"LRCLIB #{number}")


@pytest.fixture
def library(tmp_path: Path) -> Library:
    given = Lyrics("", instrumental=True)
    songs = [bare(0), bare(1), song(2), bare(3, duration_s=None), bare(4, lyrics=given), bare(5, artists=())]
    add(tmp_path / "L", songs)
    return Library.open(tmp_path / "L")


def stored(library: Library, name: str) -> Song:
    (found,) = library.store.songs(library.store.keys([name]), lyrics=True)
    assert found is not None
    return found


def test_only_songs_whose_words_are_not_known_are_wanted(library: Library) -> None:
    wanted = library.lyrics_wanted()
    assert [one.id for one in wanted.songs] == ["s0", "s1"]
    assert wanted.unaskable == 2
    assert [one.id for one in library.lyrics_wanted("genre:folk").songs] == ["s1"]


def test_found_words_are_kept_with_their_source_searched_and_encoded(library: Library) -> None:
    client, seen = Known(s0=[words(7)]), []
    done = library.find_lyrics(client, progress=lambda done: seen.append(done.asked))
    assert client.asked == ["s0", "s1"]
    assert seen == [1, 2]
    assert (done.wanted, done.asked, done.found, done.absent, done.kept, done.unaskable) == (2, 2, 1, 1, 1, 2)
    lyrics = stored(library, "s0").lyrics
    assert lyrics is not None
    assert lyrics.source == "LRCLIB #7"
    assert lyrics.language == "en"
    assert library.line("lighthouse keeper counts").hits[0].song.id == "s0"
    assert library.store.vectors_of("passages", library.store.keys(["s0"]))
    assert [one.id for one in library.lyrics_wanted().songs] == ["s1"]


def test_a_song_known_to_have_no_words_is_instrumental_and_not_asked_for_again(library: Library) -> None:
    done = library.find_lyrics(Known(s0=[Lyrics(instrumental=True, source="LRCLIB #9")]))
    assert (done.instrumental, done.found) == (1, 0)
    lyrics = stored(library, "s0").lyrics
    assert lyrics is not None
    assert lyrics.instrumental
    assert [one.id for one in library.lyrics_wanted().songs] == ["s1"]
    assert {hit.song.id for hit in library.search("rain", where="instrumental:true").hits} >= {"s0"}


def test_an_add_keeps_what_was_found_until_the_source_says_itself(library: Library, tmp_path: Path) -> None:
    library.find_lyrics(Known(s0=[words(7)]))
    assert add(tmp_path / "L", [bare(0)]).unchanged == 1
    add(tmp_path / "L", [bare(0, album="Another Album")])
    library = Library.open(tmp_path / "L")
    assert stored(library, "s0").album == "Another Album"
    assert library.line("lighthouse keeper counts").hits[0].song.id == "s0"
    add(tmp_path / "L", [bare(0, lyrics=Lyrics("now the source has words", source="file"))])
    library = Library.open(tmp_path / "L")
    lyrics = stored(library, "s0").lyrics
    assert lyrics is not None
    assert (lyrics.text, lyrics.source) == ("now the source has words", "file")


def test_words_that_came_meanwhile_are_not_overwritten(library: Library, tmp_path: Path) -> None:
    class Slow(Known):
        def find(self, song: Song, *, wrong: Collection[str] = ()) -> Lyrics | None:
            add(tmp_path / "L", [bare(0, lyrics=Lyrics("given while we asked"))])
            Library.open(tmp_path / "L").edit("s1", lyrics="corrected while we asked")
            return super().find(song, wrong=wrong)

    done = library.find_lyrics(Slow(s0=[words(7)], s1=[words(8)]))
    assert (done.found, done.kept) == (2, 0)
    assert [stored(library, name).lyrics.text for name in ("s0", "s1")] == [  # type: ignore[union-attr]
        "given while we asked",
        "corrected while we asked",
    ]


def test_a_correction_comes_before_what_was_found_and_goes_back_to_it(library: Library) -> None:
    library.find_lyrics(Known(s0=[words(7)]))
    library.edit("s0", lyrics="what is really sung")
    assert stored(library, "s0").lyrics.text == "what is really sung"  # type: ignore[union-attr]
    with pytest.raises(QueryError, match="was corrected by hand; songkin edit --undo"):
        library.missing_lyrics.wrong("s0")
    library.unedit("s0")
    assert stored(library, "s0").lyrics.source == "LRCLIB #7"  # type: ignore[union-attr]


def test_wrong_words_go_are_not_taken_again_and_come_back_when_they_were_right(library: Library) -> None:
    client = Known(s0=[words(7), words(8, "another set of words for it")])
    library.find_lyrics(client)
    told = library.missing_lyrics.wrong("The Rain Song 0")
    assert (told.id, told.source, told.wrong) == ("s0", "", ("LRCLIB #7",))
    assert stored(library, "s0").lyrics is None
    assert "s0" not in {hit.song.id for hit in library.line("lighthouse keeper counts").hits}
    library.find_lyrics(client)
    assert stored(library, "s0").lyrics.source == "LRCLIB #8"  # type: ignore[union-attr]
    assert library.missing_lyrics.findings() == [("s0", "Artist 0 - The Rain Song 0", "LRCLIB #8", ("LRCLIB #7",))]
    assert library.missing_lyrics.right("s0").source == "LRCLIB #7"
    assert stored(library, "s0").lyrics.source == "LRCLIB #7"  # type: ignore[union-attr]
    assert library.missing_lyrics.findings()[0].wrong == ("LRCLIB #8",)
    library.missing_lyrics.wrong("s0")
    library.find_lyrics(client)
    assert stored(library, "s0").lyrics is None


def test_what_was_not_found_online_cannot_be_called_wrong_nor_right(library: Library) -> None:
    with pytest.raises(QueryError, match="were not found online; songkin edit corrects given ones"):
        library.missing_lyrics.wrong("s2")
    with pytest.raises(QueryError, match="no words of 's2' were called wrong"):
        library.missing_lyrics.right("s2")


def test_one_failure_is_passed_over_and_three_in_a_row_end_it_with_what_came_kept(tmp_path: Path) -> None:
    add(tmp_path / "L", [bare(n) for n in range(6)])
    library = Library.open(tmp_path / "L")

    class Failing(Known):
        def find(self, song: Song, *, wrong: Collection[str] = ()) -> Lyrics | None:
            if song.id in ("s0", "s2", "s3", "s4"):
                raise RemoteError("it fails")
            return super().find(song, wrong=wrong)

    seen: list[tuple[int, int]] = []
    with pytest.raises(RemoteError, match="it fails"):
        library.find_lyrics(Failing(s1=[words(7)]), progress=lambda done: seen.append((done.asked, done.failed)))
    assert seen[-1] == (4, 3)
    assert stored(library, "s1").lyrics.source == "LRCLIB #7"  # type: ignore[union-attr]


def test_while_another_process_writes_words_wait_and_are_kept_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(missing_lyrics, "CHUNK", 1)
    add(tmp_path / "L", [bare(n) for n in range(3)])
    library = Library.open(tmp_path / "L")
    writer = writing(tmp_path / "L", dim=64)
    writer.__enter__()
    held = [True]

    def release(done: missing_lyrics.FoundLyrics) -> None:
        if done.asked == 2 and held:
            held.clear()
            writer.__exit__(None, None, None)

    done = library.find_lyrics(Known(**{f"s{n}": [words(n + 1)] for n in range(3)}), progress=release)
    assert (done.found, done.kept) == (3, 3)
    with writing(tmp_path / "L", dim=64), pytest.raises(LockedError):
        library.missing_lyrics.wrong("s0")


@pytest.mark.slow
def test_killed_midway_and_started_again_it_goes_on_and_asks_nothing_twice(tmp_path: Path) -> None:
    add(tmp_path / "L", [bare(n) for n in range(8)])
    with serving() as server:
        server.tracks = [track(n + 1, one.title, one.artists[0], 200) for n in range(8) for one in [song(n)]]
        command = [
            sys.executable,
            str(Path(__file__).parent / "killed_lyrics.py"),
            str(tmp_path / "L"),
            server.base,
            str(tmp_path / "c"),
        ]
        process = subprocess.Popen(command)
        until = time.monotonic() + 60
        while len(server.asked) < 4 and time.monotonic() < until:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait()
        before = len(server.asked)
        assert 4 <= before < 8
        library = Library.open(tmp_path / "L")
        done = library.find_lyrics(Lrclib(server.base, cache=tmp_path / "c", pause_s=0))
        titles = server.titles()
    assert done.asked >= 8 - before
    assert len(titles) <= 9  # the one under way when it was killed may be asked for again
    assert sorted(set(titles)) == sorted(song(n).title for n in range(8))
    sources = [stored(library, f"s{n}").lyrics.source for n in range(8)]  # type: ignore[union-attr]
    assert sources == [f"LRCLIB #{n + 1}" for n in range(8)]


def test_findings_outlive_their_song(library: Library, tmp_path: Path) -> None:
    library.find_lyrics(Known(s0=[words(7)]))
    Library.remove(["s0"], tmp_path / "L")
    assert Library.open(tmp_path / "L").missing_lyrics.findings()[0].name == "s0"
    add(tmp_path / "L", [bare(0)])
    library = Library.open(tmp_path / "L")
    assert stored(library, "s0").lyrics.source == "LRCLIB #7"  # type: ignore[union-attr]


def test_a_library_without_vectors_is_searched_by_words_all_the_same(tmp_path: Path) -> None:
    add(tmp_path / "L", [bare(0), bare(1)], encode=False)
    library = Library.open(tmp_path / "L")
    assert library.find_lyrics(Known(s0=[words(7)])).kept == 1
    assert library.line("lighthouse keeper counts").hits[0].song.id == "s0"
