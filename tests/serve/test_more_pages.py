"""Playlists and library without a browser: what they show, that plain forms do it all, and that nothing runs."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from http_serving import client_of
from page_songs import EVIL, HOSTILE, Seen, make
from starlette.testclient import TestClient

from songkin.library import Library
from songkin.serve.http.downloads import LONGEST, PLAIN
from songkin.serve.page import playlist_routes
from songkin.testing import ToyEncoder

NAMES = ("Rain & sun", "AC/DC?", "..", "#1", "a//b", "naïve 雨", HOSTILE[:100], "50 %")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("songkin.library.encoding.load", lambda name=None, **how: ToyEncoder())
        with client_of(make(tmp_path_factory.mktemp("more"))) as opened:
            yield opened


@pytest.fixture
def client(server: TestClient) -> Iterator[TestClient]:
    """A server of a library in which nothing is decided yet; what a test decides is taken back after it."""
    yield server
    library = library_of(server)
    for one in library.playlists.all():
        library.playlists.drop(one.name)
    for excluded in library.exclusions():
        library.include(excluded.where)
    library.opinions.clear()
    for token in library.tokens.all():
        library.tokens.revoke(token.name)


def library_of(client: TestClient) -> Library:
    library: Library = client.app.state.held.library  # type: ignore[attr-defined]
    return library


def see(client: TestClient, address: str, *, status: int = 200) -> Seen:
    answer = client.get(address)
    return seen_in(answer, status=status)


def seen_in(answer: Any, *, status: int = 200) -> Seen:
    assert answer.status_code == status, answer.text[:400]
    seen = Seen(answer.text)
    assert seen.running == []
    assert "hacked" not in {name for _, own in seen.elements for name in own}
    return seen


def send(client: TestClient, path: str, **fields: str) -> Seen:
    """Send a form as a browser without JavaScript does, and follow where it leads."""
    return seen_in(client.post(path, data=fields))


def hidden(seen: Seen, name: str) -> str:
    """Return the value of a field of the editor's form."""
    return str(seen.all("input", name=name)[0]["value"])


def order(seen: Seen) -> list[str]:
    return [str(own["data-id"]) for _, own in seen.elements if "data-id" in own]


def press(client: TestClient, seen: Seen, **button: str) -> Seen:
    """Press a button of the editor."""
    fields = {name: hidden(seen, name) for name in ("name", "ids", "pins")}
    return send(client, "/playlists/edit", **fields, **button)


def kept(client: TestClient, *ids: str, name: str = "By hand") -> Seen:
    return send(client, "/playlists/keep", name=name, ids=json.dumps(ids))


def ids(client: TestClient, n: int) -> list[str]:
    """Return the ids of the library's first songs."""
    library = library_of(client)
    return [str(name) for name in library.store.catalogue()[1][:n]]


# -- playlists: making and saving --------------------------------------------------------------------------------------


def test_the_list_offers_a_form_and_says_that_nothing_is_saved(client: TestClient) -> None:
    seen = see(client, "/playlists")
    assert "Nothing is saved yet" in seen.text
    named = {own.get("name") for tag, own in seen.elements if tag in ("input", "select", "textarea")}
    assert {"text", "like", "unlike", "start", "end", "via", "arc_feature", "arc_shape", "minutes", "songs"} <= named
    assert {"floor", "artist_gap", "album_gap", "per_artist", "language", "variety", "where"} <= named


def test_every_field_has_a_label(client: TestClient) -> None:
    seen = see(client, "/playlists?text=rain")
    labelled = {own["for"] for own in seen.all("label")}
    fields = [
        own for tag, own in seen.elements if tag in ("input", "select", "textarea") and own.get("type") != "hidden"
    ]
    assert {own["id"] for own in fields} <= labelled


def test_a_playlist_is_made_and_saved_and_shown_by_plain_forms(client: TestClient) -> None:
    seen = see(client, "/playlists?text=rain&songs=4")
    assert "4 songs" in seen.text
    assert len(seen.of_class("place")) == 4
    saved = send(client, "/playlists/save", text="rain", songs="4", name="Wet")
    assert saved.all("h1")
    assert len(order(saved)) == 4
    assert "Wet" in see(client, "/playlists").text
    assert order(see(client, "/playlists/Wet")) == order(saved)


def test_reasons_are_shown(client: TestClient) -> None:
    seen = see(client, "/playlists?text=rain&songs=4")
    assert seen.of_class("because")
    assert "words" in seen.text


def test_a_path_begins_and_ends_where_it_was_asked_to(client: TestClient) -> None:
    start, end = ids(client, 2)
    seen = send(client, "/playlists/save", start=start, end=end, songs="4", name="Way")
    assert order(seen)[0] == start
    assert order(seen)[-1] == end


def test_an_arc_is_drawn_with_the_wished_one_beside_it(client: TestClient) -> None:
    seen = see(client, "/playlists?arc_feature=energy&arc_shape=0.1..0.9&songs=4")
    lines = [own["class"] for own in seen.all("polyline")]
    assert lines == ["wished", "own"]
    assert "wished arc on average" in str(seen.all("svg", role="img")[0]["aria-label"])


def test_what_cannot_be_made_is_said_and_the_form_keeps_what_was_typed(client: TestClient) -> None:
    seen = see(client, "/playlists?text=rain&minutes=soon", status=400)
    assert "'minutes' is a number" in seen.text
    assert seen.all("input", name="minutes", value="soon")
    assert "nothere" in see(client, "/playlists?where=nothere:1", status=400).text


def test_nothing_asked_for_is_refused_and_nothing_is_saved(client: TestClient) -> None:
    answer = client.post("/playlists/save", data={"name": "x"})
    assert "wish is empty" in seen_in(answer, status=400).text
    assert "Nothing is saved yet" in see(client, "/playlists").text


@pytest.mark.parametrize("name", NAMES)
def test_a_playlist_of_any_name_is_saved_found_and_given_as_a_file(client: TestClient, name: str) -> None:
    seen = kept(client, *ids(client, 2), name=name)
    shown = " ".join(name.split())
    assert hidden(seen, "name") == shown
    links = [
        str(own["href"]) for own in see(client, "/playlists").all("a") if str(own["href"]).startswith("/playlists")
    ]
    assert any(order(see(client, link)) == order(seen) for link in links if link != "/playlists")
    file = next(str(own["href"]) for own in seen.all("a") if "file=xspf" in str(own.get("href")))
    answer = client.get(file)
    assert answer.headers["content-type"].startswith("application/xspf+xml")
    assert quote(shown.translate(PLAIN)[:LONGEST], safe="") in answer.headers["content-disposition"]


def test_a_second_playlist_of_a_name_gets_a_number(client: TestClient) -> None:
    kept(client, *ids(client, 1))
    assert hidden(kept(client, *ids(client, 2)), "name") == "By hand 2"


def test_a_playlist_that_is_not_there_is_a_page_that_names_the_nearest(client: TestClient) -> None:
    kept(client, *ids(client, 1), name="Summer rain")
    assert "Summer rain" in see(client, "/playlists/Summer%20rian", status=404).text


# -- playlists: editing ------------------------------------------------------------------------------------------------


def test_songs_are_moved_pinned_and_taken_out_by_buttons(client: TestClient) -> None:
    one, two, three = ids(client, 3)
    seen = kept(client, one, two, three)
    seen = press(client, seen, down="1")
    assert order(seen) == [two, one, three]
    seen = press(client, seen, up="3")
    assert order(seen) == [two, three, one]
    seen = press(client, seen, unpin="2")
    assert json.loads(hidden(seen, "pins")) == [two, one]
    seen = press(client, seen, remove="1")
    assert order(seen) == [three, one]
    assert order(see(client, "/playlists/By%20hand")) == [three, one]


def test_a_song_is_added_by_name_once(client: TestClient) -> None:
    one, two = ids(client, 2)
    seen = press(client, kept(client, one), add=two)
    assert order(seen) == [one, two]
    assert order(press(client, seen, add=two)) == [one, two]


def test_a_song_that_is_not_there_is_told_in_the_editor(client: TestClient) -> None:
    seen = kept(client, *ids(client, 1))
    fields = {name: hidden(seen, name) for name in ("name", "ids", "pins")}
    told = seen_in(client.post("/playlists/edit", data={**fields, "add": "No Such Thing At All"}), status=400)
    assert "no song here is called" in told.text
    assert order(told) == order(seen)


def test_a_script_is_answered_in_json(client: TestClient) -> None:
    one, two = ids(client, 2)
    kept(client, one, two)
    sent = {"name": "By hand", "ids": json.dumps([two, one]), "pins": "[]"}
    answer = client.post("/playlists/edit", data=sent, headers={"accept": "application/json"})
    assert answer.json()["songs"] == 2
    assert order(see(client, "/playlists/By%20hand")) == [two, one]
    wrong = client.post("/playlists/edit", data={**sent, "ids": "[1]"}, headers={"accept": "application/json"})
    assert wrong.status_code == 400
    assert "JSON list" in wrong.json()["error"]["message"]


def test_pinned_songs_stay_when_the_rest_is_made_anew(client: TestClient) -> None:
    seen = send(client, "/playlists/save", text="rain", songs="4", name="Wet")
    last = order(seen)[-1]
    seen = press(client, seen, up="4")
    seen = send(client, "/playlists/refresh", name="Wet")
    assert order(seen)[2] == last


def test_songs_chosen_by_hand_stay_as_they_are_when_refreshed(client: TestClient) -> None:
    seen = kept(client, *ids(client, 3))
    again = send(client, "/playlists/refresh", name="By hand")
    assert order(again) == order(seen)
    assert "not made again" not in again.text


def test_a_playlist_is_made_anew_from_another_wish_under_its_name(client: TestClient) -> None:
    send(client, "/playlists/save", text="rain", songs="4", name="Wet")
    seen = send(client, "/playlists/remake", name="Wet", text="rain", songs="2")
    assert len(order(seen)) == 2
    assert len(see(client, "/playlists").of_class("saved")) == 1


def test_a_playlist_is_deleted(client: TestClient) -> None:
    kept(client, *ids(client, 1))
    assert "Nothing is saved yet" in send(client, "/playlists/drop", name="By hand").text


def test_hostile_songs_stay_text_everywhere(client: TestClient) -> None:
    seen = kept(client, EVIL.id, name="<img src=x onerror=hacked>")
    assert order(seen) == [EVIL.id]
    assert HOSTILE.split()[0] in seen.text
    assert json.loads(hidden(seen, "ids")) == [EVIL.id]
    see(client, f"/playlists?like={quote(EVIL.id)}&songs=3")


# -- playlists: files --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["m3u8", "xspf", "jspf", "csv"])
def test_a_file_written_is_read_back_as_seeds(client: TestClient, kind: str) -> None:
    kept(client, *ids(client, 3), name="Out")
    text = client.get(f"/playlists/Out?file={kind}").content
    seen = seen_in(client.post("/playlists/read", files={"file": (f"in.{kind}", text)}))
    assert "3 of its songs are in this library" in seen.text
    assert json.loads(hidden(seen, "ids")) == ids(client, 3)
    again = send(client, "/playlists/make", like=hidden(seen, "like"))
    assert again.of_class("order")


def test_songs_that_are_not_here_are_named(client: TestClient) -> None:
    text = b"#EXTM3U\n#EXTINF:1,Nobody - Never Heard\nnever.mp3\n"
    seen = seen_in(client.post("/playlists/read", files={"file": ("mine.m3u", text)}))
    assert "0 of its songs are in this library, 1 not" in seen.text
    assert "Never Heard" in seen.text


BAD_FILES = {
    "no file": {},
    "another kind": {"file": ("song.mp3", b"ID3")},
    "damaged": {"file": ("x.jspf", b"{")},
    "entities": {"file": ("x.xspf", b'<!DOCTYPE x [<!ENTITY a "b">]><playlist>&a;</playlist>')},
    "too large": {"file": ("x.csv", b"a" * (playlist_routes.LARGEST_FILE + 1))},
}


@pytest.mark.parametrize("what", BAD_FILES)
def test_a_file_that_is_no_playlist_is_refused_on_the_page(client: TestClient, what: str) -> None:
    answer = client.post("/playlists/read", files=BAD_FILES[what] or None, data={"x": "1"})
    assert "That did not work" in seen_in(answer, status=400).text


def test_a_kind_of_file_that_is_none_is_refused(client: TestClient) -> None:
    kept(client, *ids(client, 1), name="Out")
    assert "is no kind of playlist file" in see(client, "/playlists/Out?file=exe", status=404).text


# -- the library -------------------------------------------------------------------------------------------------------


def test_the_library_says_what_is_there_and_what_is_missing(client: TestClient) -> None:
    seen = see(client, "/library")
    assert "12 songs" in seen.text
    assert "What brings what is missing" in seen.text
    assert "toy" in seen.text


def test_an_exclusion_is_made_shown_and_taken_back(client: TestClient) -> None:
    seen = send(client, "/library/exclude", where="genre:folk")
    assert "genre:folk" in seen.text
    assert "Nothing is excluded" in send(client, "/library/undo", exclusion="genre:folk").text


def test_an_opinion_is_shown_and_taken_back_and_all_are_forgotten(client: TestClient) -> None:
    library = library_of(client)
    for song in ids(client, 3):
        library.opinions.tell(song, "like")
    library.opinions.tell(EVIL.id, "never")
    seen = see(client, "/library")
    assert seen.text.count("liked") >= 2
    assert HOSTILE.split()[0] in seen.text
    send(client, "/library/undo", opinion=EVIL.id)
    assert "None told yet" in send(client, "/library/undo", opinions="all").text


def test_tokens_are_listed_without_what_opens_anything(client: TestClient) -> None:
    library = library_of(client)
    made = library.tokens.create("phone <b>", user="anna")
    page = client.get("/library").text
    assert "phone &lt;b&gt;" in page
    assert made.token not in page


def test_who_comes_with_a_token_sees_those_in_the_same_name(client: TestClient) -> None:
    library = library_of(client)
    mine, _ = library.tokens.create("phone", user="anna"), library.tokens.create("stereo", user="bert")
    page = client.get("/library", headers={"authorization": f"Bearer {mine.token}"}).text
    assert "phone" in page
    assert "stereo" not in page


@pytest.mark.parametrize("where", ["", "nothere:1", "year:x"])
def test_a_condition_that_cannot_be_read_is_said_on_the_page(client: TestClient, where: str) -> None:
    answer = client.post("/library/exclude", data={"where": where})
    assert "That did not work" in seen_in(answer, status=400).text


def test_nothing_to_take_back_is_said_on_the_page(client: TestClient) -> None:
    assert "nothing was named" in seen_in(client.post("/library/undo", data={}), status=400).text
    assert "no opinion" in seen_in(client.post("/library/undo", data={"opinion": "x"}), status=400).text


# -- everywhere --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/map", "/playlists", "/library"])
def test_a_view_carries_the_strict_policy_and_stays_light(client: TestClient, address: str) -> None:
    answer = client.get(address)
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
    assert len(gzip.compress(answer.content)) < 20_000
