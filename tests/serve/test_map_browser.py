"""The map in a browser, opened from disk: what a user sees, does and saves. Needs Debian's chromium."""

from __future__ import annotations

import csv
import io
import json
import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from browser import SOFTWARE_GL, WAIT_S, Browser, missing
from made_maps import HOSTILE, THEMES, blank, hostile_map, song_map

from songkin.library import Reading
from songkin.library.charting import SongMap
from songkin.serve.map_page import page

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing()), reason=f"the browser tests need {missing()}: apt-get install chromium-driver"),
]

Open = Callable[..., Browser]
XSPF = "{http://xspf.org/ns/0/}"
ENTER, ESCAPE, DOWN, RIGHT, SHIFT = "\ue007", "\ue00c", "\ue015", "\ue014", "\ue008"
OF_THE_DRIVER = ("GL Driver Message", "fallback to software WebGL")  # what Chromium says of a machine without GPU


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("browser"), *SOFTWARE_GL, "--force-prefers-reduced-motion") as opened:
        yield opened


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Open a map from disk; at the end the page must have complained of nothing."""
    seen = []

    def opened(
        told: SongMap, *, title: str = "A map", wide: int = 1024, tall: int = 768, touch: bool = False
    ) -> Browser:
        place = tmp_path / f"map{len(seen)}.html"
        place.write_text(page(told, title=title), encoding="utf-8")
        seen.append(place)
        browser.size(wide, tall, touch=touch)
        browser.light("light")
        browser.open(place)
        browser.until("window.songMap !== undefined")
        return browser

    yield opened
    assert complaints(browser) == []
    assert browser.run("return performance.getEntriesByType('resource').length") == 0


def complaints(browser: Browser) -> list[str]:
    return [line for line in browser.log() if not any(known in line for known in OF_THE_DRIVER)]


def at(browser: Browser, song: int) -> tuple[int, int]:
    """Where a song is in the window."""
    x, y = browser.run(
        "const {view, songs} = songMap, song = arguments[0]; return [view.toX(songs.x[song]), view.toY(songs.y[song])]",
        song,
    )
    return round(x), round(y)


def coloured(browser: Browser) -> int:
    """How many pixels of the window's map points are painted on."""
    return int(
        browser.run(
            "songMap.draw(); const from = document.getElementById('points');"
            "const copy = new OffscreenCanvas(from.width, from.height);"
            "const pen = copy.getContext('2d'); pen.drawImage(from, 0, 0);"
            "const { data } = pen.getImageData(0, 0, copy.width, copy.height);"
            "return data.filter((part, at) => at % 4 === 3 && part > 40).length"
        )
    )


def selected(browser: Browser) -> list[int]:
    return sorted(browser.run("return songMap.chosen.order"))


def press(browser: Browser, name: str) -> None:
    browser.run("document.getElementById(arguments[0]).click()", name)


def saved(browser: Browser, form: str, name: str = "Mine") -> str:
    """Save the selection; return what the file holds."""
    browser.run(
        "const set = (id, value) => { const box = document.getElementById(id); box.value = value;"
        "box.dispatchEvent(new Event('change')); }; set('format', arguments[0]); set('name', arguments[1])",
        form,
        name,
    )
    press(browser, "save")
    place, began = browser.downloads / f"{name}.{form}", time.monotonic()
    while not place.exists() or not place.stat().st_size:  # the browser makes the file before it fills it
        assert time.monotonic() - began < WAIT_S, f"{place.name} was not written"
        time.sleep(0.05)
    text = place.read_bytes().decode("utf-8")
    place.unlink()
    return text


# -- what one sees -----------------------------------------------------------------------------------------------------


def test_the_map_opens_from_disk_and_draws_its_points(show: Open) -> None:
    seen = show(song_map(300), title="Our songs")
    assert seen.run("return [document.title, songMap.points.name]") == ["Our songs", "WebGL"]
    assert coloured(seen) > 300
    said = seen.run("return document.getElementById('count').textContent")
    assert said == "300 songs · trustworthiness 0.91 · 1 note"
    assert "Two songs have no lyrics." in seen.run("return document.getElementById('about').textContent")


@pytest.mark.parametrize("wide", [360, 1024])
@pytest.mark.parametrize("pinned", [False, True])
def test_long_texts_are_clipped_on_a_card_that_fits_the_window(show: Open, *, wide: int, pinned: bool) -> None:
    long = [f"{at} {'never ending ' * 250}" for at in range(3)]
    told = song_map(3, title=long, artist=long, genre=long, mood=long, theme_fine=long, language=long)
    seen = show(told, wide=wide, tall=400)
    top, bottom, all_of_it, lines = seen.run(
        "songMap.card.show(0, 100, 100, { pinned: arguments[0], edges: { right: 0, bottom: 0 } });"
        "const card = document.getElementById('card'), box = card.getBoundingClientRect();"
        "const title = card.querySelector('strong'), high = parseFloat(getComputedStyle(title).lineHeight);"
        "return [box.top, box.bottom, title.title, title.clientHeight / high]",
        pinned,
    )
    assert top >= 0
    assert bottom <= 400
    assert all_of_it == long[0]
    assert lines == pytest.approx(3, abs=0.2)


def test_the_card_says_what_a_song_is_and_what_is_predicted(show: Open) -> None:
    seen = show(song_map(30))
    seen.mouse(("move", *at(seen, 4)))
    card = seen.until("!document.getElementById('card').hidden && document.getElementById('card').innerText").split(
        "\n"
    )
    assert card[:2] == ["Song 4", "The Nth 4"]
    told = " ".join(card)
    assert "Year 1964" in told
    assert "Genre rock predicted" in told
    assert "Mood sad" in told
    assert "Valence 0.40" in told
    assert "engine · road · speed · quite still" in told
    seen.mouse(("move", 500, 740))
    seen.until("document.getElementById('card').hidden")


@pytest.mark.parametrize("way", ["theme_coarse", "theme_medium", "genre", "mood", "year", "valence", "energy", ""])
def test_every_way_of_colouring_counts_every_song_once(show: Open, way: str) -> None:
    seen = show(song_map(100))
    seen.run(
        "const by = document.getElementById('by'); by.value = arguments[0]; by.dispatchEvent(new Event('change'))", way
    )
    counts = seen.run("return songMap.colours.classes.map((one) => one.count)")
    assert sum(counts) == 100
    assert seen.run("return songMap.colours.way?.key ?? ''") == way


def test_a_year_falls_into_its_decade(show: Open) -> None:
    seen = show(song_map(3, year=[1960, 1969, 2019]))
    seen.run("const by = document.getElementById('by'); by.value = 'year'; by.dispatchEvent(new Event('change'))")
    told = seen.run("return songMap.colours.classes.filter((one) => one.count).map((one) => [one.name, one.count])")
    assert told == [["1960 to 1969", 2], ["2010 to 2019", 1]]


def test_what_is_the_same_for_all_is_no_way_of_colouring(show: Open) -> None:
    offered = show(song_map(30)).run("return [...document.getElementById('by').options].map((one) => one.value)")
    assert "language" not in offered
    assert "outlier" not in offered


def test_a_click_in_the_legend_shows_only_that_class(show: Open) -> None:
    seen = show(song_map(90))
    seen.run("document.querySelector('#classes button').click()")
    shown = seen.run("return songMap.looks.filter((look) => (look & 3) === 1).length")
    assert shown == 30
    press(seen, "all")
    assert seen.run("return songMap.looks.filter((look) => (look & 3) === 1).length") == 90


def test_predicted_genres_are_marked(show: Open) -> None:
    seen = show(song_map(90))
    seen.run("const by = document.getElementById('by'); by.value = 'genre'; by.dispatchEvent(new Event('change'))")
    assert seen.run("return songMap.looks.filter((look) => look & 4).length") == 45
    assert "45" in seen.run("return document.getElementById('predicted').textContent")


def test_finer_names_are_written_as_one_comes_nearer(show: Open) -> None:
    seen = show(song_map(300))
    grain = "songMap.names.grain(songMap.view.zoomed)"
    assert seen.run(f"return {grain}") == "theme_coarse"
    seen.run("songMap.view.zoom(3)")
    assert seen.run(f"return {grain}") == "theme_medium"
    seen.run("songMap.view.zoom(3)")
    assert seen.run(f"return {grain}") == "theme_fine"


WRITTEN = """
    const { names, view } = songMap, done = [];
    const pen = { measureText: (text) => ({ width: 8 * text.length }), strokeText() {} };
    pen.fillText = (text, x, y) => done.push([text, y]);
    const [first] = names.of("theme_coarse"), y = view.toY(first.y);
    const taken = arguments[0] ? [[0, 0, view.width, y]] : [];
    names.draw(pen, view, { ink: "", paper: "", font: 14, taken, shown: (_, name) => name === first.name });
    return done.map(([, at]) => at - y);
"""


def test_a_name_stands_by_most_of_its_songs_not_by_a_knot_of_a_few(show: Open) -> None:
    bunch, knot = [(x, y) for x in range(6) for y in range(5)], [(24.0, 24.0)] * 6
    x, y = np.array([*bunch, *knot], np.float32).T
    told = song_map(len(x), theme_coarse=[THEMES[0]] * len(x))._replace(x=x, y=y)
    assert show(told).run("return songMap.names.of('theme_coarse')[0].x") < 0


def test_a_name_stands_above_its_songs_and_where_that_is_taken_below_them(show: Open) -> None:
    seen = show(song_map(90))
    assert max(seen.run(WRITTEN.replace("arguments[0]", "false"))) < 0
    assert min(seen.run(WRITTEN.replace("arguments[0]", "true"))) > 0


def test_light_follows_the_system_and_the_switch(show: Open) -> None:
    seen = show(song_map(10))
    scheme = "getComputedStyle(document.documentElement).colorScheme"
    assert seen.run(f"return {scheme}") == "light"
    seen.light("dark")
    seen.until(f"{scheme} === 'dark' && songMap.legend.dark")
    press(seen, "shade")
    assert seen.run(f"return [{scheme}, songMap.legend.dark]") == ["light", False]


@pytest.mark.parametrize("wide", [360, 800, 900, 1024, 1920])
def test_how_many_songs_there_are_is_never_cut(show: Open, wide: int) -> None:
    seen = show(song_map(300)._replace(notes=("One.", "Two.")), title="A title", wide=wide)
    assert seen.run("const one = document.getElementById('count'); return one.scrollWidth - one.clientWidth") == 0


@pytest.mark.parametrize("wide", [360, 1024, 1920])
def test_nothing_is_wider_than_the_screen(show: Open, wide: int) -> None:
    seen = show(song_map(300), title="A title that is rather long for a narrow screen " * 5, wide=wide)
    seen.run("songMap.all(); document.getElementById('about').open = true")
    beyond = seen.run(
        "return [...document.querySelectorAll('.sheet, button, input, select, h1')].filter((one) => one.offsetParent)"
        ".map((one) => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])"
        ".filter(([, box]) => box.right > innerWidth + 1 || box.left < -1)"
    )
    assert beyond == []


def test_every_control_has_a_name(show: Open) -> None:
    nameless = show(song_map(30)).run(
        "return [...document.querySelectorAll('button, input, select, [role]')].filter((one) => !one.ariaLabel &&"
        "!one.textContent.trim() && !one.labels?.length && !one.getAttribute('aria-labelledby'))"
        ".map((one) => one.outerHTML)"
    )
    assert [name for name in nameless if 'id="say"' not in name and 'id="hits"' not in name] == []


# -- moving and finding ------------------------------------------------------------------------------------------------


def test_dragging_moves_and_the_wheel_zooms_where_the_pointer_is(show: Open) -> None:
    seen = show(song_map(60))
    before = at(seen, 0)
    seen.mouse(("move", 500, 300), ("down", 500, 300), ("move", 520, 310), ("move", 540, 330), ("up", 540, 330))
    moved = at(seen, 0)
    assert moved == pytest.approx((before[0] + 40, before[1] + 30), abs=2)
    turn = {"type": "scroll", "x": moved[0], "y": moved[1], "deltaX": 0, "deltaY": -200, "duration": 0}
    seen.act({"type": "wheel", "id": "wheel", "actions": [turn]})
    seen.until("songMap.view.zoomed > 1.3")
    assert at(seen, 0) == pytest.approx(moved, abs=2)


def test_two_fingers_zoom_and_one_tap_shows_the_card(show: Open) -> None:
    seen = show(song_map(60), wide=360, tall=740, touch=True)
    fingers = [
        {
            "type": "pointer",
            "id": f"finger{way}",
            "parameters": {"pointerType": "touch"},
            "actions": [
                {"type": "pointerMove", "duration": 0, "x": 180 + way * 30, "y": 400},
                {"type": "pointerDown", "button": 0},
                {"type": "pointerMove", "duration": 100, "x": 180 + way * 120, "y": 400},
                {"type": "pointerUp", "button": 0},
            ],
        }
        for way in (-1, 1)
    ]
    seen.act(*fingers)
    assert seen.run("return songMap.view.zoomed") > 2
    seen.run("songMap.whole()")
    x, y = at(seen, 5)
    tap = [{"type": "pointerMove", "duration": 0, "x": x, "y": y}, {"type": "pointerDown", "button": 0}]
    tap.append({"type": "pointerUp", "button": 0})
    seen.act({"type": "pointer", "id": "finger", "parameters": {"pointerType": "touch"}, "actions": tap})
    assert seen.run("return songMap.card.pinned")
    seen.run("document.querySelector('#card button').click()")
    assert len(selected(seen)) == 1


def test_search_finds_as_one_types_and_enter_goes_from_song_to_song(show: Open) -> None:
    seen = show(song_map(120, title=[f"Ünder the Näme {i}" if i % 40 == 0 else f"Song {i}" for i in range(120)]))
    seen.run("document.getElementById('find').focus()")
    seen.keys(*"under NAME")
    seen.until("songMap.search.hits?.length === 3")
    assert seen.run("return songMap.looks.filter((look) => (look & 3) === 2).length") == 3
    seen.keys(ENTER)
    seen.until("songMap.pointed === 0")
    seen.keys(ENTER)
    seen.until("songMap.pointed === 40")
    assert seen.run("return document.getElementById('found').textContent") == "2 of 3 songs"
    assert seen.run("return document.querySelector('[aria-selected]').textContent").startswith("Ünder the Näme 40")
    seen.keys(DOWN, DOWN)
    seen.until("songMap.pointed === 0")
    seen.keys(ESCAPE)
    seen.until("songMap.search.hits === null")


FOUND = {
    "rain": [0, 2],  # what begins with the text comes first
    "RÁIN stré": [2],
    "ain": [],  # words are looked for from their beginning
    "雨": [3],  # but anywhere in scripts without spaces
    "oceans of": [4],
    "nth 1": [1],
    "engine": [1, 4],
}


@pytest.mark.parametrize("text", FOUND)
def test_search_reads_the_words_of_titles_artists_and_themes(show: Open, text: str) -> None:
    titles = ["Rain", "Alone", "Street of Rain", "夜の雨", "Oceans’ Of"]
    assert show(song_map(5, title=titles)).run("return songMap.search.index.find(arguments[0])", text) == FOUND[text]


SIGNS = {
    "!!!": [1, 0],  # what begins with the signs comes first
    "❤": [2],
    "❤\ufe0f ": [2],
    "-": [3],  # in an artist
    "{{": [],
    "😀": [],
    " ": None,
}


@pytest.mark.parametrize("text", SIGNS)
def test_a_search_for_signs_reads_titles_and_artists_as_they_are(show: Open, text: str) -> None:
    seen = show(song_map(4, title=["Stop!!!", "!!!", "❤\ufe0f", "Plain"], artist=["Ann", "Bob", "Cid", "Dee-Dee"]))
    assert seen.run("return songMap.search.index.find(arguments[0])", text) == SIGNS[text]


def test_signs_that_are_nowhere_are_not_found(show: Open) -> None:
    seen = show(song_map(12))
    seen.run("const box = document.getElementById('find'); box.value = '😀'; box.dispatchEvent(new Event('input'))")
    seen.until("document.getElementById('found').textContent === 'nothing found'")
    assert not seen.run("return document.getElementById('found').hidden")


# -- selecting and saving ----------------------------------------------------------------------------------------------


def round_theme(browser: Browser, theme: int) -> list[tuple[int, int]]:
    """A line on the screen round one of the three themes."""
    x, y, scale = browser.run(
        "const {songs, view} = songMap, own = [...songs.x.keys()].filter((song) => song % 3 === arguments[0]);"
        "const mean = (axis) => own.reduce((sum, song) => sum + axis[song], 0) / own.length;"
        "return [view.toX(mean(songs.x)), view.toY(mean(songs.y)), view.scale]",
        theme,
    )
    reach = scale * 0.3
    turns = [2 * math.pi * step / 12 for step in range(12)]
    return [(round(x + reach * math.cos(turn)), round(y + reach * math.sin(turn))) for turn in turns]


def test_a_lasso_selects_what_it_goes_round(show: Open) -> None:
    seen = show(song_map(90))
    press_mode = "document.querySelector('[data-mode=lasso][role=radio]').click()"
    seen.run(press_mode)
    line = round_theme(seen, 2)
    seen.mouse(("move", *line[0]), ("down", *line[0]), *[("move", x, y) for x, y in line[1:]], ("up", *line[-1]))
    assert selected(seen) == list(range(2, 90, 3))
    assert seen.run("return document.getElementById('chosen-title').textContent") == "30 songs selected"


def test_a_rectangle_is_drawn_by_keys_alone(show: Open) -> None:
    seen = show(song_map(90))
    seen.run("document.getElementById('map').focus()")
    seen.keys("r", "0")
    seen.run("songMap.view.x = -1.2; songMap.view.y = -1.2")
    seen.keys(ENTER)
    seen.run("songMap.view.x = 1.2; songMap.view.y = 1.2")
    seen.keys(ENTER)
    assert selected(seen) == list(range(90))
    assert "90 songs selected" in seen.run("return document.getElementById('say').textContent")


def test_keys_move_the_map_and_enter_selects_the_song_at_the_cross(show: Open) -> None:
    seen = show(song_map(9))
    seen.run(
        "const {view, songs} = songMap; document.getElementById('map').focus();"
        "Object.assign(view, {x: songs.x[3], y: songs.y[3]})"
    )
    seen.keys(ENTER)
    assert selected(seen) == [3]
    before = seen.run("return songMap.view.x")
    seen.keys(RIGHT, "+")
    assert seen.run("return songMap.view.x") > before
    assert seen.run("return songMap.view.zoomed") > 1.1


def test_a_click_selects_a_song_and_a_second_click_takes_it_out(show: Open) -> None:
    seen = show(song_map(9))
    x, y = at(seen, 1)
    seen.mouse(("move", x, y), ("down", x, y), ("up", x, y))
    assert selected(seen) == [1]
    seen.run("songMap.clicked(...arguments, {touch: false})", x, y)
    assert selected(seen) == []


def test_a_selection_is_saved_as_xspf(show: Open) -> None:
    seen = show(song_map(9))
    seen.run("songMap.chosen.set([0, 4])")
    root = ElementTree.fromstring(saved(seen, "xspf"))
    assert root.findtext(f"{XSPF}title") == "Mine"
    tracks = root.findall(f"{XSPF}trackList/{XSPF}track")
    assert [track.findtext(f"{XSPF}title") for track in tracks] == ["Song 0", "Song 4"]
    assert tracks[1].findtext(f"{XSPF}creator") == "The Nth 4"
    assert tracks[1].findtext(f"{XSPF}identifier") == "urn:songkin:id-4"


def test_m3u8_names_the_files_and_says_where_there_is_none(show: Open) -> None:
    seen = show(song_map(3, audio=["/music/a song.flac", None, "#odd.mp3"]))
    seen.run("songMap.chosen.set([0, 1, 2])")
    assert seen.run("return document.getElementById('format').value") == "m3u8"
    assert saved(seen, "m3u8").splitlines() == [
        "#EXTM3U",
        "#PLAYLIST:Mine",
        "#EXTINF:-1,The Nth 0 - Song 0",
        "/music/a song.flac",
        "#EXTINF:-1,The Nth 1 - Song 1",
        "#EXTINF:-1,The Nth 2 - Song 2",
        "./#odd.mp3",
    ]
    assert seen.run("return document.getElementById('saving').textContent").startswith("1 of these songs have no audio")
    track = ElementTree.fromstring(saved(seen, "xspf")).find(f"{XSPF}trackList/{XSPF}track")
    assert track is not None
    assert track.findtext(f"{XSPF}location") == "file:///music/a%20song.flac"


def test_what_was_predicted_is_not_given_where_a_saved_selection_is_added(show: Open, tmp_path: Path) -> None:
    names = ("genre", "mood", "valence", "energy")
    flags = {f"{name}_predicted": [True, False] for name in names}
    seen = show(song_map(2, energy=[0.125, 1], **flags))
    seen.run("songMap.chosen.set([0, 1])")
    text = saved(seen, "csv")
    told, given = csv.DictReader(io.StringIO(text, newline=""))
    assert [told[name] for name in names] == [""] * 4
    assert [told[f"predicted_{name}"] for name in names] == ["folk", "sad", "0", "0.125"]
    assert [given[name] for name in names] == ["rock", "happy", "0.1", "1"]
    assert [given[f"predicted_{name}"] for name in names] == [""] * 4
    place = tmp_path / "selection.csv"
    place.write_text(text, encoding="utf-8")
    predicted, known = Reading.of([place]).songs()
    assert (predicted.genres, predicted.tags, predicted.features) == ((), {}, {})
    assert (known.genres, known.tags) == (("rock",), {"happy": 1.0})
    assert known.features == {"valence": 0.1, "energy": 1.0}


def test_hostile_texts_are_shown_and_saved_as_they_are(show: Open) -> None:
    for title in HOSTILE[:3]:
        seen = show(hostile_map(), title=title)
        seen.run("songMap.all(); document.getElementById('find').focus()")
        seen.keys(*"img")
        seen.until("songMap.search.hits?.length > 0")
        for song in range(len(HOSTILE)):
            seen.run("songMap.point(arguments[0])", song)
        assert seen.run("return [globalThis.broken ?? 0, document.querySelectorAll('img').length]") == [0, 0]
        assert seen.run("return document.querySelector('h1').textContent") == title
    held = ["".join(sign for sign in text if sign not in "\x00\x1b") for text in HOSTILE]
    told = ElementTree.fromstring(saved(seen, "xspf")).findall(f"{XSPF}trackList/{XSPF}track/{XSPF}title")
    assert sorted(str(one.text) for one in told) == sorted(held)
    tracks = json.loads(saved(seen, "jspf"))["playlist"]["track"]
    assert sorted(track["title"] for track in tracks) == sorted(HOSTILE)
    rows = list(csv.DictReader(io.StringIO(saved(seen, "csv"), newline="")))
    assert sorted(row["title"] for row in rows) == sorted(HOSTILE)
    assert len(saved(seen, "m3u8").split("\n")) == 2 + len(HOSTILE) + 1


def test_a_playlist_of_any_name_becomes_a_file(show: Open) -> None:
    seen = show(song_map(3))
    seen.run("songMap.chosen.set([0])")
    seen.run("document.getElementById('name').value = '../a/b:c*?'")
    press(seen, "save")
    seen.until("document.getElementById('saving').textContent.includes('-a-b-c')")


# -- maps that hardly are maps -----------------------------------------------------------------------------------------


def test_an_empty_map_says_so(show: Open) -> None:
    seen = show(SongMap((), np.zeros(0, np.float32), np.zeros(0, np.float32), blank(0), math.nan))
    assert "no song on this map" in seen.run("return document.getElementById('empty').innerText")
    seen.run("songMap.all(); songMap.whole(); document.getElementById('find').focus()")
    seen.keys("a", ENTER)
    seen.until("songMap.search.hits?.length === 0")
    seen.mouse(("move", 400, 400), ("down", 400, 400), ("up", 400, 400))


@pytest.mark.parametrize("n", [1, 2, 3])
def test_few_songs_are_all_on_the_screen(show: Open, n: int) -> None:
    seen = show(song_map(n))
    for song in range(n):
        x, y = at(seen, song)
        assert 0 < x < 1024
        assert 0 < y < 768
    seen.run("songMap.all()")
    assert len(selected(seen)) == n


def test_songs_at_one_place_are_counted_and_selected_together(show: Open) -> None:
    told = song_map(5)._replace(x=np.full(5, 3.0, np.float32), y=np.full(5, -2.0, np.float32))
    seen = show(told)
    x, y = at(seen, 0)
    seen.mouse(("move", x, y))
    assert "and 4 more at this very place" in seen.until(
        "!document.getElementById('card').hidden && document.getElementById('card').innerText"
    )
    seen.mouse(("down", x, y), ("up", x, y))
    assert selected(seen) == [0, 1, 2, 3, 4]


def test_songs_of_which_nothing_is_known_are_named_by_their_ids(show: Open) -> None:
    seen = show(song_map(3)._replace(columns=blank(3)))
    assert seen.run("return [songMap.songs.name(0), document.getElementById('legend').hidden]") == ["id-0", True]


@pytest.mark.parametrize(("n", "why"), [(2, "too few songs"), (3, "All songs are alike here")])
def test_why_a_map_has_no_trustworthiness_is_said(show: Open, n: int, why: str) -> None:
    seen = show(song_map(n)._replace(trustworthiness=math.nan))
    assert why in seen.run("return document.getElementById('trust').textContent")


def test_a_hundred_thousand_songs_are_drawn_and_found(show: Open) -> None:
    seen = show(song_map(100_000))
    assert coloured(seen) > 10_000
    assert seen.run("return songMap.search.index.find('song 99999').length") == 1
    seen.run("songMap.all()")
    assert seen.run("return songMap.chosen.order.length") == 100_000


# -- slow machines, and those without WebGL ----------------------------------------------------------------------------


def test_where_frames_come_late_some_points_wait_until_the_map_rests(show: Open) -> None:
    seen = show(song_map(30_000))
    whole = coloured(seen)
    late = "songMap.share = 0; songMap.paced = performance.now() - 30; songMap.moved(); songMap.draw();"
    assert seen.run(f"{late} return songMap.share") == pytest.approx(0.2)  # 6,000 are drawn always
    seen.until("performance.now() - songMap.movedAt > 400 && songMap.due === 0")
    assert coloured(seen) == whole


def test_points_come_back_after_the_graphics_card_was_lost(show: Open) -> None:
    seen = show(song_map(300))
    whole = coloured(seen)
    seen.run("globalThis.lost = songMap.points.gl.getExtension('WEBGL_lose_context'); lost.loseContext()")
    seen.until("songMap.points.gl.isContextLost()")
    seen.run("await new Promise((done) => setTimeout(done, 50)); lost.restoreContext()")
    seen.until("!songMap.points.gl.isContextLost() && songMap.due === 0")
    assert coloured(seen) == whole


def test_without_webgl_the_map_is_drawn_all_the_same(tmp_path: Path) -> None:
    place = tmp_path / "map.html"
    place.write_text(page(song_map(300), title="Plain"), encoding="utf-8")
    with Browser(tmp_path / "plain", "--disable-3d-apis") as seen:
        seen.size(1024, 768)
        seen.open(place)
        seen.until("window.songMap !== undefined")
        assert seen.run("return songMap.points.name") == "canvas"
        assert coloured(seen) > 300
        seen.run("songMap.legend.by.value = 'genre'; songMap.legend.paint(); songMap.legend.toggle(0); songMap.all()")
        assert len(selected(seen)) == 100
        assert coloured(seen) > 300
        assert complaints(seen) == []
