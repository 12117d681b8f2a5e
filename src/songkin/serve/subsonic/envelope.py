"""The envelope of the Subsonic protocol, as JSON and as XML.

Conventions
-----------
A payload is written once, as JSON has it. In XML its plain values are attributes, its objects elements, its lists
repeated elements, and `value` is an element's text. Failures come with HTTP status 200: what went wrong says the body.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from fastapi import Response

from songkin import __version__

__all__ = ["VERSION", "Refusal", "answered", "refused"]

VERSION = "1.16.1"
SPACE = "http://subsonic.org/restapi"
TEXT = "value"
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # signs that no XML document may hold
XML_HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'


class Refusal(Exception):
    """A request that is not met; `code` is the protocol's: 10 = a parameter lacks, 40 = not signed in, 70 = unknown."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def answered(payload: Mapping[str, Any], *, form: str) -> Response:
    """Return a payload in its envelope, as "json" or "xml"."""
    return _written({"status": "ok", **_head(), **payload}, form)


def refused(refusal: Refusal, *, form: str) -> Response:
    """Return a refusal in its envelope."""
    error = {"code": refusal.code, "message": refusal.message}
    return _written({"status": "failed", **_head(), "error": error}, form)


def _head() -> dict[str, Any]:
    return {"version": VERSION, "type": "songkin", "serverVersion": __version__, "openSubsonic": True}


def _written(inside: Mapping[str, Any], form: str) -> Response:
    if form == "json":
        text = json.dumps({"subsonic-response": inside}, ensure_ascii=False, allow_nan=False)
        return Response(text.encode("utf-8", "replace"), media_type="application/json")
    root = ElementTree.Element("subsonic-response", xmlns=SPACE)
    _fill(root, inside)
    return Response(XML_HEAD + ElementTree.tostring(root, encoding="utf-8"), media_type="application/xml")


def _fill(element: ElementTree.Element, inside: Mapping[str, Any]) -> None:
    """Write an object into an element."""
    for name, value in inside.items():
        if isinstance(value, Mapping):
            _fill(ElementTree.SubElement(element, name), value)
        elif isinstance(value, list | tuple):
            for one in value:
                _add(element, name, one)
        elif name == TEXT:
            element.text = _spelt(value)
        else:
            element.set(name, _spelt(value))


def _add(element: ElementTree.Element, name: str, one: Any) -> None:
    child = ElementTree.SubElement(element, name)
    if isinstance(one, Mapping):
        _fill(child, one)
    else:
        child.text = _spelt(one)


def _spelt(value: Any) -> str:
    """Write a plain value as XML does."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return NO_XML.sub("", str(value))
