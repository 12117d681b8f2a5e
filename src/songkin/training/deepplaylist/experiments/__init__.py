"""The experiments of the re-run by name: each measures into JSON and figures, and writes its part of the page."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

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
from songkin.training.rerunning import Experiment

__all__ = ["EXPERIMENTS"]


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
