"""Years and eras: "from the 90s on", "before 1970", "between 1965 and 1969", "the last five years", "early 80s"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from songkin.filters.terms import Between
from songkin.search.understanding.sentence import Reading, Sentence

if TYPE_CHECKING:
    from songkin.search.understanding.vocabulary import Vocabulary

__all__ = ["read_periods"]

TENS = ["twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties"]
DECADES = {name: 10 * tens for tens, name in enumerate(TENS, 2)} | dict.fromkeys(
    ("noughties", "naughties", "aughts"), 0
)
COUNTED = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
NUMBERS = {name: number for number, name in enumerate(COUNTED, 1)} | {"fifteen": 15, "twenty": 20}
YEAR = r"(?:(?:19|20)\d\d(?![\d'])(?!s\b)|'\d\d(?![\w']))"
DECADE = (
    r"(?:(?P<d{n}>(?:19|20)\d0)'?s|'?(?P<s{n}>[3-9]0|00|20|10)'?s|(?P<w{n}>twenties|thirties|forties|fifties|sixties|"
    r"seventies|eighties|nineties|noughties|naughties|aughts))\b"
)
PART = r"(?:(?P<p{n}>early|mid|middle|late)(?:[-/ ](?:to[- ])?(?P<q{n}>mid|late))?[- ]?(?:to[- ])?(?:the )?)?"


def _span(n: int) -> str:
    """Return the pattern of one year or decade, its groups numbered."""
    return rf"(?:the )?(?:year )?{PART}(?:{DECADE}|(?P<y{n}>{YEAR}))".replace("{n}", str(n))


JOIN = r"\s*(?:-|/|,|to|till|until|through|and|or|&|and the|to the)\s*"
SPANS = rf"{_span(1)}(?:{JOIN}{_span(2)})?"
LEAD = (
    r"(?:(?P<range>between)|(?P<after>after|post|newer than|later than|past|not before|no earlier than|not older than|"
    r"no older than|nothing before|nothing older than|anything after)|(?P<before>before|pre|older than|earlier than|"
    r"prior to|not after|no later than|nothing after|nothing newer than|nothing later than)|(?P<since>since|starting "
    r"(?:from|in)|as of)|(?P<until>until|till|up to|up until|by)|(?P<heard>(?:heard|hear|hearing|played|playing|"
    r"listened|"
    r"watched|saw|school|college|radio|mtv)(?:\s+\w+){0,6}?\s+(?:in|around|from|during|back in|circa|since|about)"
    r"(?: the)?)|(?P<from>(?:released|recorded|made|written|came out|out|dating)? ?"
    r"(?:from|in|of|during|around|circa|about|back in|~))|the|a|an)"
)
ON = (
    r"(?P<on>\s*(?:on(?:wards?)?|and (?:on(?:wards?)?|later|after|newer|up|beyond)|or (?:later|newer|after)|"
    r"\+)(?![\w']))?"
)
BACK = r"(?P<back>\s*(?:and|or) (?:earlier|older|before))?"
PERIOD = re.compile(rf"(?<![\w'$£€.])(?:{LEAD}[-\s]+)?(?P<span>{SPANS}){ON}{BACK}(?![\w%:]|\.\d)")
LAST = re.compile(
    r"\b(?:(?:from|in|of|within|during)\s+)?(?:the\s+)?(?:last|past|previous)\s+(?P<n>\d{1,2}|"
    + "|".join(NUMBERS) + r"|couple of|few)?\s*(?P<unit>years?|decades?)\b"
)  # fmt: skip
CENTURY = re.compile(
    r"\b(?:(?:from|in|of)\s+)?(?:(?P<this>this|the 21st|the twenty-first|21st)|(?P<old>last|the 20th|"
    r"the twentieth|20th))"
    r"\s+century\b|\b(?:from\s+)?(?P<decade>this decade)\b|\b(?:from\s+)?(?P<year>this year)\b"
)
AGED = re.compile(
    r"\b(?:(?P<most>(?:not|no) (?:more than|older than)|less than|under|at most)|more than|over|older than|at least)\s+"
    r"(?P<n>\d{1,2})\s+years(?:\s+(?:old|ago)\b|(?=\s*(?:$|[,.;])))"
)
NOUNS = r"(?:songs?|music|tracks?|tunes?|hits?|ballads?|stuff|ones?|releases?|classics?)"
OF_GENRE = (
    r"(?:(?:rap|hip[- ]hop|pop|rock|jazz|blues|soul|funk|disco|punk|metal|country|folk|r&b|reggae|indie|latin)\s+)?"
)
OLD = re.compile(
    rf"\b(?:really |very |quite )?(?:(?:old|older|vintage)(?=\s+{OF_GENRE}{NOUNS}\b)|"
    rf"classic(?=\s+{NOUNS}\b))|\boldies\b|\bold[- ]school\b"
)
NEW = re.compile(
    rf"\b(?:recent(?:ly released)?|newer|latest|brand new|new|modern|contemporary|current)(?=\s+{OF_GENRE}{NOUNS}\b)"
)
NOT_ERAS = re.compile(r"(?:\b(?:my|his|her|their|our|in|temperature|mid|aged?|your)\s+(?:early |mid |late |the )?)$")
OF_SONGS = re.compile(rf"\b(?:{NOUNS}|anthems?|bangers?|albums?|best|top|most|year|charts?|sound)\s+$")
RECENT, LONG_AGO = 5, 30
ABOUT, NEARLY = re.compile(r"around|circa|about|~"), 2  # "around 1999": 1997 to 2001


class Years(NamedTuple):
    """A stretch of years, both ends included; None = open."""

    low: int | None
    high: int | None


def read_periods(sentence: Sentence, vocabulary: Vocabulary, today: int | None) -> Iterator[Reading]:
    """Read the years a request names; `today` is the year "this year" means."""
    newest = today or (vocabulary.years[1] if vocabulary.years else None)
    for found in PERIOD.finditer(sentence.plain):
        if years := _years(found, sentence, newest):
            weighs = bool(found["heard"]) or _is_occasion(found, sentence)
            yield _reading(sentence, found.start(), found.end(), years, weighs=weighs)
    for start, end, years, weighs in _relative(sentence, newest):
        yield _reading(sentence, start, end, years, weighs=weighs)


def _years(found: re.Match[str], sentence: Sentence, newest: int | None) -> Years | None:
    """Return the years one match means; None where the numbers are no time."""
    if not _is_time(found, sentence):
        return None
    first = _one(found, "1", newest)
    second = _one(found, "2", newest) if _there(found, "2") else None
    low, high = (min(first.low or 0, second.low or 0), max(first.high or 0, second.high or 0)) if second else first
    if found["heard"] and sentence.memory:
        return Years(None, high)
    if found["after"]:
        return Years((low if found["after"] in FROM_INCLUDED else (high or 0) + 1), None)
    if found["before"]:
        return Years(None, high if found["before"] in UNTIL_INCLUDED else (low or 0) - 1)
    if found["since"] or found["on"]:
        return Years(low, None)
    if found["until"] or found["back"]:
        return Years(None, high)
    if found["y1"] and not second and ABOUT.search(found["from"] or ""):
        return Years((low or 0) - NEARLY, (high or 0) + NEARLY)
    return Years(low, high)


def _is_occasion(found: re.Match[str], sentence: Sentence) -> bool:
    """Say whether "of" ties a year to something else than songs: "class of 2005", "the summer of '69"."""
    before = sentence.plain[max(0, found.start() - 30) : found.start()]
    return (found["from"] or "").strip() == "of" and not OF_SONGS.search(before)


FROM_INCLUDED = (
    "not before",
    "no earlier than",
    "not older than",
    "no older than",
    "nothing before",
    "nothing older than",
)
UNTIL_INCLUDED = ("not after", "no later than", "nothing after", "nothing newer than", "nothing later than")


def _there(found: re.Match[str], n: str) -> bool:
    return any(found[f"{kind}{n}"] for kind in "dswy")


def _is_time(found: re.Match[str], sentence: Sentence) -> bool:
    """Say whether the numbers name a time: not "in my 20s", not a lone "1984" that may be a title."""
    if re.search(r"\b(?:born|died|dies|grew up|married|set|takes place)\s*$", sentence.plain[: found.start()]):
        return False
    led = any(found[name] for name in ("range", "after", "before", "since", "until", "heard", "from", "on", "back"))
    before = sentence.plain[max(0, found.start("span") - 24) : found.start("span")]
    decade = any(found[f"{kind}1"] for kind in "dw") or (found["s1"] and found["s1"] not in ("10", "20"))
    if NOT_ERAS.search(before) and not found["d1"] and re.search(r"\b(?:my|his|her|their|our|your|aged?)\s", before):
        return False
    if found["y1"] and not led:
        followed = re.match(rf"\s*(?:'s\s+)?{NOUNS}\b", sentence.plain[found.end() :])
        return bool(found["y2"] or followed or re.search(r"\($", before))
    return bool(decade or led or found["w1"] or re.search(r"\bthe $", before) or "the " in found["span"][:4])


def _one(found: re.Match[str], n: str, newest: int | None) -> Years:
    if found[f"y{n}"]:
        year = _year(found[f"y{n}"], newest)
        return Years(year, year)
    start = _decade(found, n, newest)
    first, last = found[f"p{n}"], found[f"q{n}"] or found[f"p{n}"]
    low = start + {"early": 0, "mid": 3, "middle": 3, "late": 6}.get(first or "", 0)
    return Years(low, start + {"early": 4, "mid": 6, "middle": 6, "late": 9}.get(last or "", 9))


def _year(said: str, newest: int | None) -> int:
    """Return a year's number; "'94" is the last such year the library reaches."""
    if not said.startswith("'"):
        return int(said)
    recent = 2000 + int(said[1:])
    return recent if recent <= (newest if newest is not None else 2029) else recent - 100


def _decade(found: re.Match[str], n: str, newest: int | None) -> int:
    """Return a decade's first year; short ones are of the last century from 30 on, of this one below."""
    if found[f"d{n}"]:
        return int(found[f"d{n}"])
    short = int(found[f"s{n}"]) if found[f"s{n}"] else DECADES[found[f"w{n}"]]
    roaring = short == 20 and (found[f"w{n}"] or (newest is not None and newest < 2020))
    return 1900 + short if short >= 30 or roaring else 2000 + short


def _relative(sentence: Sentence, newest: int | None) -> Iterator[tuple[int, int, Years, bool]]:
    plain = sentence.plain
    for found in CENTURY.finditer(plain):
        if found["this"]:
            yield found.start(), found.end(), Years(2000, None), False
        elif found["old"]:
            yield found.start(), found.end(), Years(1900, 1999), False
        elif newest is not None:
            low = newest // 10 * 10 if found["decade"] else newest
            yield found.start(), found.end(), Years(low, None), False
    if newest is None:
        return
    for found in LAST.finditer(plain):
        few = {"couple of": 2, "few": 3, None: 1}
        said = found["n"]
        count = few[said] if said in few else NUMBERS.get(said) or int(said)
        count *= 10 if found["unit"].startswith("decade") else 1
        yield found.start(), found.end(), Years(newest - count + 1, None), False
    for found in AGED.finditer(plain):
        ends = newest - int(found["n"])
        yield found.start(), found.end(), Years(ends, None) if found["most"] else Years(None, ends), False
    for pattern, years in ((OLD, Years(None, newest - LONG_AGO)), (NEW, Years(newest - RECENT, None))):
        for found in pattern.finditer(plain):
            yield found.start(), found.end(), years, True


def _reading(sentence: Sentence, start: int, end: int, years: Years, *, weighs: bool) -> Reading:
    while end > start and sentence.plain[end - 1].isspace():
        end -= 1
    denied = sentence.negator(start)
    at = start if denied is None else denied
    return Reading(
        at,
        end,
        said(years),
        term=Between("year", years.low, years.high),
        negated=denied is not None,
        takes=denied is not None,
        weighs=weighs,
    )


def said(years: Years) -> str:
    """Return a stretch of years in words."""
    if years.low is None:
        return f"until {years.high}"
    if years.high is None:
        return f"from {years.low}"
    return f"{years.low}" if years.low == years.high else f"{years.low} to {years.high}"
