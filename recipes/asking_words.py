"""Count how often people say each word when they ask for a song they forgot: search/asking.json is made by this.

SONGKIN_DATA=../shared/data python recipes/asking_words.py
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq

from songkin.search.recalling import ASKING, plainly_written
from songkin.text.words import content_words, stems

FEWEST = 4  # requests that say a word, for it to be kept


def main() -> None:
    """Write the counts of all stems that at least four of the open requests of tot_music say."""
    data = Path(os.environ.get("SONGKIN_DATA", "../shared/data"))
    requests = pq.read_table(data / "tot_music" / "open.parquet", columns=["query"])["query"].to_pylist()
    said = Counter(stem for text in requests for stem in set(stems(content_words(plainly_written(text)))))
    kept = {stem: count for stem, count in sorted(said.items()) if count >= FEWEST}
    text = json.dumps({"requests": len(requests), "stems": kept}, ensure_ascii=False, indent=0)
    ASKING.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
