"""What a library holds, found without being told: clusters, themes with names, songs that fit nowhere, and a map."""

from __future__ import annotations

from songkin.atlas.clusters import DEFAULT_K, Clusters, Tree, clusters, complete_linkage, cut
from songkin.atlas.grains import GRAINS, Grains, grains, how_many
from songkin.atlas.layout import faithfulness, laid_out, placed
from songkin.atlas.naming import Mark, marks, named
from songkin.atlas.space import about_the_middle, fewer_directions
from songkin.atlas.themes import Grain, Loners, ThemesFound, discover
from songkin.atlas.wording import Wording, counted, wording

__all__ = [
    "DEFAULT_K",
    "GRAINS",
    "Clusters",
    "Grain",
    "Grains",
    "Loners",
    "Mark",
    "ThemesFound",
    "Tree",
    "Wording",
    "about_the_middle",
    "clusters",
    "complete_linkage",
    "counted",
    "cut",
    "discover",
    "faithfulness",
    "fewer_directions",
    "grains",
    "how_many",
    "laid_out",
    "marks",
    "named",
    "placed",
    "wording",
]
