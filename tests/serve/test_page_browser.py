"""The page in a browser, as listeners see it: journeys, keys, accessibility, no script. Needs Debian's chromium."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from browser import Browser, missing
from http_serving import running
from page_songs import make

from songkin.testing import ToyEncoder

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing()), reason=f"the browser tests need {missing()}: apt-get install chromium-driver"),
]

TAB, ENTER, ESCAPE, SPACE = "\ue004", "\ue007", "\ue00c", " "
VIEWS = (
    "/",
    "/?q=rain+from+the+90s&like=rain-1",
    "/?q=rain&where=year:1800..1801",
    "/songs/rain-1?against=rain+on+the+tin",
    "/songs/heard",
    "/signin",
    "/?q=rain&where=x:1",
)
Show = Callable[..., Browser]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("songkin.library.encoding.load", lambda name=None, **how: ToyEncoder())
        yield make(tmp_path_factory.mktemp("served"))


@pytest.fixture
def server(made: Path, tmp_path: Path) -> Iterator[str]:
    """Serve a library of one's own on a free port; its address."""
    with running(shutil.copytree(made, tmp_path / "L")) as address:
        yield address


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("browser"), "--force-prefers-reduced-motion", "--mute-audio") as opened:
        yield opened


@pytest.fixture
def show(browser: Browser, server: str) -> Iterator[Show]:
    """Open a view; at the end the page must have complained of nothing, its policy included."""

    def opened(address: str, *, wide: int = 1024, tall: int = 768, light: str = "light") -> Browser:
        browser.size(wide, tall)
        browser.light(light)
        browser.tool("Page.navigate", url=server + address)
        browser.until(f"location.href === {server + address!r} && document.readyState === 'complete'")
        return browser

    browser.log()
    yield opened
    browser.tool("Emulation.setScriptExecutionDisabled", value=False)
    complaints = [line for line in browser.log() if "status of 400" not in line and "status of 401" not in line]
    assert complaints == []


def click(seen: Browser, selector: str) -> None:
    """Click as a hand does, in the middle of what is seen."""
    seen.until(f"document.querySelector({selector!r})")
    x, y = seen.run(
        "const one = document.querySelector(arguments[0]); one.scrollIntoView({block: 'center', behavior: 'instant'});"
        "const box = one.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]",
        selector,
    )
    seen.mouse(("down", round(x), round(y)), ("up", round(x), round(y)))


def hits(seen: Browser) -> list[str]:
    return list(seen.run("return [...document.querySelectorAll('.hit h3')].map((one) => one.textContent)"))


def q(seen: Browser) -> str:
    return str(seen.run("return document.getElementById('q').value"))


# -- journeys ----------------------------------------------------------------------------------------------------------


def test_a_listener_searches_refines_wants_more_like_this_never_again_and_reloads(show: Show) -> None:
    seen = show("/")
    seen.keys(*"rain from the 90s", ENTER)
    seen.until("document.querySelectorAll('.hit').length")
    assert "Rain on Tin" in hits(seen)
    assert "Umbrella Parade" not in hits(seen)
    assert seen.run("return [...document.querySelectorAll('.chip .says')].map((one) => one.textContent)") == ["only"]

    click(seen, ".chip .out")  # refine by chip: without the years
    seen.until("location.search === '?q=rain'")
    seen.until("document.getElementById('q').value === 'rain'")
    assert "Umbrella Parade" in hits(seen)

    click(seen, ".hit .acts a")  # more like this
    seen.until("document.querySelector('.chip.kind-like')")
    assert "like=" in seen.run("return location.search")

    first = hits(seen)[0]
    click(seen, "#never-1")
    seen.until("document.querySelector('.hit.gone')")
    assert first in seen.run("return document.querySelector('.hit.gone').textContent")
    assert first not in hits(seen)

    seen.reload()
    seen.until("document.querySelectorAll('.hit').length")
    assert first not in hits(seen)
    click(seen, "details.notes:last-of-type > summary")
    click(seen, ".kind-hidden button")
    seen.until(f"[...document.querySelectorAll('.hit h3')].some((one) => one.textContent === {first!r})")


def test_never_again_is_undone_where_it_was_told(show: Show) -> None:
    seen = show("/?q=rain")
    click(seen, "#never-1")
    seen.until("document.querySelector('.hit.gone button')")
    assert seen.run("return document.activeElement.id") == "never-1"
    seen.keys(ENTER)
    seen.until("document.querySelector('.hit.back')")
    assert not seen.run("return [...document.querySelectorAll('.kind-hidden')].length")


def test_a_like_is_pressed_and_taken_back_by_keys(show: Show) -> None:
    seen = show("/?q=rain")
    seen.run("document.getElementById('like-2').focus()")
    seen.keys(ENTER)
    seen.until("document.getElementById('like-2').getAttribute('aria-pressed') === 'true'")
    assert seen.run("return document.activeElement.id") == "like-2"
    seen.keys(ENTER)
    seen.until("document.getElementById('like-2').getAttribute('aria-pressed') === 'false'")


def test_a_slider_acts_at_once_and_keeps_its_place(show: Show) -> None:
    seen = show("/?q=rain")
    click(seen, "#tune > summary")
    click(seen, "#w-words")  # the middle: one and a half
    seen.until("location.search.includes('w.words=1.5')")
    assert seen.run("return document.getElementById('tune').open")
    assert seen.run("return document.querySelector('#w-words + output').textContent") == "1.5×"
    many = seen.run("return history.length")
    seen.run("document.getElementById('w-words').focus()")
    seen.keys("\ue014")  # to the right
    seen.until("location.search.includes('w.words=1.6')")
    assert seen.run("return [history.length, document.activeElement.id]") == [many, "w-words"]


def test_a_chip_is_changed_in_its_own_words(show: Show) -> None:
    seen = show("/?q=rain+from+the+90s")
    click(seen, ".chip .edit > summary")
    seen.until("document.activeElement.name === 'say'")
    seen.keys(*"from 2003", ENTER)
    seen.until("document.getElementById('q').value === 'rain from 2003'")
    assert hits(seen) == ["Umbrella Parade"]
    click(seen, ".chip .edit > summary")
    seen.keys(ESCAPE)
    assert not seen.run("return document.querySelector('.chip .edit[open]')")


def test_a_chip_opened_before_the_scripts_ran_is_opened_as_any_other(show: Show) -> None:
    seen = show("/?q=rain+from+the+90s")
    click(seen, ".chip.kind-add summary")
    seen.until("document.activeElement.id === 'add'")
    scripts = "document.querySelector('script[type=module]').src.replace('page.js', 'page.chips.js')"
    seen.run(f"document.activeElement.blur(); (await import({scripts})).chips()")
    seen.until("document.activeElement.id === 'add'")


def test_going_back_shows_the_search_before(show: Show) -> None:
    seen = show("/?q=rain")
    seen.run("document.getElementById('q').value = 'night train'")
    click(seen, "#ask button[type=submit]")
    seen.until("location.search === '?q=night+train'")
    seen.run("history.back()")
    seen.until("location.search === '?q=rain' && document.readyState === 'complete'")
    seen.until("document.getElementById('q').value === 'rain' && document.querySelectorAll('.hit').length")


def test_what_screen_readers_are_told_changes_with_the_answer(show: Show) -> None:
    seen = show("/?q=rain")
    seen.run("document.getElementById('q').value = 'night train'")
    click(seen, "#ask button[type=submit]")
    seen.until("document.getElementById('news').textContent.includes('songs shown')")
    assert seen.run("return document.getElementById('news').getAttribute('aria-live')") == "polite"


def test_a_song_plays_from_its_line(show: Show) -> None:
    seen = show("/?q=rain+is+heard+on+wire")
    seen.until("document.querySelector('.listen')")
    assert "#t=1.5" in seen.run("return document.querySelector('.listen audio').src")
    click(seen, ".listen > summary")
    seen.until("document.querySelector('.listen audio').duration > 0 && !document.querySelector('.listen audio').error")


def test_light_and_dark_are_switched_and_kept(show: Show) -> None:
    paper = "return getComputedStyle(document.body).backgroundColor"
    seen = show("/", light="dark")
    dark = seen.run(paper)
    click(seen, "#light")
    light = seen.run(paper)
    assert light != dark
    seen = show("/?q=rain", light="dark")
    assert seen.run(paper) == light
    click(seen, "#light")
    assert seen.run(paper) == dark
    seen.run("localStorage.clear()")


# -- hostile songs, no script, no mouse --------------------------------------------------------------------------------


def test_nothing_of_a_hostile_song_runs(show: Show) -> None:
    seen = show("/?q=rain&where=year:1991")
    assert len(hits(seen)) == 1
    seen.run("for (const one of document.querySelectorAll('details:not(.edit)')) one.open = true")
    click(seen, "#like-1")
    seen.until("document.getElementById('like-1').getAttribute('aria-pressed') === 'true'")
    seen.run("document.querySelector('.hit h3 a').focus()")
    seen.keys(ENTER)
    seen.until("location.pathname.startsWith('/songs/') && document.readyState === 'complete'")
    assert seen.run("return [typeof window.hacked, document.querySelectorAll('main script, main img').length]") == [
        "undefined",
        0,
    ]


def test_all_of_it_works_without_scripts(show: Show, server: str) -> None:
    seen = show("/")
    seen.tool("Emulation.setScriptExecutionDisabled", value=True)
    seen.tool("Page.navigate", url=server + "/?q=rain+from+the+90s&w.words=1&w.line=1&mode=")
    told = seen.until("document.querySelectorAll('.hit').length && location.search.includes('90s')")
    assert told
    assert seen.run("return document.getElementById('light').hidden")
    seen.tool(
        "Page.navigate", url=server + seen.run("return document.querySelector('.chip .out').getAttribute('href')")
    )
    seen.until("location.search === '?q=rain'")
    before = hits(seen)
    click(seen, "#never-1")
    seen.until(f"document.querySelector('.hit h3') && document.querySelector('.hit h3').textContent !== {before[0]!r}")
    assert before[0] not in hits(seen)


@pytest.mark.parametrize("wide", [360, 760])
def test_a_chip_is_changed_on_a_narrow_page_without_scripts(show: Show, server: str, wide: int) -> None:
    seen = show("/", wide=wide, tall=740)
    seen.tool("Emulation.setScriptExecutionDisabled", value=True)
    seen.tool("Page.navigate", url=server + VIEWS[1])
    click(seen, ".chip.kind-add summary")
    seen.until("document.querySelector('.chip .edit[open]')")
    box = "const box = document.querySelector('.change:has(#add)').getBoundingClientRect();"
    left, right, top = seen.run(f"{box} return [box.left, box.right, box.top]")
    assert 0 <= left < right <= wide
    below = seen.run("return document.querySelector('.chip.kind-add summary').getBoundingClientRect().bottom")
    assert 0 <= top - below < 20
    assert seen.run("return document.documentElement.scrollWidth") <= wide


def test_keys_reach_the_request_the_chips_and_the_songs(show: Show) -> None:
    seen = show("/?q=rain+from+the+90s")
    seen.run("document.activeElement.blur(); window.getSelection().removeAllRanges()")
    reached: list[str] = []
    for _ in range(60):
        seen.keys(TAB)
        if seen.run("return document.activeElement === document.body"):
            break
        name = "const one = document.activeElement; return one.id || one.className || one.textContent.trim()"
        reached.append(str(seen.run(name)))
        assert seen.run("return document.activeElement.matches(':focus-visible')")
    assert reached[0] == "skip"
    for wanted in ("q", "light", "out", "like-1", "never-1"):
        assert wanted in reached, (wanted, reached)
    assert reached.index("q") < reached.index("out") < reached.index("like-1")


# -- looks -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wide", [360, 1024, 1920])
def test_nothing_sticks_out_at_any_width(show: Show, wide: int) -> None:
    for view in VIEWS:
        seen = show(view, wide=wide, tall=740)
        assert seen.run("return document.documentElement.scrollWidth") <= wide, view
        if seen.run("return document.querySelector('.chip.kind-add') !== null"):
            click(seen, ".chip.kind-add summary")
            seen.until("document.querySelector('.chip .edit[open] .change')")
            box = "const box = document.querySelector('.change:has(#add)').getBoundingClientRect();"
            left, right = seen.run(f"{box} return [box.left, box.right]")
            assert left >= 0, view
            assert right <= wide, view


@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize("wide", [360, 1024])
def test_axe_finds_nothing_serious(show: Show, light: str, wide: int) -> None:
    axe = (files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")
    for view in VIEWS:
        seen = show(view, wide=wide, light=light)
        seen.run("for (const one of document.querySelectorAll('details:not(.edit)')) one.open = true")
        seen.run(f"{axe}; window.axe = axe")
        found: list[dict[str, Any]] = seen.run("return (await axe.run(document)).violations")
        told = [
            (one["id"], [node["html"][:160] for node in one["nodes"]][:3])
            for one in found
            if one["impact"] in ("serious", "critical", "moderate")
        ]
        assert told == [], view
