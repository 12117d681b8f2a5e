"""The hallway: `Library`, the only place that joins the rooms."""

from songkin.library.adding import Added
from songkin.library.library import Library
from songkin.library.reading import Reading

__all__ = ["Added", "Library", "Reading"]
