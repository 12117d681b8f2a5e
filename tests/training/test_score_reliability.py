"""Expected agreement against what pairs turn out to have: in bins, by evidence, on folds that were not learnt from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from little_heads import lyrics
from little_space import described, space
from songkin.annotate.reading import read
from songkin.annotate.tag_space import EVIDENCE
from songkin.evaluation.figures import draw_reliability
from songkin.testing import ToyEncoder
from songkin.training.heads.reliability import score_reliability
from songkin.types import Lyrics

N = 80


@pytest.fixture(scope="module")
def found() -> dict[str, list]:  # type: ignore[type-arg]
    songs = [described(number) for number in range(N)]
    foretold = space().foretold(read([Lyrics(lyrics(number)) for number in range(N)], ToyEncoder()))
    return score_reliability(space().blocks, songs, foretold, np.arange(N) % 5)


def test_every_kind_of_evidence_has_its_bins(found: dict[str, list]) -> None:  # type: ignore[type-arg]
    assert tuple(found) == EVIDENCE
    assert all(len(bins) == 10 for bins in found.values())
    assert len({sum(one.n for one in bins) for bins in found.values()}) == 1


def test_where_descriptors_tell_all_what_is_expected_comes_true(found: dict[str, list]) -> None:  # type: ignore[type-arg]
    full = [one for one in found["given"] if one.n > 1000]
    assert full
    assert all(abs(one.mean - one.share) < 0.1 for one in full)


def test_what_is_true_lies_in_the_unit_interval(found: dict[str, list]) -> None:  # type: ignore[type-arg]
    assert all(
        0 <= one.share <= 1 and one.low <= one.mean <= one.high for own in found.values() for one in own if one.n
    )


def test_it_can_be_drawn(found: dict[str, list], tmp_path: Path) -> None:  # type: ignore[type-arg]
    pytest.importorskip("matplotlib")
    systems = {"score": {kind: [one._asdict() for one in bins] for kind, bins in found.items()}}
    assert draw_reliability(tmp_path / "score.png", systems).stat().st_size > 1000


def test_one_fold_alone_cannot_be_judged() -> None:
    songs = [described(number) for number in range(10)]
    bins = score_reliability(space().blocks, songs, np.zeros((10, space().dim), np.float32), np.zeros(10, np.int64))
    assert all(one.n == 0 for own in bins.values() for one in own)
