"""forgotten: real requests for a song whose name somebody forgot, to the words of chart songs.

Bhargav, Schuth and Hauff, SIGIR 2023. Our encoder saw nine tenths of these requests beside title, artist and album,
none beside the song's words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from songkin.datasets import file_of, popular_songs, tot_music
from songkin.errors import QueryError
from songkin.evaluation.tasks.rounds import Round
from songkin.evaluation.tasks.stories import cut
from songkin.text import artist_key, split_artists, title_key

__all__ = ["MEASURES", "rounds", "rounds_of"]

MEASURES = ("hit@10", "MRR@10")


def rounds() -> list[Round]:
    """Return the one round; SourceError where requests or songs are not here."""
    import pyarrow.parquet as pq

    asked = pq.read_table(file_of(tot_music.CORPUS, "open.parquet"), columns=["query_id", "query", "song", "artist"])
    sung = pq.read_table(
        file_of(popular_songs.CORPUS, "songs.parquet"), columns=["track_id", "title", "artist", "lyrics"]
    )
    return rounds_of(asked.to_pylist(), sung.to_pylist())


def rounds_of(asked: Sequence[Mapping[str, Any]], songs: Sequence[Mapping[str, Any]]) -> list[Round]:
    """Ask for the songs that are there by artist and title, each version of them right; a song is its passages."""
    documents = {str(song["track_id"]): cut(song["lyrics"] or "") for song in songs}
    known: dict[tuple[str, str], list[str]] = {}
    for song in songs:
        if documents[str(song["track_id"])]:
            for artist in dict.fromkeys((song["artist"] or "", *split_artists(song["artist"] or ""))):
                known.setdefault(_key(artist, song["title"]), []).append(str(song["track_id"]))
    wanted = {
        str(row["query_id"]): (row["query"].strip(), known[key])
        for row in asked
        if (key := _key(row["artist"], row["song"])) in known and (row["query"] or "").strip()
    }
    if not wanted:
        raise QueryError("no request of tot_music asks for a song of popular_songs; songkin datasets verify")
    return [
        Round(
            0,
            documents,
            {name: request for name, (request, _) in wanted.items()},
            {name: dict.fromkeys(ids, 1.0) for name, (_, ids) in wanted.items()},
        )
    ]


def _key(artist: str | None, title: str | None) -> tuple[str, str]:
    return artist_key(artist or ""), title_key(title or "")
