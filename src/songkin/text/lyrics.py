"""From lyrics as they come to the lines that are sung.

Conventions
-----------
`lines` returns verse breaks as `Line("")`; `fold` and `passages` understand them. Only the first `LIMIT` characters
of a text are read (`is_too_long` says so): the longest of 4,115 chart songs has 12,000, and what is longer is no song.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator

from songkin.text.debris import credit, furniture, page, unmarked
from songkin.text.linebreaks import shortened, unglued
from songkin.text.lrc import ID_TAG, STAMP, WORD_STAMP, offset_ms, stamps
from songkin.text.verses import Line, Passage, fold, joined, passages

__all__ = ["LIMIT", "Line", "Passage", "fold", "instrumental", "is_too_long", "lines", "passages"]

LIMIT = 200_000
EDGE_LINES = 6
NOTE = 300  # a longer row is a song that lost its line ends, not a note about it
UNTIMED: list[int | None] = [None]
WORD = re.compile(r"[^\W_]")
BREAKS = re.compile(
    r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]|\\r\\n|\\n|\\r(?![a-z])|<(?:br|p|/p|div|/div)\s*/?>", re.IGNORECASE
)
BLANKS = re.compile(r"\n{3,}")
TAG = re.compile(r"</?[a-z][^<>\n]{0,200}>|<!--[^\n]{0,500}?-->", re.IGNORECASE)
LIST_ESCAPE = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|(['\"\\]))")
INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffe\uffff]"
)
MOJIBAKE = re.compile("[ÂÃâ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]{1,2}")
NO_WORDS = re.compile(
    r"instrum(?:ental)?\b|инструментал|纯音乐|純音樂|歌のない|без слов|\bno lyrics\b|\bwithout words\b", re.IGNORECASE
)
ONLY_NO_WORDS = re.compile(
    r"\W*(?:(?:this|the) (?:song|track|piece) is |this is )?(?:an? |purely )?(?:instrumental(?: \w+)?|no lyrics|"
    r"纯音乐.{0,20}|純音樂.{0,20}|инструментал\w*|歌のない.{0,20})\W*",
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
    text = furniture(_plain(raw[:LIMIT]))
    rows = [" ".join(row.split()) for row in text.split("\n")]
    if "[" in text:
        rows = [row for row in rows if not ID_TAG.fullmatch(row)]
    if page(text):
        rows = ["" if len(row) <= NOTE and page(row) else row for row in rows]
    if "[" not in text or not STAMP.search(text):
        return joined(Line(text) for texts in _sung(rows) for text in texts or [""])
    stamped = [stamps(row) for row in rows]
    starts = [at for at, _ in stamped]
    return joined(_timed(starts, _sung([rest for _, rest in stamped]), offset_ms(text)))


def instrumental(raw: str) -> bool:
    """Say whether lyrics state that there are none ("[Instrumental]"); an empty text states nothing and gives False."""
    return len(raw) <= LIMIT and bool(NO_WORDS.search(raw)) and not lines(raw)


def _plain(raw: str) -> str:
    """Undo what transport did to a text: escapes, entities, tags, line ends, control characters, wrong decoding."""
    if raw[:2] in ("['", '["'):
        raw = LIST_ESCAPE.sub(_unescaped, raw.strip().removesuffix("]")[2:].rstrip("'\""))
    raw = BLANKS.sub("\n\n", BREAKS.sub("\n", raw))
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


def _sung(rows: list[str]) -> list[list[str]]:
    """Return the sung texts of each row; none for a blank row, a mark or a credit, which part verses."""
    glued = unglued(rows)
    edge = len(rows) - EDGE_LINES
    return [
        [line for part in parts if not _silent(part, edge=i < EDGE_LINES or i >= edge) for line in _lines(part)]
        if parts != [""]
        else []
        for i, parts in enumerate(glued)
    ]


def _silent(row: str, *, edge: bool) -> bool:
    return (edge and len(row) <= NOTE and credit(row)) or bool(ONLY_NO_WORDS.fullmatch(row))


def _lines(row: str) -> list[str]:
    return [line for text in unmarked(row) for line in (shortened(text) if WORD.search(text) else [""])]


def _timed(starts: list[list[int]], sung: list[list[str]], shift: int) -> Iterator[Line]:
    """Repeat each text at every stamp and sort by time; a row without a stamp stays behind the row before it."""
    placed: list[tuple[int, Line]] = []
    last = 0
    for stamped, texts in zip(starts, sung, strict=True):
        last = stamped[0] if stamped else last
        for start in stamped or UNTIMED:
            at = None if start is None else max(start - shift, 0)
            placed += [(last if start is None else start, Line(text, at if text else None)) for text in texts or [""]]
    return (line for _, line in sorted(placed, key=lambda pair: pair[0]))
