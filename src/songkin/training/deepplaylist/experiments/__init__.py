"""The experiments of the re-run by name: each measures into JSON and figures, and writes its part of the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from songkin.training.deepplaylist.cells import Stand
from songkin.training.deepplaylist.experiments import (
    ablation,
    audio,
    classification,
    contest,
    data,
    joint,
    merges,
    parameters,
    regression,
)

__all__ = ["EXPERIMENTS", "Experiment"]


class Experiment(NamedTuple):
    """One experiment: what it measures, as JSON, and its Markdown."""

    run: Callable[[Stand], dict[str, Any]]
    page: Callable[[dict[str, Any]], str]


EXPERIMENTS: Mapping[str, Experiment] = MappingProxyType(
    {
        "data": Experiment(data.run, data.page),
        "parameters": Experiment(parameters.run, parameters.page),
        "classification": Experiment(classification.run, classification.page),
        "regression": Experiment(regression.run, regression.page),
        "ablation": Experiment(ablation.run, ablation.page),
        "merges": Experiment(merges.run, merges.page),
        "audio": Experiment(audio.run, audio.page),
        "joint": Experiment(joint.run, joint.page),
        "contest": Experiment(contest.run, contest.page),
    }
)
