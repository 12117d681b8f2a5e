"""The Subsonic protocol, with OpenSubsonic's additions, as players ask it: `router()` is mounted at /rest."""

from __future__ import annotations

from songkin.serve.subsonic.routing import router

__all__ = ["router"]
