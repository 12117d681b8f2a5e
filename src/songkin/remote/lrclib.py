"""LRCLIB: lyrics that people share, asked for by artist, title and length; no key, opt-in, one request at a time.

Conventions
-----------
Lyrics are taken only where the length agrees within two seconds and title and artist are the song's; without a known
length nothing is asked. A text with time stamps comes before a plain one. Nothing that comes is believed: fields of
another type are left out, texts of unlikely length too.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from songkin import __version__
from songkin.errors import RemoteError
from songkin.remote.remembered import Remembered
from songkin.remote.wire import Fetched, Limits, Wire
from songkin.text.names import artist_key, split_artists, title_key, version_of
from songkin.types import Lyrics, Song

__all__ = ["BASE", "Lrclib"]

BASE = "https://lrclib.net"
AGENT = f"songkin/{__version__} (https://pypi.org/project/songkin)"
WITHIN_S = 2.0  # how far lengths may lie apart
PAUSE_S = 0.5  # between two requests
LIMITS = Limits(connect_s=10.0, read_s=30.0, whole_s=60.0, largest=4 << 20, tries=4, pause_s=1.0)
LONGEST = 100_000  # characters of lyrics
LONGEST_NAME = 500  # characters of a title or an artist that is asked for
NO = (400, 404)


class Lrclib:
    """A client of LRCLIB or of a server like it; `cache` is a folder for answers, None = none are kept."""

    def __init__(
        self,
        base: str = BASE,
        *,
        cache: Path | None = None,
        pause_s: float = PAUSE_S,
        limits: Limits = LIMITS,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.base = _checked(base)
        self.host = str(urlsplit(self.base).hostname)
        self._wire = Wire(self.base, agent=AGENT, limits=limits, sleep=sleep)
        self._known = Remembered(cache, clock=clock)
        self._pause_s, self._sleep, self._asked_at, self._one_at_a_time = pause_s, sleep, -math.inf, Lock()

    def close(self) -> None:
        """End the connection."""
        self._wire.close()

    def find(self, song: Song, *, wrong: Collection[str] = ()) -> Lyrics | None:
        """Return a song's lyrics, or that it has none to sing; None where nothing that fits is there.

        `wrong` names sources ("LRCLIB #12") that are not taken. RemoteError where the service does not answer.
        """
        if not askable(song):
            return None
        own = {"track_name": _text(song.title[:LONGEST_NAME]), "artist_name": _text(song.artists[0][:LONGEST_NAME])}
        exact = own | {"duration": str(round(song.duration_s or 0.0))}
        exact |= {"album_name": _text(song.album[:LONGEST_NAME])} if song.album else {}
        answers = [self._ask("api/get", exact)]
        if (found := _best(answers, song, wrong)) is not None:
            return found
        bare = own | {"track_name": version_of(own["track_name"]).base or own["track_name"]}
        more = self._ask("api/search", bare)
        return _best(more if isinstance(more, list) else [], song, wrong)

    def _ask(self, path: str, params: Mapping[str, str]) -> Any:
        """Return what the service says, remembered; None where it has no such thing."""
        request = {"base": self.base, "path": path, **params}
        known = self._known.get(request)
        if known is not None:
            return known.answer
        with self._one_at_a_time:
            self._sleep(max(0.0, self._asked_at + self._pause_s - time.monotonic()))
            try:
                fetched = self._wire.fetch(path, params)
            finally:
                self._asked_at = time.monotonic()
        answer = self._opened(fetched) or None  # an empty list of matches is a no
        self._known.put(request, answer)
        return answer

    def _opened(self, fetched: Fetched) -> Any:
        """Return the document of an answer, None for "no"; RemoteError where it is neither."""
        if fetched.status in NO:
            return None
        if fetched.status == 429:
            raise RemoteError(f"{self.host}: it is asked too often (HTTP 429); try again later, it goes on from here")
        if fetched.status != 200:
            raise RemoteError(f"{self.host}: it fails (HTTP {fetched.status}); try again later, it goes on from here")
        try:
            return json.loads(fetched.body)
        except (ValueError, RecursionError):
            raise RemoteError(f"{self.host}: what came is no answer of LRCLIB; is the address right?") from None


def askable(song: Song) -> bool:
    """Say whether a song can be looked up: with title, artist and length, all three."""
    known = song.duration_s is not None and math.isfinite(song.duration_s) and song.duration_s > 0
    return known and bool(song.title.strip() and song.artists and song.artists[0].strip())


def _best(answers: Collection[Any], song: Song, wrong: Collection[str]) -> Lyrics | None:
    """Return what fits a song best: timed words before plain ones before none, then the nearest length."""
    found = []
    for at, answer in enumerate(answers):
        lyrics = _lyrics(answer)
        if lyrics and lyrics.source not in wrong and _is_of(answer, song):
            apart_s = abs(float(answer["duration"]) - (song.duration_s or 0.0))
            found.append((lyrics.instrumental, not lyrics.text.lstrip().startswith("["), apart_s, at, lyrics))
    return min(found)[-1] if found else None


def _is_of(answer: Mapping[str, Any], song: Song) -> bool:
    """Say whether an answer is about the song: its length within two seconds, its title, one of its artists."""
    length, ours_s = answer.get("duration"), song.duration_s or 0.0
    if isinstance(length, bool) or not isinstance(length, int | float):
        return False
    if not ours_s - WITHIN_S <= length <= ours_s + WITHIN_S:  # compared, not computed with: it may be beyond any float
        return False
    title, artist = _text(answer.get("trackName")), _text(answer.get("artistName"))
    ours = {artist_key(name) for name in song.artists} | {artist_key(", ".join(song.artists))}
    theirs = {artist_key(name) for name in (*split_artists(artist, listed=True), artist)}
    return title_key(title) == title_key(song.title) and bool(ours & theirs - {""})


def _lyrics(answer: Any) -> Lyrics | None:
    """Read an answer; None where it holds neither words nor that there are none."""
    if not isinstance(answer, dict):
        return None
    number = answer.get("id")
    if isinstance(number, bool) or not isinstance(number, int) or not 0 < number < 2**63:
        return None
    source = f"LRCLIB #{number}"
    if answer.get("instrumental") is True:
        return Lyrics(instrumental=True, source=source)
    texts = (_text(answer.get(name)) for name in ("syncedLyrics", "plainLyrics"))
    text = next((text for text in texts if text.strip() and len(text) <= LONGEST), "")
    return Lyrics(text, source=source) if text else None


def _text(value: Any) -> str:
    """Return a text without halves of characters; '' for anything else."""
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""


def _checked(base: str) -> str:
    """Return a service's address without a slash at its end; RemoteError where it is none."""
    try:
        parts = urlsplit(base.strip())
        fits = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and not parts.query
    except ValueError:
        fits = False
    if not fits or "@" in parts.netloc or parts.fragment or not base.isprintable():
        raise RemoteError(f"'{base[:80]!s}' is no address of a lyrics server; write {BASE}")
    return base.strip().rstrip("/")
