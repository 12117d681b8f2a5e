"""songkin playlist: songs in order, made from a request, along a path, over an arc, for so many minutes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from songkin.serve.cli import options
from songkin.serve.cli.printing import console, print_json, print_notes

if TYPE_CHECKING:
    from songkin.library import Library
    from songkin.library.playlists import Saved, Wish
    from songkin.serve.cli.players import Send
    from songkin.types import Playlist

EXAMPLES = (
    'songkin playlist "rainy evening" --minutes 45 --out evening.m3u8',
    'songkin playlist --from "Song A" --to "Song B" --via "Song C" --songs 15',
    'songkin playlist --arc energy:rise --where "genre:rock year:1990.." --artist-gap 4 --save run',
    'songkin playlist --like "Song A" --unlike "Song B" --floor 0.5',
    "songkin playlist --show run --out run.xspf",
    "songkin playlist refresh run",
)
REFRESH = "refresh"
MISSING_SHOWN = 20
MOST_SEEDS = 200


def run(
    request: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[REQUEST] | refresh [NAME]",
            help="What it is to be, in plain words. The one word 'refresh' makes saved playlists again: one by its "
            "name, or all.",
        ),
    ] = None,
    start: Annotated[str | None, typer.Option("--from", metavar="SONG", help="The first song.")] = None,
    end: Annotated[
        str | None, typer.Option("--to", metavar="SONG", help="The last song; with --from a path leads there.")
    ] = None,
    via: Annotated[
        list[str] | None, typer.Option("--via", metavar="SONG", help="A song on the way; may be repeated, in order.")
    ] = None,
    like: Annotated[
        list[str] | None, typer.Option("--like", metavar="SONG", help="Songs like this one; may be repeated.")
    ] = None,
    unlike: options.Unlike = None,
    seeds: Annotated[
        Path | None,
        typer.Option(
            "--seeds", metavar="FILE", help="Songs like those of a playlist file: .m3u8 .m3u .xspf .jspf .csv"
        ),
    ] = None,
    arc: Annotated[
        str,
        typer.Option(
            "--arc",
            metavar="FEATURE:SHAPE",
            help="How a feature goes from first to last: rise, fall, peak, dip, or values: energy:0.2..0.9",
        ),
    ] = "",
    minutes: Annotated[float | None, typer.Option("--minutes", metavar="M", help="How long it lasts.")] = None,
    songs: Annotated[
        int | None, typer.Option("--songs", "-k", metavar="N", help="How many songs; 20 where no minutes are given.")
    ] = None,
    floor: Annotated[
        float | None,
        typer.Option(
            "--floor",
            metavar="0..1",
            help="Only songs that score so much: all that do, where neither --songs nor --minutes is given.",
        ),
    ] = None,
    artist_gap: Annotated[
        int | None,
        typer.Option("--artist-gap", metavar="N", help="At least N other songs between two of one artist."),
    ] = None,
    album_gap: Annotated[
        int | None, typer.Option("--album-gap", metavar="N", help="At least N other songs between two of one album.")
    ] = None,
    per_artist: options.PerArtist = None,
    language: Annotated[
        str, typer.Option("--language", metavar="NAME", help="Only songs sung so, by name or code: german, de.")
    ] = "",
    where: options.Where = None,
    more: options.More = None,
    less: options.Less = None,
    variety: options.Variety = 0.0,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it, as its name says: .m3u8 .xspf .jspf .csv")
    ] = None,
    to_player: Annotated[
        str | None,
        typer.Option("--to-player", metavar="ADDRESS", help="Write it to a music server: subsonic://user@host:port"),
    ] = None,
    save: Annotated[str | None, typer.Option("--save", metavar="NAME", help="Keep it under a name.")] = None,
    listed: Annotated[bool, typer.Option("--list", help="Show the saved playlists.")] = False,
    show: Annotated[
        str | None, typer.Option("--show", metavar="NAME", help="Show a saved one, made again if the library changed.")
    ] = None,
    refresh: Annotated[bool, typer.Option("--refresh", help="As the word refresh: make saved ones again.")] = False,
    drop: Annotated[str | None, typer.Option("--drop", metavar="NAME", help="Take a saved one away.")] = None,
    user: options.User = None,
    json_out: options.JsonOut = False,
    library: options.LibraryPlace = None,
) -> None:
    """Make a playlist, keep it, and write it for players; it is made again when it is shown and songs have changed."""
    words = list(request or [])
    if words[:1] == [REFRESH] and not refresh:
        words, refresh = words[1:], True
    text = " ".join(words)
    wishes = {
        "text": "" if refresh else text, "start": start, "end": end, "via": via, "like": like, "unlike": unlike,
        "arc": arc, "where": where, "language": language, "more": more, "less": less, "minutes": minutes,
        "songs": songs, "floor": floor, "artist_gap": artist_gap, "album_gap": album_gap, "per_artist": per_artist,
        "variety": variety or None,
    }  # fmt: skip
    asked = any(value not in (None, "", []) for value in wishes.values()) or seeds is not None
    if sum(map(bool, (asked, listed, show is not None, refresh, drop is not None))) != 1:
        raise typer.BadParameter("say what the playlist is to be, or give one of --list, --show, --drop and refresh")
    if save is not None and not asked:
        raise typer.BadParameter("--save goes with a playlist that is made; --show and --out write a saved one")
    if (out is not None or to_player is not None) and not (asked or show is not None):
        raise typer.BadParameter("--out and --to-player go with a playlist that is made, or with --show")
    from songkin.library import Library
    from songkin.serve.cli.players import sender

    opened = Library.open(library, user=user)
    send = sender(opened, to_player, text)
    if asked:
        given: dict[str, object] = {name: value for name, value in wishes.items() if value is not None}
        _make(opened, given, seeds, save, out, json_out, send)
    elif show is not None:
        _show(opened, show, out, json_out=json_out, send=send)
    elif refresh:
        _refresh(opened, text, json_out=json_out)
    elif drop is not None:
        _drop(opened, drop, json_out=json_out)
    else:
        _list(opened, json_out=json_out)


# -- making ------------------------------------------------------------------------------------------------------------


def _make(
    library: Library,
    wishes: dict[str, object],
    seeds: Path | None,
    save: str | None,
    out: Path | None,
    json_out: bool,
    send: Send | None = None,
) -> None:
    from dataclasses import replace

    from songkin.errors import QueryError
    from songkin.library.playlists import Wish

    _check(out)
    wish, missing = Wish.of_json(wishes), list[str]()
    if seeds is not None:
        found = library.playlists.read(seeds)
        if not found.songs:
            raise QueryError(f"{seeds}: none of its {len(found.missing):,} songs is in the library; add them first")
        wish = replace(wish, like=(*wish.like, *(song.id for song in found.songs))[:MOST_SEEDS])
        missing = [f"{seeds.name}: not found here: {name}" for name in found.missing]
    playlist = library.playlists.make(wish, name=save or "")
    playlist = replace(playlist, notes=(*missing[:MISSING_SHOWN], *_rest(missing), *playlist.notes))
    if save is not None:
        playlist = library.playlists.save(save, wish, playlist).playlist
    _give(playlist, wish, out, json_out=json_out, send=send)


def _check(out: Path | None) -> None:
    """Refuse a place where no playlist can be written, before any work is done."""
    from songkin.library.whole_files import check_place
    from songkin.serve.playlist_files import kind_of

    if out is not None:
        kind_of(out)
        check_place(out)


def _rest(missing: Sequence[str]) -> list[str]:
    return [f"and {len(missing) - MISSING_SHOWN:,} more are not found here"] if len(missing) > MISSING_SHOWN else []


def _give(playlist: Playlist, wish: Wish, out: Path | None, *, json_out: bool, send: Send | None = None) -> None:
    """Write a playlist to its file and to a server, where they are named, and print it."""
    from songkin.serve.cli.playlist_table import print_playlist
    from songkin.serve.playlist_payload import playlist_json

    notes = [*playlist.notes, *(_write(playlist, out) if out is not None else ())]
    notes += send(playlist) if send else []
    if json_out:
        print_json({**playlist_json(playlist, wish), "notes": notes})
        return
    print_playlist(playlist, wish)
    if out is not None:
        console().print(f"written to {out}", markup=False, soft_wrap=True)
    print_notes(notes)


def _write(playlist: Playlist, out: Path) -> list[str]:
    """Write a playlist file whole or not at all, and say how many of its songs no player will find."""
    from songkin.library.whole_files import whole
    from songkin.serve.playlist_files import homeless, kind_of, write

    text = write(playlist, kind_of(out), relative_to=out.absolute().parent)
    with whole(out) as draft:
        draft.write_text(text, encoding="utf-8", newline="")
    lost, count = homeless(playlist), len(playlist.hits)
    if not lost:
        return []
    said = "none of its songs has a" if lost == count else f"{lost} of its {count} songs have no"
    return [f"{said} music file here; players pass over what they cannot find"]


# -- saved ones --------------------------------------------------------------------------------------------------------


def _show(library: Library, name: str, out: Path | None, *, json_out: bool, send: Send | None = None) -> None:
    _check(out)
    saved = library.playlists.open(name)
    _give(saved.playlist, saved.wish, out, json_out=json_out, send=send)


def _refresh(library: Library, name: str, *, json_out: bool) -> None:
    fresh = library.playlists.refresh(name or None)
    if json_out:
        from songkin.serve.playlist_payload import saved_json

        print_json({"refreshed": [saved_json(saved) for saved in fresh]})
        return
    for saved in fresh:
        console().print(f"made again: {saved.name}, {_songs(saved)}", markup=False, soft_wrap=True)
        print_notes([f"{saved.name}: {note}" for note in saved.playlist.notes])
    if not fresh:
        console().print("No playlist is saved.")


def _drop(library: Library, name: str, *, json_out: bool) -> None:
    gone = library.playlists.drop(name)
    if json_out:
        print_json({"dropped": gone.name})
    else:
        console().print(f"dropped: {gone.name}", markup=False, soft_wrap=True)


def _list(library: Library, *, json_out: bool) -> None:
    from songkin.serve.cli.playlist_table import print_saved
    from songkin.serve.playlist_payload import minutes_of

    saved = library.playlists.all()
    if json_out:
        print_json({"playlists": [
            {"name": one.name, "user": one.user, "songs": len(one.playlist.hits), "query": one.wish.json(),
             "minutes": round(minutes_of(one.playlist), 2), "saved_at": one.saved_at, "refreshed_at": one.refreshed_at}
            for one in saved
        ]})  # fmt: skip
    else:
        print_saved(saved)


def _songs(saved: Saved) -> str:
    count = len(saved.playlist.hits)
    return "1 song" if count == 1 else f"{count} songs"
