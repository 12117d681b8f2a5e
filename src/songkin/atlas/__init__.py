"""What a library holds, found without being told: clusters, themes with names, songs that fit nowhere, and a map."""

from __future__ import annotations

from songkin.atlas.clusters import DEFAULT_K, Clusters, Tree, clusters, complete_linkage, cut
from songkin.atlas.grains import GRAINS, Grains, grains, how_many
from songkin.atlas.layout import laid_out, layout_trustworthiness, placed
from songkin.atlas.naming import Mark, marks, named
from songkin.atlas.space import centred_by_kind, principal_components
from songkin.atlas.themes import Grain, Outliers, ThemesFound, discover
from songkin.atlas.wording import Wording, counted, wording

__all__ = [
    "DEFAULT_K",
    "GRAINS",
    "Clusters",
    "Grain",
    "Grains",
    "Mark",
    "Outliers",
    "ThemesFound",
    "Tree",
    "Wording",
    "centred_by_kind",
    "clusters",
    "complete_linkage",
    "counted",
    "cut",
    "discover",
    "grains",
    "how_many",
    "laid_out",
    "layout_trustworthiness",
    "marks",
    "named",
    "placed",
    "principal_components",
    "wording",
]
