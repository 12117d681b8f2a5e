from __future__ import annotations

import pytest

from songkin.text.names import Version, artist_key, split_artists, title_key, version_of


@pytest.mark.parametrize(
    ("credit", "artists"),
    [
        ("Ann feat. Bob", ("Ann", "Bob")),
        ("Ann ft. Bob & Cleo", ("Ann", "Bob", "Cleo")),
        ("Ann (featuring Bob, Cleo and Dan)", ("Ann", "Bob", "Cleo and Dan")),
        ("Ann (with Bob)", ("Ann", "Bob")),
        ("Ann; Bob;Ann", ("Ann", "Bob")),
        ("Ann x Bob", ("Ann", "Bob")),
        ("Ann vs. Bob", ("Ann", "Bob")),
        ("Ann / Bob", ("Ann", "Bob")),
        ("Simon & Garfunkel", ("Simon & Garfunkel",)),
        ("Earth, Wind & Fire", ("Earth, Wind & Fire",)),
        ("Tyler, The Creator", ("Tyler, The Creator",)),
        ("AC/DC", ("AC/DC",)),
        ("Malcolm X", ("Malcolm X",)),
        ("", ()),
        ("-", ()),
    ],
)
def test_credits_split_only_where_artists_end(credit: str, artists: tuple[str, ...]) -> None:
    assert split_artists(credit) == artists


def test_commas_split_where_the_source_lists_its_artists() -> None:
    assert split_artists("Ann, Bob & Cleo, and Dan", listed=True) == ("Ann", "Bob & Cleo", "Dan")


def test_spellings_of_one_artist_share_a_key() -> None:
    assert artist_key("The Beatles") == artist_key("beatles")
    assert artist_key("Simon & Garfunkel") == artist_key("Simon and Garfunkel")
    assert artist_key("Beyoncé") == artist_key("BEYONCE")
    assert artist_key("The The") == "the"
    assert artist_key("!!!") == "!!!"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Harbour Light - 2011 Remaster", Version("Harbour Light", ("remaster",))),
        ("Harbour Light - Remastered 2009", Version("Harbour Light", ("remaster",))),
        ("Harbour Light (Live at the Pier, 1999) [Remastered]", Version("Harbour Light", ("live", "remaster"))),
        ("Harbour Light [Radio Edit]", Version("Harbour Light", ("radio edit",))),
        ("Harbour Light (feat. Ann)", Version("Harbour Light")),
        ("Harbour Light feat. Ann & Bob", Version("Harbour Light")),
        ("Harbour Light (Ann Remix)", Version("Harbour Light", ("remix",))),
        ("Harbour Light (Karaoke Version)", Version("Harbour Light", ("karaoke",))),
        ("Harbour Light - Acoustic", Version("Harbour Light", ("acoustic",))),
        ("Harbour Light (Instrumental)", Version("Harbour Light", ("instrumental",))),
        ("Harbour Light (Demo)", Version("Harbour Light", ("demo",))),
        ("Harbour Light (Glee Cast Version)", Version("Harbour Light", ("cover",))),
        ("Harbour Light (With No Sail)", Version("Harbour Light (With No Sail)")),
        ("Live and Learn", Version("Live and Learn")),
        ("Live", Version("Live")),
        ("(Stay) By the Water", Version("(Stay) By the Water")),
        ("By the Water (Where I Belong)", Version("By the Water (Where I Belong)")),
        ("Long Way (To Live Without You)", Version("Long Way (To Live Without You)")),
        ("", Version("")),
    ],
)
def test_marks_are_taken_off_titles_and_nothing_else(title: str, expected: Version) -> None:
    assert version_of(title) == expected


def test_versions_of_one_song_share_a_key() -> None:
    assert title_key("Harbour Light - 2011 Remaster") == title_key("harbour light (Live)") == "harbour light"
    assert title_key("Rock & Row") == title_key("Rock and Row")
    assert title_key("???") == "???"
