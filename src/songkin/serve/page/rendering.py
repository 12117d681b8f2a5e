"""Templates made HTML: every value is escaped, every view carries the policy that lets only our own files run.

Conventions
-----------
Templates lie in `web/templates`; a name that is not given is an error, not a blank. They may use `asset(name)`,
`song_link(id)`, `audio_link(id)` and the filters `number` (1,234), `clock` (seconds as 3:05), `stamp` (milliseconds as
3:05), `percent` (a share in [0, 1] as 42) and `language` (a code by its name).
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import Request
from jinja2 import Environment, FunctionLoader, StrictUndefined
from starlette.responses import HTMLResponse

from songkin.library.views import language_name
from songkin.serve.page.assets import address
from songkin.serve.page.links import audio_link, song_link, with_fields

__all__ = ["POLICY", "is_part", "render", "write"]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
    "vary": "HX-Request",
}


def render(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a view made of a template: `base.html` around it, unless `is_part(request)` and it says otherwise.

    `path` (where the reader is) and `part` (only a part is wanted) are known to every template.
    """
    page = write(template, path=request.url.path, part=is_part(request), **values)
    return HTMLResponse(page, status_code=status, headers=HEADERS)


def write(template: str, **values: Any) -> str:
    """Return a template filled in; half a surrogate pair, as damaged tags hold, becomes a question mark."""
    written = environment().get_template(template).render(**values)
    return written.encode("utf-8", "replace").decode("utf-8")


def is_part(request: Request) -> bool:
    """Say whether htmx asks, and so for a part of the view only; after "back" it wants all of it."""
    headers = request.headers
    return headers.get("hx-request") == "true" and headers.get("hx-history-restore-request") != "true"


@cache
def environment() -> Environment:
    """Return the templates with the names they may use."""
    made = Environment(
        loader=FunctionLoader(_read), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.globals |= {"asset": address, "song_link": song_link, "audio_link": audio_link, "with_fields": with_fields}
    made.filters |= {"number": _number, "clock": _clock, "stamp": _stamp, "percent": _percent}
    made.filters |= {"language": language_name}
    return made


def _read(name: str) -> str | None:
    place = files("songkin.serve") / "web" / "templates" / name
    return place.read_text(encoding="utf-8") if place.is_file() else None


def _number(value: float) -> str:
    return f"{value:,}"


def _clock(seconds: float | None) -> str:
    """Return a length as minutes and seconds; '' where it is unknown.

    >>> _clock(3605.2)
    '1:00:05'
    """
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _stamp(milliseconds: int | None) -> str:
    """Return a place in a song as minutes and seconds, cut, not rounded; '' where it is unknown."""
    return "" if milliseconds is None else _clock(milliseconds // 1000)


def _percent(share: float) -> str:
    return f"{100 * share:.0f}"
