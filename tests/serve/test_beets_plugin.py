"""The plugin in a real beets, started as a program of its own, over music files with tags that we write."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import wave
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from command_line import outside

from songkin.library import Library

pytest.importorskip("beets", reason="beets is not installed; pip install beets")
pytestmark = pytest.mark.slow

RECORDING = "c0a7f1d2-1111-4222-8333-0123456789ab"
SONGS: Mapping[str, Mapping[str, Any]] = {
    "rain.wav": {
        "title": "Rain on Tin",
        "artist": "Ada Moss",
        "album": "Weather",
        "genres": ["Folk"],
        "year": 1994,
        "mb_trackid": RECORDING,
        "lyrics": "Rain is drumming on the tin above my bed\nAll the words I never said",
    },
    "train.wav": {
        "title": "Night Train",
        "artist": "Jo Quay",
        "genres": ["Country"],
        "lyrics": "The night train carries all the mail\nSparks along the rail",
    },
    "04 - Nameless.wav": {"artist": "Nobody", "lyrics": "Nobody gave this harbour a name"},
}
TAG = """
import json, sys
from beets.mediafile import MediaFile
for path, fields in json.loads(sys.stdin.read()).items():
    file = MediaFile(path)
    file.update(fields)
    file.save()
"""


class Heard(NamedTuple):
    """What a command of beets answered."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


class House:
    """A beets of its own: configuration, music and library in one folder, songkin's library beside them."""

    def __init__(self, place: Path) -> None:
        self.place, self.music, self.library = place, place / "Music", place / "L"
        self.music.mkdir()
        config = f"directory: {self.music}\nlibrary: {place / 'beets.db'}\nplugins: songkin\nthreaded: no\n"
        config += f"import: {{copy: no, write: no, autotag: no}}\nsongkin:\n  library: {self.library}\n"
        (place / "config.yaml").write_text(config)

    def beet(self, *arguments: Any, **environment: str) -> Heard:
        named = {"BEETSDIR": str(self.place), "COLUMNS": "200", "PYTHONWARNINGS": ""} | environment
        run = subprocess.run(
            [sys.executable, "-m", "beets", *map(str, arguments)],
            capture_output=True,
            text=True,
            env={**os.environ, **named},
            timeout=120,
            check=False,
            cwd=self.place,
        )
        return Heard(run.returncode, run.stdout, run.stderr)

    def imported(self, songs: Mapping[str, Mapping[str, Any]]) -> None:
        """Write music files with tags, and let beets import them."""
        import json

        for name in songs:
            silence(self.music / name)
        tagged = {str(self.music / name): fields for name, fields in songs.items()}
        subprocess.run([sys.executable, "-c", TAG], input=json.dumps(tagged), text=True, check=True, timeout=60)
        done = self.beet("import", "-q", "-A", self.music)
        assert done.code == 0, done.err


def silence(path: Path) -> None:
    with wave.open(str(path), "wb") as stream:
        stream.setnchannels(1)
        stream.setsampwidth(2)
        stream.setframerate(8000)
        stream.writeframes(bytes(2 * 8000))


def line_of(heard: Heard) -> str:
    """The one line of a command that failed, without a traceback."""
    assert heard.code == 1, heard
    assert "Traceback" not in heard.err
    [line] = [line for line in heard.err.splitlines() if line.startswith("error: ")]
    return line.removeprefix("error: ")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A beets with three songs that were handed to songkin."""
    house = House(tmp_path_factory.mktemp("beets"))
    house.imported(SONGS)
    done = house.beet("songkin-add", "--no-encode")
    assert done.lines[-1] == "3 items read, 3 added, 0 changed, 0 unchanged", done
    return house


# -- finding -----------------------------------------------------------------------------------------------------------


def test_items_are_found_in_beets_own_format(house: House) -> None:
    assert house.beet("songkin", "songs about rain").lines == ["Ada Moss - Weather - Rain on Tin"]
    assert house.beet("songkin", "-f", "$title by $artist", "night", "train").lines == ["Night Train by Jo Quay"]
    assert house.beet("songkin", "-p", "rain").lines == [str(house.music / "rain.wav")]


def test_a_line_finds_its_item_and_says_why(house: House) -> None:
    first, why, *_ = house.beet("songkin", "--line", "--why", "-f", "$title", "sparks allong the rail").lines
    assert first == "Night Train"
    assert why.startswith("    line 100%: ")
    assert "“Sparks along the rail”" in why


def test_conditions_hold_and_notes_go_to_stderr(house: House) -> None:
    found = house.beet("songkin", "-k", "1", "--where", "genre:country", "-f", "$title", "train")
    assert found.lines == ["Night Train"]
    assert "songkin: 1 of 3 songs have no genre" in found.err
    nothing = house.beet("songkin", "--where", "genre:jazz", "rain")
    assert (nothing.code, nothing.lines) == (0, [])
    assert "no item found" in nothing.err


def test_an_item_without_a_title_is_found_by_its_words(house: House) -> None:
    assert house.beet("songkin", "-f", "$artist|$title", "--line", "gave this harbour a name").lines == ["Nobody|"]


def test_items_become_a_playlist_with_relative_paths(house: House) -> None:
    (house.place / "mixes").mkdir()
    mix = house.place / "mixes" / "rain.m3u8"
    assert house.beet("songkin", "--playlist", mix, "-k", "1", "rain").code == 0
    assert mix.read_text() == "#EXTM3U\n#EXTINF:1,Ada Moss - Rain on Tin\n../Music/rain.wav\n"
    assert [path.name for path in mix.parent.iterdir()] == ["rain.m3u8"]


def test_beets_library_is_only_read(house: House) -> None:
    before = digest(house)
    house.beet("songkin", "rain")
    house.beet("songkin-add", "--no-encode")
    assert digest(house) == before


def digest(house: House) -> str:
    return hashlib.sha256((house.place / "beets.db").read_bytes()).hexdigest()


def test_songs_that_came_in_as_files_are_matched_by_recording_and_path(house: House) -> None:
    assert outside("add", house.music, "-L", house.place / "F", "--no-encode").code == 0
    config = house.place / "files.yaml"
    config.write_text(f"songkin:\n  library: {house.place / 'F'}\n")
    assert house.beet("-c", config, "songkin", "-f", "$title", "rain").lines == ["Rain on Tin"]
    assert house.beet("-c", config, "songkin", "-f", "$title", "--line", "sparks along the rail").lines == [
        "Night Train"
    ]


def test_the_library_file_itself_gives_the_same_songs(house: House) -> None:
    assert outside("add", house.place / "beets.db", "-L", house.place / "D", "--no-encode").code == 0
    handed, read = (Library.open(house.place / name).store.catalogue()[1].to_pylist() for name in ("L", "D"))
    assert sorted(read) == sorted(handed)


def test_without_a_library_in_the_configuration_songkins_own_setting_counts(house: House) -> None:
    config = house.place / "default.yaml"
    config.write_text("songkin:\n  library:\n")
    found = house.beet("-c", config, "songkin", "-f", "$title", "rain", SONGKIN_LIBRARY=str(house.library))
    assert found.lines == ["Rain on Tin"]


# -- handing over ------------------------------------------------------------------------------------------------------


def test_again_only_what_changed_is_handed_over_and_what_is_gone_is_pruned(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.imported(SONGS)
    house.beet("songkin-add", "--no-encode")
    assert house.beet("songkin-add", "--no-encode").lines == ["3 items read, 0 added, 0 changed, 3 unchanged"]
    assert house.beet("modify", "-y", "-M", "-W", "title:Night Train", "year=1999").code == 0
    assert house.beet("songkin-add", "--no-encode").lines == ["3 items read, 0 added, 1 changed, 2 unchanged"]
    assert house.beet("songkin", "--where", "year:1999", "-f", "$title", "train").lines == ["Night Train"]
    assert house.beet("remove", "-f", "title:Night Train").code == 0
    found = house.beet("songkin", "-f", "$title", "--line", "sparks along the rail")
    assert "1 of the songs found are not in this beets library" in found.err
    left = house.beet("songkin-add", "--no-encode")
    assert "1 song has no item any more; --prune removes them" in left.err
    assert house.beet("songkin-add", "--no-encode", "--prune").lines == [
        "2 items read, 0 added, 0 changed, 2 unchanged, 1 removed"
    ]
    assert "no item found" in house.beet("songkin", "--line", "sparks along the rail").err


# -- what is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["songkin"], "say what the songs should be like: beet songkin 'songs about rain'"),
        (["songkin", "-k", "0", "rain"], "-k is 0; ask for at least 1 item"),
        (
            ["songkin", "--where", "yeer:1990", "rain"],
            "songkin: yeer:1990: there is no field 'yeer'; did you mean 'year'?",
        ),
        (["songkin", "--playlist", "mix.txt", "rain"], "mix.txt: '.txt' is no playlist"),
        (["songkin", "--playlist", "nosuch/mix.m3u8", "rain"], "nosuch/mix.m3u8: cannot be written: No such file"),
        (["songkin-add", "artist:Ada"], "songkin-add takes no query"),
    ],
)
def test_a_mistake_is_told_in_one_line(house: House, arguments: list[str], line: str) -> None:
    assert line_of(house.beet(*arguments)).startswith(line)


def test_without_songkins_library_and_with_an_empty_beets_the_cure_is_told(tmp_path: Path) -> None:
    house = House(tmp_path)
    assert line_of(house.beet("songkin", "rain")).endswith(
        f"{house.library}: no library here; beet songkin-add makes it of the items here"
    )
    assert line_of(house.beet("songkin-add")) == "the beets library is empty; beet import ~/Music fills it"
    assert not house.library.exists()
