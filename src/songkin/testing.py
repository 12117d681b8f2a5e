"""For authors of plugs: contract tests to inherit, a toy encoder to check by hand, hypothesis strategies.

    class TestMyEncoder(EncoderContract):
        encoder = MyEncoder()

A contract's values are class attributes, or set on `self` by an autouse fixture where they need a folder.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from songkin.encoders.heat import Read, Word, heat
from songkin.types import Channel, Encoder, Lyrics, Query, Ranking, Song, Stage, Vectors

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = [
    "ChannelContract",
    "EncoderContract",
    "SourceContract",
    "StageContract",
    "TokenVectorsContract",
    "ToyEncoder",
    "rankings",
    "songs",
]


class ToyEncoder:
    """Counts words into 64 places (crc32 of the lower-case word, modulo 64) and scales the counts to length 1.

    No model, the same everywhere: "rain rain sun" is 2/√5 at rain's place and 1/√5 at sun's. A text without words is
    zeros.
    """

    name = "toy"
    dim = 64
    reads = frozenset({"lyrics", "description"})
    fingerprint = "toy-1"

    def encode_songs(self, texts: Sequence[str]) -> Vectors:
        """Encode texts (n,) -> (n, 64); no texts give (0, 64)."""
        counts = np.zeros((len(texts), self.dim), np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()):
                counts[row, self.place(word)] += 1
        lengths = np.linalg.norm(counts, axis=1, keepdims=True)
        return np.asarray(counts / np.maximum(lengths, 1e-12), np.float32)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode requests just as songs."""
        return self.encode_songs(texts)

    def token_vectors(self, text: str, *, asked: bool) -> tuple[Read, Vectors]:
        """Return what each word adds (words, 64): 1 at its place."""
        found = list(re.finditer(r"\w+", text))
        vectors = np.zeros((len(found), self.dim), np.float32)
        for row, word in enumerate(found):
            vectors[row, self.place(word[0].lower())] = 1
        words = tuple(Word(word[0], *word.span()) for word in found)
        return Read(text, words, np.arange(len(found)), len(text)), vectors

    @classmethod
    def place(cls, word: str) -> int:
        """Return the coordinate at which a lower-case word counts."""
        return zlib.crc32(word.encode()) % cls.dim


class EncoderContract:
    """The laws of an Encoder: unit rows in the order given, (0, dim) for nothing, the same text the same vector."""

    encoder: Encoder
    texts: Sequence[str] = ("rain on the roof", "two hearts, one road home", "oh", "夜の海", "rain " * 400)

    def test_vectors_have_unit_length(self) -> None:
        for vectors in (self.encoder.encode_songs(self.texts), self.encoder.encode_queries(self.texts)):
            assert vectors.shape == (len(self.texts), self.encoder.dim)
            assert vectors.dtype == np.float32
            np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)

    def test_rows_come_in_the_order_of_the_texts(self) -> None:
        forward, backward = self.encoder.encode_songs(self.texts), self.encoder.encode_songs(self.texts[::-1])
        np.testing.assert_allclose(forward, backward[::-1], atol=1e-4)

    def test_no_texts_give_no_rows(self) -> None:
        for vectors in (self.encoder.encode_songs([]), self.encoder.encode_queries([])):
            assert vectors.shape == (0, self.encoder.dim)
            assert vectors.dtype == np.float32

    def test_one_query_alone_is_the_query_among_others(self) -> None:
        among, alone = self.encoder.encode_queries(self.texts)[0], self.encoder.encode_queries(self.texts[:1])[0]
        np.testing.assert_allclose(among, alone, atol=1e-4)

    def test_it_says_what_it_is(self) -> None:
        assert self.encoder.name
        assert self.encoder.fingerprint
        assert self.encoder.reads <= {"lyrics", "description", "audio"}


class TokenVectorsContract:
    """The laws of an encoder that tells its token vectors: they sum up to its vectors, words stand where they say."""

    encoder: Any
    texts: Sequence[str] = (*EncoderContract.texts, "", " \n", "don't — hip-hop!", "ночь; 🎵🎵 हिंदी", "\ud83d rain")

    def test_parts_of_words_sum_up_to_the_cosine(self) -> None:
        for request in self.texts:
            for song in self.texts:
                told = heat(self.encoder, request, song)
                vectors = self.encoder.encode_queries([request])[0], self.encoder.encode_songs([song])[0]
                np.testing.assert_allclose(told.cosine, vectors[0] @ vectors[1], atol=1e-5)
                np.testing.assert_allclose([told.of_request.sum(), told.of_song.sum()], told.cosine, atol=1e-9)

    def test_words_stand_where_they_say_one_behind_the_other(self) -> None:
        for text in self.texts:
            for asked in (True, False):
                read, vectors = self.encoder.token_vectors(text, asked=asked)
                assert vectors.shape == (len(read.owners), self.encoder.dim)
                assert all(word.text == read.text[word.start : word.end].strip() for word in read.words)
                ends = [end for word in read.words for end in (word.start, word.end)]
                assert ends == sorted(ends)
                assert set(read.owners.tolist()) <= {-1, *range(len(read.words))}


class ChannelContract:
    """The laws of a Channel: at most `pool` songs, each once, best first, only ones that the query's filter lets in.

    `songs` maps the keys of the library under test to its songs; give at least one query with a `where`.
    """

    channel: Channel
    songs: Mapping[int, Song]
    queries: Sequence[Query]

    def answers(self, pool: int) -> Iterator[tuple[Query, Ranking]]:
        """Ask every query for `pool` songs."""
        for query in self.queries:
            yield query, self.channel(query, pool)

    def test_it_returns_at_most_the_pool(self) -> None:
        for pool in (1, 2, len(self.songs) + 1):
            assert all(len(ranking) <= pool for _, ranking in self.answers(pool))

    def test_songs_come_once_best_first(self) -> None:
        for _, ranking in self.answers(len(self.songs)):
            check_ranking(ranking)

    def test_it_finds_only_songs_of_the_library_that_the_filter_lets_in(self) -> None:
        for query, ranking in self.answers(len(self.songs)):
            found = [self.songs[int(key)] for key in ranking.keys]
            assert all(query.where.matches(song) for song in found if query.where is not None)

    def test_a_query_that_says_nothing_is_no_error(self) -> None:
        check_ranking(self.channel(Query(), len(self.songs)))


class StageContract:
    """The laws of a Stage: a subset of the keys it was given, each once, best first; nothing gives nothing."""

    stage: Stage
    rankings: Sequence[Ranking]
    queries: Sequence[Query] = (Query(),)

    def test_it_returns_a_subset_of_the_songs_it_was_given(self) -> None:
        for ranking in self.rankings:
            for query in self.queries:
                ordered = self.stage(ranking, query)
                check_ranking(ordered)
                assert set(ordered.keys.tolist()) <= set(ranking.keys.tolist())

    def test_it_leaves_the_ranking_it_was_given_as_it_was(self) -> None:
        for ranking in self.rankings:
            keys, scores = ranking.keys.copy(), ranking.scores.copy()
            self.stage(ranking, self.queries[0])
            np.testing.assert_array_equal(ranking.keys, keys)
            np.testing.assert_array_equal(ranking.scores, scores)

    def test_nothing_gives_nothing(self) -> None:
        assert all(len(self.stage(Ranking.empty(), query)) == 0 for query in self.queries)


class SourceContract:
    """The laws of a source reader: songs with an id or a title; a damaged record is told with its place and skipped.

    `read` takes a path and `lost`, which is called with a Loss. `path` holds sound records, `damaged` at least one
    that is not, among others that are.
    """

    read: Callable[..., Iterator[Song]]
    path: Path
    damaged: Path

    def arrive(self, path: Path) -> tuple[list[Song], list[Any]]:
        """Read a file to its end; the songs and the losses."""
        losses: list[Any] = []
        return list(type(self).read(path, lost=losses.append)), losses

    def test_every_sound_record_arrives(self) -> None:
        arrived, losses = self.arrive(self.path)
        assert arrived
        assert losses == []

    def test_every_song_has_an_id_or_a_title(self) -> None:
        assert all(song.id or song.title for path in (self.path, self.damaged) for song in self.arrive(path)[0])

    def test_reading_twice_gives_the_same_songs(self) -> None:
        assert self.arrive(self.path)[0] == self.arrive(self.path)[0]

    def test_a_damaged_record_is_told_with_its_place_and_the_others_arrive(self) -> None:
        arrived, losses = self.arrive(self.damaged)
        assert arrived
        assert losses
        assert all(loss.place and loss.reason for loss in losses)


def check_ranking(ranking: Ranking) -> None:
    """Assert that songs come once, scores are finite and do not rise, and every part is as long as the ranking."""
    assert len(set(ranking.keys.tolist())) == len(ranking)
    assert len(ranking.scores) == len(ranking)
    assert np.isfinite(ranking.scores).all()
    assert (np.diff(ranking.scores) <= 0).all()
    assert all(len(part) == len(ranking) for part in ranking.parts.values())


def songs() -> SearchStrategy[Song]:
    """Give songs of all kinds, sparse and full, in every script; ids are never empty."""
    from hypothesis import strategies as some

    text, shares = some.text(max_size=20), some.floats(0, 1, width=32)
    lyrics = some.builds(
        Lyrics, text=some.text(max_size=80), bag=some.dictionaries(text, some.integers(1, 9), max_size=3)
    )
    return some.builds(
        Song,
        id=some.text(min_size=1, max_size=12),
        title=text,
        artists=some.lists(text.filter(bool), max_size=3).map(tuple),
        album=some.none() | text,
        year=some.none() | some.integers(1900, 2030),
        duration_s=some.none() | some.floats(1, 3600, width=32),
        language=some.none() | some.sampled_from(["en", "es", "ja"]),
        explicit=some.none() | some.booleans(),
        genres=some.lists(some.sampled_from(["rock", "hip-hop", "R&B", "jazz"]), max_size=2, unique=True).map(tuple),
        lyrics=some.none() | lyrics,
        description=some.none() | text,
        tags=some.dictionaries(text.filter(bool), shares, max_size=3),
        features=some.dictionaries(some.sampled_from(["valence", "energy", "danceability"]), shares, max_size=3),
    )


def rankings(*, max_size: int = 20) -> SearchStrategy[Ranking]:
    """Give rankings of up to `max_size` songs, best first, scores in [-1, 1]."""
    from hypothesis import strategies as some

    scores = some.dictionaries(some.integers(0, 1000), some.floats(-1, 1, width=32), max_size=max_size)
    return scores.map(lambda by_key: Ranking.of(list(by_key), list(by_key.values())))
