"""A library as one file that can be checked and made a library again, and its songs as lines that any program reads."""

from songkin.library.backups.exporting import Exported, export
from songkin.library.backups.restoring import Restored, check, restore
from songkin.library.backups.song_lines import export_songs

__all__ = ["Exported", "Restored", "check", "export", "export_songs", "restore"]
