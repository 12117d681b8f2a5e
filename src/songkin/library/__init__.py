"""The hallway: `Library`, the only place that joins the rooms."""

from songkin.library.adding import Added
from songkin.library.encoder_size import encoder_bytes
from songkin.library.library import Library
from songkin.library.reading import Reading
from songkin.library.remembering import Remembering
from songkin.library.singing import sung_lines
from songkin.search.timing import Timing, timed

__all__ = ["Added", "Library", "Reading", "Remembering", "Timing", "encoder_bytes", "sung_lines", "timed"]
