"""A teacher against the bi-encoders, on the very same held-out trials: it counts only if it beats the best of them."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from songkin.errors import TrainingError
from songkin.training.checkpoints import atomically
from songkin.training.melscribe.mining import Retriever, digest
from songkin.training.melscribe.ranking import Scorer, Standing, Trials, by_cosine, standing

__all__ = ["STANDING", "Comparison", "compared", "encoders", "require", "write"]

log = logging.getLogger(__name__)
STANDING = "standing.json"


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a teacher and each bi-encoder order held-out trials; `trials` are the hard ones, which decide."""

    teacher: Standing
    rivals: Mapping[str, Standing]
    trials: int

    @property
    def best(self) -> str:
        """The bi-encoder that orders the hard trials best."""
        return max(self.rivals, key=lambda name: self.rivals[name].hard)

    @property
    def counts(self) -> bool:
        """Whether the teacher beats every bi-encoder on the hard trials."""
        return self.teacher.hard > self.rivals[self.best].hard

    def said(self) -> str:
        """Say both shares in one sentence."""
        own, other = self.teacher, self.rivals[self.best]
        return (
            f"of {self.trials:,} held-out pairs the teacher orders {own.hard:.1%} rightly, the bi-encoder {self.best} "
            f"{other.hard:.1%} (of random pairs {own.random:.1%} and {other.random:.1%})"
        )

    def measures(self) -> dict[str, float]:
        """Return both as measures of a validation."""
        other = self.rivals[self.best]
        return {
            "pairs, teacher": self.teacher.hard,
            "pairs, bi-encoder": other.hard,
            "random pairs, teacher": self.teacher.random,
            "random pairs, bi-encoder": other.random,
        }


def compared(
    teacher: Scorer, rivals: Mapping[str, Scorer], given: Trials, *, key: str = "", place: Path | None = None
) -> Comparison:
    """Judge a teacher and its rivals; below `place` the verdict is kept, by the digest of the trials and of `key`."""
    told = digest(key, *rivals, *(f"{one.query}\1{one.right}\1{one.wrong}" for one in given.hard + given.random))
    kept = place / f"standing-{told}.json" if place else None
    if kept and kept.is_file():
        return _read(kept)
    found = Comparison(
        standing(teacher, given), {name: standing(score, given) for name, score in rivals.items()}, len(given.hard)
    )
    log.info("%s", found.said())
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        write(found, kept)
    return found


def require(found: Comparison, *, weak: bool) -> None:
    """Refuse a teacher that does not count, unless the recipe takes a weak one."""
    if not found.counts and not weak:
        cure = "train the teacher longer or on more, or set weak_teacher = true in [gpl] to label all the same"
        raise TrainingError(f"this teacher labels nothing: {found.said()}; {cure}")


def encoders(retrievers: Sequence[Retriever]) -> dict[str, Scorer]:
    """Return the retrievers that are encoders, as scorers of pairs."""
    return {own.name: by_cosine(own.encode) for own in retrievers if own.encode}


def write(found: Comparison, place: Path) -> None:
    """Write a comparison as JSON, whole or not at all."""
    rivals = {name: own._asdict() for name, own in found.rivals.items()}
    told = {"teacher": found.teacher._asdict(), "rivals": rivals, "trials": found.trials, "counts": found.counts}
    with atomically(place) as file:
        file.write(json.dumps(told, indent=2).encode() + b"\n")


def _read(place: Path) -> Comparison:
    try:
        told = json.loads(place.read_text(encoding="utf-8"))
        rivals = {name: Standing(**own) for name, own in told["rivals"].items()}
        return Comparison(Standing(**told["teacher"]), rivals, told["trials"])
    except (ValueError, KeyError, TypeError) as error:
        raise TrainingError(f"{place} is no comparison ({error}); delete it and it is made again") from error
