"""The page of a map: one file with everything in it, and nothing of the songs as markup."""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Sequence
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_maps import HOSTILE, blank, hostile_map, song_map

from songkin.library.charting import SongMap
from songkin.serve import map_page
from songkin.serve.map_page import page

WEB = files("songkin.serve") / "web"
MOST_LAID_APART = 0.08  # of Oklab, 1 = from black to white: the least difference between two classes for any eye


class Seen(HTMLParser):
    """The elements and the text of a page, as a browser would take it apart."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.inside: dict[str, str] = {}
        self.open = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.open = dict(attrs).get("id") or tag

    def handle_data(self, data: str) -> None:
        self.inside[self.open] = self.inside.get(self.open, "") + data

    def handle_endtag(self, tag: str) -> None:
        self.open = ""


def data_of(text: str) -> dict[str, Any]:
    return json.loads(Seen(text).inside["songs"])


def column_of(data: dict[str, Any], name: str) -> list[Any]:
    """Read a column back as the page does."""
    column = data["columns"][name]
    codes = np.frombuffer(base64.b64decode(column["codes"]), f"<u{column['size']}")
    return [column["values"][code - 1] if code else None for code in codes.tolist()]


def one_column(values: Sequence[Any]) -> SongMap:
    places = np.zeros(len(values), np.float32)
    return SongMap(tuple(map(str, range(len(values)))), places, places, {"genre": values}, math.nan)


# -- what is carried ---------------------------------------------------------------------------------------------------


def test_places_ids_and_columns_come_back_as_they_went() -> None:
    told = song_map(50)
    data = data_of(page(told, title="Ours"))
    assert data["ids"] == list(told.ids)
    assert np.array_equal(np.frombuffer(base64.b64decode(data["x"]), "<f4"), told.x)
    assert np.array_equal(np.frombuffer(base64.b64decode(data["y"]), "<f4"), told.y)
    for name in ("title", "artist", "year", "genre", "theme_fine", "genre_predicted", "outlier"):
        assert column_of(data, name) == list(told.columns[name]), name
    assert data["trustworthiness"] == 0.91
    assert data["notes"] == ["Two songs have no lyrics."]


@given(st.lists(st.none() | st.text(min_size=1), max_size=30))
def test_every_text_comes_back(values: list[str | None]) -> None:
    column = map_page._column(values)
    codes = np.frombuffer(base64.b64decode(column["codes"]), f"<u{column['size']}")
    assert [column["values"][code - 1] if code else None for code in codes.tolist()] == values


@pytest.mark.parametrize(("n", "size"), [(1, 1), (255, 1), (256, 2), (65_536, 4)])
def test_codes_take_as_few_bytes_as_are_enough(n: int, size: int) -> None:
    column = map_page._column([f"{i:06d}" for i in range(n)])
    assert column["size"] == size
    assert np.frombuffer(base64.b64decode(column["codes"]), f"<u{size}").tolist() == list(range(1, n + 1))


def test_numbers_keep_three_digits_and_what_is_none_is_unknown() -> None:
    data = data_of(page(one_column([0.12345, 1.0, math.nan, None, np.float32(0.5), math.inf]), title=""))
    assert column_of(data, "genre") == [0.123, 1, None, None, 0.5, None]


def test_a_column_of_nothing_is_left_out() -> None:
    assert data_of(page(one_column([None, "", None]), title=""))["columns"] == {}


def test_a_map_without_songs_is_a_page_all_the_same() -> None:
    empty = SongMap((), np.zeros(0, np.float32), np.zeros(0, np.float32), blank(0), math.nan)
    text = page(empty, title="Nothing yet")
    assert data_of(text)["ids"] == []
    assert data_of(text)["trustworthiness"] is None
    assert "0 songs" in text


def test_one_song_is_counted_in_the_singular() -> None:
    assert "1 song<" in page(song_map(1), title="One")


def test_a_hundred_thousand_songs_stay_under_25_megabytes() -> None:
    n = 20_000
    titles = [f"A title as long as titles are {i}" for i in range(n)]
    told = song_map(n, title=titles)._replace(ids=tuple(f"0123456789abcdefghij{i:06d}" for i in range(n)))
    assert len(page(told, title="Many").encode()) * 5 < 25_000_000


# -- one file, closed to what is outside and to what is inside its texts -----------------------------------------------


def test_the_page_asks_nobody_for_anything() -> None:
    text = page(song_map(3), title="Alone")
    seen = Seen(text)
    assert not [attributes for _, attributes in seen.elements if {"src", "href"} & set(attributes)]
    assert not re.search(r"@import|url\(", seen.inside["style"])
    policy = next(a["content"] for tag, a in seen.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy


@pytest.mark.parametrize("title", HOSTILE)
def test_a_title_stays_a_title(title: str) -> None:
    plain, hostile = Seen(page(song_map(3), title="Plain")), Seen(page(song_map(3), title=title))
    assert [tag for tag, _ in hostile.elements] == [tag for tag, _ in plain.elements]
    short = " ".join(title.split())
    assert hostile.inside["title"] in (short, short[:199] + "…")
    assert data_of(page(song_map(3), title=title))["title"] == hostile.inside["title"]


def test_no_text_of_a_song_becomes_markup() -> None:
    plain, text = Seen(page(song_map(len(HOSTILE)), title="Plain")), page(hostile_map(), title="Plain")
    assert [tag for tag, _ in Seen(text).elements] == [tag for tag, _ in plain.elements]
    assert column_of(data_of(text), "title") == list(HOSTILE)
    assert data_of(text)["ids"] == list(HOSTILE)


def test_half_a_surrogate_pair_does_not_stop_the_page() -> None:
    text = page(song_map(1, title=["broken \ud83c tag"]), title="broken \ud83c title")
    assert column_of(data_of(text), "title") == ["broken ? tag"]
    text.encode()


def test_the_scripts_hold_no_end_of_their_element() -> None:
    assert "</script" not in map_page._script().lower()
    assert "<!--" not in map_page._script()
    assert "</style" not in WEB.joinpath("map.css").read_text("utf-8").lower()


# -- the scripts are modules that join into one ------------------------------------------------------------------------


def test_every_script_of_the_map_is_joined() -> None:
    assert {place.name for place in WEB.iterdir() if re.fullmatch(r"map\..*js", place.name)} == set(map_page.SCRIPTS)


def test_a_script_imports_only_from_those_before_it_and_what_they_export() -> None:
    exported: dict[str, set[str]] = {}
    for name in map_page.SCRIPTS:
        text = WEB.joinpath(name).read_text("utf-8")
        for wanted, source in re.findall(r"^import \{([^}]*)\} from \"\./(map\.[\w.]*js)\";$", text, re.MULTILINE):
            assert {part.strip() for part in wanted.split(",") if part.strip()} <= exported[source], (
                f"{name} from {source}"
            )
        exported[name] = set(re.findall(r"^export (?:function|const|class) (\w+)", text, re.MULTILINE))


def test_joined_the_scripts_import_and_export_nothing_and_share_no_name() -> None:
    script = map_page._script()
    assert not re.search(r"^(?:import|export)\b", script, re.MULTILINE)
    names = re.findall(r"^(?:async )?(?:function|class|const|let) (\w+)", script, re.MULTILINE)
    assert len(names) == len(set(names))


# -- the colours -------------------------------------------------------------------------------------------------------

SIGHTS = {  # Machado, Oliveira and Fernandes 2009, severity 1: linear red, green and blue as such eyes have them
    "all colours": np.eye(3),
    "no red": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "no green": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "no blue": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
TO_CONES = [
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
]
TO_OKLAB = [
    [0.2104542553, 0.7936177850, -0.0040720468],
    [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660],
]


def linear(colours: list[str]) -> Any:
    values = np.array([[int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)] for colour in colours])
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def palettes() -> list[list[str]]:
    text = WEB.joinpath("map.colours.js").read_text("utf-8")
    return [re.findall(r"#[0-9a-f]{6}", found) for found in re.findall(r"classes: \[([^\]]*)\]", text)]


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("colours", palettes(), ids=["light", "dark"])
def test_every_two_classes_look_different_to_every_eye(colours: list[str], sight: str) -> None:
    seen = np.clip(linear(colours) @ np.array(SIGHTS[sight]).T, 0, 1)
    laid = np.cbrt(seen @ np.array(TO_CONES).T) @ np.array(TO_OKLAB).T  # (11, 3) Oklab
    apart = np.linalg.norm(laid[:, None] - laid[None], axis=2)
    assert apart[~np.eye(len(laid), dtype=bool)].min() >= MOST_LAID_APART


@pytest.mark.parametrize(("colours", "paper"), list(zip(palettes(), ["#fbfaf7", "#14161c"], strict=True)))
def test_every_class_stands_out_from_the_paper(colours: list[str], paper: str) -> None:
    light = linear([*colours, paper]) @ [0.2126, 0.7152, 0.0722] + 0.05
    contrast = np.maximum(light[:-1], light[-1]) / np.minimum(light[:-1], light[-1])
    assert contrast.min() > 2.2
