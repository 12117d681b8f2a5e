"""Playlists: songs chosen and put in order by a request, along a path, over an arc, within a length, by rules."""

from songkin.search.playlists.arc import Arc
from songkin.search.playlists.making import PlaylistMaker
from songkin.search.playlists.plan import Made, Plan

__all__ = ["Arc", "Made", "Plan", "PlaylistMaker"]
