"""The paper's cleaning, rule by rule, its genres, and the funnel over both layouts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from musicoset_folder import LONG, write_folder

from songkin.datasets.charted import Charted, charted, popular
from songkin.errors import SourceError, TrainingError
from songkin.training.data.augment import Augment
from songkin.training.data.example import Ground
from songkin.training.epfl.cleaning import cleaned, standard
from songkin.training.epfl.genres import GENRES, RULES, coarse, ours
from songkin.training.epfl.songs import (
    PAPER,
    PAPER_GENRES,
    chosen,
    corpus_files,
    genre_counts,
    labelled,
    read,
    read_corpus,
)

DATA = Path(os.environ.get("SONGKIN_DATA") or Path(__file__).parents[3] / "shared" / "data")

CLEANING = [
    (r"['[Verse 1]\nWe rowed\nall night']", "We rowed. all night"),
    (r"['[Intro]\nOne\n\n[Chorus]\nTwo']", "One. Two"),
    (r"""["It's late\nso late"]""", "It's late. so late"),
    (r"['the bay\'s edge']", "the bay's edge"),
    ("[Chorus]\nreal line breaks\n\nhold", "real line breaks. hold"),
    ('["she said "no" twice"]', "she said no twice"),
    ("['[Guitar solo] ... (ooh) stay']", "(ooh) stay"),
    ("['stay']", "stay"),
    ("['[Instrumental]']", None),
    ("[]", None),
    ("...", None),
]


@pytest.mark.parametrize(("cell", "text"), CLEANING)
def test_lyrics_come_into_the_papers_form(cell: str, text: str | None) -> None:
    assert standard(cell) == text


def test_marks_of_known_parts_take_their_stop_along_and_others_leave_it() -> None:
    assert standard("['a line\\n[Bridge]\\nnext']") == "a line. next"
    assert standard("['a line\\n[Outro]\\nnext']") == "a line. . next"


@pytest.mark.parametrize(
    ("text", "stays"),
    [
        ("x" * 300, False),
        ("x" * 301, True),
        ("x" * 6000, True),
        ("x" * 6001, False),
        ("x" * 400 + "\u2013" * 9, True),
        ("x" * 400 + "\u2013" * 10, False),
        ("x" * 400 + "-" * 99, True),
        ("x" * 400 + "-" * 100, False),
        ("", False),
        (None, False),
    ],
)
def test_songs_of_another_length_and_track_lists_are_dropped(text: str | None, stays: bool) -> None:
    assert (cleaned(text) is not None) is stays


COARSE = [
    (["edm", "rap"], ["rock"], "dance pop"),  # the first rule wins
    (["pop"], ["dance pop"], "dance pop"),
    (["pop"], ["brostep"], "dance pop"),
    (["new jack swing", "soul"], ["pop"], "r&b"),
    (["trap queen"], ["pop"], "hip-hop/rap"),  # "rap" in "trap": kept
    (["art"], ["shopping tunes"], "hip-hop/rap"),  # "hop" in "shop": kept
    (["neo soul", "country"], ["pop"], "soul/disco"),
    ([], ["post-disco"], "soul/disco"),
    (["rock"], ["indie folk"], "acoustic/folk"),  # a main genre of folk before rock
    (["country"], ["rock"], "country"),
    ([], ["southern rock"], "country"),
    (["glam metal"], ["mellow"], "rock"),
    (["rock"], ["mellow"], None),  # rock counts in a main genre only
    (["boy band"], ["teen"], "pop"),
    ([], ["easy listening"], "pop"),
    (["dance pop"], ["teen"], "dance pop"),  # the ninth rule
    (["anti-folk"], ["teen"], "acoustic/folk"),  # the tenth
    (["karaoke"], ["karaoke"], None),
    ([], [], None),
]


@pytest.mark.parametrize(("genres", "main", "genre"), COARSE)
def test_the_first_of_ten_rules_decides_a_genre(genres: list[str], main: list[str], genre: str | None) -> None:
    assert coarse(genres, main) == genre


@pytest.mark.parametrize(
    ("genres", "main", "genre"),
    [
        (["trap queen"], ["pop"], "hip-hop/rap"),
        (["art"], ["shopping tunes"], None),
        (["music therapy"], ["pop"], "pop"),
        (["rap metal"], ["alternative metal"], "rock"),
        (["motown"], ["motown"], "soul/disco"),
        (["pop rap"], ["pop"], "hip-hop/rap"),
        (["hip hop"], ["alternative hip hop"], "hip-hop/rap"),
    ],
)
def test_our_mapping_reads_whole_words(genres: list[str], main: list[str], genre: str | None) -> None:
    assert ours(genres, main) == genre


def test_rules_and_genres_name_the_same_eight() -> None:
    assert {rule.genre for rule in RULES} == set(GENRES) == set(PAPER_GENRES)
    assert len(RULES) == 10


def song(number: int, lyrics: str | None, genres: tuple[str, ...] = ("rock",)) -> Charted:
    return Charted(f"s{number}", f"Song {number}", ("Mara Lind",), genres[:1], genres, lyrics, 1990, False, 40.0, {})


def test_the_funnel_counts_what_each_step_leaves() -> None:
    rows = [
        *(song(at, LONG) for at in range(3)),
        song(3, None),
        song(4, "['[Instrumental]']"),
        song(5, "too short"),
        song(6, LONG + "-" * 100),
        song(7, LONG, ()),
        song(8, LONG, ("karaoke",)),
    ]
    found = labelled(rows)
    assert list(found.funnel) == list(PAPER)
    assert list(found.funnel.values()) == [9, 8, 7, 6, 5, 4, 3]
    assert genre_counts(found.songs) == {"rock": 3}
    assert labelled([]).funnel == dict.fromkeys(PAPER, 0)


def test_fewer_songs_are_chosen_evenly() -> None:
    songs = labelled([song(at, LONG) for at in range(6)]).songs
    assert [own.id for own in chosen(songs, 3)] == ["s0", "s2", "s4"]
    assert chosen(songs, 0) == chosen(songs, 9) == songs


def write_musicoset(root: Path) -> Path:
    """Write the five files: two songs that stay, one without lyrics, one of an unknown artist."""
    files = {
        "musicoset_metadata/songs.csv": "song_id|song_name|artists|popularity|explicit\n"
        "s1|Salt Road - Live|{'a1': 'Mara Lind'}|61|False\n"
        "s2|Tram|{'a2': 'The Kerbs', 'a1': 'Mara Lind'}|40|True\n"
        "s3|Tide|{'a1': 'Mara Lind'}|7|False\n"
        "s4|Gone|{'a9': 'Nobody'}|7|False\n",
        "musicoset_metadata/artists.csv": "artist_id|name|main_genre|genres\n"
        "a1|Mara Lind|folk|['folk', 'sea shanty']\n"
        "a2|The Kerbs|punk|['garage rock', 'punk']\n",
        "musicoset_metadata/tracks.csv": "song_id|release_date\ns1|1994-05-01\ns2|1995\n",
        "musicoset_songfeatures/acoustic_features.csv": "song_id|mode|valence|loudness|tempo\n"
        "s1|1|0.4|-12.5|92.5\ns2|0|0.7|-4|nan\n",
        "musicoset_songfeatures/lyrics.csv": f"song_id|lyrics\ns1|['{LONG}']\ns2|['{LONG}']\ns3|\ns4|['{LONG}']\n",
    }
    return write_folder(root, files)


def test_a_musicoset_folder_arrives_with_main_genres_apart(tmp_path: Path) -> None:
    rows = charted(write_musicoset(tmp_path))
    assert [row.id for row in rows] == ["s1", "s2", "s3", "s4"]
    assert rows[1].main_genres == ("punk", "folk")
    assert rows[1].genres == ("garage rock", "punk", "folk", "sea shanty")
    assert (rows[0].title, rows[0].year, rows[1].year, rows[2].year) == ("Salt Road", 1994, 1995, None)
    assert rows[0].features == {"valence": 0.4, "loudness_db": -12.5, "tempo_bpm": 92.5, "mode": 1.0}
    assert "tempo_bpm" not in rows[1].features
    assert (rows[0].explicit, rows[1].explicit, rows[2].lyrics) == (False, True, None)


def test_songs_of_a_folder_are_read_once_and_told_by_files(tmp_path: Path) -> None:
    ground = Ground(None, write_musicoset(tmp_path).parent, Augment())
    found = read_corpus(tmp_path.name, ground)
    assert list(found.funnel.values()) == [4, 3, 3, 3, 3, 2, 2]
    assert [(own.id, own.artist, own.genre) for own in found.songs] == [
        ("s1", "Mara Lind", "acoustic/folk"),
        ("s2", "The Kerbs; Mara Lind", "acoustic/folk"),
    ]
    assert read_corpus(tmp_path.name, ground) is found
    assert {path.name for path in corpus_files(tmp_path.name, ground)} >= {"lyrics.csv", "songs.csv"}


def test_a_missing_file_and_a_folder_without_words_are_named(tmp_path: Path) -> None:
    write_musicoset(tmp_path)
    (tmp_path / "musicoset_songfeatures" / "lyrics.csv").write_text("song_id\tlyrics\n", encoding="utf-8")
    with pytest.raises(TrainingError, match="no song is left"):
        read(str(tmp_path))
    (tmp_path / "musicoset_metadata" / "artists.csv").unlink()
    with pytest.raises(SourceError, match=r"artists\.csv: the file is missing"):
        read(str(tmp_path))
    with pytest.raises(SourceError, match="popular_songs"):
        read("popular_songs", data=tmp_path)


@pytest.mark.slow
@pytest.mark.skipif(not DATA.is_dir(), reason="the public corpora are not beside this clone")
def test_both_corpora_go_through_the_funnel() -> None:
    own = labelled(charted(DATA / "musicoset"))
    assert list(own.funnel.values()) == [650, 646, 645, 639, 633, 618, 604]
    more = labelled(popular(DATA))
    assert list(more.funnel.values()) == [4115, 4115, 4115, 4095, 4077, 3870, 3768]
    assert sum(genre_counts(more.songs).values()) == 3768
