"""What playlist files name: M3U, M3U8, XSPF, JSPF and CSV -> entries, each as its file has it.

Conventions
-----------
An entry holds what its file says of a song, '' = nothing; nothing is looked up and no path is opened. Files come from
anywhere: XML with a document type, and so with entities of its own, is refused, and of very long ones only the first
`MOST_ENTRIES` entries are read.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit
from xml.parsers import expat

from songkin.errors import SourceError
from songkin.sources import values
from songkin.sources.columns import ALIASES, LINKS, folded
from songkin.sources.encoding import guessed, head

__all__ = ["KINDS", "LARGEST", "MOST_ENTRIES", "Entry", "entries", "kind_of", "text_of"]

LARGEST = 32 << 20  # bytes of a file
MOST_ENTRIES = 10_000
SUFFIXES: Mapping[str, str] = MappingProxyType(
    {".m3u8": "m3u8", ".m3u": "m3u8", ".xspf": "xspf", ".jspf": "jspf", ".json": "jspf", ".csv": "csv"}
)
KINDS = ("m3u8", "xspf", "jspf", "csv")
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
RECORDING = re.compile(rf"^(?:https?://(?:www\.|beta\.)?musicbrainz\.org/recording/|mbid:)({UUID})/?$", re.I)
SUBSONIC = re.compile(r"^https?://subsonic\.org/entity/song/(.+)$")
OURS = re.compile(r"^songkin:song/(.+)$")
ISRC = re.compile(r"^(?:isrc:|urn:isrc:|https?://isrc\.org/)?([A-Z]{2}-?[A-Z0-9]{3}-?\d{2}-?\d{5})$", re.I)
EXTINF = re.compile(r"^#EXTINF:\s*(-?\d+(?:\.\d+)?)?[^,]*,(.*)$", re.I)
SONGKIN_ID = re.compile(r"^#SONGKIN-ID:(.*)$")
XSPF_TEXTS = ("location", "identifier", "title", "creator", "album", "duration")
TEXT_AT_MOST = 10_000  # characters of one field of XML


class Entry(NamedTuple):
    """One song as a playlist file names it; `name` is 'artist - title' where the two are not apart."""

    id: str = ""
    title: str = ""
    artist: str = ""
    name: str = ""
    path: str = ""
    mbid: str = ""
    isrc: str = ""
    subsonic: str = ""

    @property
    def said(self) -> str:
        """What a person calls it."""
        own = " - ".join(part for part in (self.artist, self.title) if part)
        return own or self.name or self.path or self.id or self.mbid or self.isrc or self.subsonic


def kind_of(path: Path | str) -> str:
    """Return the kind of a playlist file by its name; SourceError where that says none."""
    suffix = Path(path).suffix.casefold()
    if suffix not in SUFFIXES:
        raise SourceError(f"{path}: is no playlist by its name; it ends in {', '.join(sorted(SUFFIXES))}")
    return SUFFIXES[suffix]


def text_of(path: Path) -> str:
    """Read a playlist file, whatever it is encoded in; SourceError where it cannot be read, or is far too large."""
    content = head(path, LARGEST + 1)
    if len(content) > LARGEST:
        raise SourceError(f"{path}: is larger than {LARGEST >> 20} MB; is it a playlist? Cut it into parts")
    return decoded(content)


def decoded(content: bytes) -> str:
    """Return text of bytes: UTF-8 or UTF-16, else Windows-1252, in which old M3U files are."""
    encoding = guessed(content[: 1 << 18])
    try:
        return content.decode(encoding.name)
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def entries(text: str, kind: str) -> Iterator[Entry]:
    """Give the entries of a playlist's text, in order; SourceError where it is not of its kind."""
    if kind not in READERS:
        raise SourceError(f"'{kind}' is no kind of playlist; there are {', '.join(KINDS)}")
    yield from READERS[kind](text.removeprefix("\ufeff"))


# -- M3U ---------------------------------------------------------------------------------------------------------------


def _m3u8(text: str) -> Iterator[Entry]:
    """Read lines: #EXTINF names the path that follows."""
    name = own = ""
    for line in re.split(r"\r\n|\r|\n", text):
        line = line.strip("\x00 \t\ufeff")
        if found := EXTINF.match(line):
            name = found[2].strip()
        elif found := SONGKIN_ID.match(line):
            own = unquote(found[1].strip())
        elif line and not line.startswith("#"):
            entry = _located(line)
            yield entry._replace(name=name, id=own or entry.id)
            name = own = ""


def _located(location: str) -> Entry:
    """Read what a location or an identifier says: one of ours, MusicBrainz's, Subsonic's, an ISRC, a file."""
    text = location.strip()
    for pattern, field in ((OURS, "id"), (SUBSONIC, "subsonic"), (RECORDING, "mbid"), (ISRC, "isrc")):
        if found := pattern.match(text):
            value = unquote(found[1])
            shown = {"mbid": value.casefold(), "isrc": value.replace("-", "").upper()}.get(field, value)
            return Entry(**{field: shown})
    return Entry(path=_path(text)) if text else Entry()


def _path(location: str) -> str:
    """Return the path of a file: URI, or the location as it is; another scheme's is no path."""
    if location.casefold().startswith("file:"):
        try:
            return unquote(urlsplit(location).path)
        except ValueError:
            return ""
    return "" if re.match(r"^[a-z][a-z0-9+.\-]+://", location, re.I) else location


# -- XSPF --------------------------------------------------------------------------------------------------------------


def _xspf(text: str) -> Iterator[Entry]:
    """Read tracks with expat, which opens nothing; a document type is refused before its entities are read."""
    tracks: list[dict[str, list[str]]] = []
    at: list[str] = []

    def refuse(*told: Any) -> None:
        raise SourceError("the XSPF has a document type of its own (<!DOCTYPE>), which no playlist needs; take it out")

    def begin(name: str, attributes: Any) -> None:
        at.append(name.rpartition("}")[2].casefold())
        if at[-1] == "track" and len(tracks) <= MOST_ENTRIES:
            tracks.append({})
        elif at[-2:-1] == ["track"] and at[-1] in XSPF_TEXTS and tracks:
            tracks[-1].setdefault(at[-1], []).append("")

    def end(name: str) -> None:
        at.pop()

    def words(said: str) -> None:
        if at[-2:-1] == ["track"] and at[-1] in XSPF_TEXTS and tracks and len(tracks[-1][at[-1]][-1]) < TEXT_AT_MOST:
            tracks[-1][at[-1]][-1] += said

    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = begin, end, words
    try:
        parser.Parse(re.sub(r"^\s*<\?xml[^>]*\?>", "", text).encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        raise SourceError(f"the XSPF is damaged XML: {error}; write it out again") from error
    yield from (_track(track) for track in tracks)


def _track(track: Mapping[str, list[str]]) -> Entry:
    """Join what the fields of a track say; the location of an XSPF is a URI, so its path is written in escapes."""
    found = [_located(text) for text in (*track.get("identifier", ()), *map(_unescaped, track.get("location", ())))]
    own = {name: next((value for one in found if (value := getattr(one, name))), "") for name in _IDENTIFYING}
    first = {name: next(iter(track.get(name, ())), "").strip() for name in ("title", "creator")}
    return Entry(**own, title=first["title"], artist=first["creator"])


_IDENTIFYING = ("id", "path", "mbid", "isrc", "subsonic")


def _unescaped(location: str) -> str:
    known = (OURS, SUBSONIC, RECORDING, ISRC)
    is_ours = any(pattern.match(location.strip()) for pattern in known)
    is_uri = re.match(r"^[a-z][a-z0-9+.\-]+:", location.strip(), re.I)
    return location if is_ours or is_uri else unquote(location)


# -- JSPF --------------------------------------------------------------------------------------------------------------


def _jspf(text: str) -> Iterator[Entry]:
    try:
        tracks = json.loads(text)["playlist"]["track"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise SourceError('the JSPF is damaged or something else; it is {"playlist": {"track": [...]}}') from error
    if not isinstance(tracks, list):
        raise SourceError(f"the JSPF's 'track' is a list, not {type(tracks).__name__}")
    for track in tracks[: MOST_ENTRIES + 1]:
        if isinstance(track, Mapping):
            told = {name: _strings(track.get(name)) for name in XSPF_TEXTS}
            told["identifier"] += _subsonic(track)
            yield _track(told)


def _subsonic(track: Mapping[str, Any]) -> list[str]:
    """Return the identifier that players keep in the extension of ListenBrainz."""
    extension = track.get("extension")
    found = []
    for said in extension.values() if isinstance(extension, Mapping) else ():
        more = said.get("additional_metadata") if isinstance(said, Mapping) else None
        found += _strings(more.get("subsonic_identifier")) if isinstance(more, Mapping) else []
    return found


def _strings(said: Any) -> list[str]:
    """Return the texts of a text or of a list of them."""
    some = said if isinstance(said, list) else [said]
    return [one for one in some if isinstance(one, str)]


# -- CSV ---------------------------------------------------------------------------------------------------------------


def _csv(text: str) -> Iterator[Entry]:
    """Read rows by their columns' names, as `songkin add` names them."""
    limit = csv.field_size_limit(TEXT_AT_MOST * 100)
    try:
        first = text.partition("\n")[0]
        marks = max(",;\t", key=first.count)
        rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=marks)
        columns = _columns([name for name in rows.fieldnames or () if name])
        if not {"id", "title", "mbid", "isrc", "path"} & set(columns):
            raise SourceError("the CSV names no songs; give it a column 'id', 'title', 'mbid', 'isrc' or 'path'")
        for row in rows:
            said = {field: (row.get(name) or "").strip() for field, name in columns.items()}
            if any(said.values()):
                artists = values.listed(said.pop("artists", ""), commas=False)
                yield Entry(**said, artist=", ".join(artists))
    except csv.Error as error:
        raise SourceError(f"the CSV is damaged: {error}; write it out again") from error
    finally:
        csv.field_size_limit(limit)


def _columns(names: list[str]) -> dict[str, str]:
    """Return which column holds what, by the names `songkin add` knows."""
    wanted = {name: ALIASES[name] for name in ("id", "title", "artists")}
    wanted |= {"mbid": LINKS["mbid"], "isrc": LINKS["isrc"], "path": ("path", "file", "location", "filename")}
    have = {folded(name): name for name in reversed(names)}
    found = {
        field: next((have[folded(one)] for one in known if folded(one) in have), None)
        for field, known in wanted.items()
    }
    return {field: name for field, name in found.items() if name is not None}


READERS: Mapping[str, Callable[[str], Iterator[Entry]]] = MappingProxyType(
    {"m3u8": _m3u8, "xspf": _xspf, "jspf": _jspf, "csv": _csv}
)
