"""What a library holds, and what it lacks."""

from __future__ import annotations

from typing import Any

from songkin.filters import FIELDS, column
from songkin.store import Store

__all__ = ["inventory"]

SHOWN = 12


def inventory(store: Store) -> dict[str, Any]:
    """Return songs, passages, encoders, languages, genres, features, and how many songs miss each thing; for `info`."""
    counts, facts = store.counts(), store.facts()
    missing = {name: store.lacking(column(name)) for name in FIELDS if name != "id"}
    missing["lyrics"] = store.count("lyrics IS NULL AND passages = 0")
    missing["description"] = store.count("about = ''")
    missing |= {name: store.lacking(column(name)) for name in store.features()}
    encoded = dict(store.common("encoder", SHOWN))
    missing["vectors"] = store.lacking("encoder")
    return {
        "songs": counts.songs,
        "passages": counts.passages,
        "encoders": {
            "current": facts.get("encoder") or ("shipped" if facts.get("fingerprint") else None),
            "songs": encoded,
        },
        "schema": int(facts.get("schema", "1")),
        "languages": dict(store.common("w_language", SHOWN)),
        "genres": dict(store.common("w_genre", SHOWN)),
        "features": store.features(),
        "missing": missing,
        "place": store.tables.place,
    }
