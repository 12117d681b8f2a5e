"""Losses against numbers worked out by hand."""

from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch")

from songkin.training.losses import (  # noqa: E402
    info_nce,
    margin_mse,
    matryoshka,
    similarity_kl,
    teacher_cosine,
    teacher_mse,
)

E1, E2 = torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0])


def test_info_nce_of_two_pairs_apart_by_hand() -> None:
    vectors = torch.stack([E1, E2])
    assert float(info_nce(vectors, vectors, temperature=1.0)) == pytest.approx(math.log(1 + math.exp(-1)))


def test_a_mined_negative_counts_in_one_direction_only() -> None:
    anchors, candidates = torch.stack([E1]), torch.stack([E1, E2])
    forth = math.log(1 + math.exp(-1))
    assert float(info_nce(anchors, candidates, temperature=1.0, both=False)) == pytest.approx(forth)
    assert float(info_nce(anchors, candidates, temperature=1.0)) == pytest.approx(forth / 2)


def test_what_is_ignored_is_no_negative_and_the_positive_is_never_ignored() -> None:
    vectors = torch.stack([E1, E1])
    everything = torch.ones(2, 2, dtype=torch.bool)
    assert float(info_nce(vectors, vectors, ignored=everything)) == pytest.approx(0.0)
    assert float(info_nce(vectors, vectors)) == pytest.approx(math.log(2))


def test_margin_mse_by_hand() -> None:
    positive, negative = torch.tensor([0.9, 0.5]), torch.tensor([0.1, 0.5])
    assert float(margin_mse(positive, negative, torch.tensor([0.5, 0.2]))) == pytest.approx((0.09 + 0.04) / 2)


def test_distances_to_a_teacher_by_hand() -> None:
    student, teacher = torch.stack([E1, E1]), torch.stack([E1, E2])
    assert float(teacher_cosine(student, teacher)) == pytest.approx(0.5)
    assert float(teacher_mse(student, teacher)) == pytest.approx(1.0)


def test_similarities_like_the_teachers_cost_nothing_whatever_its_width() -> None:
    student = torch.stack([E1, E2, E1])
    wide = torch.cat([student, torch.zeros(3, 4)], dim=1)
    assert float(similarity_kl(student, wide)) == pytest.approx(0.0, abs=1e-6)
    assert float(similarity_kl(student[:1], wide[:1])) == 0.0


def test_similarity_kl_by_hand() -> None:
    student, teacher = torch.stack([E1, E1, E2]), torch.stack([E1, E2, E2])
    p = math.exp(1) / (1 + math.exp(1))
    clash = p * math.log(p / (1 - p)) + (1 - p) * math.log((1 - p) / p)  # the middle row: the two swapped
    half = 0.5 * math.log(0.5 / p) + 0.5 * math.log(0.5 / (1 - p))  # the first: teacher even, student not
    last = p * math.log(p / 0.5) + (1 - p) * math.log((1 - p) / 0.5)
    assert float(similarity_kl(student, teacher, temperature=1.0)) == pytest.approx((clash + half + last) / 3, rel=1e-5)


def test_matryoshka_is_the_mean_over_widths_of_unit_vectors() -> None:
    vectors = torch.tensor([[0.6, 0.8]])

    def first(rows: torch.Tensor) -> torch.Tensor:
        return rows[:, 0].sum()

    assert float(matryoshka(first, (1, 2), vectors)) == pytest.approx((1.0 + 0.6) / 2)
    assert float(matryoshka(first, (), vectors)) == pytest.approx(0.6)
