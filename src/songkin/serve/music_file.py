"""A music file as it is sent, to a browser or to a player: whole, or the ranges that are asked for, never converted."""

from __future__ import annotations

import mimetypes
import os
import re
from pathlib import Path

from fastapi import HTTPException
from starlette.responses import FileResponse

__all__ = ["media_type", "sent"]

MUSIC = {  # where systems differ in what they call it
    ".aac": "audio/aac",
    ".aif": "audio/aiff",
    ".aifc": "audio/aiff",
    ".aiff": "audio/aiff",
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
    ".m4b": "audio/mp4",
    ".mka": "audio/x-matroska",
    ".mp2": "audio/mpeg",
    ".mp3": "audio/mpeg",
    ".mp4": "audio/mp4",
    ".oga": "audio/ogg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".spx": "audio/ogg",
    ".wav": "audio/wav",
    ".wma": "audio/x-ms-wma",
}
HEADERS = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
    "cache-control": "private, max-age=0, must-revalidate",
    "cross-origin-resource-policy": "same-origin",
}
STRETCH = re.compile(r"\s*(\d{1,18})-(\d{1,18})?\s*|\s*-(\d{1,18})\s*")


def media_type(suffix: str) -> str:
    """Return the media type of music files whose names end in a suffix, ".flac"."""
    own = suffix.lower()
    return MUSIC.get(own) or mimetypes.guess_type(f"a{own}")[0] or "application/octet-stream"


def sent(path: Path, *, ranges: str | None = None) -> FileResponse:
    """Return a music file as an answer: 200, or 206 for `ranges`, the request's header of that name.

    HTTPException 404 where it is gone, 416 where the ranges are none or lie beyond its end.
    """
    try:
        told = os.stat(path)
    except OSError as error:
        raise HTTPException(404, "the music file is gone; add its folder again") from error
    if ranges is not None and not _is_range(ranges):
        cure = "a range is bytes=FIRST-LAST, counted from 0"
        raise HTTPException(416, f"the range is none; {cure}", headers={"content-range": f"bytes */{told.st_size}"})
    return FileResponse(path, media_type=media_type(path.suffix), headers=HEADERS, stat_result=told)


def _is_range(asked: str) -> bool:
    """Say whether a Range header is well formed; whether the file is that long, `FileResponse` looks."""
    unit, _, stretches = asked.partition("=")
    found = [STRETCH.fullmatch(one) for one in stretches.split(",")]
    backwards = any(one and one[2] and int(one[1]) > int(one[2]) for one in found)
    return unit.strip().lower() == "bytes" and all(found) and not backwards
