"""musiXmatch's bags of words: stems turned into words, titles and years from beside, cut records."""

from __future__ import annotations

from pathlib import Path

import pytest

from songkin.errors import SourceError
from songkin.sources import Loss, count, files, guess, read
from songkin.sources.musixmatch import LAYOUT
from songkin.testing import SourceContract
from songkin.types import Song

HEADER = "# TRAINING SET\n# FORMAT:\n#   %   - list of top words\n%i,the,happi,salti,happy\n"
ONE, TWO, THREE = (f"TRAAAA{letter}128F42{letter}421A" for letter in "ABC")
LINES = f"{ONE},4623710,1:6,3:2,5:1\n{TWO},6477168,2:3\n{THREE},99,4:12\n"
MAPPING = "i<SEP>i\nthe<SEP>the\nhappi<SEP>happy\nsalti<SEP>salty\nhappy<SEP>happy\n"
TITLES = f"{ONE}<SEP>SOABC12A8C13<SEP>Mara Lind feat. Jo<SEP>Salt Road\n{TWO}<SEP>SOX<SEP>The Kerbs<SEP>Night Tram\n"
NO_TITLES = "songs arrive without titles"


def corpus(folder: Path, text: str = HEADER + LINES, **beside: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in {"mxm_reverse_mapping": MAPPING, **beside}.items():
        (folder / f"{name}.txt").write_text(content, encoding="utf-8")
    (folder / "mxm_dataset_train.txt").write_text(text, encoding="utf-8")
    return folder / "mxm_dataset_train.txt"


def told(path: Path) -> tuple[list[Song], list[Loss]]:
    losses: list[Loss] = []
    found = list(read(path, lost=losses.append))
    return found, [loss for loss in losses if NO_TITLES not in loss.reason]


class TestMusixmatch(SourceContract):
    read = LAYOUT.read

    @pytest.fixture(autouse=True)
    def both(self, tmp_path: Path) -> None:
        self.path = corpus(tmp_path / "whole", unique_tracks=TITLES)
        self.damaged = corpus(tmp_path / "cut", (HEADER + LINES)[:-3], unique_tracks=TITLES)


def test_bags_hold_words_and_stems_of_one_word_are_added_up(tmp_path: Path) -> None:
    found, losses = told(corpus(tmp_path))
    assert losses == []
    assert [song.id for song in found] == [ONE, TWO, THREE]
    assert found[0].lyrics
    assert found[0].lyrics.bag == {"i": 6, "happy": 3}
    assert (found[0].lyrics.text, found[0].lyrics.source) == ("", "musiXmatch")
    assert found[0].links == {"msd": ONE, "mxm": "4623710"}


def test_titles_and_artists_come_from_the_file_of_tracks_beside(tmp_path: Path) -> None:
    losses: list[Loss] = []
    found = list(read(corpus(tmp_path, unique_tracks=TITLES), lost=losses.append))
    assert losses == []
    assert [(song.title, song.artists) for song in found] == [
        ("Salt Road", ("Mara Lind", "Jo")),
        ("Night Tram", ("The Kerbs",)),
        ("", ()),
    ]


def test_without_that_file_it_is_said_where_titles_are(tmp_path: Path) -> None:
    losses: list[Loss] = []
    list(read(corpus(tmp_path), lost=losses.append))
    assert [(loss.place, loss.kept) for loss in losses] == [("mxm_dataset_train.txt", True)]
    assert "unique_tracks.txt of the Million Song Dataset, beside the file, gives them" in losses[0].reason


def test_musixmatch_s_own_matches_give_titles_too(tmp_path: Path) -> None:
    line = f"# comment\n{TWO}<SEP>The Kerbs<SEP>Night Tram<SEP>6477168<SEP>Kerbs<SEP>Night tram\n"
    assert told(corpus(tmp_path, mxm_779k_matches=line))[0][1].title == "Night Tram"


@pytest.mark.parametrize(
    "beside",
    [
        {"MSD_track_id_and_year": "4623710\t2005\n99\t0\n77\t1990\n"},
        {"MSD_track_id_and_year": f"{ONE}\t2005\n"},
        {"tracks_per_year": f"2005<SEP>{ONE}<SEP>Mara Lind<SEP>Salt Road\n"},
    ],
)
def test_years_come_from_beside_by_either_id(tmp_path: Path, beside: dict[str, str]) -> None:
    assert [song.year for song in told(corpus(tmp_path, **beside))[0]] == [2005, None, None]


@pytest.mark.parametrize(("end", "bag"), [("2:3,4:", {"the": 3}), ("2:3,4", {"the": 3}), ("2:3,", {"the": 3})])
def test_a_record_cut_by_the_end_is_kept_with_the_words_before(tmp_path: Path, end: str, bag: dict[str, int]) -> None:
    found, losses = told(corpus(tmp_path, f"{HEADER}{ONE},1,1:1\n{TWO},2,{end}"))
    assert found[1].lyrics
    assert found[1].lyrics.bag == bag
    assert [(loss.place, loss.kept) for loss in losses] == [("mxm_dataset_train.txt:6", True)]
    assert "the record is cut at" in losses[0].reason


@pytest.mark.parametrize("line", ["TRAAAAB12", f"{TWO}", f"{TWO},", f"{TWO},x,1:1", "no track,5,1:1", f"{TWO};6;1:1"])
def test_a_line_without_both_ids_is_lost_with_its_place(tmp_path: Path, line: str) -> None:
    found, losses = told(corpus(tmp_path, f"{HEADER}{ONE},1,1:1\n{line}\n{THREE},3,2:1\n"))
    assert [song.id for song in found] == [ONE, THREE]
    assert [(loss.place, loss.kept) for loss in losses] == [("mxm_dataset_train.txt:6", False)]


def test_pairs_that_mean_nothing_are_left_out_and_told(tmp_path: Path) -> None:
    found, losses = told(corpus(tmp_path, f"{HEADER}{ONE},1,1:1,9:2,0:1,2:0,3:x\n"))
    assert found[0].lyrics
    assert found[0].lyrics.bag == {"i": 1}
    assert losses == [
        Loss(
            "mxm_dataset_train.txt:5",
            "4 of its pairs are no word:count of the words above: '9:2'; kept with 1 of its words",
            kept=True,
        )
    ]


def test_a_track_that_comes_twice_is_lost_the_second_time(tmp_path: Path) -> None:
    found, losses = told(corpus(tmp_path, f"{HEADER}{ONE},1,1:1\n{ONE},1,2:1\n"))
    assert len(found) == 1
    assert losses[0].reason == f"id '{ONE}' was read already at line 5; two songs never share an id"


def test_without_the_mapping_bags_hold_stems_and_that_is_said(tmp_path: Path) -> None:
    path = corpus(tmp_path)
    (tmp_path / "mxm_reverse_mapping.txt").unlink()
    found, losses = told(path)
    assert found[0].lyrics
    assert found[0].lyrics.bag == {"i": 6, "happi": 2, "happy": 1}
    assert [(loss.place, loss.kept) for loss in losses] == [("mxm_reverse_mapping.txt", True)]


def test_a_track_without_words_has_no_lyrics(tmp_path: Path) -> None:
    found, losses = told(corpus(tmp_path, f"{HEADER}{ONE},1\n{TWO},2,1:1\n"))
    assert [bool(song.lyrics) for song in found] == [False, True]
    assert losses == []


def test_a_folder_gives_both_parts_and_nothing_of_what_lies_beside(tmp_path: Path) -> None:
    train = corpus(tmp_path, unique_tracks=TITLES)
    (tmp_path / "mxm_dataset_test.txt").write_text(HEADER + LINES)
    (tmp_path / "notes.txt").write_text("100% salt, and more, and more\n")
    assert list(files(tmp_path)) == [tmp_path / "mxm_dataset_test.txt", train]
    assert list(files(train)) == [train]
    assert (guess(train).format, count(train)) == ("musiXmatch", 3)


def test_other_texts_are_no_source(tmp_path: Path) -> None:
    for name, text in {"empty": "", "notes": "salt,road,bay\n", "comments": "# only\n", "percent": "% a, b\n"}.items():
        (tmp_path / f"{name}.txt").write_text(text)
        assert list(files(tmp_path / f"{name}.txt")) == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the file is empty"),
        (f"{ONE},1,1:1\n", r"mxm_dataset_train\.txt:1: no line of words"),
        (HEADER.replace(",", ";") + LINES, r"mxm_dataset_train\.txt:4: the line of words .* commas separate them"),
    ],
)
def test_a_file_without_words_is_an_error(tmp_path: Path, text: str, why: str) -> None:
    path = corpus(tmp_path, text)
    assert list(files(path)) == [path]
    with pytest.raises(SourceError, match=why):
        told(path)


def test_bytes_that_are_no_text_become_question_marks(tmp_path: Path) -> None:
    path = corpus(tmp_path, unique_tracks=TITLES)
    lines = (b"%d\xc3\xada,s\xff\xfe,the", f"{ONE},1,1:1,2:2".encode(), f"{TWO},2,1:".encode() + b"\xff", b"")
    path.write_bytes(b"\n".join(lines))
    found, losses = told(path)
    assert found[0].lyrics
    assert found[0].lyrics.bag == {"día": 1, "s??": 2}
    assert [loss.place for loss in losses] == ["mxm_dataset_train.txt:3"]


def test_stems_are_kept_on_demand_in_the_order_of_the_file(tmp_path: Path) -> None:
    (first, _, third) = LAYOUT.read(corpus(tmp_path), lost=lambda loss: None, stems=True)
    assert first.lyrics is not None
    assert list(first.lyrics.bag.items()) == [("i", 6), ("happi", 2), ("happy", 1)]
    assert third.lyrics is not None
    assert third.lyrics.bag == {"salti": 12}
