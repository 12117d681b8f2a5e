"""Damaged words: the systems, the grid that keeps what it measured, the encoder that reads no text twice."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("sklearn")

from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from little_heads import SMALL, lyrics  # noqa: E402
from songkin.annotate.reading import Reading  # noqa: E402
from songkin.errors import TrainingError  # noqa: E402
from songkin.evaluation.tasks.similar import Question, SungSong, by_listeners  # noqa: E402
from songkin.testing import ToyEncoder  # noqa: E402
from songkin.training.deepplaylist.making import made, write  # noqa: E402
from songkin.training.deepplaylist.options import Options  # noqa: E402
from songkin.training.heads.heads import read_texts  # noqa: E402
from songkin.training.pairs.damage import DAMAGES  # noqa: E402
from songkin.training.robustness import (  # noqa: E402
    MEASURES,
    Near,
    Point,
    System,
    damaged_copies,
    measure_grid,
    of_network,
    of_space,
    of_vectors,
    of_words,
    points,
)
from songkin.training.robustness.grid import damaged, measured  # noqa: E402
from songkin.training.robustness.kept import KeptEncoder  # noqa: E402


def toy_reader(texts: Sequence[str]) -> Reading:
    return read_texts(list(texts), ToyEncoder())


def sung_song(number: int, artist: str) -> SungSong:
    even = number % 2 == 0
    genres = ("country", "folk") if even else ("hip hop", "rap")
    return SungSong(f"s{number}", artist, lyrics(number), genres[0], 1971 if even else 2005, genres, ("slow",))


@lru_cache(maxsize=1)
def question() -> Question:
    """Twenty songs by ten artists: those of one genre are heard by the same people."""
    own = [sung_song(number, f"Judged {number % 10}") for number in range(100, 120)]
    crowd = {0: range(10), 1: range(6, 20)}
    plays = {f"Judged {at}": {user: 3 + user % (at + 2) for user in crowd[at % 2]} for at in range(10)}
    return by_listeners(own, plays)


@lru_cache(maxsize=1)
def known() -> tuple[SungSong, ...]:
    return tuple(sung_song(number, f"Known {number % 13}") for number in range(60))


def systems() -> list[System]:
    space = {"reader": toy_reader, "mark": "toy", "options": SMALL}
    return [
        of_words(),
        of_vectors(toy_reader, "toy"),
        of_space("ours", "", **space),
        of_space("noise", "", noisy=True, **space),
        of_space("three", "", layers=3, **space),
    ]


@lru_cache(maxsize=1)
def fitted() -> dict[str, Near]:
    return {system.name: system.fit(known()) for system in systems()}


@pytest.mark.parametrize("name", ["tf-idf", "cosine", "ours", "noise", "three"])
def test_strength_nothing_gives_the_undamaged_result_exactly(name: str) -> None:
    whole = measured(fitted()[name], question(), Point("", 0.0, ""))
    for damage in DAMAGES:
        for side in ("asked", "both"):
            assert measured(fitted()[name], question(), Point(damage, 0.0, side)) == whole
    assert all(value is not None for value in whole["nDCG@10"])


@settings(deadline=None)
@given(st.text(), st.sampled_from(sorted(DAMAGES)), st.integers(0, 9))
def test_no_strength_leaves_any_text_as_it_is(text: str, damage: str, seed: int) -> None:
    assert damaged(text, Point(damage, 0.0, "asked"), seed) == text


@settings(max_examples=10, deadline=None)
@given(st.sampled_from(sorted(DAMAGES)), st.floats(0.05, 1.0))
def test_damage_on_both_sides_keeps_closeness_symmetric(damage: str, strength: float) -> None:
    texts = [damaged(song.lyrics, Point(damage, strength, "both")) for song in question().songs]
    near = fitted()["three"](texts, texts)
    assert np.isfinite(near).all()
    assert near == pytest.approx(near.T, abs=1e-5)


def test_losing_most_words_costs_tf_idf_its_order() -> None:
    near = fitted()["tf-idf"]
    whole, lost = (measured(near, question(), Point(*at)) for at in (("", 0.0, ""), ("words lost", 0.97, "both")))
    assert lost["nDCG@10"][0] < whole["nDCG@10"][0]  # type: ignore[operator]


def test_a_song_whose_words_are_all_lost_has_a_defined_closeness() -> None:
    for near in fitted().values():
        found = near(["", question().songs[0].lyrics], [song.lyrics for song in question().songs])
        assert found.shape == (2, 20)
        assert np.isfinite(found).all()


def test_copies_to_learn_from_keep_what_is_given_of_a_song_and_change_its_words() -> None:
    copies = damaged_copies(known())
    assert [replace(copy, lyrics="") for copy in copies] == [replace(song, lyrics="") for song in known()]
    assert sum(copy.lyrics != song.lyrics for copy, song in zip(copies, known(), strict=True)) > 50
    assert copies == damaged_copies(known())


def test_an_ensemble_of_three_is_not_one_layer() -> None:
    texts = [song.lyrics for song in question().songs]
    assert not np.allclose(fitted()["three"](texts, texts), fitted()["ours"](texts, texts), atol=1e-4)


def test_points_hold_the_undamaged_one_once() -> None:
    found = points((0.0, 0.2), ("stems",))
    assert found == [Point("", 0.0, ""), Point("stems", 0.2, "asked"), Point("stems", 0.2, "both")]


class Counting:
    """A system that counts how often it is fitted and asked."""

    def __init__(self) -> None:
        self.fits = self.asked = 0

    def fit(self, songs: Sequence[SungSong]) -> Near:
        self.fits += 1
        return self.near

    def near(self, asked: Sequence[str], others: Sequence[str]) -> np.ndarray:
        self.asked += 1
        return np.array([[len(set(one.split()) & set(other.split())) for other in others] for one in asked], float)

    def system(self, mark: str = "1") -> System:
        return System("counting", "", mark, self.fit)


def test_a_grid_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    counting, at, place = Counting(), points((0.3,), ("stems", "words lost")), tmp_path / "words.jsonl"
    first = measure_grid(question(), known(), [counting.system()], place, at=at[:3])
    with place.open("a", encoding="utf-8") as file:
        file.write('{"key": "torn')
    whole = measure_grid(question(), known(), [counting.system()], place, at=at)
    assert whole[:3] == first
    assert (counting.fits, counting.asked) == (2, 5)
    assert measure_grid(question(), known(), [counting.system()], place, at=at) == whole
    assert (counting.fits, counting.asked) == (2, 5)
    assert len(place.read_text(encoding="utf-8").splitlines()) == 6


def test_another_system_or_other_songs_are_measured_anew(tmp_path: Path) -> None:
    counting, at, place = Counting(), points((), ()), tmp_path / "words.jsonl"
    measure_grid(question(), known(), [counting.system()], place, at=at)
    measure_grid(question(), known(), [counting.system("2")], place, at=at)
    measure_grid(question(), known()[1:], [counting.system()], place, at=at)
    assert counting.asked == 3


def test_the_networks_closeness_is_what_it_tells_of_each_pair(tmp_path: Path) -> None:
    torch.manual_seed(0)
    options = Options(vocabulary=12, length=6, dim=4, first=3, second=2, dense=(4, 2))
    network = made(options).eval()
    words = ("road", "truck", "rain", "party", "rhyme", "gone")
    write(network, options, words, tmp_path)
    near = of_network("network", tmp_path).fit(())
    found = near(["the road\nin rain", ""], ["party gone", "the road\nin rain", "rhyme"])
    assert found.shape == (2, 3)
    with torch.no_grad():
        ids = torch.tensor([[1, 2, 1, 4, 0, 0], [5, 7, 0, 0, 0, 0]])
        assert found[0, 0] == pytest.approx(float(network(ids[:1], ids[1:])), abs=1e-6)


def test_a_network_that_reads_sound_is_refused(tmp_path: Path) -> None:
    options = Options(reads="audio", shards="shards", frames=8)
    write(made(options), options, (), tmp_path)
    with pytest.raises(TrainingError, match="reads audio; give a network that reads lyrics"):
        of_network("network", tmp_path)


class Slow(ToyEncoder):
    """Remembers what it was asked to encode."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def encode_songs(self, texts: Sequence[str]) -> np.ndarray:
        self.read += texts
        return super().encode_songs(texts)


def test_a_kept_encoder_reads_no_text_twice_even_in_another_run(tmp_path: Path) -> None:
    texts = ["rain rain sun", "", "sun", "rain rain sun"]
    for _ in range(2):
        slow = Slow()
        own = KeptEncoder(slow, tmp_path)
        assert np.array_equal(own.encode_songs(texts), ToyEncoder().encode_songs(texts))
        own.close()
    assert slow.read == []
    again = KeptEncoder(slow, tmp_path)
    assert again.encode_songs([]).shape == (0, 64)
    again.encode_songs(["sun", "moon"])
    again.close()
    assert slow.read == ["moon"]


def test_a_file_that_keeps_no_vectors_is_named(tmp_path: Path) -> None:
    (tmp_path / "toy-1.sqlite").write_bytes(b"no database at all, but long enough to be taken for one" * 40)
    with pytest.raises(TrainingError, match=r"toy-1\.sqlite: cannot be read .*delete it"):
        KeptEncoder(ToyEncoder(), tmp_path)


def test_cells_hold_a_value_with_bounds_for_each_measure(tmp_path: Path) -> None:
    cells = measure_grid(question(), known(), [of_words()], tmp_path / "words.jsonl", at=points((), ()))
    assert set(cells[0].values) == set(MEASURES)
    for value, low, high in cells[0].values.values():
        assert low <= value <= high  # type: ignore[operator]
    assert json.loads((tmp_path / "words.jsonl").read_text(encoding="utf-8"))["values"] == cells[0].values
