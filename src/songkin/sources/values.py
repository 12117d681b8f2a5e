"""Single values as files spell them -> ours; what is unknown is None or empty, what is wrong raises ValueError.

Conventions
-----------
'', '-', 'nan', 'None', 'null' and 'N/A' mean unknown. Durations are seconds, weights lie in [0, 1].
"""

from __future__ import annotations

import math
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from songkin.sources.literals import pairs, pieces

__all__ = [
    "bag",
    "flag",
    "language",
    "listed",
    "milliseconds",
    "number",
    "seconds",
    "text",
    "unknown",
    "weights",
    "year",
]

UNKNOWN = frozenset(["", "-", "nan", "none", "null", "n/a", "<na>", "nat"])
UNTOLD_LANGUAGES = UNKNOWN | {"und", "undetermined", "unknown", "mis", "xx"}  # ISO 639's undetermined and uncoded, too
UNDECODABLE = re.compile("[\ud800-\udfff]")
YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)|^\d{4}(?=\d{4}$)")
DECIMAL_COMMA = re.compile(r"\s*[+-]?\d+,\d+\s*")
CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{1,2}(?:\.\d+)?)")
TRUE = frozenset(["true", "t", "yes", "y", "1", "1.0", "explicit"])
FALSE = frozenset(["false", "f", "no", "n", "0", "0.0", "clean", "not explicit", "notexplicit"])
SPACE = " \t\r\n\0"
DAY_S = 86_400.0
LANGUAGES = {
    name: code
    for code, names in {
        **{"en": "eng english", "es": "spa spanish español", "fr": "fra fre french français", "ja": "jpn japanese"},
        **{"de": "deu ger german deutsch", "it": "ita italian italiano", "pt": "por portuguese português"},
        **{"nl": "nld dut dutch", "ru": "rus russian", "ko": "kor korean", "zh": "zho chi chinese mandarin"},
        **{"ar": "ara arabic", "hi": "hin hindi", "sv": "swe swedish", "da": "dan danish", "no": "nor norwegian"},
        **{"fi": "fin finnish", "pl": "pol polish", "tr": "tur turkish", "el": "ell gre greek", "la": "lat latin"},
        **{"he": "heb hebrew", "ga": "gle irish", "cy": "cym wel welsh", "uk": "ukr ukrainian", "cs": "ces cze czech"},
        **{"hu": "hun hungarian", "ro": "ron rum romanian", "gd": "gla", "sco": "scots", "ca": "cat catalan"},
    }.items()
    for name in names.split()
}


def unknown(value: Any) -> bool:
    """Say whether a value stands for none: None, NaN, an empty list, '', '-', 'nan', 'None', 'null', 'N/A'."""
    if value is None or value != value:
        return True
    if isinstance(value, str):
        spelt = value[:64].strip(SPACE)
        return (len(spelt) < 8 and value.strip(SPACE).casefold() in UNKNOWN) or not value.strip(SPACE)
    return isinstance(value, list | tuple | dict | set) and not value


def text(value: Any) -> str:
    """Return a string verbatim but for NULs; whole numbers come without '.0', lists as lines, other things as ''.

    Raises ValueError for text with parts that could not be decoded.
    """
    if isinstance(value, bytes):
        value = value.decode("utf-8", "surrogateescape")
    if isinstance(value, str):
        if not value.isascii() and UNDECODABLE.search(value):
            raise ValueError("there are bytes that are not UTF-8 text")
        return value.replace("\0", "")
    if isinstance(value, bool):
        return ""
    if isinstance(value, int | float | Decimal):
        return _digits(value)
    if isinstance(value, list | tuple):
        return "\n".join(text(line) for line in value if isinstance(line, str | bytes))
    return ""


def _digits(value: float | Decimal) -> str:
    if isinstance(value, int):
        return str(value) if abs(value) < 10**300 else ""
    if not math.isfinite(value):
        return ""
    return str(int(value)) if value == int(value) else str(value)


def number(value: Any) -> float | None:
    """Return a finite number; None for truth values, NaN, infinity and anything else. '0,5' is 0.5."""
    if isinstance(value, str) and DECIMAL_COMMA.fullmatch(value[:40]):
        value = value.replace(",", ".")
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def year(value: Any) -> int | None:
    """Return the year of 1969, 1969.0, '1969', '1969-07-20', '20.7.1969' or a date; 1 to 2100, else ValueError."""
    if isinstance(value, date):
        return value.year
    found = number(value)
    if found is None or (isinstance(value, str) and len(value.strip()) == 8):
        dated = YEAR.search(value.strip()) if isinstance(value, str) else None
        if dated is None:
            raise ValueError(f"year {shown(value)} is not a year")
        found = float(dated[0])
    if found >= 1e7:
        found //= 10_000
    if not 1 <= found < 2101:
        raise ValueError(f"year {shown(value)} is not a year")
    return int(found)


def seconds(value: Any, *, unit_s: float = 1.0) -> float | None:
    """Return a duration in seconds from a number of units or "3:45"; None for 0, ValueError below 0 and above a day."""
    if isinstance(value, timedelta):
        value, unit_s = value.total_seconds(), 1.0
    if isinstance(value, str) and (clock := CLOCK.fullmatch(value.strip())):
        value, unit_s = int(clock[1] or 0) * 3600 + int(clock[2]) * 60 + float(clock[3]), 1.0
    found = number(value)
    if found is None:
        raise ValueError(f"duration {shown(value)} is not a duration")
    found = round(found * unit_s, 6)
    if not 0 <= found <= DAY_S:
        raise ValueError(f"duration {shown(value)} is not between 0 and a day")
    return found or None


def milliseconds(value: Any) -> float | None:
    """Return a duration in milliseconds as seconds; otherwise as `seconds`."""
    return seconds(value, unit_s=0.001)


def flag(value: Any) -> bool:
    """Return a truth value in any spelling; ValueError for what is neither."""
    spelt = str(value).strip().casefold() if isinstance(value, str | int | float) else ""
    if spelt in TRUE:
        return True
    if spelt in FALSE:
        return False
    raise ValueError(f"{shown(value)} is neither true nor false")


def language(value: Any) -> str | None:
    """Return ISO 639-1 where we know it: 'en-US', 'eng' and 'English' are 'en'; other words in lower case.

    None where it says that none is known, as "und" does.
    """
    spelt = text(value).strip().casefold()
    if spelt in UNTOLD_LANGUAGES:
        return None
    return (
        LANGUAGES.get(spelt) or (re.split(r"[-_]", spelt)[0] if re.match(r"[a-z]{2,3}[-_]", spelt) else spelt) or None
    )


def listed(value: Any, *, commas: bool = True) -> list[str]:
    """Return the strings of a list, of a literal of one, or between ';', '|' (and ','), as spelt, without unknowns."""
    spelt = (text(piece).strip() for piece in pieces(value, commas=commas))
    return [name for name in spelt if name.casefold() not in UNKNOWN]


def weights(value: Any) -> dict[str, float]:
    """Return descriptor -> weight in (0, 1]: members of a list weigh 1, counts are divided by the largest of them."""
    weighed = pairs(value)
    if weighed is None:
        return dict.fromkeys(listed(value), 1.0)
    numbers = {text(name).strip(): number(weight) for name, weight in weighed}
    known = {name: w for name, w in numbers.items() if w is not None and w > 0 and name.casefold() not in UNKNOWN}
    top = max(known.values(), default=1.0)
    counts = top >= 2.0 or (top > 1.0 and all(weight.is_integer() for weight in known.values()))
    return {name: min(weight / top if counts else weight, 1.0) for name, weight in known.items()}


def bag(value: Any) -> dict[str, int]:
    """Return word -> count of a mapping, a list of pairs or a literal of one; counts below 1 are left out."""
    counted = {text(word): number(count) for word, count in pairs(value) or ()}
    return {word: int(count) for word, count in counted.items() if word and count is not None and count >= 1}


def shown(value: Any) -> str:
    """Return a value as an error message quotes it: one line, 40 characters at most."""
    spelt = " ".join(str(value)[:200].split()) if isinstance(value, str | int | float) else type(value).__name__
    return spelt if len(spelt) <= 40 else spelt[:39] + "…"
