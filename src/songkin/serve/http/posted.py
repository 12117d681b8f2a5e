"""Songs that come in a request: they rest in a file of our own, and are read as any catalogue is.

Conventions
-----------
Nothing a client sends is taken for a path: the file's name is ours, and a song from a request has no file of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import Request

from songkin.errors import SourceError
from songkin.library import Reading
from songkin.serve.http.errors import Refusal
from songkin.types import Song

__all__ = ["KINDS", "Arrived", "kind_of", "posted", "songs_of"]

NAME = "request"
KINDS = {
    "application/json": ".json",
    "application/x-ndjson": ".jsonl",
    "application/jsonl": ".jsonl",
    "application/x-jsonlines": ".jsonl",
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
}


def kind_of(request: Request) -> str:
    """Return the ending that goes with what a request says it holds; Refusal for what is not read."""
    said = request.headers.get("content-type", "application/x-ndjson").partition(";")[0].strip().lower()
    if said not in KINDS:
        raise Refusal(415, f"songs come as {', '.join(KINDS)}, not {said[:60]!a}; set Content-Type")
    return KINDS[said]


@dataclass(frozen=True, slots=True)
class Arrived:
    """A request's body in a file of ours, which goes with its folder."""

    folder: TemporaryDirectory[str]
    path: Path

    @classmethod
    async def of(cls, request: Request, ending: str) -> Arrived:
        """Write a body to a file as it comes; where it does not come whole, nothing of it stays."""
        folder = _folder()
        path = Path(folder.name) / f"{NAME}{ending}"
        try:
            with path.open("wb") as file:
                async for part in request.stream():
                    file.write(part)
        except BaseException:
            folder.cleanup()
            raise
        return cls(folder, path)


def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="songkin-", ignore_cleanup_errors=True)


@contextmanager
def posted(body: bytes, ending: str) -> Iterator[Reading]:
    """Give the reading of a body; errors name the request, not our file."""
    with _folder() as folder:
        path = Path(folder) / f"{NAME}{ending}"
        path.write_bytes(body)
        with told_of_the_request(path):
            yield Reading.of([path])


@contextmanager
def told_of_the_request(path: Path) -> Iterator[None]:
    """Let an error about our file speak of the request."""
    try:
        yield
    except SourceError as error:
        raise type(error)(str(error).replace(str(path), "the request")) from error


def songs_of(reading: Reading) -> Iterator[Song]:
    """Yield the songs of a request; none of them names a file of this machine."""
    for song in reading.songs():
        yield replace(song, audio=None)
