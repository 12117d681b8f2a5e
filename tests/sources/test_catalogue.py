"""Files of every format: whole, damaged, oddly encoded, empty; folders; what is said about them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songkin.errors import ColumnError, SourceError
from songkin.sources import FORMATS, Loss, count, files, guess, read
from songkin.sources.plain import line
from songkin.testing import SourceContract
from songkin.types import Song


def told(path: Path, text: str | bytes, **how: Any) -> tuple[list[Song], list[Loss]]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    losses: list[Loss] = []
    return list(read(path, lost=losses.append, **how)), losses


def titles(found: list[Song]) -> list[tuple[str, str]]:
    return [(song.id, song.title) for song in found]


@pytest.fixture
def songs_csv(tmp_path: Path) -> Path:
    return tmp_path / "songs.csv"


@pytest.fixture
def songs_json(tmp_path: Path) -> Path:
    return tmp_path / "songs.json"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_delimiter_and_line_end_is_understood(songs_csv: Path, delimiter: str, end: str) -> None:
    rows = ["id|title|artist", "1|Tide|Ada", '2|"a, b; c"|Bo', ""]
    found, losses = told(songs_csv, end.join(row.replace("|", delimiter) for row in rows))
    assert titles(found) == [("1", "Tide"), ("2", "a, b; c")]
    assert losses == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("name", ["songs.csv", "songs.jsonl", "songs.json"])
def test_unicode_in_every_encoding(tmp_path: Path, name: str, encoding: str) -> None:
    row = {"id": "1", "title": "Señor “Ø” 海"}
    text = {"songs.csv": "id,title\n1,Señor “Ø” 海\n", "songs.jsonl": json.dumps(row, ensure_ascii=False) + "\n"}
    found, losses = told(
        tmp_path / name, text.get(name, json.dumps([row], ensure_ascii=False, indent=1)).encode(encoding)
    )
    assert titles(found) == [("1", "Señor “Ø” 海")]
    assert losses == []


def test_a_western_file_is_read_and_the_guess_named_at_its_line(songs_csv: Path) -> None:
    found, losses = told(songs_csv, "id,title\n1,plain\n2,Beyoncé’s\n".encode("cp1252"))
    assert titles(found) == [("1", "plain"), ("2", "Beyoncé’s")]
    assert losses == [Loss("songs.csv:3", "this is not UTF-8; the file is read as Windows-1252", kept=True)]


def test_bad_bytes_cost_the_field_and_are_named(songs_csv: Path) -> None:
    found, losses = told(songs_csv, b"id,title,album\n1,caf\xc3\xa9,x\n2,two,b\xffd\nt\xffd,three,x\n4,four,x\n")
    assert titles(found) == [("1", "café"), ("2", "two"), ("4", "four")]
    assert [(loss.place, loss.kept) for loss in losses] == [("songs.csv:3", True), ("songs.csv:4", False)]
    assert found[1].album is None


@pytest.fixture(autouse=True)
def _contract_files(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    if request.cls is not None:
        request.instance.path, request.instance.damaged = (
            tmp_path / request.cls.names[0],
            tmp_path / request.cls.names[1],
        )
        request.instance.path.write_text(request.cls.sound)
        request.instance.damaged.write_text(request.cls.sound + request.cls.broken)


class TestDelimited(SourceContract):
    read = staticmethod(read)
    names = ("sound.csv", "damaged.csv")
    sound = "id,title\n1,A\n,B\n"
    broken = "3\n"


class TestLines(SourceContract):
    read = staticmethod(read)
    names = ("sound.jsonl", "damaged.jsonl")
    sound = '{"id": 1}\n{"title": "B"}\n'
    broken = '{"id": 3'


class TestArray(SourceContract):
    read = staticmethod(read)
    names = ("sound.json", "damaged.json")
    sound = '[{"id": 1},\n{"title": "B"}\n'
    broken = ', {"id": oops}]'


def test_nul_bytes_vanish(songs_csv: Path) -> None:
    assert titles(told(songs_csv, b"id,title\n1,Ti\0de\n\0\0\n2,Foam\n")[0]) == [("1", "Tide"), ("2", "Foam")]


def test_lines_in_quotes_keep_the_place_of_the_record(songs_csv: Path) -> None:
    found, losses = told(songs_csv, 'id,title,lyrics\n1,A,"one\ntwo\n"\n2,B\n3,C,"x ""y"" z"\n')
    assert [(song.lyrics.text if song.lyrics else "") for song in found] == ["one\ntwo\n", 'x "y" z']
    assert losses == [Loss("songs.csv:5", "2 cells where the header has 3")]


def test_a_row_with_too_many_cells_is_lost_unless_they_are_empty(songs_csv: Path) -> None:
    found, losses = told(songs_csv, "id,title\n1,A,,\n2,B,more\n3,C\n\n,\n")
    assert titles(found) == [("1", "A"), ("3", "C")]
    assert losses == [Loss("songs.csv:3", "3 cells where the header has 2")]


def test_a_cell_cut_off_by_the_end_is_lost_and_all_before_it_arrives(songs_csv: Path) -> None:
    found, losses = told(songs_csv, 'id,lyrics\n1,whole\n2,"first line\nsecond, line\nthi')
    assert [song.id for song in found] == ["1"]
    assert losses == [Loss("songs.csv:3", "a quoted cell is cut off by the end of the file")]
    assert told(songs_csv, 'id,lyrics\n1,whole\n2,"first li')[1] == losses


def test_a_stray_quote_does_not_swallow_the_rest(songs_csv: Path) -> None:
    rows = [f"{i},Title {i},Ada" for i in range(3, 100)]
    found, losses = told(songs_csv, "\n".join(["id,title,artist", "1,One,Ada", '2,"Heroes,Bowie', *rows]))
    assert [song.id for song in found] == ["1", *map(str, range(3, 100))]
    assert [loss.place for loss in losses] == ["songs.csv:3"]


def test_two_stray_quotes_cost_two_records(songs_csv: Path) -> None:
    rows = [f'{i},"Title {i},Ada' if i in (3, 7) else f"{i},Title {i},Ada" for i in range(1, 10)]
    found, losses = told(songs_csv, "\n".join(["id,title,artist", *rows]))
    assert [song.id for song in found] == list("1245689")
    assert [loss.place for loss in losses] == ["songs.csv:4", "songs.csv:8"]


def test_quotes_inside_a_quoted_cell_are_forgiven_and_named(songs_csv: Path) -> None:
    found, losses = told(songs_csv, 'id,title\n1,"say "hi" now"\n2,12" mix\n')
    assert [song.id for song in found] == ["1", "2"]
    assert "hi" in found[0].title
    assert [(loss.place, loss.kept) for loss in losses] == [("songs.csv:2", True)]


def test_every_short_row_is_named_but_the_rest_of_a_torn_record_is_not(songs_csv: Path) -> None:
    assert [loss.place for loss in told(songs_csv, "id,title,album\n1,A\n2,B\n3,C,D\n4\n")[1]] == [
        "songs.csv:2",
        "songs.csv:3",
        "songs.csv:5",
    ]
    found, losses = told(songs_csv, 'id,title,lyrics\n1,A,"he said "oh\nwell\nyes"\n2,B,C\n3\n')
    assert [song.id for song in found] == ["1", "2"]
    assert [loss.place for loss in losses] == ["songs.csv:2", "songs.csv:6"]


def test_a_field_of_a_megabyte_passes(songs_csv: Path) -> None:
    found, losses = told(songs_csv, 'id,lyrics\n1,"' + "la la\n" * 200_000 + '"\n2,x\n')
    assert len(found) == 2
    assert len(losses) == 1


def test_headers_twice_or_without_name_are_told_apart(songs_csv: Path) -> None:
    assert titles(told(songs_csv, "id,title,title,\n1,A,B,C\n")[0]) == [("1", "A")]


def test_excels_separator_line_is_passed_over(songs_csv: Path) -> None:
    assert titles(told(songs_csv, "sep=;\nid;title\n1;A\n")[0]) == [("1", "A")]


def test_numbers_in_csv_are_features_even_with_decimal_commas(songs_csv: Path) -> None:
    found, _ = told(songs_csv, "id;title;valence;flux;grade\n1;1999;0,5;2,5;A\n2;B;;;1\n")
    assert [dict(song.features) for song in found] == [{"valence": 0.5, "flux": 2.5}, {}]


def test_lines_of_json_that_are_damaged_are_named_and_skipped(tmp_path: Path) -> None:
    text = '{"id": 1}\n\n{"id": 2\n[3]\nnull\n{"id": 6, "title": "a\\u0000b"}\n{"id": 7, "x": ' + "9" * 5000 + '}\n{"id'
    found, losses = told(tmp_path / "songs.jsonl", text)
    assert titles(found) == [("1", ""), ("6", "ab")]
    assert [loss.place for loss in losses] == [f"songs.jsonl:{i}" for i in (3, 4, 5, 7, 8)]


def test_deeply_nested_json_is_a_loss(tmp_path: Path) -> None:
    found, losses = told(tmp_path / "songs.jsonl", '{"id": 1}\n{"id": ' + "[" * 100_000 + "\n")
    assert titles(found) == [("1", "")]
    assert [loss.place for loss in losses] == ["songs.jsonl:2"]


ROWS = [{"id": str(i), "title": f"T{i}", "artist": [{"name": "A"}, {"name": "B"}]} for i in range(5)]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(ROWS),
        json.dumps(ROWS, indent=2),
        json.dumps({"version": 1, "about": {"a": [1]}, "songs": ROWS}),
        json.dumps({"songs": ROWS}, indent=2),
        "\n".join(map(json.dumps, ROWS)),
        "\n".join(json.dumps(row, indent=2) for row in ROWS),
        "[\n" + ",\n".join(map(json.dumps, ROWS)) + "\n]",
    ],
)
def test_json_in_every_arrangement(songs_json: Path, text: str) -> None:
    found, losses = told(songs_json, text)
    assert [song.id for song in found] == list("01234")
    assert losses == []


def test_one_song_may_be_a_file(songs_json: Path) -> None:
    assert titles(told(songs_json, json.dumps(ROWS[0], indent=2))[0]) == [("0", "T0")]


def test_an_array_goes_on_behind_a_damaged_object(songs_json: Path) -> None:
    text = '[\n{"id": "1"},\n{"id": "2", "title": oops},\n{"id": "3"},\n5,\n{"id": "6", "ti'
    found, losses = told(songs_json, text)
    assert [song.id for song in found] == ["1", "3"]
    assert [loss.place for loss in losses] == ["songs.json:3", "songs.json:5", "songs.json:6"]


def test_a_long_array_is_streamed_across_chunks(songs_json: Path) -> None:
    rows = [{"id": str(i), "lyrics": "la " * 1000} for i in range(300)]
    found, losses = told(songs_json, json.dumps(rows))
    assert [song.id for song in found] == [str(i) for i in range(300)]
    assert losses == []


def test_parquet_gives_rows_with_lists_maps_and_structs(tmp_path: Path) -> None:
    table = pa.table(
        {
            "track_id": [1, 2],
            "title": ["A", "B"],
            "tags": [["x"], None],
            "features": pa.array([{"energy": 0.5}, None], pa.struct([("energy", pa.float64())])),
            "bag": pa.array([[("sea", 2)], None], pa.map_(pa.string(), pa.int32())),
            "release_date": pa.array([0, None], pa.date32()),
            "vector": [[0.1, 0.2], [0.3, 0.4]],
        }
    )
    pq.write_table(table, tmp_path / "songs.parquet")
    one, two = read(tmp_path / "songs.parquet", lost=pytest.fail)
    assert (one.id, one.tags, one.features, one.year) == ("1", {"x": 1.0}, {"energy": 0.5}, 1970)
    assert one.lyrics is not None
    assert one.lyrics.bag == {"sea": 2}
    assert two == Song("2", "B")


def test_a_damaged_row_group_is_named_and_the_others_arrive(tmp_path: Path) -> None:
    path = tmp_path / "songs.parquet"
    table = pa.table({"id": [f"id number {i}" for i in range(300)]})
    pq.write_table(table, path, row_group_size=100, compression="snappy", use_dictionary=False)
    offset = pq.ParquetFile(path).metadata.row_group(1).column(0).data_page_offset
    broken = bytearray(path.read_bytes())
    broken[offset : offset + 60] = b"\xff" * 60
    found, losses = told(path, bytes(broken))
    assert [song.id for song in found] == [f"id number {i}" for i in (*range(100), *range(200, 300))]
    assert [loss.place for loss in losses] == ["songs.parquet:101"]


def test_a_cut_parquet_file_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "songs.parquet"
    pq.write_table(pa.table({"id": ["a"] * 100}), path)
    with pytest.raises(SourceError, match="not a whole Parquet file"):
        told(path, path.read_bytes()[:-20])


SIMPLE = st.text(st.characters(codec="utf-8", exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=20)
TITLE = SIMPLE.filter(lambda text: text.strip() not in ("", "-")).map(str.strip)
RATIO = st.floats(0, 1, width=32).map(float)
SIMPLE_ROW = st.fixed_dictionaries(
    {"title": TITLE, "artist": st.just("Ada"), "year": st.integers(1000, 2100), "duration_s": st.integers(1, 5000)},
    optional={
        "lyrics": TITLE,
        "valence": RATIO,
        "explicit": st.booleans(),
        "genre": st.sampled_from(["rock", "hip hop"]),
    },
)


@settings(max_examples=30, deadline=None)
@given(st.lists(SIMPLE_ROW, min_size=1, max_size=5))
def test_the_same_songs_arrive_from_every_format(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]
) -> None:
    import csv

    folder = tmp_path_factory.mktemp("same")
    rows = [{"id": f"s{i}", **row} for i, row in enumerate(rows)]
    names = list(dict.fromkeys(name for row in rows for name in row))
    with (folder / "a.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, names)
        writer.writeheader()
        writer.writerows(rows)
    (folder / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (folder / "a.json").write_text(json.dumps(rows), encoding="utf-8")
    pq.write_table(
        pa.Table.from_pylist(rows, pa.Table.from_pylist([{n: r[n] for r in rows for n in r}]).schema),
        folder / "a.parquet",
    )
    arrived = [list(read(path, lost=pytest.fail)) for path in files(folder)]
    assert len(arrived) == 4
    assert all(found == arrived[0] for found in arrived)
    assert [song.title for song in arrived[0]] == [line(row["title"]) for row in rows]


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.json", "a.jsonl", "a.parquet"])
@pytest.mark.parametrize("content", [b"", b" \n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_an_error(tmp_path: Path, name: str, content: bytes) -> None:
    with pytest.raises(SourceError, match="empty"):
        told(tmp_path / name, content)


def test_a_header_alone_is_no_songs(songs_csv: Path) -> None:
    assert told(songs_csv, "id,title\n") == ([], [])


def test_columns_without_meaning_are_an_error_that_names_them(songs_csv: Path) -> None:
    with pytest.raises(ColumnError, match=r"songs.csv: no id and no title column among 'what', 'ever'; name one id"):
        told(songs_csv, "what,ever\n1,2\n")


@pytest.mark.parametrize("name", ["missing.csv", "notes.docx", ""])
def test_what_cannot_be_read_is_an_error_with_the_cure(tmp_path: Path, name: str) -> None:
    (tmp_path / "notes.docx").write_text("x")
    for use in (files, guess, count, lambda path: read(path, lost=pytest.fail)):
        with pytest.raises(
            SourceError, match=r"no such file|songkin reads \.csv, \.tsv, \.jsonl, \.json, \.parquet|is a folder"
        ):
            use(tmp_path / name)


def test_a_format_can_be_said_and_must_be_one_of_ours(tmp_path: Path) -> None:
    assert titles(told(tmp_path / "songs.txt", "id,title\n1,A\n", format="csv")[0]) == [("1", "A")]
    with pytest.raises(SourceError, match="'xml' is no format; it is one of csv, tsv, jsonl, json, parquet"):
        read(tmp_path / "songs.txt", lost=pytest.fail, format="xml")
    assert list(FORMATS) == ["csv", "tsv", "jsonl", "json", "parquet"]


def test_a_folder_gives_its_tables_and_music_files_sorted(tmp_path: Path) -> None:
    for name in ("b.csv", "a/z.JSONL", "a/c.parquet", ".hidden/d.csv", "a/._e.csv", "song.MP3", "song.lrc", "read.me"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    found = [str(path.relative_to(tmp_path)) for path in files(tmp_path)]
    assert found == ["a/c.parquet", "a/z.JSONL", "b.csv", "song.MP3"]


def test_lyrics_in_a_file_of_their_own_are_no_source(tmp_path: Path) -> None:
    (tmp_path / "song.lrc").write_text("[00:01.00] Salt")
    assert list(files(tmp_path / "song.lrc")) == []
    with pytest.raises(SourceError, match="no music and no catalogue file in this folder"):
        files(tmp_path)


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "songs.csv").write_text("id\n1\n")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    assert [str(path.relative_to(tmp_path)) for path in files(tmp_path)] == ["a/songs.csv"]


def test_a_folder_that_cannot_be_opened_is_told_and_the_rest_arrives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "songs.csv").write_text("id\n1\n")
    opened = os.scandir

    def closed(path: Any) -> Any:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path)

    monkeypatch.setattr(os, "scandir", closed)
    losses: list[Loss] = []
    assert [path.name for path in files(tmp_path, lost=losses.append)] == ["songs.csv"]
    assert [(Path(loss.place).name, loss.reason) for loss in losses] == [
        ("closed", "the folder cannot be opened: Permission denied")
    ]
    with pytest.raises(SourceError, match=r"closed: the folder cannot be opened: Permission denied; nothing"):
        files(tmp_path / "closed")


@pytest.mark.parametrize(
    ("name", "text", "known", "because", "columns"),
    [
        (
            "a.csv",
            "Track Name;BPM\nA;1\n",
            "csv",
            "2 columns with ';' between",
            {"Track Name": "title", "BPM": "tempo_bpm"},
        ),
        ("a.tsv", "id\tsong\n1\tA\n", "tsv", "2 columns with tabs between", {"id": "id", "song": "title"}),
        ("a.jsonl", '{"id": 1}\n{"title": "x"}\n', "jsonl", "one JSON object a line", {"id": "id", "title": "title"}),
        ("a.json", '[{"id": 1}]', "json", "a JSON array", {"id": "id"}),
        ("b.json", '{"id": 1}\n{"id": 2}\n', "jsonl", "one JSON object a line", {"id": "id"}),
    ],
)
def test_a_guess_says_what_it_took_the_file_for(
    tmp_path: Path, name: str, text: str, known: str, because: str, columns: dict[str, str]
) -> None:
    (tmp_path / name).write_text(text)
    found = guess(tmp_path / name)
    assert (found.format, dict(found.columns)) == (known, columns)
    assert because in found.because


def test_counts_are_cheap_and_right_for_whole_files(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('id,lyrics\n1,"x\ny\n"\n2,z')
    (tmp_path / "a.jsonl").write_text('{"id": 1}\n{"id": 2}\n')
    (tmp_path / "a.json").write_text("[]")
    pq.write_table(pa.table({"id": [1, 2, 3]}), tmp_path / "a.parquet")
    assert [count(path) for path in files(tmp_path)] == [2, None, 2, 3]
