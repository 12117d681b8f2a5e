"""From lyrics as they come to the lines that are sung.

Conventions
-----------
`lines` returns verse breaks as `Line("")`; `fold` and `passages` understand them. Only the first `LIMIT` characters of a
text are read (`is_too_long` says so): the longest songs have a fifth of that, and what is longer is no song.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator

from songkin.text.debris import credit, furniture, unmarked
from songkin.text.linebreaks import broken
from songkin.text.lrc import ID_TAG, WORD_STAMP, offset_ms, stamps
from songkin.text.verses import Line, Passage, fold, joined, passages

__all__ = ["LIMIT", "Line", "Passage", "fold", "instrumental", "is_too_long", "lines", "passages"]

LIMIT = 200_000
EDGE_LINES = 6
WORD = re.compile(r"[^\W_]")
BREAKS = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]|\\r\\n|\\n|\\r(?![a-z])|<(?:br|p|/p|div|/div)\s*/?>", re.IGNORECASE)
TAG = re.compile(r"</?[a-z][^<>\n]{0,200}>|<!--[^\n]{0,500}?-->", re.IGNORECASE)
LIST_ESCAPE = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|(['\"\\]))")
INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffe\uffff]")
MOJIBAKE = re.compile("[ÂÃâ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]{1,2}")
NO_WORDS = re.compile(
    r"instrum(?:ental)?\b|инструментал|纯音乐|純音樂|歌のない|без слов|\bno lyrics\b|\bwithout words\b", re.IGNORECASE
)
ONLY_NO_WORDS = re.compile(
    r"\W*(?:(?:this|the) (?:song|track|piece) is |this is )?(?:an? |purely )?(?:instrumental(?: \w+)?|no lyrics|纯音乐.{0,20}|"
    r"純音樂.{0,20}|инструментал\w*|歌のない.{0,20})\W*",
    re.IGNORECASE,
)


def is_too_long(raw: str) -> bool:
    """Say whether `lines` will read only the first `LIMIT` characters."""
    return len(raw) > LIMIT


def lines(raw: str) -> list[Line]:
    """Return the sung lines of lyrics in any of their usual forms, with verse breaks, timed when LRC stamps are there.

    Line ends, section marks, credits, page furniture, HTML and control characters go; backing vocals in round brackets
    stay. A line with several stamps is repeated, and timed lyrics come in order of time. Nothing sung gives [].
    """
    rows = furniture(_plain(raw[:LIMIT])).split("\n")
    stamped = [stamps(row) for row in rows if not ID_TAG.fullmatch(row)]
    sung = [_sung(rest, edge=i < EDGE_LINES or i >= len(stamped) - EDGE_LINES) for i, (_, rest) in enumerate(stamped)]
    cut = broken(sung)
    if any(starts for starts, _ in stamped):
        return joined(_timed([starts for starts, _ in stamped], cut, offset_ms(rows[:EDGE_LINES * 4])))
    return joined(Line(part) for parts in cut for part in parts or [""])


def instrumental(raw: str) -> bool:
    """Say whether lyrics state that there are none ("[Instrumental]"); an empty text states nothing and gives False."""
    return len(raw) <= LIMIT and bool(NO_WORDS.search(raw)) and not lines(raw)


def _plain(raw: str) -> str:
    """Undo what transport did to the text: escapes, entities, tags, odd line ends, control characters, wrong decoding."""
    if raw[:2] in ("['", '["'):
        raw = LIST_ESCAPE.sub(_unescaped, raw.strip().removesuffix("]")[2:].rstrip("'\""))
    raw = BREAKS.sub("\n", raw)
    if "&" in raw:
        raw = html.unescape(raw).replace("\r", "\n")
    if "<" in raw:
        raw = TAG.sub("", WORD_STAMP.sub("", raw))
    if raw.isascii():
        return INVISIBLE.sub("", raw)
    return INVISIBLE.sub("", unicodedata.normalize("NFC", MOJIBAKE.sub(_redecoded, raw)))


def _unescaped(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    return chr(int(code, 16)) if code else found[3]


def _redecoded(found: re.Match[str]) -> str:
    try:
        return found[0].encode("cp1252", errors="strict").decode("utf-8")
    except UnicodeError:
        return found[0]


def _sung(row: str, *, edge: bool) -> list[str]:
    """Return the sung texts of a row; none for a mark or a credit, which part verses."""
    row = " ".join(row.split())
    if not row or credit(row, edge=edge) or ONLY_NO_WORDS.fullmatch(row):
        return []
    return [part for part in unmarked(row) if WORD.search(part)]


def _timed(starts: list[list[int]], cut: list[list[str]], shift: int) -> Iterator[Line]:
    """Repeat each text at every stamp and sort by time; a row without a stamp stays behind the row before it."""
    placed: list[tuple[int, Line]] = []
    last = 0
    for stamps_ms, parts in zip(starts, cut, strict=True):
        last = stamps_ms[0] if stamps_ms else last
        for start in stamps_ms or [None]:
            at = None if start is None else max(start - shift, 0)
            placed += [(last if start is None else start, Line(part, at if part else None)) for part in parts or [""]]
    return (line for _, line in sorted(placed, key=lambda pair: pair[0]))
