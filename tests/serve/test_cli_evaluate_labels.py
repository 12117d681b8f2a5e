"""songkin evaluate labels, similar-genre, similar-colisten: the contract's document, tables, figures and mistakes."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from command_line import InProcess, fails_plainly, write_rows

from songkin.datasets import songkin_readings
from songkin.datasets.songkin_readings import Read
from songkin.library import Library, Reading
from songkin.testing import ToyEncoder

WORDS = {"folk": "river meadow stone lantern", "metal": "hammer iron blood smoke"}
HEAVY = {"folk": 0.2, "metal": 0.8}


def rows(n: int = 60) -> list[dict[str, Any]]:
    """Invented songs by n / 2 artists, whose words tell their genre."""
    chance = Random(0)
    found = []
    for at in range(n):
        genre = ("folk", "metal")[at // 2 % 2]
        found.append(
            {
                "track_id": f"t{at}",
                "title": f"Song {at}",
                "artist": f"Artist {at // 2}",
                "year": 1980 + at // 2,
                "genre_coarse": genre,
                "explicit": genre == "metal",
                "lyrics": " ".join(chance.choices(WORDS[genre].split(), k=8)),
                **{name: HEAVY[genre] + chance.uniform(-0.1, 0.1) for name in ("valence", "energy", "danceability")},
            }
        )
    return found


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the three corpora, in their real formats."""
    folder = tmp_path / "data"
    for name in ("popular_songs", "musicmood", "hetrec_lastfm2k"):
        (folder / name).mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(rows()), folder / "popular_songs" / "songs.parquet")
    moods = [f'Singer {n},"{WORDS[("folk", "metal")[n % 2]]}",{("happy", "sad")[n % 2]}' for n in range(30)]
    (folder / "musicmood" / "train.csv").write_text("\n".join(["artist,lyrics,mood", *moods]) + "\n", "utf-8")
    names = [f"{n}\tArtist {n}\thttp://a\thttp://b" for n in range(30)]
    artists = "\n".join(["id\tname\turl\tpictureURL", *names])
    (folder / "hetrec_lastfm2k" / "artists.dat").write_text(artists + "\n", "utf-8")
    heard = [f"{user}\t{n}\t{10 + user}" for n in range(30) for user in range(20) if user // 10 == n % 2 or user == 5]
    (folder / "hetrec_lastfm2k" / "user_artists.dat").write_text("\n".join(["30", "320", *heard]) + "\n", "utf-8")
    monkeypatch.setenv("SONGKIN_DATA", str(folder))
    monkeypatch.setattr("songkin.library.remembering.load", lambda name=None, **how: ToyEncoder())
    monkeypatch.setattr("songkin.serve.cli.evaluate.labels.minilm", lambda: None)
    return folder


# -- labels ------------------------------------------------------------------------------------------------------------


def test_the_document_of_labels_is_the_contracts(songkin: InProcess, data: Path) -> None:
    said = songkin("evaluate", "labels", "--json")
    assert said.code == 0, said.err
    found = said.document
    assert (found["task"], found["n_queries"], list(found["systems"])) == (
        "labels",
        90,
        ["ours", "encoder", "tf-idf", "majority"],
    )
    assert found["measures"] == found["systems"]["ours"]
    for measures in found["systems"].values():
        assert all(0 <= low <= mean <= high <= 1 for mean, low, high in measures.values())
    assert found["systems"]["encoder"]["genre accuracy"][0] > 0.9  # ours says nothing of so few words
    assert found["systems"]["tf-idf"]["mood accuracy"][0] > 0.9
    assert found["systems"]["majority"]["explicit macro-F1"][0] < 0.5
    assert found["classes"]["genre"] == {"folk": 30, "metal": 30}
    assert found["n"]["mood"] == 30
    assert "mood" in found["small"]
    assert found["folds"] == 5


def test_the_table_of_labels_says_what_was_run_and_marks_small_numbers(songkin: InProcess, data: Path) -> None:
    said = songkin("evaluate", "labels", "--systems", "tf-idf,majority")
    assert said.code == 0, said.err
    assert "labels: 90 songs by 60 artists, 5 folds by artist" in said.out
    assert any(line.startswith("mood accuracy") and "30!" in line for line in said.out.splitlines())
    assert "mood: sad 15, happy 15" in said.out
    assert "meadow" not in said.out


def test_a_file_of_ones_own_is_judged_by_what_all_songs_teach(songkin: InProcess, data: Path, tmp_path: Path) -> None:
    place = tmp_path / "mine.csv"
    place.write_text(
        "artist,lyrics,genre_coarse\n" + "".join(f"Other {n},river stone,folk\n" for n in range(25)), "utf-8"
    )
    found = songkin("evaluate", "labels", "--test", place, "--systems", "tf-idf", "--json").document
    assert (found["n_queries"], found["learnt_from"], found["known"]) == (25, 90, 0)
    assert found["measures"]["genre accuracy"][0] == 1.0
    assert "mood accuracy" not in found["measures"]
    place.write_text(f"{place.read_text('utf-8')}Jo,river glass,klezmer\n", "utf-8")
    said = songkin("evaluate", "labels", "--test", place, "--systems", "tf-idf,majority")
    assert "learnt from 90 songs" in said.out
    assert "note: genres never learnt, of songs that are not judged by genre: 1 of 26 (klezmer 1)" in said.err


def test_the_figure_is_drawn_where_it_was_asked_for(songkin: InProcess, data: Path, tmp_path: Path) -> None:
    arguments = ("evaluate", "labels", "--systems", "tf-idf", "--limit", "30", "--figure")
    assert songkin(*arguments, tmp_path / "reliability.png").code == 0
    assert (tmp_path / "reliability.png").read_bytes()[:4] == b"\x89PNG"
    assert "ends in .png" in fails_plainly(songkin(*arguments, tmp_path / "reliability.txt"))
    assert "there is no such folder" in fails_plainly(songkin(*arguments, tmp_path / "none" / "r.png"))


def test_an_encoder_takes_part_under_the_name_it_is_given(songkin: InProcess, data: Path) -> None:
    said = songkin("evaluate", "labels", "--encoder", "mine=songkin", "--limit", "20", "--systems", "mine", "--json")
    assert list(said.document["systems"]) == ["mine"]
    assert list(songkin("evaluate", "labels", "--no-encoder", "--limit", "20", "--json").document["systems"]) == [
        "tf-idf",
        "majority",
    ]


# -- themes ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def read(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two themes, read in the songs of the folder by their words; the other corpus was not read."""
    told = {
        songkin_readings.mark(row["lyrics"]): Read(
            0.5, 0.5, 0.5, 0.5, ("home",) if "hammer" in row["lyrics"] else ("sea",)
        )
        for row in rows()
    }
    monkeypatch.setattr("songkin.datasets.songkin_readings.readings", lambda: told)


def test_themes_are_held_against_what_was_read(songkin: InProcess, read: None) -> None:
    said = songkin("evaluate", "themes", "--no-encoder", "--json")
    assert said.code == 0, said.err
    found = said.document
    assert (found["task"], found["n_queries"], list(found["systems"])) == (
        "themes",
        60,
        ["keywords", "majority", "all"],
    )
    assert found["measures"] == found["systems"]["keywords"]
    assert sum(theme["n"] for theme in found["themes"].values()) == 60
    for measures in found["systems"].values():
        assert all(0 <= low <= mean <= high <= 1 for mean, low, high in measures.values())
    assert found["systems"]["all"]["macro-F1"][0] < found["systems"]["keywords"]["macro-F1"][0]


def test_the_table_of_themes_says_that_readings_are_no_truth(songkin: InProcess, read: None) -> None:
    said = songkin("evaluate", "themes", "--systems", "majority,all", "--limit", "50")
    assert said.code == 0, said.err
    assert "themes: 50 songs" in said.out
    assert "agreement with what a language model read in them" in said.out
    assert any(line.startswith("macro-F1") for line in said.out.splitlines())
    assert "there are ours, keywords, majority, all" in fails_plainly(songkin("evaluate", "themes", "--systems", "tf"))


# -- similar-genre, similar-colisten -----------------------------------------------------------------------------------


def test_songs_of_one_genre_are_found_by_words_and_not_by_chance(songkin: InProcess, data: Path) -> None:
    found = songkin("evaluate", "similar-genre", "--json").document
    assert (found["task"], found["n_queries"], found["n_documents"]) == ("similar-genre", 60, 60)
    assert list(found["systems"]) == ["encoder", "tf-idf", "bm25", "random"]
    assert found["measures"]["P@10"][0] == 1.0
    assert found["systems"]["random"]["nDCG@10"][0] < 0.7
    assert found["compared"]["random"]["p"] < 0.01
    said = songkin("evaluate", "similar-genre", "--limit", "20", "--seeds", "3")
    assert "similar-genre: 20 songs, each against 60 by 30 artists, seed 3" in said.out


def test_who_hears_whom_is_told_by_fields_and_words(songkin: InProcess, data: Path) -> None:
    found = songkin("evaluate", "similar-colisten", "--json").document
    assert list(found["measures"]) == ["partial Spearman", "nDCG@10", "Spearman"]
    assert list(found["systems"]) == [
        "encoder", "tf-idf", "bm25", "genre", "genre-year", "genre-year-encoder", "random",
    ]  # fmt: skip
    assert found["systems"]["genre"]["partial Spearman"][0] > 0.5
    assert abs(found["systems"]["random"]["partial Spearman"][0]) < 0.1
    assert songkin("evaluate", "similar-colisten", "--no-encoder").code == 0


def test_the_engine_takes_part_with_a_library_that_has_the_songs(
    songkin: InProcess, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("songkin.library.encoding.load", lambda name=None, **how: ToyEncoder())
    place = data / "popular_songs" / "songs.parquet"
    Library.add(Reading.of([place]).songs(), tmp_path / "L", encoder=ToyEncoder())
    found = songkin("evaluate", "similar-genre", "-L", tmp_path / "L", "--limit", "20", "--json").document
    assert list(found["systems"])[:2] == ["engine", "engine-lyrics"]
    assert found["systems"]["engine-lyrics"]["nDCG@10"][0] > 0.9
    write_rows(tmp_path / "other.jsonl", [{"id": "x", "title": "Other", "lyrics": "words"}])
    Library.add(Reading.of([tmp_path / "other.jsonl"]).songs(), tmp_path / "M", encode=False)
    said = fails_plainly(songkin("evaluate", "similar-genre", "-L", tmp_path / "M", "--systems", "engine"))
    assert f"none of the task's songs; songkin add popular_songs/songs.parquet -L {tmp_path / 'M'} brings them" in said


# -- mistakes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("labels", "--systems", "clap"), "labels has no system 'clap'; there are ours, encoder, tf-idf, majority"),
        (("labels", "--test", "none.csv"), "none.csv: there is no such file"),
        (("similar-genre", "--systems", "engine"), "the engine needs a library: -L FOLDER"),
        (("similar-genre", "--systems", "genre"), "similar-genre has no system 'genre'"),
    ],
)
def test_a_mistake_is_named(songkin: InProcess, data: Path, arguments: tuple[str, ...], said: str) -> None:
    assert said in fails_plainly(songkin("evaluate", *arguments))


@pytest.mark.parametrize(
    "arguments",
    [
        ("melscribe-mc", "--figure", "r.png"),
        ("known-lines", "--encoder", "songkin"),
        ("similar-genre", "--test", "songs.csv"),
        ("similar-genre", "--seeds", "1,2"),
        ("labels", "--quick"),
    ],
)
def test_wrong_usage_is_exit_code_2(songkin: InProcess, data: Path, arguments: tuple[str, ...]) -> None:
    assert songkin("evaluate", *arguments).code == 2


def test_a_damaged_line_of_plays_is_named_with_its_place(songkin: InProcess, data: Path) -> None:
    place = data / "hetrec_lastfm2k" / "user_artists.dat"
    place.write_text(place.read_text("utf-8") + "1\tmany\n", "utf-8")
    assert "is no listener, artist and count" in fails_plainly(songkin("evaluate", "similar-colisten", "--no-encoder"))


def test_colisten_is_another_name_of_similar_colisten(songkin: InProcess, data: Path) -> None:
    found = songkin("evaluate", "colisten", "--systems", "genre,random", "--json").document
    assert found["task"] == "similar-colisten"
    told = {own["task"]: own.get("also") for own in songkin("evaluate", "--list", "--json").document["tasks"]}
    assert (told["similar-colisten"], told["similar-genre"]) == (["colisten"], None)
    assert "similar-colisten, colisten" in songkin("evaluate", "--list").out


# -- feedback ----------------------------------------------------------------------------------------------------------


def test_what_listeners_like_is_told_to_the_library_and_nothing_of_it_stays(
    songkin: InProcess, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("songkin.library.encoding.load", lambda name=None, **how: ToyEncoder())
    Library.add(Reading.of([data / "popular_songs" / "songs.parquet"]).songs(), tmp_path / "L", encoder=ToyEncoder())
    found = songkin("evaluate", "feedback", "-L", tmp_path / "L", "--json").document
    assert (found["task"], found["n_queries"]) == ("feedback", 10)
    assert list(found["systems"])[:2] == ["similar-0", "similar-1"]
    assert found["compared"]["text-10"]["rival"] == "text-0"
    assert not (tmp_path / "L" / "state.lance").exists()
    said = songkin("evaluate", "feedback", "-L", tmp_path / "L", "--limit", "3", "--seeds", "2")
    assert "feedback: 3 listeners, seed 2" in said.out
