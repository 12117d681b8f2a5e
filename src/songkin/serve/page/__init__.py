"""The web page: what a listener sees of a library. Every view is plain HTML that works without JavaScript."""

from __future__ import annotations

from songkin.serve.page.router import router

__all__ = ["router"]
