"""A writer that adds songs to a library in an object store until it is killed; it says what it committed."""

from __future__ import annotations

import itertools
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from store_rows import DIM, row

from songkin.store import lease, writing

lease.LEASE_S, lease.BEAT_S = 2.0, 0.5

with writing(sys.argv[1], dim=DIM) as writer:
    for turn in itertools.count():
        numbers = range(1000 * int(sys.argv[2]) + 5 * turn, 1000 * int(sys.argv[2]) + 5 * turn + 5)
        writer.upsert([row(number) for number in numbers])
        print(json.dumps({"committed": [f"s{number}" for number in numbers]}), flush=True)
        if turn % 3 == 2:
            writer.finish()
