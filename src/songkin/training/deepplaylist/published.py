"""What the paper printed, to stand beside what is found here. Langevin, Annanya and Zhang 2025
[langevin2025similarity]; the error "surely .0688" of row 5 is printed as .688."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

__all__ = ["ABLATION", "ACCURACY", "CLASSES", "JOINT_MSE", "MAE", "PARAMETERS", "RMSE", "VALID_ACCURACY", "Ablated"]


class Ablated(NamedTuple):
    """One row of the ablation: mean absolute error on the training and validation side, and RMSE on the test side."""

    train_mae: float
    valid_mae: float
    test_rmse: float


PARAMETERS: Mapping[str, int] = MappingProxyType(
    {"word vectors": 2_000_000, "first BiLSTM": 731_136, "second BiLSTM": 656_384, "dense": 139_521}
)
ABLATION: Mapping[str, Ablated] = MappingProxyType(
    {
        "row-1": Ablated(0.0761, 0.0715, 0.1661),
        "row-2": Ablated(0.0758, 0.0710, 0.1570),
        "row-3": Ablated(0.0711, 0.0723, 0.1561),
        "row-4": Ablated(0.0799, 0.0754, 0.1562),
        "row-5": Ablated(0.0688, 0.0712, 0.1541),
        "row-6": Ablated(0.0702, 0.0670, 0.1543),
    }
)
MAE, RMSE = 0.0678, 0.1543
JOINT_MSE = 0.0863
VALID_ACCURACY, ACCURACY = 0.8053, 0.81
CLASSES: Mapping[str, tuple[float, float, float, int]] = MappingProxyType(
    {
        "0": (0.78, 0.71, 0.74, 80_745),
        "1": (0.82, 0.87, 0.84, 123_349),
        "macro": (0.80, 0.79, 0.79, 204_094),
        "weighted": (0.80, 0.81, 0.80, 204_094),
    }
)
