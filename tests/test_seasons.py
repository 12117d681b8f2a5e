"""The season of a song, from its own words; a passing mention is not enough."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from songkin.filters import parse
from songkin.filters.seasons import NO_SEASON, SEASONS, seasons
from songkin.types import Lyrics, Song

DATA = Path(os.environ.get("SONGKIN_DATA") or Path(__file__).parents[2] / "shared" / "data")

STORY = "We drove all night with the radio low\nYou called on Christmas and I let it ring\n" + "\n".join(
    f"And mile {n} went by with nothing to show" for n in range(30)
)
PORCH = "Lights from Christmas on the porch in May\n" + "\n".join(
    f"My truck is dirty and I like it that way, verse {n}\n" + ("Christmas lights in May\n" if n % 9 == 0 else "")
    for n in range(24)
)
CAROL = (
    "In Bethlehem the night was deep\nThe shepherds left their flocks asleep\nAnd by the manger, one and all\nSang low"
)
PARTY = "Christmas bells and Christmas cheer\nMerry Christmas, bring the sleigh near\nChristmas comes but once a year"


@pytest.mark.parametrize(
    ("title", "season"),
    [
        ("Last Christmas", "christmas"),
        ("CHRISTMASTIME (Live)", "christmas"),
        ("Xmas Blues", "christmas"),
        ("Petit Papa Noël", "christmas"),
        ("In der Weihnachtsbäckerei", "christmas"),
        ("Una noche de Navidad", "christmas"),
        ("Bianco Natale", "christmas"),
        ("Wat een mooie kerst", "christmas"),
        ("恋人たちのクリスマス", "christmas"),
        ("Рождественская", "christmas"),
        ("Jingle Bell Rock", "christmas"),
        ("Silent Night", "christmas"),
        ("Here Comes Santa Claus", "christmas"),
        ("Happy Halloween Everyone", "halloween"),
        ("Easter Morning", "easter"),
        ("Die Osterhasen kommen an Ostern", "easter"),
        ("Jour de Pâques", "easter"),
        ("Light the Menorah", "hanukkah"),
        ("What Are You Doing New Year’s Eve", "new year"),
        ("Auld Lang Syne", "new year"),
        ("Año Nuevo", "new year"),
        ("Valentine's Day", "valentine"),
        ("Thanksgiving", "thanksgiving"),
    ],
)
def test_a_title_tells_its_season(title: str, season: str) -> None:
    assert seasons(Song("x", title)) == (season,)


@pytest.mark.parametrize(
    "title",
    ["Santa Monica", "Santana", "Noelle", "Oh Carol", "My Funny Valentine", "A New Yearning", "Snowbound", "", "-"],
)
def test_a_title_that_only_sounds_like_a_season_tells_none(title: str) -> None:
    assert seasons(Song("x", title)) == (NO_SEASON,)


@pytest.mark.parametrize(
    "more", [{"album": "A Christmas Gift"}, {"genres": ("Christmas",)}, {"tags": {"christmas": 0.5}}]
)
def test_album_genre_and_tag_tell_a_season(more: dict[str, object]) -> None:
    assert seasons(Song("x", "Snow", **more)) == ("christmas",)  # type: ignore[arg-type]


def test_a_tag_without_weight_tells_nothing() -> None:
    assert seasons(Song("x", tags={"christmas": 0.0})) == (NO_SEASON,)


@pytest.mark.parametrize(
    ("text", "season"), [(CAROL, "christmas"), (PARTY, "christmas"), (STORY, "none"), (PORCH, "none")]
)
def test_lyrics_tell_a_season_they_are_about_not_one_they_mention(text: str, season: str) -> None:
    assert seasons(Song("x", "A Song", lyrics=Lyrics(text))) == (season,)


def test_a_song_may_belong_to_two_seasons() -> None:
    assert seasons(Song("x", "Christmas and New Year")) == ("christmas", "new year")


@pytest.mark.parametrize("name", SEASONS)
def test_every_season_is_a_value_of_the_condition(name: str) -> None:
    where = parse(f'season:"{name}"')
    assert where is not None
    assert where.matches(Song("x", tags={name if name != "thanksgiving" else "thanksgiving day": 1.0})) or name in (
        "st patrick",
        "valentine",
    )


def test_the_negated_condition_keeps_a_song_without_season() -> None:
    where = parse("-season:christmas")
    assert where is not None
    assert where.matches(Song("x"))
    assert not where.matches(Song("x", "Last Christmas"))


@pytest.mark.slow
def test_real_carols_are_found_and_little_else() -> None:
    """By eye: of 33 finds 32 are Christmas or Epiphany songs; hymns that hold none of the words are missed."""
    path = DATA / "public_domain_songs" / "songs.jsonl"
    if not path.exists():
        pytest.skip("the public domain songs are not here")
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    told = {row["id"]: "christmas" in f"{row.get('topics')}{row.get('theme')}".lower() for row in rows}
    found = {
        row["id"]
        for row in rows
        if "christmas" in seasons(Song(row["id"], row["title"] or "", lyrics=Lyrics(row["lyrics"])))
    }
    assert 25 <= len(found) <= 45
    assert sum(told[name] for name in found) >= 20
