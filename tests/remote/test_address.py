"""Where a player's server is: what an address says, and what is no address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songkin.errors import RemoteError
from songkin.remote.address import Address, is_address

SAID = [
    ("subsonic://anna@music.local:4533", "http://music.local:4533", "anna"),
    ("subsonics://anna@music.example", "https://music.example", "anna"),
    ("subsonic://anna@music.example?tls=1", "https://music.example", "anna"),
    ("subsonic://anna@music.example/?tls=0", "http://music.example", "anna"),
    ("subsonic://music.example/navidrome/", "http://music.example/navidrome", ""),
    ("subsonic://music.example/navidrome/rest", "http://music.example/navidrome", ""),
    ("SUBSONIC://Anna@Music.Local", "http://music.local", "Anna"),
    ("subsonic://anna%40home@10.0.0.7:80", "http://10.0.0.7:80", "anna@home"),
    ("subsonic://[::1]:4533", "http://[::1]:4533", ""),
]
NONE = [
    "subsonic://",
    "subsonic:///music",
    "subsonic://anna@",
    "subsonic://a b",
    "subsonic://music.local:99999",
    "subsonic://music.local:port",
    "subsonic://music.local/../admin",
    "subsonic://music.local/%2e%2e/admin",
    "subsonic://music.local?tls=yes",
    "subsonic://music.local?redirect=http://elsewhere",
    "subsonic://music.local#part",
    "subsonic://music.local/a\r\nHost: elsewhere",
    "subsonic://music.local/" + "a" * 3000,
]


@pytest.mark.parametrize(("text", "base", "user"), SAID)
def test_an_address_says_where_to_ask_and_in_whose_name(text: str, base: str, user: str) -> None:
    read = Address.of(text)
    assert (read.base, read.user) == (base, user)


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_address_is_told_on_one_line(text: str) -> None:
    with pytest.raises(RemoteError) as error:
        Address.of(text)
    assert "\n" not in str(error.value).replace(text, "")


def test_a_password_in_an_address_is_refused_and_never_repeated() -> None:
    with pytest.raises(RemoteError, match="SONGKIN_SUBSONIC_PASSWORD") as error:
        Address.of("subsonic://anna:sesame@music.local")
    assert "sesame" not in str(error.value)


def test_the_place_of_a_server_names_no_user_and_no_way_to_it() -> None:
    both = ["subsonic://anna@music.local/sub", "subsonics://bo@MUSIC.local/sub/"]
    assert {Address.of(text).place for text in both} == {"music.local/sub"}


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_a_plain_error(text: str) -> None:
    try:
        read = Address.of("subsonic://" + text)
    except RemoteError:
        return
    assert Address.of(read.name) == read._replace(user=read.user) or "%" in text or "@" in read.user
    assert read.host.isprintable()


@pytest.mark.parametrize(
    ("text", "said"), [("subsonic://x", True), ("SubSonics://x", True), ("music/subsonic:", False)]
)
def test_an_address_is_told_from_a_path(text: str, said: bool) -> None:
    assert is_address(text) is said
