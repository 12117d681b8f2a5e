"""The experiments of the re-run by name: each measures into JSON and figures, and writes its part of the page."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from songkin.training.epfl.experiments import (
    cleaning,
    clusters,
    recommend,
    regression,
    sanity,
    sequential,
    simsiam,
    simultaneous,
    single,
)
from songkin.training.rerunning import Experiment

__all__ = ["EXPERIMENTS"]


EXPERIMENTS: Mapping[str, Experiment] = MappingProxyType(
    {
        "cleaning": Experiment(cleaning.run, cleaning.page),
        "sanity": Experiment(sanity.run, sanity.page),
        "single": Experiment(single.run, single.page),
        "regression": Experiment(regression.run, regression.page),
        "sequential": Experiment(sequential.run, sequential.page),
        "simultaneous": Experiment(simultaneous.run, simultaneous.page),
        "simsiam": Experiment(simsiam.run, simsiam.page),
        "clusters": Experiment(clusters.run, clusters.page),
        "recommend": Experiment(recommend.run, recommend.page),
    }
)
