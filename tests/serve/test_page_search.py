"""The search page without a browser: what it shows, that nothing of a song runs, that plain links do it all."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from urllib.parse import quote, urljoin

import pytest
from http_serving import client_of
from page_songs import EVIL, HOSTILE, Seen, make
from starlette.testclient import TestClient

from songkin.testing import ToyEncoder

FIRST_VIEW = 200_000  # bytes, compressed


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("songkin.library.encoding.load", lambda name=None, **how: ToyEncoder())
        with client_of(make(tmp_path_factory.mktemp("page"))) as opened:
            yield opened


@pytest.fixture
def client(server: TestClient) -> Iterator[TestClient]:
    """A server of a library in which nothing is decided yet; what a test decides is taken back after it."""
    yield server
    server.cookies.clear()
    library = server.app.state.held.library  # type: ignore[attr-defined]
    for excluded in library.exclusions():
        library.include(excluded.where)
    library.opinions.clear()


def see(client: TestClient, address: str, *, status: int = 200, **headers: str) -> Seen:
    answer = client.get(address, headers=headers)
    assert answer.status_code == status, answer.text[:300]
    seen = Seen(answer.text)
    assert seen.running == []
    return seen


# -- what one sees -----------------------------------------------------------------------------------------------------


def test_the_first_view_asks_what_one_looks_for(client: TestClient) -> None:
    seen = see(client, "/")
    assert seen.all("form", action="/", method="get")
    assert seen.all("input", name="q")
    assert "12 songs in this library" in seen.text
    assert [own["href"] for own in seen.all("a") if own.get("aria-current")] == ["/"]


def test_the_first_view_is_light(client: TestClient) -> None:
    page = client.get("/").text
    found = [client.get(own.get("src") or own.get("href") or "") for _, own in Seen(page).elements
             if (own.get("src") or own.get("href") or "").startswith("/assets/")]  # fmt: skip
    modules = re.findall(r'from "\./([\w.]+)"', client.get("/assets/page.js").text)
    found += [client.get(f"/assets/{name}") for name in modules]
    assert len(found) >= 9
    assert all(one.status_code == 200 for one in found)
    weight = len(gzip.compress(page.encode())) + sum(int(one.headers["content-length"]) for one in found)
    assert all(one.headers.get("content-encoding") == "gzip" for one in found)
    assert weight < FIRST_VIEW


def test_a_request_finds_songs_with_their_lines_and_shares(client: TestClient) -> None:
    seen = see(client, "/?q=rain+on+the+tin")
    assert len(seen.of_class("hit")) >= 3
    assert "Rain on Tin" in seen.text
    assert "Rain is drumming on the tin above my bed" in seen.text.replace("  ", " ")
    assert "0:05" in seen.text
    assert re.search(r"(meaning|words|sung line) \d+ %", seen.text)
    assert seen.all("mark")


def test_what_was_understood_are_chips_with_counts_that_can_be_taken_out(client: TestClient) -> None:
    seen = see(client, "/?q=rain+songs+from+the+90s")
    assert "only 1990 to 1999" in seen.text
    (without,) = [own["href"] for own in seen.of_class("out")]
    assert without == "/?q=rain+songs"
    assert "only" not in see(client, str(without)).text.split("Best matches")[0].split("Tune")[-1]


def test_a_chip_of_the_words_is_changed_by_changing_the_words(client: TestClient) -> None:
    seen = see(client, "/?q=rain+songs+from+the+90s")
    carried = {
        str(own["name"]): str(own["value"])
        for own in seen.all("input", type="hidden")
        if own.get("name") in ("q", "cut")
    }
    changed = client.get("/", params={**carried, "say": "from 2003"})
    assert 'value="rain songs from 2003"' in changed.text
    assert "2003" in Seen(changed.text).text


def test_a_condition_given_apart_is_a_chip_too(client: TestClient) -> None:
    seen = see(client, "/?q=rain&where=year:1990..1999&add=genre:folk")
    assert [own.get("value") for own in seen.all("input", type="hidden", name="where")][:2] == [
        "year:1990..1999",
        "genre:folk",
    ]
    links = [own["href"] for own in seen.of_class("out")]
    assert links == ["/?q=rain&where=genre%3Afolk", "/?q=rain&where=year%3A1990..1999"]
    assert "songs meet every condition" in seen.text


def test_seeds_are_chips_and_every_hit_offers_more_and_less_like_it(client: TestClient) -> None:
    seen = see(client, "/?q=rain&like=rain-1&unlike=train-1")
    assert "like Ada Moss - Rain on Tin" in seen.text
    assert "unlike Ada Moss - Night Train" in seen.text
    more = [own["href"] for own in seen.all("a") if "More like this" in (own.get("aria-label") or "")]
    assert more
    assert all("like=rain-1&like=" in str(link) and "unlike=train-1" in str(link) for link in more)


def test_a_remembered_line_is_looked_for_as_it_is_sung(client: TestClient) -> None:
    seen = see(client, "/?q=march+with+your+umbrela+in+the+rain&mode=line")
    assert "Umbrella Parade" in seen.text
    assert "sung line 100 %" in seen.text


def test_where_nothing_is_found_the_page_says_why_and_what_helps(client: TestClient) -> None:
    seen = see(client, "/?q=rain&where=year:1800..1801")
    assert "Nothing was found" in seen.text
    assert "No song here meets" in seen.text
    helped = [own["href"] for own in seen.all("a") if own.get("href") == "/?q=rain&mode=line"]
    assert helped
    both = see(client, "/?q=rain&where=year:1994&where=genre:pop")
    assert "Leave out “only year is 1994”: 1 song " in both.text
    assert "Leave out “only genre is pop”: 1 song " in both.text


def test_versions_are_shown_as_one_song_unless_asked_for(client: TestClient) -> None:
    assert see(client, "/?q=mirror&versions=all").text.count("Twin") >= 2


# -- sliders, pages, bad input -----------------------------------------------------------------------------------------


def test_sliders_keep_their_place_and_change_what_is_found(client: TestClient) -> None:
    seen = see(client, "/?q=rain&w.words=0&w.meaning=2.5")
    assert [own["value"] for own in seen.all("input", name="w.words", type="range")] == ["0.0"]
    assert "words" not in " ".join(re.findall(r"(\w+) \d+ %", seen.text.split("Best matches")[1]))
    assert [own["value"] for own in seen.all("input", name="w.line", type="range")] == ["1.0"]


def test_moving_a_slider_is_no_step_back_and_another_request_is(client: TestClient) -> None:
    own = {"HX-Request": "true", "HX-Current-URL": "http://127.0.0.1/?q=rain"}
    assert "HX-Replace-Url" in client.get("/?q=rain&w.words=2", headers=own).headers
    assert client.get("/?q=train&w.words=1", headers=own).headers["HX-Push-Url"] == "/?q=train"


def test_htmx_gets_the_part_and_a_reader_the_whole_page(client: TestClient) -> None:
    part = client.get("/?q=rain", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert 'id="answer"' in part
    assert "<title>" in part
    whole = client.get("/?q=rain", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"}).text
    assert "<html" in whole


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/?q=rain&where=yer:1990", "did you mean 'year'?"),
        ("/?q=rain&page=0", "page is '0'; it is a whole number from 1 on"),
        ("/?q=rain&page=99", "there is no page 99 of this answer"),
        ("/?q=rain&page=1e9", "whole number"),
        ("/?q=rain&w.words=nan", "w.words is 'nan'; it is a number from 0 to 3"),
        ("/?q=rain&w.words=-1", "from 0 to 3"),
        ("/?q=rain&w.wrds=2", "no channel is called 'wrds'"),
        ("/?q=rain&variety=7", "variety is '7'"),
        ("/?q=rain&in=nowhere", "'nowhere' is no part of a song"),
        ("/?q=rain&per_artist=none", "per_artist is 'none'"),
    ],
)
def test_what_cannot_be_asked_is_said_on_the_page_with_its_cure(client: TestClient, address: str, said: str) -> None:
    assert said in see(client, address, status=400).text


@pytest.mark.parametrize(
    "address", ["/?q=", "/?q=%20%20", "/?mode=line", "/?unknown=1", "/?q=&where=genre:folk", "/?cut=9-1&say=x"]
)
def test_an_empty_request_is_the_first_view(client: TestClient, address: str) -> None:
    assert "songs in this library" in see(client, address).text


def test_seeds_that_are_not_here_are_said(client: TestClient) -> None:
    see(client, "/?q=rain&like=nobody")
    see(client, "/?like=nobody")


# -- nothing runs ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/?q=rain+" + quote(HOSTILE),
        "/?q=rain&mode=line",
        "/?q=in+the+rain&versions=all",
        "/?q=folk+rain",
    ],
)
def test_nothing_of_a_song_or_a_request_ever_runs(client: TestClient, address: str) -> None:
    answer = client.get(address)
    seen = Seen(answer.text)
    assert seen.running == []
    assert not [own for tag, own in seen.elements if tag == "img"]
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "49" not in re.findall(r"onerror[^\d]+(\d+)", seen.text)


def test_a_hostile_song_is_shown_as_it_is_written(client: TestClient) -> None:
    seen = see(client, "/?q=rain&where=year:1991")
    assert "window.hacked=1" in seen.text
    (link,) = [own["href"] for own in seen.all("a") if (own.get("href") or "").startswith("/songs/")]
    page = client.get(str(link))
    assert page.status_code == 200
    assert EVIL.title in Seen(page.text).text


def test_a_song_is_reached_whatever_its_id_is(client: TestClient) -> None:
    seen = see(client, "/?q=two+dots+of+rain")
    links = [str(own["href"]) for own in seen.all("a") if (own.get("href") or "").startswith("/songs/")]
    assert all(client.get(urljoin("http://127.0.0.1/", link)).status_code == 200 for link in links)
    assert "/songs/?id=..&against=two+dots+of+rain" in links


# -- opinions ----------------------------------------------------------------------------------------------------------


def test_never_again_hides_a_song_until_it_is_taken_back(client: TestClient) -> None:
    back = "/?q=rain+on+tin"
    told = client.post("/feedback", data={"song": "rain-1", "verdict": "never", "back": back}, follow_redirects=False)
    assert (told.status_code, told.headers["location"]) == (303, back)
    seen = see(client, back)
    assert "/songs/rain-1" not in str(seen.all("a"))
    assert "Rain on Tin" in seen.text  # among what is hidden, with its undo
    client.post("/feedback", data={"song": "rain-1", "verdict": "none", "back": back})
    assert "/songs/rain-1" in str(see(client, back).all("a"))


def test_a_like_is_seen_and_taken_back_where_it_was_told(client: TestClient) -> None:
    own = {"HX-Request": "true"}
    told = client.post(
        "/feedback", data={"song": "rain-1", "verdict": "like", "at": "3", "back": "/?q=rain"}, headers=own
    )
    (button,) = Seen(told.text).all("button", id="like-3")
    assert button["aria-pressed"] == "true"
    assert [
        one["aria-pressed"]
        for one in see(client, "/?q=rain+on+tin").all("button")
        if one.get("aria-label") == "Like: Rain on Tin"
    ] == ["true"]
    gone = client.post("/feedback", data={"song": "rain-1", "verdict": "none", "at": "3", "back": "/"}, headers=own)
    assert Seen(gone.text).all("button", id="like-3")[0]["aria-pressed"] == "false"


@pytest.mark.parametrize(
    "back",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nSet-Cookie: x=1"],
)
def test_a_form_leads_nowhere_else(client: TestClient, back: str) -> None:
    told = client.post("/feedback", data={"song": "rain-1", "verdict": "like", "back": back}, follow_redirects=False)
    assert told.headers["location"] == "/"
    assert "set-cookie" not in told.headers


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"song": "nobody", "verdict": "like"}, 400),
        ({"song": "rain-1", "verdict": "adore"}, 400),
        ({"verdict": "like"}, 422),
        ({}, 422),
    ],
)
def test_a_form_that_means_nothing_is_a_page_that_says_so(
    client: TestClient, data: dict[str, str], status: int
) -> None:
    told = client.post("/feedback", data=data, follow_redirects=False)
    assert told.status_code == status
    assert Seen(told.text).of_class("problem")


def test_another_site_cannot_tell_in_a_readers_name(client: TestClient) -> None:
    told = client.post(
        "/feedback", data={"song": "rain-1", "verdict": "never"}, headers={"Origin": "http://evil.example"}
    )
    assert told.status_code == 403


def test_exclusions_are_shown_and_taken_back(client: TestClient) -> None:
    library = client.app.state.held.library  # type: ignore[attr-defined]
    library.exclude("genre:country")
    seen = see(client, "/?q=night+train")
    assert "Hidden from you: 1 exclusion" in seen.text
    (number,) = [str(own["value"]) for own in seen.all("input", name="exclusion")]
    client.post("/exclusions/take-back", data={"exclusion": number, "back": "/?q=night+train"})
    assert "Night Train" in see(client, "/?q=night+train").text
