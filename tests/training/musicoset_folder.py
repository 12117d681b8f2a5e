"""MusicOSet folders of made-up songs."""

from __future__ import annotations

from pathlib import Path

LONG = "the boats come in at six o'clock and nobody is there to see them. " * 8


def write_folder(root: Path, files: dict[str, str]) -> Path:
    """Write the files of a folder; bars in them are its tabs."""
    for name, text in files.items():
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text.replace("|", "\t"), encoding="utf-8")
    return root


def write_many(root: Path, n: int) -> Path:
    """Write so many folk songs that all stay, each by an artist of its own."""
    songs = "".join(f"s{at}|Song {at}|{{'a{at}': 'Singer {at}'}}|40|False\n" for at in range(n))
    artists = "".join(f"a{at}|Singer {at}|folk|['folk']\n" for at in range(n))
    features = "".join(f"s{at}|1|{at / n}|-9|92.5\n" for at in range(n))
    return write_folder(
        root,
        {
            "musicoset_metadata/songs.csv": "song_id|song_name|artists|popularity|explicit\n" + songs,
            "musicoset_metadata/artists.csv": "artist_id|name|main_genre|genres\n" + artists,
            "musicoset_metadata/tracks.csv": "song_id|release_date\n" + "".join(f"s{at}|1994\n" for at in range(n)),
            "musicoset_songfeatures/acoustic_features.csv": "song_id|mode|valence|loudness|tempo\n" + features,
            "musicoset_songfeatures/lyrics.csv": "song_id|lyrics\n" + "".join(f"s{at}|['{LONG}']\n" for at in range(n)),
        },
    )
