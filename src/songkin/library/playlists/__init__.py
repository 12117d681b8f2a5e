"""Playlists of a library: what one wishes for, songs chosen for it, kept, opened again, edited by hand, read back."""

from songkin.library.playlists.keeping import Saved
from songkin.library.playlists.playlists import Playlists
from songkin.library.playlists.reading import Found, kind_of
from songkin.library.playlists.wish import MOST_NAMES, MOST_SONGS, Wish

__all__ = ["MOST_NAMES", "MOST_SONGS", "Found", "Playlists", "Saved", "Wish", "kind_of"]
