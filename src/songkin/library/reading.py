"""Read catalogue files for an add: what they are taken for, how many songs they may hold, and what was lost on the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from songkin import sources
from songkin.types import Song

__all__ = ["Reading"]


@dataclass(slots=True)
class Reading:
    """Files to be read, in order; `lost` fills up with what could not be, each with its place."""

    files: tuple[Path, ...]
    lost: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, paths: Sequence[str | Path]) -> Reading:
        """Find the catalogue files among paths and in folders; SourceError where there are none."""
        return cls(tuple(file for path in paths for file in sources.files(Path(path))))

    def guesses(self) -> list[str]:
        """Say what each file is taken for, and why."""
        said = []
        for file in self.files:
            guess = sources.guess(file)
            columns = ", ".join(f"{theirs} -> {ours}" if theirs != ours else ours for theirs, ours in guess.columns.items())
            said.append(f"{file}: {guess.format} ({guess.because}){'; ' + columns if columns else ''}")
        return said

    def expected(self) -> int | None:
        """Return about how many songs there are, None where that takes reading them."""
        counts = [sources.count(file) for file in self.files]
        return None if None in counts else sum(count for count in counts if count is not None)

    def songs(self) -> Iterator[Song]:
        """Yield the songs of all files."""
        for file in self.files:
            yield from sources.read(file, lost=lambda loss: self.lost.append(f"{loss.place}: {loss.reason}"))
