"""What the paper's table of sets counts, for any captioned tracks and the sets drawn for them."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from songkin.evaluation.tasks.melscribe import shared
from songkin.training.melscribe.sampling import Drawn, joined

__all__ = ["statistics"]


def statistics(drawn: Sequence[Drawn]) -> dict[str, float]:
    """Count queries, descriptors, documents, and what decides how hard they are; no queries count nothing.

    `shared words` is the share of a query's distinct words that its track's descriptors hold, in [0, 1], the mean over
    queries.
    """
    if not drawn:
        return {"requests": 0, "descriptors": 0, "documents": 0}
    documents = {joined(tags) for one in drawn for tags in one.sets}
    return {
        "tracks": len({one.track for one in drawn}),
        "requests": len(drawn),
        "descriptors": len({tag for one in drawn for tag in one.tags}),
        "documents": len(documents),
        "sets a request": round(fmean(len(one.sets) for one in drawn), 2),
        "descriptors a set": round(fmean(len(tags) for one in drawn for tags in one.sets), 2),
        "words a request": round(fmean(len(one.query.split()) for one in drawn), 1),
        "shared words": round(fmean(shared(one.query, " ".join(one.tags)) for one in drawn), 3),
    }
