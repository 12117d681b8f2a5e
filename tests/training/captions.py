"""Captions in the form of LP-MusicCaps, in the tiny vocabulary: what the melscribe tests train on."""

from __future__ import annotations

import csv
from pathlib import Path

from tiny import MOODS, TOOLS, WORDS
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

TRACKS = [
    (f"{mood}-{tool}", f"a {mood} song. with {tool} please", [mood, tool, "no drums"])
    for mood in MOODS
    for tool in TOOLS
]


def write_mtt(path: Path) -> Path:
    """Write the tracks as LP-MusicCaps MTT is exported: lists as numpy prints them, an index, other columns between."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["", "track_id", "title", "artist_name", "tag_top188", "caption_summary", "caption_writing"])
        for at, (track, caption, tags) in enumerate(TRACKS):
            printed = "[" + " ".join(f"'{tag}'" for tag in tags) + "]"
            writer.writerow([at, track, "Salt Road", "Nobody", printed, "Short.", caption])
        writer.writerow([len(TRACKS), "silent", "Salt Road", "Nobody", "['sad']", "Short.", ""])
    return path


def give_ends(folder: Path) -> None:
    """Let the tokenizer of a start write pairs with segments, as BERT's does."""
    words = [*WORDS, "[CLS]", "[SEP]"][: len(WORDS)]
    tokenizer = Tokenizer(WordLevel({word: at for at, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    ends = [("please", words.index("please"))]
    tokenizer.post_processor = TemplateProcessing(
        single="please:0 $A:0", pair="please:0 $A:0 please:0 $B:1 please:1", special_tokens=ends
    )
    tokenizer.save(str(folder / "tokenizer.json"))
