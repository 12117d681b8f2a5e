"""Texts we wrote: how people talk about music, and the tags a song has of which they talk so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from songkin.datasets.checking import file_of
from songkin.datasets.corpus import Corpus, File
from songkin.errors import SourceError

__all__ = ["CORPUS", "rows"]

CLONE = Path(__file__).parents[3] / "recipes" / "texts"  # where songkin runs from its repository

CORPUS = Corpus(
    name="songkin_texts",
    title="songkin texts",
    description="Descriptions, requests and a glossary with tags, and requests for public-domain songs, all written "
    "for songkin.",
    home="recipes/texts of songkin's repository",
    licence="CC0-1.0; retold*.jsonl CC-BY-SA-4.0",
    ships="yes",
    citation="The songkin founders: songkin texts, descriptions of and requests for music, CC0 1.0.",
    bibtex="""@misc{songkintexts,
  author = {{The songkin founders}},
  title = {songkin Texts},
  note = {CC0 1.0}
}""",
    split="one text in ten is held out, by the digest of its text, its pair of lines, its song or its track",
    folder="songkin_texts",
    counted="texts",
    rows=13_874,
    files=(
        File("annotators.jsonl", "773627c91bab309fd931db6684dd15d0a30624e4fca4472d19264491cf411a75", 140_668, rows=762),
        File(
            "annotators_artists.jsonl",
            "9368a2f1de75ecd6a6da6572be93369c11e62a7d74582f8d5bd30c9747b8a767",
            194_274,
            rows=916,
        ),
        File(
            "annotators_more.jsonl",
            "023b8e7f689bf71a29f556c9c3ae2860164e45e34051ea37a392ea14d11249c4",
            61_546,
            rows=410,
        ),
        File("denying.jsonl", "56dd4d1d9a66fb2196b0eaae37fd9eb42bd07b7704ca2a576b8ddcd85171580f", 70_684, rows=322),
        File("glossary.jsonl", "0f3f78f327ca4ebee03424400ee8e218380de8855941cfc3199d74a25e3c83b8", 207_769, rows=522),
        File(
            "listeners_instrumental.jsonl",
            "dc372a416597e4d9c32c88325ae0af9e8c9850d7d4a789411b44446f2ca623c6",
            191_338,
            rows=922,
        ),
        File(
            "listeners_songs.jsonl",
            "8b29056f813a520b5b4911ff32b7432cf400bfdb0b4b3bff176b5ad271409a0f",
            177_676,
            rows=875,
        ),
        File("requests.jsonl", "07c64c78029c2c3c0ba3d79b5fa2fe4eee786c4ac42ba36f8349484860780a30", 171_942, rows=950),
        File("retold.jsonl", "0b7a136751ef38551a57d1fe8938ed730461ffe3faba78cf81bd43a6dec8952f", 894_199, rows=3_339),
        File(
            "retold_again.jsonl",
            "7171a64b0124ac10b837e6f2b6d9d5f5a1ed347db76fc8667b147e94b207c83b",
            470_427,
            rows=1_615,
        ),
        File(
            "retold_programs.jsonl",
            "57e473ba614c0cd9954f763fc0e30be9cda8dd7115ea63d15ffcecd2f524e3fd",
            886_192,
            rows=2_614,
        ),
        File("songs.jsonl", "78cca64d349cf968961f204e11a808e423757397774061dd8d27d7a19bcead81", 194_533, rows=627),
    ),
    packaged=CLONE if CLONE.is_dir() else None,
)


def rows(file: str, *required: str, data: Path | None = None) -> list[dict[str, Any]]:
    """Read one of the files, such as "requests.jsonl", in its order; each row has the `required` keys.

    SourceError names the file that is missing, or the line that cannot be read.
    """
    place = file_of(CORPUS, file, data)
    return [
        _row(line, f"{place}:{number}", required)
        for number, line in enumerate(place.read_text(encoding="utf-8").splitlines(), 1)
        if line.strip()
    ]


def _row(line: str, place: str, required: tuple[str, ...]) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise SourceError(f"{place} is no JSON ({error}); take the file again from {CORPUS.home}") from error
    if not isinstance(row, dict) or not set(required) <= row.keys():
        raise SourceError(f"{place} lacks a key; each line is an object with {', '.join(required)}")
    return row
