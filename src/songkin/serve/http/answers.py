"""JSON as it is sent: UTF-8, whatever signs a damaged tag holds."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import JSONResponse

__all__ = ["Json", "json_bytes"]


class Json(JSONResponse):
    """One JSON document."""

    def render(self, content: Any) -> bytes:
        """Return the document as it is sent."""
        return json_bytes(content)


def json_bytes(content: Any) -> bytes:
    """Return a document in UTF-8; half a surrogate pair becomes a question mark, and what is no number an error."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")
