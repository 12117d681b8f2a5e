"""Write a library's songs as JSON lines, in the fields that `songkin add` reads: for any other program."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from songkin.library.backups.exporting import Exported, unused
from songkin.library.whole_files import settle, whole
from songkin.settings import Settings
from songkin.store import Store
from songkin.store.engine import told_plainly
from songkin.types import Song

__all__ = ["export_songs", "song_fields"]

AT_ONCE = 2000
OWN = ("id", "title", "artists", "album", "year", "duration_s", "language", "explicit", "genres", "description")


def export_songs(
    place: str | Path | None,
    out: str | Path,
    *,
    replace: bool = False,
    progress: Callable[[int], None] = lambda songs: None,
) -> Exported:
    """Write the songs of the library at `place` to the file `out`, one JSON object a line, as they are here now."""
    path = unused(out, replace=replace)
    store = Store.open(Settings.load(library=str(place) if place else None).library)
    songs = 0
    with whole(path) as draft, told_plainly(str(path)), draft.open("w", encoding="utf-8") as file:
        for chunk in _chunks(store):
            file.writelines(f"{json.dumps(song_fields(song), ensure_ascii=False)}\n" for song in chunk)
            songs += len(chunk)
            progress(len(chunk))
        settle(file)
    return Exported(path, path.stat().st_size, songs, 0)


def _chunks(store: Store) -> Iterator[list[Song]]:
    keys = store.catalogue()[0]
    for at in range(0, len(keys), AT_ONCE):
        yield [song for song in store.songs(keys[at : at + AT_ONCE], lyrics=True) if song]


def song_fields(song: Song) -> dict[str, Any]:
    """Return a song as a record that `add` reads back; what is not known is left out."""
    own: dict[str, Any] = {name: getattr(song, name) for name in OWN}
    own |= {"tags": dict(song.tags), "features": dict(song.features), "links": dict(song.links)}
    if words := song.lyrics:
        own |= {"lyrics": words.text, "bag": dict(words.bag), "lyrics_source": words.source}
        own["instrumental"] = words.instrumental or None
    return {name: value for name, value in own.items() if value not in (None, "", (), {})}
