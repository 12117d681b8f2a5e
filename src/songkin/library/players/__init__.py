"""What music players ask of a library, its shelves of artists and albums, and playlists sent to their servers."""

from songkin.library.players.players import Players, Words
from songkin.library.players.sending import Sent
from songkin.library.players.shelves import Album, Artist, Shelves, album_id, artist_id

__all__ = ["Album", "Artist", "Players", "Sent", "Shelves", "Words", "album_id", "artist_id"]
