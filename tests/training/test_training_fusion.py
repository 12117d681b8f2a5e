"""Which weight is chosen from scores on requests."""

from __future__ import annotations

import numpy as np

from songkin.training.fusion import chosen


def test_the_weight_that_is_best_over_all_tasks_is_taken() -> None:
    words = np.array([[1.0, 1.0], [1.0, 0.0], [0.0, 0.0]])
    unsaid = np.array([[0.0, 0.0], [1.0, 1.0], [1.0, 1.0]])
    found = chosen((0.0, 0.3, 1.0), {"words": words, "unsaid": unsaid})
    assert found.weight == 0.3
    assert found.scores["words"].tolist() == [1.0, 0.5, 0.0]


def test_of_weights_that_do_alike_the_smallest_is_taken() -> None:
    assert chosen((0.0, 0.5, 1.0), {"one": np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 0.0]])}).weight == 0.5


def test_a_task_of_many_requests_counts_no_more_than_one_of_few() -> None:
    many, few = np.repeat([[0.6], [0.5]], 100, 1), np.array([[0.0], [1.0]])
    assert chosen((0.0, 1.0), {"many": many, "few": few}).weight == 1.0


def test_no_tasks_give_the_first_weight() -> None:
    assert chosen((0.3, 1.0), {}).weight == 0.3
