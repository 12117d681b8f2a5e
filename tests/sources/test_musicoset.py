"""MusicOSet's five files in its own layout, whole, cut, and with one of them missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from songkin.errors import SourceError
from songkin.sources import Loss, count, files, guess, read
from songkin.sources.musicoset import LAYOUT
from songkin.testing import SourceContract
from songkin.types import Song


def table(*lines: str) -> str:
    """Return lines whose cells stand between '|' as tab-separated ones."""
    return "".join(line.replace("|", "\t") + "\n" for line in lines)


SONGS = table(
    "song_id|song_name|billboard|artists|popularity|explicit|song_type",
    "s1|Salt Road - Remastered|('Salt Road', 'Mara Lind')|{'a1': 'Mara Lind'}|61|False|Solo",
    """s2|Night "Tram"|('Night Tram', 'Jo')|{'a2': 'The Kerbs', 'a3': "Jo O'Dell"}|40|True|Collaboration""",
    "s3|Slow Tide|('Slow Tide', 'Nobody')|{'a9': 'Nobody'}|7|False|Solo",
)
ARTISTS = table(
    "artist_id|name|followers|popularity|artist_type|main_genre|genres|image_url",
    "a1|Mara Lind|10|50|singer|folk|['folk', 'sea shanty']|-",
    "a2|The Kerbs|20|60|band|punk|['garage rock', 'punk']|-",
    """a3|Jo O'Dell|5|30|-|soul|["children's music", 'soul']|-""",
)
TRACKS = table(
    "song_id|album_id|track_number|release_date|release_date_precision",
    "s1|b1|1|1994-05-01|day",
    "s2|b2|2|1995|year",
    "s3|b3|3|2001-03|month",
)
MEASURED = table(
    "song_id|duration_ms|key|mode|time_signature|acousticness|danceability|energy|instrumentalness|liveness|loudness"
    "|speechiness|valence|tempo",
    "s1|204000|-1|1|4|0.9|0.4|0.2|0|0.1|-12.5|0.03|0.4|92.5",
    "s2|187000|7|0|4|0.1|0.6|0.9|9.1e-06|0.3|-4|0.1|0.7|0",
)
LYRICS = """song_id	lyrics
s1	"['[Verse 1]\\nWe took the salt road\\nDown to the bay\\'s edge\\n\\n[Chorus]\\nSalt, ""salt""']"
s2	"[""The last tram sings\\nIt's late""]"
s3	
"""
WHOLE = {
    "musicoset_metadata/songs.csv": SONGS,
    "musicoset_metadata/artists.csv": ARTISTS,
    "musicoset_metadata/tracks.csv": TRACKS,
    "musicoset_songfeatures/acoustic_features.csv": MEASURED,
    "musicoset_songfeatures/lyrics.csv": LYRICS,
}


def corpus(root: Path, **changed: str | None) -> Path:
    """Write the corpus, with some files replaced, or left out where they are None; 'lyrics' stands for lyrics.csv."""
    for name, text in WHOLE.items():
        text = changed.get(Path(name).stem, text)
        if text is not None:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
    return root


def told(root: Path) -> tuple[list[Song], list[Loss]]:
    losses: list[Loss] = []
    return list(read(root, lost=losses.append)), losses


class TestMusicOSet(SourceContract):
    read = LAYOUT.read

    @pytest.fixture(autouse=True)
    def folders(self, tmp_path: Path) -> None:
        self.path = corpus(tmp_path / "whole")
        self.damaged = corpus(tmp_path / "cut", lyrics=LYRICS[: LYRICS.index("late")])


def test_the_five_files_are_joined(tmp_path: Path) -> None:
    (first, second, third), losses = told(corpus(tmp_path))
    assert losses == []
    assert (first.id, first.title, first.artists) == ("s1", "Salt Road - Remastered", ("Mara Lind",))
    assert (first.year, first.duration_s, first.explicit) == (1994, 204.0, False)
    assert first.features["tempo_bpm"] == 92.5
    assert first.features["loudness_db"] == -12.5
    assert first.features["popularity"] == 61
    assert "key" not in first.features
    assert first.links == {"spotify": "s1"}
    assert (second.title, second.explicit, second.year) == ('Night "Tram"', True, 1995)
    assert "tempo_bpm" not in second.features
    assert (third.year, third.lyrics, third.genres, third.artists) == (2001, None, (), ("Nobody",))
    assert "valence" not in third.features


def test_albums_have_names_where_the_file_of_albums_is_there(tmp_path: Path) -> None:
    corpus(tmp_path)
    (tmp_path / "musicoset_metadata" / "albums.csv").write_text("album_id\tname\tpopularity\nb1\tEbb\t3\n")
    found, losses = told(tmp_path)
    assert ([song.album for song in found], losses) == (["Ebb", None, None], [])


def test_genres_come_from_all_artists_main_genres_first(tmp_path: Path) -> None:
    second = told(corpus(tmp_path))[0][1]
    assert second.artists == ("The Kerbs", "Jo O'Dell")
    assert second.genres == ("punk", "soul", "garage rock", "children's music")


def test_lyrics_lose_the_lists_brackets_and_get_their_lines(tmp_path: Path) -> None:
    first, second, _ = told(corpus(tmp_path))[0]
    assert first.lyrics
    assert second.lyrics
    assert first.lyrics.text == ('[Verse 1]\nWe took the salt road\nDown to the bay\'s edge\n\n[Chorus]\nSalt, "salt"')
    assert second.lyrics.text == "The last tram sings\nIt's late"
    assert first.lyrics.source == "MusicOSet"


def test_lyrics_cut_inside_a_quoted_cell_are_named_and_every_song_arrives(tmp_path: Path) -> None:
    found, losses = told(corpus(tmp_path, lyrics=LYRICS[: LYRICS.index("late")]))
    assert [bool(song.lyrics) for song in found] == [True, False, False]
    assert losses == [Loss("lyrics.csv:3", "a quoted cell is cut off by the end of the file")]


@pytest.mark.parametrize("name", [name for name in WHOLE if "songs.csv" not in name])
def test_a_missing_file_is_told_and_the_rest_arrives(tmp_path: Path, name: str) -> None:
    found, losses = told(corpus(tmp_path, **{Path(name).stem: None}))
    assert [song.id for song in found] == ["s1", "s2", "s3"]
    assert [loss.place for loss in losses] == [name]
    assert "the file is missing; songs arrive without " in losses[0].reason


def test_without_songs_the_others_still_name_ids(tmp_path: Path) -> None:
    found, losses = told(corpus(tmp_path, songs=None))
    assert {song.id for song in found} == {"s1", "s2", "s3"}
    assert [loss.reason for loss in losses] == [
        "the file is missing; songs arrive without titles, artists, popularity and explicit marks"
    ]


def test_an_empty_file_is_told_as_one(tmp_path: Path) -> None:
    found, losses = told(corpus(tmp_path, tracks=""))
    assert len(found) == 3
    assert "the file is empty" in losses[0].reason
    assert losses[0].reason.endswith("songs arrive without years")


def test_commas_instead_of_tabs_are_read_as_well(tmp_path: Path) -> None:
    found, losses = told(corpus(tmp_path, tracks=TRACKS.replace("\t", ",")))
    assert ([song.year for song in found], losses) == ([1994, 1995, 2001], [])


def test_a_file_in_which_nothing_separates_is_told(tmp_path: Path) -> None:
    found, losses = told(corpus(tmp_path, acoustic_features=MEASURED.replace("\t", " ")))
    assert len(found) == 3
    assert [loss.place for loss in losses] == ["musicoset_songfeatures/acoustic_features.csv"]


def test_an_id_that_comes_twice_is_told(tmp_path: Path) -> None:
    found, losses = told(corpus(tmp_path, songs=SONGS + "s1\tAgain\t-\t{}\t1\tFalse\tSolo\n"))
    assert [song.id for song in found] == ["s1", "s2", "s3"]
    assert losses == [Loss("songs.csv:5", "song_id 's1' was read already at songs.csv:2")]


def test_rows_of_no_song_are_counted(tmp_path: Path) -> None:
    _, losses = told(corpus(tmp_path, tracks=TRACKS + "s9\tb\t1\t1990\tyear\n"))
    assert losses == [Loss("tracks.csv", "1 rows belong to no song of songs.csv and are not read", kept=True)]


def test_the_folder_is_one_source_wherever_it_lies(tmp_path: Path) -> None:
    root = corpus(tmp_path / "deep" / "corpus")
    (tmp_path / "own.csv").write_text("id\n1\n")
    assert list(files(tmp_path)) == [root, tmp_path / "own.csv"]
    assert list(files(root / "musicoset_metadata")) == [root / "musicoset_metadata"]
    assert (guess(root).format, count(root)) == ("MusicOSet", 3)
    assert [song.id for song in told(root / "musicoset_metadata")[0]] == ["s1", "s2", "s3"]


def test_a_folder_of_that_name_without_files_is_no_corpus(tmp_path: Path) -> None:
    (tmp_path / "musicoset_metadata").mkdir()
    with pytest.raises(SourceError, match="no music and no catalogue file"):
        files(tmp_path)
    with pytest.raises(SourceError, match="none of MusicOSet's files"):
        LAYOUT.read(tmp_path, lost=pytest.fail)
