"""Read catalogue files for an add: what they are taken for, how many songs they may hold, what was lost on the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from songkin import sources
from songkin.errors import SourceError
from songkin.types import Song

__all__ = ["Reading"]

MUSIC = "music files cannot be added yet; songkin reads catalogues of songs: CSV, TSV, JSONL, JSON, Parquet"


@dataclass(slots=True)
class Reading:
    """Files to be read, in order, each once.

    `lost` fills up with the records that did not arrive, `kept` with what arrived without a part; each with its place.
    """

    files: tuple[Path, ...]
    lost: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, paths: Sequence[str | Path]) -> Reading:
        """Find the catalogue files among paths and in folders; SourceError where there are none."""
        found: dict[Path, Path] = {}
        music = []
        for path in map(Path, paths):
            files = list(sources.files(path))
            found |= {file.resolve(): file for file in files}
            music += [] if files else [f"{path}: {MUSIC}"]
        if music and not found:
            raise SourceError(music[0])
        return cls(tuple(found.values()), lost=music)

    def guesses(self) -> list[str]:
        """Say what each file is taken for, and why."""
        said = []
        for file in self.files:
            with suppress(SourceError):  # told when the file is read
                guess = sources.guess(file)
                columns = ", ".join(
                    f"{theirs} -> {ours}" if theirs != ours else ours for theirs, ours in guess.columns.items()
                )
                others = (
                    f"; features where they are numbers, else not read: {', '.join(guess.others)}"
                    if guess.others
                    else ""
                )
                said.append(f"{file}: {guess.format} ({guess.because}){'; ' + columns if columns else ''}{others}")
        return said

    def expected(self) -> int | None:
        """Return about how many songs there are, None where that takes reading them."""
        try:
            counts = [sources.count(file) for file in self.files]
        except SourceError:
            return None
        return None if None in counts else sum(count for count in counts if count is not None)

    def songs(self) -> Iterator[Song]:
        """Yield the songs of all files; a file that cannot be read at all is lost among others, and an error alone."""
        for file in self.files:
            try:
                yield from sources.read(file, lost=self._note)
            except SourceError as error:
                if len(self.files) == 1:
                    raise
                self.lost.append(str(error))

    def _note(self, loss: sources.Loss) -> None:
        (self.kept if loss.kept else self.lost).append(f"{loss.place}: {loss.reason}")
