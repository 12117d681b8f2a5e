"""Our scorer in the contest: it learns genres of other artists' songs, and orders pairs by what words predict."""

from __future__ import annotations

import numpy as np
import pytest

from little_heads import lyrics
from songkin.evaluation.tasks import similar
from songkin.evaluation.tasks.similar import SungSong
from songkin.training.deepplaylist.ours import ours
from songkin.training.deepplaylist.scorers import PairSong, School
from songkin.training.pairs import PairSet


def sung(number: int) -> SungSong:
    genres = ("country", "folk") if number % 2 == 0 else ("hip hop", "rap")
    return SungSong(
        f"s{number}", f"Artist {number}", lyrics(number), genres=genres, year=1975 if number % 2 == 0 else 2010
    )


def asked(number: int) -> PairSong:
    return PairSong(f"n{number}", artist=f"New {number}", text=lyrics(number))


def test_pairs_of_one_genre_score_above_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similar, "songs", lambda **_: [sung(number) for number in range(60)])
    pairs = PairSet(("s0", "s1"), np.array([0]), np.array([1]), np.array([0.2], np.float32))
    ((name, maker),) = ours().items()
    scorer = maker(School(pairs, pairs.take([]), {}))
    one, other, third = asked(100), asked(104), asked(101)
    found = scorer([one, one, other], [other, third, one])
    assert name == "songkin, from words"
    assert found[0] > found[1]
    assert found[0] == pytest.approx(found[2])  # either way round
    assert ((found >= 0) & (found <= 1)).all()
