"""A served library for the tests of the page: small songs, hostile ones among them, one with a music file."""

from __future__ import annotations

import wave
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from command_line import ROWS

from songkin.library import Library, Reading
from songkin.types import Lyrics, Song

HOSTILE = """<script>window.hacked=1</script>"'><img src=x onerror="window.hacked=1">{{ 7*7 }}{% raw %}"""
EVIL = Song(
    id="../e'vil\"<b>?#%/..",
    title=f"Rain {HOSTILE}",
    artists=(HOSTILE,),
    album=HOSTILE,
    year=1991,
    genres=("<i>folk</i>",),
    tags={HOSTILE: 0.5},
    description=f"rain {HOSTILE}",
    lyrics=Lyrics(
        f"Rain </p></blockquote><script>window.hacked=1</script> {HOSTILE}\njavascript:alert(1) in the rain",
        source=HOSTILE,
    ),
    predicted={"valence": 0.4, "theme:<u>rain</u>": 0.7, "genre:jazz": 0.6, "happy": 0.2},
    links={"isrc": HOSTILE},
)


class Seen(HTMLParser):
    """What a browser would make of a page: its elements with their attributes, and the text a reader sees."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        """The page's text, one space between words."""
        return " ".join(" ".join(self.texts).split())

    def all(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        """Return the attributes of the elements of a kind that have some values."""
        names = {name.rstrip("_").replace("_", "-"): value for name, value in wanted.items()}
        return [a for t, a in self.elements if t == tag and all(a.get(n) == v for n, v in names.items())]

    def of_class(self, name: str) -> list[dict[str, str | None]]:
        """Return the attributes of the elements of a class."""
        return [own for _, own in self.elements if name in (own.get("class") or "").split()]

    @property
    def running(self) -> list[str]:
        """What a strict policy would have to stop: inline scripts, styles, event attributes, odd addresses."""
        found = []
        for tag, own in self.elements:
            found += [f"<{tag}>"] if tag in ("style", "iframe", "object", "embed", "base") else []
            found += ["<script>"] if tag == "script" and not (own.get("src") or "").startswith("/assets/") else []
            found += [
                f"{tag} {name}" for name in own if name.startswith("on") or name == "style" or name.startswith("hx-on")
            ]
            for name in ("href", "src", "action", "hx-get", "hx-post"):
                address = own.get(name)
                if (address and not address.startswith(("/", "#", "?"))) or (address or "").startswith("//"):
                    found.append(f"{tag} {name}={address}")
        return found


def tone(place: Path, *, seconds: float = 0.5) -> Path:
    """Write a silent WAV file."""
    with wave.open(str(place), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\0\0" * int(8000 * seconds))
    return place


def songs(folder: Path) -> list[Song]:
    """Return the songs of the command line's tests, a hostile one, one with a file, and ones whose file is none."""
    from command_line import write_rows

    (folder / "secret.txt").write_text("not for ears")
    (folder / "linked.mp3").symlink_to(folder / "secret.txt")
    own: dict[str, Any] = {"artists": ("Ada Moss",), "year": 2010, "genres": ("folk",)}
    heard = Song(
        "heard",
        "Heard Rain",
        audio=tone(folder / "heard rain.wav"),
        lyrics=Lyrics("[00:01.50]Rain is heard on wire"),
        **own,
    )
    text = Song("text", "A Text Rain", audio=folder / "secret.txt", **own)
    linked = Song("linked", "A Linked Rain", audio=folder / "linked.mp3", **own)
    gone = Song("gone", "A Gone Rain", audio=folder / "gone.mp3", **own)
    dots = Song("..", "Two Dots of Rain", **own)
    rows = list(Reading.of([write_rows(folder / "songs.jsonl", ROWS)]).songs())
    return [*rows, EVIL, heard, text, linked, gone, dots]


def make(folder: Path) -> Path:
    """Make the library, and return its place."""
    Library.add(songs(folder), folder / "L")
    return folder / "L"
