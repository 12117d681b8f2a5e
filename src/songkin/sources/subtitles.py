"""Timed lyrics in the formats of films, SRT and TTML, as LRC: the format kept in `Lyrics.text`.

Conventions
-----------
Each line carries its own stamp, [mm:ss.mmm]; an empty line parts verses. Times count from the start of the song.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

__all__ = ["lrc_from_srt", "lrc_from_ttml"]

CUE = re.compile(r"^\s*(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2})(?:[,.](\d{1,3}))?\s*-->.*$", re.MULTILINE)
MARKUP = re.compile(r"</?[a-zA-Z][^<>\n]{0,200}>|\{\\[^{}\n]{0,200}\}")
CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,4}):(\d{1,4}(?:\.\d+)?)")
OFFSET = re.compile(r"(\d{1,12}(?:\.\d+)?)(h|ms|m|s)?")
UNIT_MS = {"h": 3_600_000.0, "m": 60_000.0, "s": 1000.0, "ms": 1.0, None: 1000.0}
ROLE = "{http://www.w3.org/ns/ttml#metadata}role"
UNSUNG = frozenset(["x-translation", "x-roman", "x-romanization"])
DEEPEST = 30  # spans within spans


def lrc_from_srt(text: str) -> str:
    """Return the lines of SubRip cues under the start of each cue; '' where there is no cue."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    cues = list(CUE.finditer(text))
    ends = [*(cue.start() for cue in cues[1:]), len(text)]
    lines: list[str] = []
    for cue, end in zip(cues, ends, strict=False):  # no cue has no end
        said = text[cue.end() : end].strip("\n").split("\n\n")[0]  # the next cue's number stands behind a blank line
        hours, minutes, seconds, fraction = cue.groups()
        at = (int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)) * 1000 + int((fraction or "0").ljust(3, "0"))
        lines += [_stamped(at, MARKUP.sub("", line)) for line in said.split("\n") if line.strip()]
    return "\n".join(lines)


def lrc_from_ttml(text: str) -> str:
    """Return the paragraphs of a TTML file under their `begin`, verses parted; '' where nothing is said.

    Translations and transliterations beside the words are left out. ValueError for XML that cannot be read, and for a
    document type, in which entities could be declared: lyrics need none.
    """
    if "<!DOCTYPE" in text.upper() or "<!ENTITY" in text.upper():
        raise ValueError("a document type or entities, which lyrics do not need")
    try:
        root = ElementTree.fromstring(text.lstrip("\ufeff \t\r\n"))
    except ElementTree.ParseError as error:
        raise ValueError(f"damaged XML ({error})") from error
    return "\n".join(_verses(root)).strip("\n")


def _verses(root: ElementTree.Element) -> Iterator[str]:
    for verse in root.iter():
        if _name(verse) not in ("div", "body"):
            continue
        yield ""
        for paragraph in verse:
            if _name(paragraph) == "p":
                yield from _paragraph(paragraph)


def _paragraph(paragraph: ElementTree.Element) -> Iterator[str]:
    """Give the lines of a paragraph; its own begin counts, else that of its first timed span."""
    begins = [paragraph.get("begin"), *(part.get("begin") for part in paragraph)]
    at = next((ms for begin in begins if begin and (ms := _ms(begin)) is not None), None)
    for line in _said(paragraph).split("\n"):
        if line := " ".join(line.split()):
            yield line if at is None else _stamped(at, line)


def _said(part: ElementTree.Element, depth: int = 0) -> str:
    """Return what is sung in an element; white space of the file's own line breaks is one blank."""
    pieces = [" ".join(re.split(r"\s+", part.text or ""))]
    for inner in part:
        if _name(inner) == "br":
            pieces.append("\n")
        elif inner.get(ROLE) not in UNSUNG and _name(inner) != "metadata" and depth < DEEPEST:
            pieces.append(_said(inner, depth + 1))
        pieces.append(" ".join(re.split(r"\s+", inner.tail or "")))
    return "".join(pieces)


def _name(part: ElementTree.Element) -> str:
    return str(part.tag).rpartition("}")[2]


def _ms(begin: str) -> int | None:
    """Return a TTML time in milliseconds: 1:02.5, 00:01:02.500, 62.5s, 62500ms, 62.5; None for frames and ticks."""
    if clock := CLOCK.fullmatch(begin.strip()):
        return round((int(clock[1] or 0) * 3600 + int(clock[2]) * 60 + float(clock[3])) * 1000)
    if offset := OFFSET.fullmatch(begin.strip()):
        return round(float(offset[1]) * UNIT_MS[offset[2]])
    return None


def _stamped(at_ms: int, line: str) -> str:
    minutes, rest = divmod(at_ms, 60_000)
    return f"[{minutes:02d}:{rest // 1000:02d}.{rest % 1000:03d}]{line.strip()}"
