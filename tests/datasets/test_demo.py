"""The demo catalogue holds what its card promises, counted from the JSON itself."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import pytest

from songkin.datasets import demo
from songkin.errors import SourceError
from songkin.sources import Loss

RECORDS: list[dict[str, Any]] = [json.loads(line) for line in demo.path().read_text(encoding="utf-8").splitlines()]
STAMP = re.compile(r"\[(\d\d):([0-5]\d)\.(\d\d)\] \S")
SHARES = ("valence", "energy", "danceability", "acousticness")
REMASTERED = "Last Train Out of Harrow Bend"


def lyric_lines(record: dict[str, Any]) -> list[str]:
    """The lines somebody sings: no blanks, stamps or section marks."""
    bare = [re.sub(r"^\[[\d:.]+\] ", "", line) for line in record.get("lyrics", "").splitlines()]
    return [line for line in bare if line.strip() and not re.fullmatch(r"\[.*\]", line)]


def timed() -> list[dict[str, Any]]:
    return [record for record in RECORDS if STAMP.match(record.get("lyrics", ""))]


def by_title(beginning: str) -> list[dict[str, Any]]:
    return [record for record in RECORDS if record["title"].startswith(beginning)]


def test_every_song_has_its_own_id_and_a_title() -> None:
    assert [record["id"] for record in RECORDS] == [f"demo-{n:03d}" for n in range(1, len(RECORDS) + 1)]
    assert all(record["title"] for record in RECORDS)


@pytest.mark.parametrize(
    ("what", "least", "found"),
    [
        ("songs", 130, len(RECORDS)),
        ("artists", 60, len({artist for record in RECORDS for artist in record.get("artists", [])})),
        ("genres", 30, len({genre for record in RECORDS for genre in record.get("genres", [])})),
        ("timed lyrics", 45, len(timed())),
        ("section marks", 15, sum(bool(re.search(r"(?m)^\[(Verse|Chorus)", r.get("lyrics", ""))) for r in RECORDS)),
        ("descriptions", 60, sum("description" in record for record in RECORDS)),
        ("explicit songs", 8, sum(record.get("explicit") is True for record in RECORDS)),
        ("weighted tags", 10, sum(isinstance(record.get("tags"), dict) for record in RECORDS)),
        ("duets", 5, sum("duet" in record.get("tags", []) for record in RECORDS)),
    ],
)
def test_there_are_enough(what: str, least: int, found: int) -> None:
    assert found >= least, what


def test_nine_languages_are_sung_and_four_beside_english_at_length() -> None:
    languages = Counter(record["language"] for record in RECORDS if "language" in record)
    assert set(languages) == {"en", "es", "fr", "de", "it", "pt", "ja", "sv", "ru"}
    assert min(languages[code] for code in ("es", "fr", "de", "it")) >= 6


def test_the_main_genres_are_there() -> None:
    wanted = "pop rock hip-hop country folk soul r&b jazz electronic metal punk blues reggae latin children's christmas"
    present = {genre for record in RECORDS for genre in record.get("genres", [])}
    assert {*wanted.split(), "sea shanty", "classical crossover"} <= present
    assert all(genre == genre.lower() for genre in present)


@pytest.mark.parametrize("record", timed(), ids=lambda record: record["id"])
def test_time_stamps_grow_and_end_before_the_song(record: dict[str, Any]) -> None:
    stamps = [STAMP.match(line) for line in record["lyrics"].splitlines() if line]
    assert all(stamps)
    times_s = [int(m[1]) * 60 + int(m[2]) + int(m[3]) / 100 for m in stamps if m]
    assert times_s == sorted(set(times_s))
    assert times_s[-1] < record["duration_s"]


def test_features_are_plausible() -> None:
    for record in RECORDS:
        assert all(0.0 <= record[name] <= 1.0 for name in SHARES if name in record), record["id"]
        assert 40 <= record.get("tempo_bpm", 100) <= 210, record["id"]
        assert -30.0 < record.get("loudness_db", -9.0) < 0.0, record["id"]
        assert 1961 <= record.get("year", 2000) <= 2026, record["id"]


def test_songs_with_descriptors_have_four_to_ten() -> None:
    assert {len(record["tags"]) for record in RECORDS if "tags" in record} <= set(range(4, 11))


def test_lyrics_are_whole_songs() -> None:
    assert all(8 <= len(lyric_lines(record)) <= 30 for record in RECORDS if "lyrics" in record)


def test_no_line_is_sung_in_two_songs() -> None:
    singers: dict[str, set[str]] = {}
    for record in RECORDS:
        song = REMASTERED if record["title"].startswith(REMASTERED) else record["id"]
        for line in lyric_lines(record):
            singers.setdefault(re.sub(r"\W", "", line.lower()), set()).add(song)
    assert not [line for line, songs in singers.items() if len(songs) > 1]


def test_one_song_comes_in_three_versions_and_as_a_cover() -> None:
    versions = by_title(REMASTERED)
    assert [len({record["title"] for record in versions}), len(versions)] == [3, 4]
    assert len({record["artists"][0] for record in versions}) == 2
    assert len({tuple(lyric_lines(record)) for record in versions}) == 1


def test_some_songs_are_as_incomplete_as_real_ones() -> None:
    fields = [set(record) - {"id"} for record in RECORDS]
    assert {"title"} in fields
    assert {"title", "tags"} in fields
    assert [record["id"] for record in RECORDS if "bag" in record and "lyrics" not in record]
    assert ["lyrics" in record for record in RECORDS if record.get("instrumental")] == [False]
    assert [record["id"] for record in RECORDS if record.get("lyrics", "").endswith("12Embed")]


def test_the_songs_arrive_through_sources_as_they_stand_in_the_file() -> None:
    songs = list(demo.songs())
    assert [(song.id, song.title) for song in songs] == [(record["id"], record["title"]) for record in RECORDS]
    first, given = songs[0], RECORDS[0]
    assert first.artists == tuple(given["artists"])
    assert first.lyrics is not None
    assert first.lyrics.text == given["lyrics"]
    assert (first.features["valence"], first.features["tempo_bpm"]) == (given["valence"], given["tempo_bpm"])


def test_a_damaged_catalogue_is_an_error_with_its_place() -> None:
    with pytest.raises(SourceError, match=r"songs\.jsonl:3: cut short; the installation is damaged"):
        demo._damaged(Loss("songs.jsonl:3", "cut short"))


def test_its_card_says_the_licence_and_counts_the_songs() -> None:
    assert demo.CORPUS.licence == "CC0-1.0"
    assert demo.CORPUS.rows == len(RECORDS)
