"""Playlists as files that players read: M3U8, XSPF, JSPF and CSV, each song with the reason why it is there.

Conventions
-----------
A file names each song in every way there is, so that any library can find it: where its file lies, its MusicBrainz
recording, its id on a music server, and its id here as `songkin:song/ID`. Locations are relative to the playlist's own
folder where one is named: such files survive a move. Reading is done by `Library.playlists.read`.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from songkin.errors import QueryError
from songkin.types import Hit, Playlist, Song

__all__ = ["KINDS", "MEDIA_TYPES", "homeless", "kind_of", "why", "write"]

MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "m3u8": "application/vnd.apple.mpegurl",
        "xspf": "application/xspf+xml",
        "jspf": "application/json",
        "csv": "text/csv",
    }
)
KINDS = tuple(MEDIA_TYPES)
CREATOR = "songkin"
XSPF = "http://xspf.org/ns/0/"
TRACK = "https://musicbrainz.org/doc/jspf#track"
PLAYLIST = "https://musicbrainz.org/doc/jspf#playlist"
COLUMNS = (
    "position", "id", "title", "artists", "album", "year", "duration_s", "isrc", "mbid", "path", "score", "why",
)  # fmt: skip
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LEAVES = "/~!$&'()*+,;=:@"  # what a path in a URI may hold as it is


def kind_of(path: Path | str) -> str:
    """Return the kind of playlist a file's name asks for; QueryError where it names none."""
    suffix = Path(path).suffix.casefold().removeprefix(".")
    if suffix not in KINDS:
        raise QueryError(f"{path}: what kind of playlist is it to be? Name it .{', .'.join(KINDS)}")
    return suffix


def write(playlist: Playlist, kind: str, *, relative_to: Path | None = None, paths: bool = True) -> str:
    """Return a playlist as the text of a file of a kind.

    `relative_to` is the folder that the file will lie in. `paths=False` tells no path of this machine.
    """
    if kind not in WRITERS:
        raise QueryError(f"'{kind}' is no kind of playlist; there are {', '.join(KINDS)}")

    def place(song: Song) -> str:
        return _place(song, relative_to) if paths else ""

    return WRITERS[kind](playlist, place)


def homeless(playlist: Playlist) -> int:
    """Return how many songs have no file, so that no player can play them from a playlist file."""
    return sum(hit.song.audio is None for hit in playlist.hits)


def why(hit: Hit) -> str:
    """Return the reasons for a song in one line."""
    said = (f"{reason.words} “{reason.line}”".strip() if reason.line else reason.words for reason in hit.reasons)
    return "; ".join(dict.fromkeys(text for text in said if text))


def _place(song: Song, folder: Path | None) -> str:
    """Return the path of a song's file, from a folder if that can be; '' where it has no file."""
    if song.audio is None:
        return ""
    if folder is None:
        return str(song.audio)
    try:
        return os.path.relpath(song.audio, folder)
    except ValueError:  # another drive
        return str(song.audio)


# -- M3U8 --------------------------------------------------------------------------------------------------------------


def _m3u8(playlist: Playlist, place: Callable[[Song], str]) -> str:
    lines = ["#EXTM3U", *([f"#PLAYLIST:{_line(playlist.name)}"] if playlist.name else [])]
    for hit in playlist.hits:
        song = hit.song
        seconds = -1 if song.duration_s is None else round(song.duration_s)
        path = _line(place(song))
        lines.append(f"#EXTINF:{seconds},{_line(song.name)}")
        lines.append(f"#SONGKIN-ID:{_quoted(song.id)}")
        lines.append((f"./{path}" if path.startswith("#") else path) or f"songkin:song/{_quoted(song.id)}")
    return "".join(f"{line}\n" for line in lines)


def _line(text: str) -> str:
    """Return a text in one line."""
    return " ".join(re.split(r"[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+", text))


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "replace"), safe="")


# -- XSPF and JSPF -----------------------------------------------------------------------------------------------------


def _xspf(playlist: Playlist, place: Callable[[Song], str]) -> str:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<playlist version="1" xmlns="{XSPF}">']
    lines += [_element("title", playlist.name), _element("creator", CREATOR), _element("annotation", _about(playlist))]
    lines.append("  <trackList>")
    for track in _tracks(playlist, place):
        lines.append("    <track>")
        lines += [
            _element(name, text, depth=3)
            for name, value in track.items()
            if name != "extension"
            for text in (value if isinstance(value, list) else [value])
        ]
        lines.append("    </track>")
    lines += ["  </trackList>", "</playlist>"]
    return "".join(f"{line}\n" for line in lines if line)


def _element(name: str, value: Any, *, depth: int = 1) -> str:
    """Return an element with text, '' where there is none."""
    text = NO_XML.sub("", str(value))
    for mark, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;")):
        text = text.replace(mark, written)
    return f"{'  ' * depth}<{name}>{text}</{name}>" if text else ""


def _jspf(playlist: Playlist, place: Callable[[Song], str]) -> str:
    own = {"title": playlist.name, "creator": CREATOR, "annotation": _about(playlist)}
    own = {name: text for name, text in own.items() if text}
    whole = {"playlist": {**own, "track": list(_tracks(playlist, place)), "extension": {PLAYLIST: {"public": False}}}}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _tracks(playlist: Playlist, place: Callable[[Song], str]) -> Iterable[dict[str, Any]]:
    """Give each song as both formats name its parts; what is not known is left out."""
    for hit in playlist.hits:
        song = hit.song
        path, subsonic = place(song), song.links.get("subsonic", "")
        server = f"https://subsonic.org/entity/song/{_quoted(subsonic)}" if subsonic else ""
        track: dict[str, Any] = {
            "location": [_uri(path)] if path else [],
            "identifier": [name for name in (_recording(song), server, f"songkin:song/{_quoted(song.id)}") if name],
            "title": song.title,
            "creator": song.artist,
            "annotation": why(hit),
            "album": song.album or "",
            "duration": None if song.duration_s is None else round(1000 * song.duration_s),
        }
        if server:
            track["extension"] = {TRACK: {"additional_metadata": {"subsonic_identifier": server}}}
        yield {name: value for name, value in track.items() if value not in ("", None, [])}


def _recording(song: Song) -> str:
    mbid = song.links.get("mbid", "")
    return f"https://musicbrainz.org/recording/{_quoted(mbid)}" if mbid else ""


def _uri(path: str) -> str:
    """Return a path as a URI: a relative one stays relative."""
    written = quote(os.fsencode(path.replace(os.sep, "/")), safe=LEAVES.replace(":", "") if ":" in path else LEAVES)
    return f"file://{written}" if os.path.isabs(path) else written


def _about(playlist: Playlist) -> str:
    """Return what a request was taken for, and what it could not have."""
    return "; ".join(part for part in (playlist.understood, *playlist.notes) if part)


# -- CSV ---------------------------------------------------------------------------------------------------------------


def _csv(playlist: Playlist, place: Callable[[Song], str]) -> str:
    written = io.StringIO(newline="")
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(COLUMNS)
    rows.writerows(_row(number, hit, place(hit.song)) for number, hit in enumerate(playlist.hits, 1))
    return written.getvalue()


def _row(number: int, hit: Hit, path: str) -> Sequence[Any]:
    song = hit.song
    links = [song.links.get(name, "") for name in ("isrc", "mbid")]
    known = [song.album or "", song.year or "", "" if song.duration_s is None else f"{song.duration_s:g}"]
    return [number, song.id, song.title, "; ".join(song.artists), *known, *links, path, f"{hit.score:.4f}", why(hit)]


WRITERS: Mapping[str, Callable[[Playlist, Callable[[Song], str]], str]] = MappingProxyType(
    {"m3u8": _m3u8, "xspf": _xspf, "jspf": _jspf, "csv": _csv}
)
