"""Say how much of a record's sound its words tell, and how much of that is no more than its year.

    SONGKIN_DATA=... python benchmarks/loudness.py [--json]

Of every chart song (`popular_songs`) with words, a year and the value, a ridge regression on Tf-Idf words and pairs
says the value's rank, fitted without the song's artist (five folds). Printed is how often it finds the right half, in
percent with 95 % bounds over artists: of the value as it is, and beyond the year, which is what is left of the rank
after a cubic of the year's rank. The last columns give the half as the year alone says it: the true one, and the one
that the same words tell. A coin has 50. Seconds a value on one core.
"""

from __future__ import annotations

import argparse
import json
from typing import Any, NamedTuple

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray
from scipy.stats import rankdata
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import Ridge

from songkin.datasets import file_of, popular_songs
from songkin.evaluation.tallies import accuracy, interval_by
from songkin.training.heads.heads import folds_of

VALUES = ("loudness", "tempo", "liveness", "valence", "energy", "danceability")
LEAST_SONGS, MOST_TERMS = 3, 60_000  # with a word or pair; of words and pairs
COLUMNS = ("value", "songs", "by words", "beyond the year", "by the true year", "by the year that words tell")

Floats = NDArray[np.float64]


class Told(NamedTuple):
    """Percent of songs in the right half, each (mean, low, high)."""

    songs: int
    words: list[float]
    beyond: list[float]
    year: list[float]
    told_year: list[float]


def main() -> None:
    """Fit, judge, and print a row a value."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    table = pq.read_table(file_of(popular_songs.CORPUS, "songs.parquet"))
    found = {name: told(table.select(["lyrics", "artist", "year", name]).drop_null(), name) for name in VALUES}
    if given.json:
        print(json.dumps({name: row._asdict() for name, row in found.items()}, indent=2))
        return
    print(" | ".join(COLUMNS))
    for name, row in found.items():
        print(" | ".join((name, f"{row.songs:,}", *map(_spelt, row[1:]))))


def told(table: Any, name: str) -> Told:
    """Judge one value of a table of songs without gaps."""
    artists = table["artist"].to_pylist()
    folds, (_, groups) = folds_of(artists), np.unique(artists, return_inverse=True)
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=LEAST_SONGS, max_features=MOST_TERMS, sublinear_tf=True)
    bags = words.fit_transform(table["lyrics"].to_pylist())  # counted in all songs, learnt from in four folds of five
    value, year = (rankdata(table[column].to_numpy().astype(float)) / len(table) for column in (name, "year"))
    rest = value - np.polyval(np.polyfit(year, value, 3), year)

    def foretold(wanted: Floats) -> Floats:
        scores = np.zeros(len(wanted))
        for fold in np.unique(folds):
            held = folds == fold
            scores[held] = Ridge(1.0).fit(bags[~held], wanted[~held]).predict(bags[held])
        return scores

    def right(scores: Floats, true: Floats) -> list[float]:
        bounds = interval_by(accuracy(scores > np.median(scores), true > np.median(true)), groups)
        return [100 * part for part in bounds]

    return Told(
        len(table),
        right(foretold(value), value),
        right(foretold(rest), rest),
        right(year, value),
        right(foretold(year), value),
    )


def _spelt(bounds: list[float]) -> str:
    mean, low, high = bounds
    return f"{mean:.1f} ({low:.1f}-{high:.1f})"


if __name__ == "__main__":
    main()
