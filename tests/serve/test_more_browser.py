"""Map, playlists and library in a browser, served as they are: lasso to playlist, the editor by keys and by hand, adds,
accessibility. Needs Debian's chromium.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import axe_core_python
import pytest
from browser import SOFTWARE_GL, Browser, missing
from http_serving import running
from page_songs import EVIL, songs

from songkin.library import Library
from songkin.testing import ToyEncoder

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing()), reason=f"the browser tests need {missing()}: apt-get install chromium-driver"),
]

ENTER, DOWN, UP, HOME, END, DELETE, TAB = "\ue007", "\ue015", "\ue013", "\ue011", "\ue010", "\ue017", "\ue004"
AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
OF_THE_DRIVER = ("GL Driver Message", "fallback to software WebGL")  # what Chromium says of a machine without GPU
SIZES = ((360, 740), (1024, 768), (1920, 1080))
FEW = 6  # songs, so that the map needs no layout
Show = Callable[..., Browser]


@pytest.fixture(autouse=True)
def _toy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songkin.library.encoding.load", lambda name=None, **how: ToyEncoder())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("few")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("songkin.library.encoding.load", lambda name=None, **how: ToyEncoder())
        Library.add([EVIL, *(song for song in songs(folder) if song.lyrics and song.id != EVIL.id)][:FEW], folder / "L")
    return folder / "L"


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "L"))


@pytest.fixture
def server(place: Path) -> Iterator[str]:
    with running(place) as address:
        yield address


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("browser"), *SOFTWARE_GL, "--force-prefers-reduced-motion") as opened:
        yield opened


@pytest.fixture
def show(browser: Browser, server: str) -> Iterator[Show]:
    """Open a view; at the end the page must have complained of nothing, its policy included."""

    def opened(path: str, *, wide: int = 1024, tall: int = 768, light: str = "light") -> Browser:
        browser.size(wide, tall, touch=wide < 500)
        browser.light(light)
        browser.tool("Page.navigate", url=server + path)
        browser.until(f"location.href.startsWith({server + path!r}) && document.readyState === 'complete'")
        if path == "/map":
            browser.until("window.songMap !== undefined && document.getElementById('keep') !== null")
        return browser

    browser.log()
    yield opened
    assert [line for line in browser.log() if not any(known in line for known in OF_THE_DRIVER)] == []


def saved(place: Path, name: str) -> tuple[str, ...]:
    """Return the songs of a playlist as the library on disk has it."""
    return Library.open(place).playlists.open(name, refresh=False).ids


def hold(place: Path, name: str = "Mine") -> tuple[str, ...]:
    library = Library.open(place)
    return library.playlists.keep(name, [str(one) for one in library.store.catalogue()[1][:5]]).ids


def shown(seen: Browser) -> tuple[str, ...]:
    return tuple(seen.run("return [...document.querySelectorAll('#songs > li')].map((song) => song.dataset.id)"))


def settled(place: Path, wanted: tuple[str, ...], name: str = "Mine") -> None:
    """Wait until the library on disk has an order."""
    for _ in range(100):
        if saved(place, name) == wanted:
            return
        time.sleep(0.1)  # not in the page, which may be another one by then
    assert saved(place, name) == wanted


def grip(seen: Browser, at: int) -> tuple[int, int]:
    """Return where the grip of a song is, its place counted from 0."""
    box = seen.run(
        "const box = document.querySelectorAll('#songs .grip')[arguments[0]].getBoundingClientRect();"
        "return [box.x + box.width / 2, box.y + box.height / 2]",
        at,
    )
    return round(box[0]), round(box[1])


# -- the map -----------------------------------------------------------------------------------------------------------


def test_songs_drawn_round_on_the_map_are_kept_as_a_playlist_that_is_there_after_a_reload(
    show: Show, place: Path
) -> None:
    seen = show("/map")
    assert seen.run("return songMap.songs.n") == FEW
    seen.run("document.querySelector('[data-mode=lasso][role=radio]').click()")
    round_all = [(40, 140), (700, 140), (700, 740), (40, 740), (40, 150)]
    seen.mouse(("down", *round_all[0]), *[("move", *at) for at in round_all[1:]], ("up", *round_all[-1]))
    chosen = seen.run("return songMap.chosen.order.map((song) => songMap.songs.ids[song])")
    assert chosen
    seen.run("document.getElementById('name').value = 'From the <b>map</b>'; document.getElementById('keep').click()")
    link = seen.until("document.querySelector('#saving a')?.href")
    assert saved(place, "From the <b>map</b>") == tuple(chosen)
    seen.tool("Page.navigate", url=link)
    seen.until("document.getElementById('songs')?.children.length > 0")
    assert shown(seen) == tuple(chosen)
    seen.reload()
    seen.until("document.getElementById('songs')?.children.length > 0")
    assert shown(seen) == tuple(chosen)


def test_the_map_lies_under_the_bar_and_follows_its_light(show: Show) -> None:
    seen = show("/map")
    bar = seen.run("return document.querySelector('.top').getBoundingClientRect().bottom")
    assert seen.run("return document.querySelector('.head').getBoundingClientRect().top") >= bar - 1
    assert seen.run("return document.getElementById('shade').checkVisibility()") is False
    assert seen.run("return songMap.legend.dark") is False
    seen.run("document.getElementById('light').click()")
    seen.until("songMap.legend.dark")
    seen.run("document.getElementById('light').click(); localStorage.clear()")


def test_a_song_is_selected_on_the_map_where_it_is_seen(show: Show) -> None:
    seen = show("/map")
    x, y = seen.run("return [songMap.view.toX(songMap.songs.x[2]), songMap.view.toY(songMap.songs.y[2])]")
    seen.mouse(("down", round(x), round(y)), ("up", round(x), round(y)))
    assert 2 in seen.run("return songMap.chosen.order")


def test_the_download_is_still_there(show: Show) -> None:
    seen = show("/map")
    seen.run(
        "songMap.all(); document.getElementById('name').value = 'Taken along'; document.getElementById('save').click()"
    )
    seen.until("document.getElementById('saving').textContent.includes('Taken along.xspf')")


def test_songs_that_cannot_be_read_are_said_on_the_map(browser: Browser, server: str) -> None:
    browser.tool("Network.enable")
    browser.tool("Network.setBlockedURLs", urls=["*songs.json*"])
    try:
        browser.tool("Page.navigate", url=f"{server}/map")
        browser.until("document.getElementById('empty')?.innerText.includes('could not be read')")
    finally:
        browser.tool("Network.setBlockedURLs", urls=[])
        browser.log()


# -- the editor --------------------------------------------------------------------------------------------------------


def test_songs_are_put_in_order_by_keys_alone(show: Show, place: Path) -> None:
    a, b, c, d, e = hold(place)
    seen = show("/playlists/Mine")
    seen.run("document.querySelector('#songs .grip').focus()")
    seen.keys(DOWN, DOWN)
    assert shown(seen) == (b, c, a, d, e)
    assert "place 3 of 5" in seen.run("return document.getElementById('said').textContent")
    assert seen.run("return document.activeElement.closest('li').dataset.id") == a
    seen.keys(END)
    seen.keys(UP)
    assert shown(seen) == (b, c, d, a, e)
    settled(place, (b, c, d, a, e))
    seen.keys(HOME, DELETE)
    settled(place, (b, c, d, e))
    numbers = seen.run("return [...document.querySelectorAll('#songs .place')].map((place) => place.textContent)")
    assert numbers == ["1", "2", "3", "4"]
    seen.reload()
    seen.until("document.querySelector('#songs .grip:not([hidden])')")
    assert shown(seen) == (b, c, d, e)


def test_every_control_of_a_song_is_reached_by_tab(show: Show, place: Path) -> None:
    hold(place)
    seen = show("/playlists/Mine")
    seen.run("document.querySelector('#songs .grip').focus()")
    reached = []
    for _ in range(6):
        seen.keys(TAB)
        reached.append(seen.run("const at = document.activeElement; return at.name || at.className || at.tagName"))
    assert reached == ["title", "SUMMARY", "down", "unpin", "remove", "grip"]


def test_a_song_is_dragged_to_its_place(show: Show, place: Path) -> None:
    a, b, c, d, e = hold(place)
    seen = show("/playlists/Mine", tall=1200)
    (x, top), (_, low) = grip(seen, 0), grip(seen, 3)
    seen.mouse(("down", x, top), ("move", x, top + 20), ("move", x, low), ("move", x, low + 8), ("up", x, low + 8))
    assert shown(seen) == (b, c, d, a, e)
    settled(place, (b, c, d, a, e))


def test_the_buttons_move_pin_and_take_out(show: Show, place: Path) -> None:
    a, b, c, d, e = hold(place)
    seen = show("/playlists/Mine")
    click = "document.querySelectorAll('#songs > li')[arguments[0]].querySelector(arguments[1]).click()"
    seen.run(click, 1, "[name=up]")
    assert shown(seen) == (b, a, c, d, e)
    seen.run(click, 4, ".pin")
    assert seen.run("return document.querySelectorAll('#songs .pin')[4].getAttribute('aria-pressed')") == "false"
    seen.run(click, 2, "[name=remove]")
    settled(place, (b, a, d, e))
    assert e not in Library.open(place).playlists.open("Mine", refresh=False).pinned


def test_an_order_that_was_not_kept_yet_goes_along_when_the_page_is_left(show: Show, place: Path) -> None:
    a, b, c, d, e = hold(place)
    seen = show("/playlists/Mine")
    seen.run("document.querySelector('#songs .grip').focus()")
    seen.keys(DOWN)
    show("/playlists")
    settled(place, (b, a, c, d, e))


def test_without_a_script_the_editor_works_by_its_buttons(show: Show, place: Path) -> None:
    a, b, c, d, e = hold(place)
    seen = show("/library")
    seen.tool("Emulation.setScriptExecutionDisabled", value=True)
    try:
        seen = show("/playlists/Mine")
        assert seen.run("return document.querySelector('#songs .grip').checkVisibility()") is False
        x, y = seen.run(
            "const box = document.querySelector('#songs [name=down]').getBoundingClientRect();"
            "return [box.x + box.width / 2, box.y + box.height / 2]"
        )
        seen.mouse(("down", round(x), round(y)), ("up", round(x), round(y)))
        settled(place, (b, a, c, d, e))
    finally:
        seen.tool("Emulation.setScriptExecutionDisabled", value=False)


def test_a_playlist_is_made_and_saved_in_the_browser(show: Show, place: Path) -> None:
    seen = show("/playlists")
    seen.run("document.getElementById('make-text').focus()")
    seen.keys(*"rain", ENTER)
    seen.until("document.getElementById('save-name')")
    seen.run("document.getElementById('save-name').value = 'Wet'; document.querySelector('.save-as button').click()")
    seen.until("document.getElementById('editor')")
    assert shown(seen) == saved(place, "Wet")


# -- the library -------------------------------------------------------------------------------------------------------


def test_songs_are_added_from_a_file_and_how_far_it_is_is_told(show: Show, place: Path) -> None:
    seen = show("/library")
    rows = "".join(
        json.dumps({"id": f"n{n}", "title": f"New {n}", "lyrics": "some new words"}) + "\n" for n in range(30)
    )
    seen.run(
        "const given = new DataTransfer(); given.items.add(new File([arguments[0]], 'new.jsonl'));"
        "document.getElementById('catalogue').files = given.files; document.querySelector('#add-songs button').click()",
        rows,
    )
    assert "30 songs added" in seen.until("document.getElementById('added').textContent")
    assert Library.open(place).store.counts().songs == FEW + 30


def test_a_file_of_another_kind_is_not_sent(show: Show) -> None:
    seen = show("/library")
    seen.run(
        "const given = new DataTransfer(); given.items.add(new File(['x'], 'song.mp3'));"
        "document.getElementById('catalogue').files = given.files; document.querySelector('#add-songs button').click()"
    )
    assert "song.mp3 is none of csv" in seen.until("document.getElementById('added').textContent")


# -- everywhere --------------------------------------------------------------------------------------------------------


def violations(seen: Browser) -> list[Any]:
    """Return what axe finds of serious and critical, with everything that folds opened."""
    return list(
        seen.run(
            "document.querySelectorAll('details').forEach((fold) => (fold.open = true));" + AXE + ";"
            "const told = await axe.run(document, { resultTypes: ['violations'] });"
            "return told.violations.filter((one) => ['serious', 'critical'].includes(one.impact))"
            ".map((one) => [one.id, one.nodes.map((node) => node.html.slice(0, 120))])"
        )
    )


@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize(("wide", "tall"), SIZES)
def test_nothing_is_wider_than_the_window_and_axe_finds_nothing_serious(
    show: Show, place: Path, wide: int, tall: int, light: str
) -> None:
    hold(place)
    library = Library.open(place)
    library.exclude("season:christmas")
    library.opinions.tell(EVIL.id, "like")
    library.tokens.create("phone")
    for path in (
        "/map",
        "/playlists",
        "/playlists?text=rain&arc_feature=year&arc_shape=rise",
        "/playlists/Mine",
        "/library",
    ):
        seen = show(path, wide=wide, tall=tall, light=light)
        assert seen.run("return document.documentElement.scrollWidth") <= wide, path
        assert violations(seen) == [], path
        assert seen.run("return globalThis.hacked") is None
