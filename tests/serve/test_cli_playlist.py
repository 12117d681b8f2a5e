"""songkin playlist: made, written, kept, shown again, refreshed and dropped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import ROWS, InProcess, fails_plainly, write_rows

from songkin.library import Library, Reading
from songkin.testing import ToyEncoder

MORE = [
    {
        "id": f"m{number}", "title": f"Rain Song {number}", "artist": f"Singer {number % 4}", "year": 1980 + number,
        "genre": "folk", "duration_s": 180 + 7 * number, "energy": number / 20, "lyrics": f"Rain again, verse{number}",
    }
    for number in range(20)
]  # fmt: skip


@pytest.fixture(scope="module")
def rainy_place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rainy")
    rows = write_rows(folder / "songs.jsonl", [*ROWS, *MORE])
    Library.add(Reading.of([rows]).songs(), folder / "L", encoder=ToyEncoder())
    return folder / "L"


@pytest.fixture
def rainy(rainy_place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The library that commands without -L use."""
    monkeypatch.setenv("SONGKIN_LIBRARY", str(rainy_place))
    return rainy_place


def ids(document: dict[str, list[dict[str, str]]]) -> list[str]:
    return [song["id"] for song in document["songs"]]


def test_a_playlist_answers_in_the_shape_of_the_contract(songkin: InProcess, rainy: Path) -> None:
    said = songkin("playlist", "rain at night", "--minutes", "20", "--artist-gap", "1", "--json")
    assert (said.code, said.err) == (0, "")
    made = said.document
    assert set(made) == {"name", "query", "notes", "minutes", "songs"}
    assert made["query"] == {"text": "rain at night", "minutes": 20.0, "artist_gap": 1}
    assert [song["rank"] for song in made["songs"]] == list(range(1, len(made["songs"]) + 1))
    assert set(made["songs"][0]) == {"rank", "id", "title", "artists", "score", "reasons", "duration_s"}
    known = sum(song["duration_s"] or 0 for song in made["songs"])
    assert made["minutes"] == pytest.approx(known / 60, abs=0.01)


def test_a_path_keeps_its_ends_and_passes_its_waypoint(songkin: InProcess, rainy: Path) -> None:
    ends = ("--from", "m1", "--to", "m18", "--via", "m9")
    made = songkin("playlist", *ends, "--songs", "7", "--json").document
    assert (ids(made)[0], ids(made)[-1], len(ids(made))) == ("m1", "m18", 7)
    assert "m9" in ids(made)


def test_the_table_draws_the_arc(songkin: InProcess, rainy: Path) -> None:
    said = songkin("playlist", "--arc", "energy:rise", "--where", "genre:folk", "--songs", "6")
    picture = next(line for line in said.out.splitlines() if line.startswith("energy "))
    assert picture.split()[1][0] == "▁"
    assert picture.split()[1][-1] == "█"
    assert "where the arc wants" in " ".join(said.out.split())
    assert "6 songs, " in said.out


def test_words_need_no_quotes(songkin: InProcess, rainy: Path) -> None:
    assert songkin("playlist", "rain", "again", "--songs", "2", "--json").document["query"]["text"] == "rain again"


@pytest.mark.parametrize("kind", ["m3u8", "xspf", "jspf", "csv"])
def test_a_playlist_is_written_and_read_back_as_seeds(songkin: InProcess, rainy: Path, kind: str) -> None:
    made = songkin("playlist", "rain", "--songs", "3", "--out", f"mix.{kind}", "--json")
    assert made.document["notes"][-1].startswith("none of its songs has a music file here")
    assert Path(f"mix.{kind}").stat().st_size > 100
    again = songkin("playlist", "--seeds", f"mix.{kind}", "--songs", "2", "--json").document
    assert again["query"]["like"] == ids(made.document)


def test_seeds_that_are_not_here_are_named(songkin: InProcess, rainy: Path) -> None:
    Path("mix.m3u").write_text("songkin:song/m1\n#EXTINF:3,Nobody - Nothing\nx.mp3\n", encoding="utf-8")
    notes = songkin("playlist", "--seeds", "mix.m3u", "--songs", "2", "--json").document["notes"]
    assert notes[0] == "mix.m3u: not found here: Nobody - Nothing"
    Path("none.m3u").write_text("x.mp3\n", encoding="utf-8")
    assert "none of its 1 songs is in the library" in fails_plainly(songkin("playlist", "--seeds", "none.m3u"))


def test_a_playlist_is_kept_shown_refreshed_and_dropped(songkin: InProcess, rainy: Path) -> None:
    assert songkin("playlist", "--list").out == "No playlist is saved.\n"
    made = songkin("playlist", "rain", "--songs", "4", "--save", "wet", "--json").document
    assert made["name"] == "wet"
    shown = songkin("playlist", "--show", "wet", "--out", "wet.xspf", "--json").document
    assert ids(shown) == ids(made)
    assert "<title>wet</title>" in Path("wet.xspf").read_text(encoding="utf-8")
    [listed] = songkin("playlist", "--list", "--json").document["playlists"]
    assert (listed["name"], listed["songs"], listed["query"]) == ("wet", 4, {"text": "rain", "songs": 4})
    assert "wet" in songkin("playlist", "--list").out
    for command in (("refresh", "wet"), ("refresh",), ("--refresh", "wet"), ("--refresh",)):
        said = songkin("playlist", *command, "--json").document
        assert [one["name"] for one in said["refreshed"]] == ["wet"]
    assert songkin("playlist", "refresh").out == "made again: wet, 4 songs\n"
    assert songkin("playlist", "--drop", "wet", "--json").document == {"dropped": "wet"}
    assert "no playlist is called 'wet'" in fails_plainly(songkin("playlist", "--show", "wet"))
    assert songkin("playlist", "refresh").out == "No playlist is saved.\n"


def test_a_users_playlist_is_the_users(songkin: InProcess, rainy: Path) -> None:
    songkin("playlist", "rain", "--songs", "2", "--save", "mine", "--user", "anna")
    assert songkin("playlist", "--list", "--json").document["playlists"] == []
    assert songkin("playlist", "--list", "--user", "anna", "--json").document["playlists"][0]["user"] == "anna"
    assert songkin("playlist", "--drop", "mine", "--user", "anna").out == "dropped: mine\n"


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("rain", "--list"),
        ("refresh", "wet", "--songs", "3"),
        ("--show", "wet", "--drop", "wet"),
        ("--list", "--save", "wet"),
        ("--list", "--out", "x.m3u8"),
        ("rain", "--songs", "many"),
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2(songkin: InProcess, rainy: Path, arguments: tuple[str, ...]) -> None:
    said = songkin("playlist", *arguments)
    assert (said.code, said.out) == (2, "")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("rain", "--songs", "0"), "'songs' is a whole number"),
        (("rain", "--minutes", "-3"), "'minutes' is a number of minutes"),
        (("rain", "--floor", "2"), "'floor' is a number from 0 to 1"),
        (("rain", "--out", "mix.mp3"), "Name it .m3u8"),
        (("rain", "--out", "nosuch/mix.m3u8"), "there is no folder"),
        (("--from", "m1", "--to", "m1"), "is named twice"),
        (("--from", "m1", "--to", "nosuchsong"), "no song here is called"),
        (("--arc", "energi:rise"), "did you mean 'energy'"),
        (("--seeds", "nosuch.m3u"), "cannot be read"),
        (("refresh", "nosuch"), "no playlist is called 'nosuch'"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    songkin: InProcess, rainy: Path, arguments: tuple[str, ...], error: str
) -> None:
    assert error in fails_plainly(songkin("playlist", *arguments))


def test_the_playlist_survives_json_and_terminal_alike(songkin: InProcess, rainy: Path) -> None:
    said = songkin("playlist", "--where", "genre:folk", "--songs", "3", "--json")
    assert json.loads(said.out)["songs"][0]["reasons"][0]["words"] == "meets: genre is folk"
    assert "3 songs, " in songkin("playlist", "--where", "genre:folk", "--songs", "3").out
