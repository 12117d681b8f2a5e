"""The API answers what the command line answers, and says what is wrong in one shape."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command_line import ROWS, InProcess
from http_serving import client_of, error_of
from starlette.testclient import TestClient

from songkin import errors
from songkin.serve.http.errors import STATUSES, told


@pytest.fixture
def client(place: Path) -> Iterator[TestClient]:
    with client_of(place) as opened:
        yield opened


def said(songkin: InProcess, *arguments: str) -> Any:
    told = songkin(*arguments, "--json")
    assert told.code == 0
    return json.loads(told.out)


# -- the contract ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "flags"),
    [
        ({"q": "rain at night"}, ("rain at night",)),
        ({"q": "songs about trains, not about love", "k": 2}, ("songs about trains, not about love", "-k", "2")),
        ({"q": "rain", "where": "year:2000..", "k": 3}, ("rain", "--where", "year:2000..", "-k", "3")),
        ({"q": "rain", "more": ["energy"], "less": ["valence"]}, ("rain", "--more", "energy", "--less", "valence")),
        ({"q": "", "like": ["rain-1"], "unlike": ["train-1"]}, ("", "--like", "rain-1", "--unlike", "train-1")),
        ({"q": "rain", "weights": "words=0.5", "channels": "words,title"},
         ("rain", "--weights", "words=0.5", "--channels", "words,title")),
        ({"q": "rain", "in": "lyrics", "variety": 0.3, "per_artist": 1},
         ("rain", "--in", "lyrics", "--variety", "0.3", "--per-artist", "1")),
        ({"q": "like Night Train but upbeat", "verbatim": True}, ("like Night Train but upbeat", "--verbatim")),
        ({"q": "rain", "all_versions": True}, ("rain", "--all-versions")),
    ],
)  # fmt: skip
def test_get_search_equals_the_command(
    client: TestClient, songkin: InProcess, asked: dict[str, Any], flags: tuple[str, ...]
) -> None:
    answer = client.get("/api/v1/search", params=asked)
    assert answer.status_code == 200, answer.text
    assert answer.json() == said(songkin, "search", *flags)


def test_post_search_equals_the_command_too(client: TestClient, songkin: InProcess) -> None:
    body = {"text": "rain", "where": "year:1990..", "weights": {"words": 0.5}, "more": ["energy"], "k": 2}
    flags = ("rain", "--where", "year:1990..", "--weights", "words=0.5", "--more", "energy", "-k", "2")
    assert client.post("/api/v1/search", json=body).json() == said(songkin, "search", *flags)


@pytest.mark.parametrize(
    ("path", "asked", "command"),
    [
        ("line", {"q": "words I never said"}, ("line", "words I never said")),
        ("similar", {"song": "rain-1", "where": "year:1995.."}, ("similar", "rain-1", "--where", "year:1995..")),
        ("explain", {"song": "rain-1", "against": "rain"}, ("explain", "rain-1", "--against", "rain")),
        ("explain/heat", {"song": "rain-1", "against": "rain"}, ("explain", "rain-1", "--against", "rain", "--heat")),
    ],
)  # fmt: skip
def test_each_question_equals_its_command(
    client: TestClient, songkin: InProcess, path: str, asked: dict[str, str], command: tuple[str, ...]
) -> None:
    answer = client.get(f"/api/v1/{path}", params=asked)
    if answer.status_code == 409:  # the toy encoder says nothing of words
        assert path == "explain/heat"
        assert songkin(*command, "--json").code == 1
        return
    assert answer.json() == said(songkin, *command)


def test_a_line_and_a_song_can_be_posted(client: TestClient) -> None:
    got = client.get("/api/v1/line", params={"q": "words I never said"}).json()
    assert client.post("/api/v1/line", json={"text": "words I never said"}).json() == got
    found = client.post("/api/v1/similar", json={"lyrics": "rain on the tin roof all night"}).json()
    assert found["hits"]


def test_the_library_is_told_without_its_place(client: TestClient, songkin: InProcess, place: Path) -> None:
    answer = client.get("/api/v1/library")
    assert answer.json() == {name: value for name, value in said(songkin, "info").items() if name != "place"}
    assert str(place) not in answer.text


# -- pages and tags ----------------------------------------------------------------------------------------------------


def test_pages_are_cut_from_one_ranking_and_linked(client: TestClient) -> None:
    whole = [
        hit["id"] for hit in client.get("/api/v1/search", params={"q": "rain night train", "k": 50}).json()["hits"]
    ]
    address, seen = "/api/v1/search?q=rain+night+train&k=1", []
    while address:
        answer = client.get(address)
        seen += [hit["id"] for hit in answer.json()["hits"]]
        assert [hit["rank"] for hit in answer.json()["hits"]] == [len(seen)]
        address = answer.links.get("next", {}).get("url", "")
    assert seen == whole
    assert len(whole) > 1


def test_a_page_beyond_the_last_is_no_page(client: TestClient) -> None:
    assert "no page 90" in error_of(client.get("/api/v1/search?q=rain&page=90"), 400)["message"]


def test_songs_are_listed_stretch_by_stretch(client: TestClient) -> None:
    address, seen = "/api/v1/songs?limit=2", []
    while address:
        part = client.get(address).json()
        seen += [song["id"] for song in part["songs"]]
        address = part["next"]
    assert len(seen) == len(set(seen)) == part["total"]
    folk = client.get("/api/v1/songs", params={"where": "genre:folk"}).json()
    assert [song["id"] for song in folk["songs"]] == ["rain-1"]
    both = client.get("/api/v1/songs", params={"id": ["train-1", "nobody", "rain-1"]}).json()
    assert [song["id"] for song in both["songs"]] == ["train-1", "rain-1"]


def test_a_song_is_told_whole_but_for_its_words(client: TestClient) -> None:
    answer = client.get("/api/v1/songs/rain-1")
    song = answer.json()
    assert song["title"] == "Rain on Tin"
    assert song["features"]["energy"] == pytest.approx(0.2)
    assert song["versions"] == []
    assert "drumming" not in answer.text
    assert error_of(client.get("/api/v1/songs/Rain on Tin"), 404)["field"] == "id"


def test_who_has_an_answer_already_is_told_so(client: TestClient) -> None:
    first = client.get("/api/v1/search?q=rain")
    again = client.get("/api/v1/search?q=rain", headers={"if-none-match": f'"other", {first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/api/v1/search?q=snow", headers={"if-none-match": first.headers["etag"]}).status_code == 200


# -- what is wrong -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status", "code", "field", "cure"),
    [
        ("search?q=rain&where=gener:folk", 400, "filter", "where", "did you mean 'genre'?"),
        ("search?q=", 400, "query", None, "say what the song is about"),
        ("search?q=rain&k=0", 422, "request", "k", "greater than or equal to 1"),
        ("search?q=rain&k=ten", 422, "request", "k", "valid integer"),
        ("search?q=rain&kk=3", 422, "request", "kk", "/api/v1/docs"),
        ("search?q=rain&channels=wrods", 400, "query", None, "did you mean 'words'?"),
        ("search?q=rain&in=title", 400, "query", None, "lyrics or description"),
        ("search?q=rain&variety=nan", 422, "request", "variety", "finite"),
        ("search?q=rain&like=No+Such+Song", 400, "query", None, "No Such Song"),
        ("line", 422, "request", "q", "is missing"),
        ("similar?song=nobody", 400, "query", None, "nobody"),
        ("score?a=rain-1&b=nobody", 400, "query", None, "nobody"),
        ("explain/heat?song=rain-1&against=rain&attention=x", 400, "query", None, "mean, a layer"),
        ("map?columns=title,nosuch", 400, "request", "columns", "there are title"),
        ("nowhere", 404, "missing", None, ""),
        ("playlists/nosuch", 404, "missing", "name", "there are none yet"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    client: TestClient, path: str, status: int, code: str, field: str | None, cure: str
) -> None:
    told = error_of(client.get(f"/api/v1/{path}"), status)
    assert (told["code"], told["field"]) == (code, field)
    assert cure in told["message"]


@pytest.mark.parametrize(
    "body", ["", "{", '{"text": "rain"', "[1,2]", '"rain"', "null", '{"text": 7}', "\xff\xfe", "[" * 90_000]
)
def test_a_damaged_body_is_the_clients_mistake(client: TestClient, body: str) -> None:
    answer = client.post("/api/v1/search", content=body.encode("latin-1"), headers={"content-type": "application/json"})
    assert error_of(answer, answer.status_code)["code"] in ("json", "request")
    assert answer.status_code in (400, 422)


@pytest.mark.parametrize("path", ["/api/v1/health", "/api/v1/search?q=rain", "/", "/rest/ping"])
def test_head_answers_as_get_without_the_body(client: TestClient, path: str) -> None:
    got, headed = client.get(path), client.head(path)
    assert headed.status_code == got.status_code
    assert headed.headers["content-type"] == got.headers["content-type"]
    assert headed.content == b"" != got.content


def test_a_method_that_is_not_there_is_said(client: TestClient) -> None:
    assert error_of(client.delete("/api/v1/search"), 405)["code"] == "method"


def test_every_error_of_ours_has_a_status() -> None:
    kinds = [getattr(errors, name) for name in errors.__all__]
    assert set(kinds) == set(STATUSES)
    for kind in kinds:
        body = told(kind("songs.csv: what\nis wrong"))["error"]
        assert body["status"] >= 400
        assert body["message"] == "songs.csv: what is wrong"


def test_what_nobody_foresaw_is_told_by_an_id_and_logged_without_words(
    client: TestClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **more: Any) -> Any:
        raise KeyError("my secret request")

    monkeypatch.setattr("songkin.serve.http.routes.search.answer_json", broken)
    message = error_of(client.get("/api/v1/search?q=rain"), 500)["message"]
    name = message.partition("(error ")[2].partition(")")[0]
    assert name in caplog.text
    assert "KeyError" in caplog.text
    assert "secret" not in caplog.text + message


# -- what it is --------------------------------------------------------------------------------------------------------


def test_openapi_tells_every_endpoint_with_its_error(client: TestClient) -> None:
    api = client.get("/api/v1/openapi.json").json()
    paths = {path for path in api["paths"] if path.startswith("/api/v1/")}
    for resource in ("search", "line", "similar", "playlist", "annotate", "score", "explain", "map", "songs"):
        assert f"/api/v1/{resource}" in paths
    assert paths == set(api["paths"])
    for path, methods in api["paths"].items():
        for method, about in methods.items():
            assert about["summary"], (path, method)
            assert "4XX" in about["responses"]
            assert "422" not in about["responses"]
    assert api["components"]["schemas"]["SearchBody"]["examples"]


def test_the_docs_load_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/api/v1/docs")
    assert "GET /api/v1/search" in page.text
    assert "<script" not in page.text
    assert "http://" not in page.text.replace("http://127.0.0.1", "")
    assert "https://" not in page.text


def test_the_metrics_can_be_counted_by_hand(client: TestClient) -> None:
    for path in ("search?q=rain", "search?q=snow", "search?q=rain&k=0", "health", "nowhere"):
        client.get(f"/api/v1/{path}")
    lines = client.get("/api/v1/metrics").text.splitlines()
    assert 'songkin_requests_total{method="GET",route="/api/v1/search",status="200"} 2' in lines
    assert 'songkin_requests_total{method="GET",route="/api/v1/search",status="422"} 1' in lines
    assert 'songkin_requests_total{method="GET",route="unmatched",status="404"} 1' in lines
    assert 'songkin_request_seconds_count{route="/api/v1/search"} 3' in lines
    assert 'songkin_request_seconds_bucket{route="/api/v1/search",le="+Inf"} 3' in lines
    assert "songkin_requests_going_on 1" in lines
    assert f"songkin_library_songs {len(ROWS)}" in lines
    assert not any("rain" in line for line in lines)
