"""Pairs on the corpora that lie beside the repository: musiXmatch cut in a record, HetRec, Last.fm's one record."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from songkin.datasets import data_folder, lastfm, musixmatch
from songkin.training.pairs import artist_split, random_split, track_split
from songkin.training.pairs.colisten import colisten_pairs
from songkin.training.pairs.linking import linked
from songkin.training.pairs.vectors import trained_vectors
from songkin.training.pairs.words import Vocabulary, expanded, sequences, song_words

DATA = data_folder()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        DATA is None or not (DATA / "musixmatch").is_dir() or not (DATA / "hetrec_lastfm2k").is_dir(),
        reason="musixmatch and hetrec_lastfm2k are not here; SONGKIN_DATA names the folder that holds them",
    ),
]


def corpus(name: str) -> Path:
    assert DATA is not None
    return DATA / name


def test_the_cut_file_of_bags_gives_every_track_and_tells_the_cut() -> None:
    told: list[str] = []
    own = list(musixmatch.bags(corpus("musixmatch"), told=told.append))
    assert len({bag.id for bag in own}) == len(own) == 8375
    assert sum("the record is cut" in line for line in told) == 2
    words = [expanded(bag.counts) for bag in own]
    vocabulary = Vocabulary.of(words)
    assert len(vocabulary) < 5002
    rows = sequences(words, vocabulary)
    assert rows.shape == (8375, 300)
    assert 0.15 < np.mean([len(one) > 300 for one in words]) < 0.20
    kept = [sum(len(set(expanded(bag.counts, order=order)[:300])) for bag in own) for order in ("file", "rounds")]
    assert kept[1] > 1.1 * kept[0]


def test_vectors_of_real_bags_know_what_goes_together() -> None:
    words = [expanded(bag.counts) for bag in musixmatch.bags(corpus("musixmatch"), told=lambda line: None)]
    vocabulary = Vocabulary.of(words)
    own = trained_vectors(words, vocabulary, window=None, seed=0)
    unit = own.matrix / np.maximum(np.linalg.norm(own.matrix, axis=1, keepdims=True), 1e-9)

    def near(one: str, other: str) -> float:
        two = unit[vocabulary.numbers([one, other])]
        return float(two[0] @ two[1])

    assert own.known == len(vocabulary.words)
    assert near("sun", "sky") > near("sun", "money")
    assert near("que", "corazón") > near("que", "heart")
    assert near("lord", "jesus") > near("lord", "baby")


def test_the_one_record_of_lastfm_links_with_bags_of_its_tracks(tmp_path: Path) -> None:
    found = list(lastfm.similars(corpus("lastfm_sample")))
    assert len(found) == 5
    assert found[0].score == 1.0
    record = json.loads(next(corpus("lastfm_sample").iterdir()).read_text())
    header = "# TRAINING SET\n%i,the,sea\n"
    rows = [
        f"{track},{at + 1},1:2,3:1"
        for at, track in enumerate([record["track_id"], *(t for t, _ in record["similars"])])
    ]
    (tmp_path / "mxm_dataset_train.txt").write_text(header + "\n".join(rows) + "\n")
    own = linked(corpus("lastfm_sample"), tmp_path, told=lambda line: None)
    assert own.funnel["taken"] == 5
    assert own.pairs.labels.max() == 1.0


def test_co_listening_of_all_chart_songs_with_listeners_splits_by_artist() -> None:
    own = colisten_pairs(seed=0, negatives=1.0)
    assert len(own.pairs.ids) > 1500
    assert len(own.pairs) > 1_000_000
    assert 0 < float((own.pairs.labels > 0).mean()) <= 1
    assert len(song_words(own.texts[own.pairs.ids[0]])) > 20
    held = [{own.artists[side.ids[at]] for at in side.songs} for side in artist_split(own.pairs, own.artists, seed=0)]
    assert not any(one & other for one, other in combinations(held, 2))
    sides = track_split(own.pairs, seed=0)
    kept = sum(map(len, sides))
    assert [len(side) / kept for side in sides] == pytest.approx([0.64, 0.16, 0.20], abs=0.05)
    assert random_split(own.pairs, seed=0).dropped(own.pairs) == 0
