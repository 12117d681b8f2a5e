"""What lyric pages write around the words that are sung: section marks, repeat counts, credits, page furniture.

Conventions
-----------
A mark in square or curly brackets is judged loosely (nearly everything there is a mark); one in round brackets or bare
must consist of nothing but section words, numbers and names, for round brackets hold backing vocals, which stay.
"""

from __future__ import annotations

import re

from songkin.text.words import vocabulary

__all__ = ["credit", "furniture", "page", "unmarked"]

SECTIONS = vocabulary(
    "verse verses chorus choruses chrous chorous intro outro hook hooks refrain bridge interlude prechorus postchorus "
    "prehook posthook prerefrain breakdown instrumental instrum repeat repeated repeats coro precoro postcoro "
    "estribillo preestribillo postestribillo verso versos strofa strophe couplet ritornello puente pont refrão ponte "
    "refrán préchorus curo"
)
LOOSE = vocabulary(
    "solo break part skit segue vamp coda tag drop fade fades fadeout ending end spoken rap scratch scratching sample "
    "music musical guitar piano sax keyboard drum drums harmonica whistling whistles laughs talking pause applause "
    "inaudible incomprehensible indecipherable unintelligible unverified continues background voicemail"
)
FILLER = vocabulary(
    "pre post first second third fourth last final one two three four five six seven eight nine ten times time x and "
    "to till til until out again all w with ad lib libs adlib adlibs i ii iii iv v vi alt var variation variations "
    "both then more same as male female lead backing 1st 2nd 3rd 4th 5th modified double half de line lines of few only"
)
COUNT = re.compile(r"x?\d{1,2}x?(?:st|nd|rd|th)?|[a-e]")
WORDS = re.compile(r"[^\W_]+")
ACCOUNTED = SECTIONS | LOOSE | FILLER

BRACKET = re.compile(r"[\[{]([^\[\]{}\n]{0,300})[\]}]")
LEADING = re.compile(
    r"\W{0,3}(?:\(([^()]{1,40})\)\s*|(?:chorus|refrain)\s?[.–—-]+\s*|(\d{1,2}x|x\d{1,2})\s+)(?=\w)", re.IGNORECASE
)
TRAILING = re.compile(r"\s*\(([^()]{1,60})\)?\W*$")
STAGED = re.compile(r"\*+[^*]{1,200}\*+")
ROUND = re.compile(r"\W{0,3}\((.{1,80}?)\W{0,4}")
LABEL = re.compile(r"\W{0,3}([^:\n]{1,40}?)\W{0,3}:(?!\d)\s*(.*)")
BARE = re.compile(r"[\W_]{0,4}(.{1,60}?)[\W_]{0,4}")
REPEAT = re.compile(
    r"\s*(?:[(\[{*]+\s*(?:repeat(?:ed)?s?\s*)?(?:x\s?\d{1,3}|\d{1,3}\s?x|\d{1,2}\s+times|repeat)\s*[)\]}*]+"
    r"|(?:(?<=\s)|^)[-\s]*(?:repeat\s+)?(?:x\s?\d{1,2}|\d{1,2}\s?x)\W*$)",
    re.IGNORECASE,
)
COUNTED = re.compile(r"\d\s?x|x\s?\d|\d\s+times|repeat", re.IGNORECASE)
NAME = re.compile(r"[A-ZÀ-ÖØ-Þ0-9$][^\s!?,]*,?(?:\s+(?:&|\+|and|with|feat\.|ft\.|x|[A-ZÀ-ÖØ-Þ0-9$][^\s!?]*)){0,5}")
SUNG_NAME = vocabulary("i im ill ive id you me we yes no oh yeah hey ooh uh ah la na love baby ready")

CREDIT = re.compile(
    r"\W*(?:(?:all\s+)?(?:lyrics?|words?|music|text|songs?)(?:\s*(?:and|&|/|,)\s*(?:lyrics?|words?|music|chords))*"
    r"\s*(?:\(c\)\s*)?(?:(?:written|composed)\s+)?(?:by\b|:|©)"
    r"|(?:co-?)?(?:written|produced|composed|directed|transcribed|submitted|performed|arranged|recorded|mixed|published|"
    r"additional production)(?:\s*(?:and|&|,)\s*\w{4,10})?\s*(?:by\b|:)"
    r"|(?:paroliers?|compositores?|compositeurs?|songwriters?|writers?|composers?|producers?|publisher|artist|album|"
    r"title|source|copyright|licensed|taken from|from the album)\b\s*[:©(]"
    r"|copyright\s+(?:\d{4}|by|of|©)|©|\(c\)\s*\d{4}|letra de\b|click (?:here )?to\b|.{0,60}가사$)",
    re.IGNORECASE,
)
FURNITURE = re.compile(
    r"you might also like|see .{1,80}? live\s*get tickets as low as \$[\d.,]*|get tickets as low as \$[\d.,]*"
    r"|\d{1,7}\s?contributors?(?:translations.{0,300}?)?.{0,200}? lyrics(?=\W|[A-Z]|$)|\d{0,6}\s?embed\s*$"
    r"|\*+\s*this lyrics is not for commercial use\s*\**|\(\d{10,16}\)\s*$"
    r"|(?:https?://|www\.)\S+|translations(?:[A-ZÀ-Þ][a-zà-ÿ]{3,14}){1,30}",
    re.IGNORECASE | re.MULTILINE,
)
HINTS = ("ou might", "icket", "ontrib", "mbed", "ommercial", "http", "www.", "ranslations", "YOU MIGHT")
PAGE = re.compile(
    r"all rights reserved|reproduced without permission|used (?:with|by) permission"
    r"|not (?:licensed|authorized|allowed) to (?:display|show)"
    r"|lyrics? (?:\w+ ){0,3}(?:found (?:on|at)|provided by|powered by|licensed)|submit corrections"
    r"|lyrics for this song have yet to be|(?:lyrics|songs?|words)[\w-]*\.(?:com|net|org|ru)\b",
    re.IGNORECASE,
)
PAGE_HINTS = ("rights", "permission", "to display", "to show", "lyric", "submit c", ".com", ".net", ".org", ".ru")
"""One of them is in whatever PAGE finds; a plain search is ten times as fast."""


def furniture(text: str) -> str:
    """Cut a lyric site's own texts out of the words they are glued to; other text comes back unchanged."""
    if not any(hint in text for hint in HINTS):
        return text
    return FURNITURE.sub("\n", text)


def credit(line: str) -> bool:
    """Say whether a line names writers or owners; in the middle of a song the same words may be sung."""
    return bool(CREDIT.match(line))


def page(text: str) -> bool:
    """Say whether a text speaks of the page it stood on: rights, permissions, addresses of lyric sites."""
    lower = text.lower()
    return any(hint in lower for hint in PAGE_HINTS) and bool(PAGE.search(text))


def unmarked(line: str) -> list[str]:
    """Return the sung texts of a line, in order: [] where it was a mark alone, '' where a mark parted two texts."""
    if "[" in line or "{" in line:
        line = BRACKET.sub(_bracket, line)
    if COUNTED.search(line):
        line = REPEAT.sub("", line)
    return [_unlabelled(part.strip()) for part in line.split("\n")]


def _bracket(found: re.Match[str]) -> str:
    inside = found[1].strip()
    if _loose_mark(inside):
        return "\n\n"
    alone = found.start() == 0
    if alone and NAME.fullmatch(inside) and not SUNG_NAME & {*_words(inside)}:
        return "\n\n"
    return f"({inside})"


def _loose_mark(inside: str) -> bool:
    words = _words(inside)
    if "".join(words).isdigit() or not words or ":" in inside[1:] or "*" in inside or CREDIT.match(inside):
        return True
    return bool(SECTIONS & {*words}) or words[0] in LOOSE or words[-1] in LOOSE or _strict_mark(inside)


def _words(text: str) -> list[str]:
    return [word.lower() for word in WORDS.findall(text.replace("-", "").replace("'", ""))]


def _strict_mark(text: str) -> bool:
    """Say whether nothing but section words, fillers and counts is there."""
    words = _words(text)
    if not all(word in ACCOUNTED or COUNT.fullmatch(word) for word in words):
        return False
    return bool(SECTIONS & {*words}) or bool(COUNTED.search(text))


def _unlabelled(line: str) -> str:
    """Drop a bare mark ("Chorus", "(Verse 1: Name)", "Hook:") or a speaker's label standing alone ("Emma:")."""
    if "(" in line or line[:1].isdigit():
        line = _unbracketed(line)
    if len(line) < 90 and (found := ROUND.fullmatch(line)):
        return "" if _strict_mark(re.split(r"\s*[:(]|\s+[-–]", found[1])[0] or "-") else line
    if ":" in line and (found := LABEL.fullmatch(line)):
        return _behind(line, found[1], found[2].strip())
    if line[:1] == "*" and STAGED.fullmatch(line):
        return ""
    if len(line) < 60 and (found := BARE.fullmatch(line)) and SECTIONS & {*_words(line)} and _strict_mark(found[1]):
        return ""
    return line


def _unbracketed(line: str) -> str:
    """Cut a mark in round brackets off the front or the end of a line."""
    found = TRAILING.search(line)
    if found and found.start() and _strict_mark(found[1]):
        line = line[: found.start()]
        line = "" if NAME.fullmatch(line) and " " not in line else line
    found = LEADING.match(line)
    if found and (not found[1] or _strict_mark(found[1])):
        line = line[found.end() :]
    return line


def _behind(line: str, label: str, rest: str) -> str:
    if not rest:
        speaker = (
            "," not in label.split("(")[0].rstrip(", ")
            and NAME.fullmatch(label.replace("(", "").replace(")", ""))
            and not SUNG_NAME & {*_words(label)}
        )
        return "" if speaker or ((SECTIONS | LOOSE) & {*_words(label)} and _strict_mark(label)) else line
    if not SECTIONS & {*_words(label)} or not _strict_mark(label):
        return line
    names = NAME.fullmatch(rest) and " " in rest and not SUNG_NAME & {*_words(rest)}
    return "" if names or _strict_mark(rest) else rest
