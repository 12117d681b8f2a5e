"""What fuzzing of files starts from: the demo songs in every format we read, and the words each format is made of."""

from __future__ import annotations

import csv
import io
import json
import sys
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "sources"))
import tagged

from songkin.datasets import demo

FLAC = tagged.flac(("title", "Tide"))
CSV_WORDS = (
    "id", "title", "artist", "lyrics", "duration_ms", "year", "genres", "tags", "bag", "key", "mode", "explicit",
    "valence", "links", "features", "isrc", "\t", ";", "|", ",", '"', '""', '",', '\n"', "\r\n", "\r", "\0",
    "\ufeff", "\x1b[31m", "\x9b", "\u202e", "\u2028", "NaN", "inf", "1e308", "-1", "9" * 40, "3:45", "1969-07-20",
    "['a', 'b']", "{'a': 1}", "[('a', 2)]", "\\x1b", "\\ud800", "sep=;", "None", "-",
)  # fmt: skip
JSON_WORDS = (
    *CSV_WORDS[:15], '{"id":', '"title":', '"songs":[', '"tags":{', '"bag":[[', "null", "true", "NaN", "Infinity",
    "-Infinity", "1e999", "[[[[[[[[", '{"a":{"a":', "\\u0000", "\\ud800", "\\u001b[31m", "}\n{", "},{", "}  ,  {", "]",
)  # fmt: skip
LRC_WORDS = (
    "[00:12.50]", "[01:02]", "[999:59.999]", "[offset:+500]", "[offset:-999999999]", "[ar:x]", "<00:12.50>",
    "[Chorus]", "[Verse 1: Name]", "(x2)", "\n\n", "&#27;", "&amp;", "<br>", "<p begin='1.5s'>", "</p>",
    "<tt xmlns='http://www.w3.org/ns/ttml'><body><div>", "<span begin='00:01.000'>", "<br/>", "begin='9h'",
    "1\n00:00:01,000 --> 00:00:02,000\n", "{\\an8}", "<i>", "['", "\\n", "\\x1b", "\\ud800", "Instrumental", "\ufeff",
    "\x1b]0;", "\x07", "\x9d", "Lyrics by", "Embed", "You might also like", "contributors", "\u202e", "\u2028",
)  # fmt: skip
TAG_WORDS = ("ID3", "fLaC", "OggS", "ftyp", "moov", "udta", "meta", "ilst", "data", "mvhd", "RIFF", "WAVE", "FORM",
             "AIFF", "TIT2", "TPE1", "TDRC", "USLT", "SYLT", "TXXX", "UFID", "APIC", "vorbis", "OpusHead", "OpusTags",
             "\xff\xfb\x90", "Xing", "VBRI", "LAME")  # fmt: skip
PLAYLIST_WORDS = (
    "#EXTM3U", "#EXTINF:123,", "#EXTINF:-1", "#SONGKIN-ID:", "songkin:song/", "file:///", "http://", "%00", "%0a",
    "https://musicbrainz.org/recording/", "mbid:", "isrc:", "<playlist xmlns='http://xspf.org/ns/0/'>", "<trackList>",
    "<track>", "<location>", "</location>", "<!DOCTYPE", "<!ENTITY", "&lt;", "<?xml version='1.0'?>", "<![CDATA[",
    '{"playlist":{"track":[', '"identifier":', '"extension":', '"additional_metadata":', "id,title,path\n", '"', "[",
)  # fmt: skip


def _records(count: int = 4) -> list[dict[str, Any]]:
    lines = demo.path().read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in islice(lines, 0, count * 9, 9)]


def _table(delimiter: str, records: list[dict[str, Any]]) -> bytes:
    names = list(dict.fromkeys(name for record in records for name in record))
    stream = io.StringIO()
    writer = csv.DictWriter(stream, names, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(records)
    return stream.getvalue().encode()


SMALL = [
    {"id": "1", "title": "Tide", "artist": "Ada; Bo", "year": "1969-07-20", "duration": "3:45", "lyrics": "a\nb",
     "genres": "['folk', 'sea']", "tags": "{'calm': 0.5}", "valence": "0,5", "key": "G", "bag": "{'sea': 2}"},
    {"id": "", "title": "Foam", "artist": "Ada feat. Bo", "year": "", "duration": "200", "lyrics": "[00:01.00]a",
     "genres": "rock|pop", "tags": "x, y", "valence": "7", "key": "5", "bag": ""},
]  # fmt: skip
LIKE_JSON = [
    {"id": 1, "title": "Tide", "artists": [{"name": "A"}, "B"], "year": 1969.0, "duration_ms": 1e5, "tags": {"a": 3}},
    {"title": "Foam", "features": {"energy": 0.5}, "links": {"x": "y"}, "bag": [["sea", 2]], "explicit": True},
]


def csvs() -> list[bytes]:
    odd = b'id,title\n1,"say "hi" now"\n2,12" mix\n3\n4,a,b\n5,"cut'
    return [_table(",", SMALL), _table(";", SMALL), _table(",", _records(2)), odd, "id,title\n1,é\n".encode("utf-16")]


def tsvs() -> list[bytes]:
    return [_table("\t", SMALL), _table("\t", _records(2)), b"id\ttitle\n1\tA\n"]


def jsonls() -> list[bytes]:
    lines = [json.dumps(row).encode() for row in (*LIKE_JSON, *_records(2))]
    return [b"\n".join(lines), b'{"id": 1}\n\n{"id": 2\n[3]\nnull\n{"id": "\\u001b[31m"}', *lines]


def jsons() -> list[bytes]:
    wrapped = {"version": 1, "about": {"a": [1]}, "songs": LIKE_JSON}
    damaged = b'[\n{"id": "1"},\n{"id": "2", "title": oops},\n{"id": "3"},\n5,\n{"id": "6", "ti'
    return [json.dumps(LIKE_JSON).encode(), json.dumps(wrapped, indent=1).encode(), damaged]


def parquets() -> list[bytes]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    found = []
    for table, compression in (
        (pa.table({"id": [1, 2], "title": ["A", "B"]}), "none"),
        (pa.Table.from_pylist([{**LIKE_JSON[0], "artists": ["A", "B"]}]), "snappy"),
        (pa.table({"track_id": ["a"], "tag": [["x"]], "caption_writing": ["said"]}), "none"),
    ):
        sink = io.BytesIO()
        pq.write_table(table, sink, compression=compression)
        found.append(sink.getvalue())
    return found


def sidecars() -> list[bytes]:
    """Lyrics in every form; the first byte says which (the order of `sidecars.ORDER`: ttml, elrc, lrc, srt, txt)."""
    ttml = (
        b"<tt xmlns='http://www.w3.org/ns/ttml'><body><div><p begin='1.5s'>a <span begin='2s'>b</span><br/>c</p></div>"
        b"<div><p begin='00:01:02.500'>d</p></div></body></tt>"
    )
    lrc = b"[ar:Ada]\n[offset:+500]\n[00:01.00][00:09.50]Rain on tin\n[00:02.00]<00:02.50>and <00:03.00>on\n"
    srt = b"1\n00:00:01,000 --> 00:00:02,000\n<i>Rain</i>\non tin\n\n2\n00:00:03,000 --> 00:00:04,000\nAgain\n"
    plain = b"[Verse 1]\nRain on tin (x2)\n\n[Chorus: Ada]\nAnd on&amp;on<br>\nLyrics by Ada\n12 ContributorsEmbed"
    return [b"\0" + ttml, b"\1" + lrc, b"\2" + lrc, b"\3" + srt, b"\4" + plain]


def music() -> list[bytes]:
    mp3 = tagged.mp3(("TIT2", tagged.text("Tide")), ("USLT", tagged.unsynced("a\nb")),
                     ("UFID", tagged.ufid("http://musicbrainz.org", tagged.RECORDING)), seconds=0.1)  # fmt: skip
    old = tagged.mp3(("TPE1", tagged.text("Ada", version=3)), version=3, seconds=0.1)
    mp4 = tagged.mp4(tagged.atom(b"\xa9nam", tagged.value("Tide")), tagged.itunes("MusicBrainz Track Id", "x"))
    return [
        mp3, old, mp4, FLAC, tagged.ogg(("title", "Tide")), tagged.opus(("artist", "Ada")),
        tagged.wma("Tide", "Ada", {"WM/Year": "1994"}), tagged.MP3_FRAME * 4,
    ]  # fmt: skip


def playlists() -> list[bytes]:
    """Playlists of every kind; the first byte says which (the order of `KINDS`: m3u8, xspf, jspf, csv)."""
    m3u = b"#EXTM3U\n#EXTINF:123,Ada - Tide\n#SONGKIN-ID:1\nmusic/tide.mp3\nsongkin:song/2\n"
    xspf = (
        b"<?xml version='1.0'?><playlist xmlns='http://xspf.org/ns/0/'><trackList><track><location>file:///m/a%20b.mp3"
        b"</location><identifier>mbid:c0a7f1d2-1111-4222-8333-0123456789ab</identifier><title>T</title></track>"
        b"</trackList></playlist>"
    )
    identified = {"title": "T", "creator": "C", "identifier": ["isrc:USABC1234567"], "extension": {"x": {}}}
    jspf = json.dumps({"playlist": {"track": [identified]}}).encode()
    return [b"\0" + m3u, b"\1" + xspf, b"\2" + jspf, b"\3id,title,artists\n1,Tide,Ada; Bo\n"]


def pairs() -> list[bytes]:
    """Files of pairs; the first byte says which: CSV, TSV, JSONL, Parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = io.BytesIO()
    pq.write_table(pa.table({"a": ["1"], "b": ["2"]}), sink)
    return [b"\0a,b\n1,2\n", b"\1a\tb\n1\t2\n", b'\2{"a": 1, "b": "x"}\n{"a": null}\n', b"\3" + sink.getvalue()]
