"""What a library holds, found without being told: clusters of songs."""

from __future__ import annotations

from songkin.atlas.clusters import DEFAULT_K, Clusters, Tree, clusters, complete_linkage, cut

__all__ = ["DEFAULT_K", "Clusters", "Tree", "clusters", "complete_linkage", "cut"]
