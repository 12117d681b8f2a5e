"""Names of artists and songs: who sings, and which recordings are versions of one song.

Conventions
-----------
Keys compare and never show; '' means that nothing is left to compare. Only marks that sources add (feat., remaster)
split or shorten a name: "Simon & Garfunkel", "Earth, Wind & Fire", "AC/DC" stay whole.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from songkin.text.words import normalise

__all__ = ["Version", "artist_key", "split_artists", "title_key", "version_of"]

GUEST = re.compile(
    r"\s*[(\[]\s*(?:feat(?:uring|\.)?|ft\.?|f/|with|w/)\s+([^()\[\]]+)[)\]]|\s+(?:feat(?:uring|\.)?|ft\.?|f/)\s*(?=\S)",
    re.IGNORECASE,
)
BETWEEN = re.compile(r"\s*;\s*|\s+(?:x|×|vs\.?)\s+|\s+/\s+|\x00", re.IGNORECASE)
LISTED = re.compile(r"\s*,\s*(?:&\s+|and\s+)?")
GUESTS = re.compile(r"\s*,\s*(?:&\s+|and\s+)?|\s+&\s+")
UNKNOWN = frozenset(["", "-"])
GAP = re.compile(r"\s{20,}")
LONGEST_TITLE = 1_000  # characters of a title that is taken apart; a longer one is a text, and would take long
LONGEST_CREDIT = 10_000


class Version(NamedTuple):
    """A title taken apart: the song's own name, and what the recording is, sorted: ("live", "remaster")."""

    base: str
    marks: tuple[str, ...] = ()


def split_artists(text: str, *, listed: bool = False) -> tuple[str, ...]:
    """Return the artists of a credit in order, each once: "A feat. B" -> ("A", "B"); '' and '-' give ().

    It splits at feat., featuring, ft., (with ...), ';', ' x ', ' vs. ' and ' / '; guests also at ',' and '&'. `listed`
    says that the source writes several artists with commas, then it splits there as well.
    """
    text = GAP.sub(" ", text)
    if len(text) > LONGEST_CREDIT:
        return (text.strip(),)
    head, *guests = GUEST.split(text)
    names = BETWEEN.split(head)
    if listed:
        names = [name for part in names for name in LISTED.split(part)]
    for guest in guests:
        names += [name for part in BETWEEN.split(guest or "") for name in GUESTS.split(part)]
    stripped = (
        name.strip(" \t\n,()[]") if name.count("(") != name.count(")") else name.strip(" \t\n,-") for name in names
    )
    return tuple(dict.fromkeys(name for name in stripped if name not in UNKNOWN))


def artist_key(name: str) -> str:
    """Return the name under which spellings of one artist meet: "The Beatles" = "beatles", "A & B" = "a and b"."""
    words = normalise(name.replace("&", " and ").replace("+", " and ")).split()
    return " ".join(words[1:] if len(words) > 1 and words[0] == "the" else words) or name.strip().casefold()


def title_key(title: str) -> str:
    """Return the title under which versions of one song meet: "Yesterday - 2009 Remaster" -> "yesterday"."""
    return normalise(version_of(title).base.replace("&", " and ")) or title.strip().casefold()


MARKS = {
    "remaster": r"(?:digital(?:ly)? )?re-?master(?:ed|ing)?|remastérisé|remasterizad[oa]",
    "live": r"^(?:\w+ )?live$|(?:^|recorded )live (?!and|to|for|your|my|without)|\blive (?:version|session)|unplugged"
    r"|en vivo|en directo|ao vivo|in concert",
    "cover": r"cover(?: version)?$|covered by|tribute to|in the style of|made famous by|performed by|"
    r"cast version",
    "acoustic": r"acoustic|acústic[oa]|^stripped",
    "radio edit": r"(?:edit|mix|version)$|^radio$",
    "demo": r"demo|rough mix|early take|alternate take|^take \d+$|outtake",
    "remix": r"(?:\w+ ){0,4}re-?mix|(?:\w+ ){0,3}(?:club|dance|dub|extended|12\"?|house) (?:mix|version|edit)",
    "instrumental": r"instrumental",
    "karaoke": r"karaoke|backing track",
    "edition": r"(?:mono|stereo)(?: version| mix)?|bonus track|deluxe(?: edition)?|^explicit|^clean(?: version)?$|"
    r"^(?:re-?)?recorded|^extended|\w+'s version|from [\"'“].+|(?:original )?(?:motion picture )?soundtrack.*",
}
MARK = {name: re.compile(rf"(?:\b|^)(?:{pattern})", re.IGNORECASE) for name, pattern in MARKS.items()}
TAIL = re.compile(r"^(.+?)\s*(?:[(\[]([^()\[\]]*)[)\]]|\s[-–—]\s+([^()\[\]]*?))\s*$")
GUEST_TAIL = re.compile(r"(?:feat(?:uring|\.)?|ft\.?|w/|with(?! (?:no|you|your|me|my|the|a|out)\b))\s", re.IGNORECASE)
BARE_GUEST = re.compile(r"\s+(?:feat(?:uring|\.)|feat|ft\.?)\s+.*$", re.IGNORECASE)


def version_of(title: str) -> Version:
    """Take a title apart: "Song (feat. B) - Live" -> Version("Song", ("live",)). A mark alone stays a title."""
    base = GAP.sub(" ", title).strip()
    marks: set[str] = set()
    if len(base) > LONGEST_TITLE:
        return Version(base)
    while tail := TAIL.match(base):
        said = tail[2] if tail[2] is not None else tail[3]
        named = _marks(said)
        if not named and not GUEST_TAIL.match(said):
            break
        marks |= named
        base = tail[1].strip()
    return Version(BARE_GUEST.sub("", base) or base, tuple(sorted(marks)))


def _marks(said: str) -> set[str]:
    """Name what a tail says; "version" alone is an edit only where nothing else is named."""
    named = {name for name, pattern in MARK.items() if pattern.search(said)}
    return named - {"radio edit"} or named
