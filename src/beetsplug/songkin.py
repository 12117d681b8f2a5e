"""A plugin of beets: find items of its library by what they say and how they sound, with songkin.

Conventions
-----------
beets' library is only read. A song found is an item by the number songkin-add noted, else by its recording, else by its
path; notes go to stderr, items to stdout, so that a pipe carries items alone.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from optparse import Values
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any, NamedTuple

from beets.dbcore.query import MatchQuery, PathQuery
from beets.exceptions import UserError
from beets.plugins import BeetsPlugin
from beets.ui import Subcommand, print_

if TYPE_CHECKING:
    from beets.library import Item
    from beets.library import Library as Beets

    from songkin.library import Added

__all__ = ["SongkinPlugin"]

SHOWN = 10
LOSSES_SHOWN = 10


class Matched(NamedTuple):
    """An item with why it was found, in words."""

    item: Item
    why: tuple[str, ...]


class SongkinPlugin(BeetsPlugin):
    """`beet songkin REQUEST` finds items; `beet songkin-add` hands the items to songkin."""

    def __init__(self) -> None:
        super().__init__()
        self.config.add({"library": "", "user": ""})

    def commands(self) -> list[Subcommand]:
        """Return the two commands."""
        return [self._finding(), self._adding()]

    def _finding(self) -> Subcommand:
        command = Subcommand("songkin", help="find items by what they say and how they sound")
        command.parser.usage = "%prog [options] REQUEST\n\n  beet songkin 'songs about rain, not about a break-up'"
        option = command.parser.add_option
        option("-w", "--where", help="only items that meet all terms: 'genre:jazz year:1990..'")
        option("-k", type="int", default=SHOWN, metavar="N", help=f"how many items to show ({SHOWN})")
        option("-l", "--line", action="store_true", help="the request is a line remembered from the song")
        option("-y", "--why", action="store_true", help="say below each item why it was found")
        option("--playlist", metavar="FILE", help="write the items into a playlist FILE.m3u8 too")
        command.parser.add_path_option()
        command.parser.add_format_option()
        command.func = self._reporting(self.find)
        return command

    def _adding(self) -> Subcommand:
        command = Subcommand("songkin-add", help="hand the items to songkin; again = only what changed")
        option = command.parser.add_option
        option(
            "--no-encode", action="store_true", help="leave the vectors to a later run; words and lines work at once"
        )
        option("--prune", action="store_true", help="remove songs whose items are gone from beets")
        command.func = self._reporting(self.add)
        return command

    # -- finding -------------------------------------------------------------------------------------------------------

    def find(self, beets: Beets, chosen: Values, words: Sequence[str]) -> None:
        """Print the items found for a request, best first, in beets' own format."""
        request = " ".join(words).strip()
        if not request:
            raise UserError("say what the songs should be like: beet songkin 'songs about rain'")
        if chosen.k < 1:
            raise UserError(f"-k is {chosen.k}; ask for at least 1 item")
        from songkin.library import Library

        library = Library.open(self._place(), user=self._user())
        ask = library.line if chosen.line else library.search
        answer = ask(request, where=chosen.where, k=chosen.k)
        found = [matched for hit in answer.hits if (matched := item_of(beets, hit))]
        for note in (*answer.notes, *self._absent(beets, len(answer.hits) - len(found), len(found))):
            self._log.warning("{}", note)
        if chosen.playlist:
            write_playlist(Path(chosen.playlist).expanduser(), [matched.item for matched in found])
        for matched in found:
            print_(format(matched.item))
            for why in matched.why if chosen.why else ():
                print_(f"    {why}")

    def _absent(self, beets: Beets, absent: int, found: int) -> tuple[str, ...]:
        """Say why songs that were found are not shown."""
        if not absent:
            return () if found else ("no item found",)
        if not beets.items().rows:
            raise UserError("the beets library is empty; beet import ~/Music fills it")
        return (f"{absent:,} of the songs found are not in this beets library; see beet songkin-add",)

    # -- adding --------------------------------------------------------------------------------------------------------

    def add(self, beets: Beets, chosen: Values, words: Sequence[str]) -> None:
        """Hand all items to songkin, and say what was done."""
        if words:
            raise UserError(
                "songkin-add takes no query: it hands over the whole library, and only what changed is read"
            )
        from songkin.library.beets import bring

        items = sorted(beets.items(), key=lambda item: item.id or 0)
        if not items:
            raise UserError("the beets library is empty; beet import ~/Music fills it")
        with counting(len(items)) as show:
            done = bring(items, self._place(), encode=not chosen.no_encode, prune=bool(chosen.prune), progress=show)
        for loss in (*done.lost[:LOSSES_SHOWN], *done.kept[:LOSSES_SHOWN]):
            self._log.warning("{}", loss)
        added = done.added
        words = [f"{added.read:,} items read", f"{added.added:,} added", f"{added.changed:,} changed"]
        words += [f"{added.unchanged:,} unchanged"] + ([f"{len(done.lost):,} lost"] if done.lost else [])
        words += [f"{done.moved:,} moved"] if done.moved else []
        words += [f"{done.gone:,} removed"] if done.gone and chosen.prune else []
        print_(", ".join(words))
        if done.gone and not chosen.prune:
            songs = "1 song has" if done.gone == 1 else f"{done.gone:,} songs have"
            self._log.warning("{} no item any more; --prune removes them", songs)

    # -- both ----------------------------------------------------------------------------------------------------------

    def _place(self) -> str | None:
        """Return songkin's library as the configuration names it, None for songkin's own default."""
        return str(self.config["library"].as_filename()) if self.config["library"].get() else None

    def _user(self) -> str | None:
        return str(self.config["user"].get()) or None

    def _reporting(self, run: Callable[..., None]) -> Callable[..., None]:
        """Turn songkin's errors into beets' own, one line each."""

        def command(beets: Beets, chosen: Values, words: Sequence[str]) -> None:
            from songkin.errors import SongkinError, StoreError

            try:
                run(beets, chosen, words)
            except StoreError as error:
                made = "; beet songkin-add makes it of the items here" if "no library here" in str(error) else ""
                raise UserError(f"songkin: {str(error).partition('; make one')[0] if made else error}{made}") from error
            except SongkinError as error:
                raise UserError(f"songkin: {error}") from error

        return command


def item_of(beets: Beets, hit: Any) -> Matched | None:
    """Return the item a hit is of; None where this beets library has none."""
    song = hit.song
    number = song.links.get("beets", "")
    own = beets.get_item(int(number)) if number.isdecimal() else None
    if own is None or not is_of(own, song):
        own = first(beets, MatchQuery("mb_trackid", song.links["mbid"])) if song.links.get("mbid") else None
    if own is None and song.audio:
        own = first(beets, PathQuery("path", os.fsencode(below(beets, song.audio))))
    return Matched(own, tuple(why(hit))) if own else None


def is_of(item: Item, song: Any) -> bool:
    """Say whether an item is a song's: another beets library may have given the same number to another one."""
    if song.links.get("mbid") and item.mb_trackid:
        return bool(item.mb_trackid.lower() == song.links["mbid"])
    return os.path.realpath(os.fsdecode(item.path)) == str(song.audio) or item.title == song.title


def first(beets: Beets, query: Any) -> Item | None:
    """Return the first item that meets a query."""
    return next(iter(beets.items(query)), None)


def below(beets: Beets, path: Path) -> Path:
    """Return a path without links as beets spells it, whose music folder may be behind a link."""
    folder = Path(os.fsdecode(beets.directory))
    real = Path(os.path.realpath(folder))
    return folder / path.relative_to(real) if path.is_relative_to(real) else path


def why(hit: Any) -> Iterator[str]:
    """Give the reasons of a hit, a line each."""
    for reason in hit.reasons:
        at = f" [{reason.start_ms // 60_000}:{reason.start_ms // 1000 % 60:02d}]" if reason.start_ms is not None else ""
        quote = f" “{' '.join(reason.line.split())}”{at}" if reason.line else ""
        yield f"{reason.channel} {reason.share:.0%}: {reason.words}{quote}"


def write_playlist(file: Path, items: Sequence[Item]) -> None:
    """Write items as M3U8 with paths relative to it; the file is whole or as it was."""
    if file.suffix.lower() not in (".m3u8", ".m3u"):
        raise UserError(f"{file}: '{file.suffix}' is no playlist beet songkin writes; name it .m3u8")
    lines = ["#EXTM3U"]
    for item in items:
        name = " ".join(f"{item.artist} - {item.title}".split())
        lines += [f"#EXTINF:{round(item.length or -1)},{name}", relative(item.path, file)]
    try:
        with NamedTemporaryFile("wb", dir=file.absolute().parent, delete=False) as stream:
            stream.write(("\n".join(lines) + "\n").encode("utf-8", "surrogateescape"))
        os.replace(stream.name, file)
    except OSError as error:
        raise UserError(f"{file}: cannot be written: {error.strerror or error}") from error


def relative(path: bytes, file: Path) -> str:
    """Return an item's path as seen from the playlist; a line break in a name would end the line, so it is a blank."""
    try:
        seen = os.path.relpath(os.fsdecode(path), file.absolute().parent)
    except ValueError:  # another drive
        seen = os.fsdecode(path)
    return seen.replace("\n", " ").replace("\r", " ")


@contextmanager
def counting(total: int) -> Iterator[Callable[[Added], None] | None]:
    """Show on a terminal how many items are done; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return

    def show(done: Added) -> None:
        sys.stderr.write(f"\r{done.read:,} of {total:,} items")
        sys.stderr.flush()

    yield show
    sys.stderr.write("\r\x1b[K")
