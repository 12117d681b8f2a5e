"""The language lyrics are sung in."""

from __future__ import annotations
