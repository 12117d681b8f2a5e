"""What is changed over HTTP: decisions, playlists, corrections and adds with their progress; and what is scored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command_line import ROWS, write_rows
from http_serving import client_of, error_of
from starlette.testclient import TestClient

from songkin.library import Library, Reading
from songkin.library.locking import rewriting
from songkin.serve.http.schemas import Answer
from songkin.types import Song


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A library of one's own, to write to."""
    Library.add(Reading.of([write_rows(tmp_path / "songs.jsonl", ROWS)]).songs(), tmp_path / "L")
    return tmp_path / "L"


@pytest.fixture
def client(own: Path) -> Iterator[TestClient]:
    with client_of(own) as opened:
        yield opened


def found(client: TestClient, **asked: Any) -> list[str]:
    return [hit["id"] for hit in client.get("/api/v1/search", params=asked).json()["hits"]]


def events_of(answer: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.text.splitlines()]


# -- decisions ---------------------------------------------------------------------------------------------------------


def test_what_is_excluded_is_not_found_until_it_is_taken_back(client: TestClient) -> None:
    before = client.get("/api/v1/search?q=rain")
    told = client.post("/api/v1/exclusions", json={"where": "genre:folk"})
    assert (told.status_code, told.json()["exclusions"][0]["songs"]) == (201, 1)
    assert "rain-1" not in found(client, q="rain")
    again = client.get("/api/v1/search?q=rain", headers={"if-none-match": before.headers["etag"]})
    assert again.status_code == 200
    assert client.delete("/api/v1/exclusions", params={"where": "genre:folk"}).json() == {"taken_back": ["genre:folk"]}
    assert "rain-1" in found(client, q="rain")
    assert error_of(client.delete("/api/v1/exclusions", params={"where": "genre:folk"}), 404)["field"] == "where"
    assert error_of(client.post("/api/v1/exclusions", json={"where": "gener:folk"}), 400)["code"] == "filter"


def test_an_opinion_is_told_listed_and_forgotten(client: TestClient) -> None:
    assert client.post("/api/v1/feedback", json={"song": "rain-1", "verdict": "never"}).status_code == 201
    assert "rain-1" not in found(client, q="rain")
    [one] = client.get("/api/v1/feedback").json()["opinions"]
    assert (one["song"], one["verdict"]) == ("rain-1", "never")
    assert client.delete("/api/v1/feedback", params={"song": "rain-1"}).json() == {"forgotten": 1}
    assert "rain-1" in found(client, q="rain")
    assert client.delete("/api/v1/feedback").json() == {"forgotten": 0}
    assert error_of(client.delete("/api/v1/feedback", params={"song": "rain-1"}), 404)["field"] == "song"
    assert (
        error_of(client.post("/api/v1/feedback", json={"song": "rain-1", "verdict": "hate"}), 422)["field"] == "verdict"
    )


# -- playlists ---------------------------------------------------------------------------------------------------------


def test_a_playlist_is_made_saved_opened_refreshed_and_dropped(client: TestClient) -> None:
    made = client.post("/api/v1/playlist", json={"text": "rain", "songs": 2}).json()
    assert len(made["songs"]) == 2
    assert client.get("/api/v1/playlists").json() == {"playlists": []}
    saved = client.put("/api/v1/playlists/Rain: a mix", json={"wish": {"text": "rain", "songs": 2}}).json()
    assert [song["id"] for song in saved["songs"]] == [song["id"] for song in made["songs"]]
    [listed] = client.get("/api/v1/playlists").json()["playlists"]
    assert (listed["name"], listed["songs"]) == ("Rain: a mix", 2)
    assert client.get("/api/v1/playlists/Rain: a mix").json()["songs"] == saved["songs"]
    assert client.post("/api/v1/playlists/Rain: a mix").json()["name"] == "Rain: a mix"
    assert len(client.post("/api/v1/playlists/refresh").json()["playlists"]) == 1
    assert client.delete("/api/v1/playlists/Rain: a mix").json() == {"dropped": "Rain: a mix"}
    assert error_of(client.get("/api/v1/playlists/Rain: a mix"), 404)["code"] == "missing"


def test_songs_chosen_by_hand_are_saved_in_their_order(client: TestClient) -> None:
    saved = client.put("/api/v1/playlists/mine", json={"songs": ["train-1", "rain-2"]}).json()
    assert [song["id"] for song in saved["songs"]] == ["train-1", "rain-2"]
    assert "one of them" in error_of(client.put("/api/v1/playlists/mine", json={}), 400)["message"]
    assert error_of(client.post("/api/v1/playlist", json={"minutes": -3}), 400)["code"] == "query"


@pytest.mark.parametrize("kind", ["m3u8", "xspf", "jspf", "csv"])
def test_a_playlist_is_downloaded_in_every_format_and_read_back(client: TestClient, kind: str) -> None:
    client.put("/api/v1/playlists/Übung", json={"songs": ["rain-1", "train-1"]})
    file = client.get("/api/v1/playlists/Übung", params={"format": kind})
    assert file.headers["content-disposition"] == (
        f"attachment; filename=\"_bung.{kind}\"; filename*=UTF-8''%C3%9Cbung.{kind}"
    )
    read = client.post("/api/v1/playlists/read", json={"kind": kind, "text": file.text}).json()
    assert [song["id"] for song in read["songs"]] == ["rain-1", "train-1"]
    assert read["missing"] == []
    made = client.post("/api/v1/playlist", json={"text": "rain"}, params={"format": kind})
    assert made.headers["content-disposition"].startswith("attachment")


def test_a_damaged_playlist_file_is_the_clients_mistake(client: TestClient) -> None:
    body = {"kind": "xspf", "text": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><playlist>&x;</playlist>'}
    assert error_of(client.post("/api/v1/playlists/read", json=body), 422)["code"] == "source"


# -- corrections -------------------------------------------------------------------------------------------------------


def test_a_songs_words_are_corrected_and_taken_back(client: TestClient) -> None:
    told = client.put("/api/v1/corrections/train-1", json={"lyrics": "Marmalade lanterns over the canal"})
    assert told.status_code == 200
    assert client.get("/api/v1/line?q=marmalade lanterns").json()["hits"][0]["id"] == "train-1"
    assert [one["id"] for one in client.get("/api/v1/corrections").json()["corrections"]] == ["train-1"]
    assert client.delete("/api/v1/corrections/train-1").status_code == 200
    assert error_of(client.delete("/api/v1/corrections/train-1"), 404)["field"] == "id"
    assert error_of(client.put("/api/v1/corrections/nobody", json={"instrumental": True}), 404)["field"] == "id"
    assert error_of(client.put("/api/v1/corrections/train-1", json={}), 400)["code"] == "query"


def test_who_writes_while_another_does_is_told_to_wait(client: TestClient, own: Path) -> None:
    with rewriting(Library.open(own).store):
        answer = client.put("/api/v1/corrections/train-1", json={"instrumental": True})
        assert error_of(answer, 409)["code"] == "locked"
        assert int(answer.headers["retry-after"]) > 0
        added = client.post("/api/v1/adds", content=b'{"id": "x", "title": "X"}')
        assert error_of(added, 409)["code"] == "locked"
        assert found(client, q="rain")


# -- adds --------------------------------------------------------------------------------------------------------------


def test_added_songs_can_be_found_when_it_says_done(client: TestClient) -> None:
    rows = [{"id": f"new-{n}", "title": f"Lantern {n}", "lyrics": "the lantern swings over the quay"} for n in range(3)]
    body = "\n".join(json.dumps(row) for row in rows) + "\nnot json\n"
    answer = client.post("/api/v1/adds", content=body, headers={"content-type": "application/x-ndjson"})
    assert answer.headers["content-type"] == "application/x-ndjson"
    events = events_of(answer)
    assert {event["event"] for event in events[:-1]} <= {"progress"}
    done = events[-1]
    assert (done["event"], done["added"], done["lost"]) == ("done", 3, 1)
    assert done["losses"][0].startswith("request.jsonl:4: not whole JSON")
    assert client.get("/api/v1/line?q=lantern swings over").json()["hits"][0]["id"].startswith("new-")
    assert client.get("/api/v1/health").json()["songs"] == len(ROWS) + 3
    again = events_of(client.post("/api/v1/adds?encode=false", content=body))
    assert again[-1]["unchanged"] == 3


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b'[{"id": "a", "title": "Alone"}]'),
        ("text/csv", b"id,title,artist\na,Alone,Nobody\n"),
        ("application/x-ndjson; charset=utf-8", b'{"id": "a", "title": "Alone"}'),
    ],
)
def test_catalogues_come_in_their_own_kinds(client: TestClient, kind: str, body: bytes) -> None:
    events = events_of(client.post("/api/v1/adds", content=body, headers={"content-type": kind}))
    assert events[-1]["added"] == 1
    assert client.get("/api/v1/songs/a").json()["title"] == "Alone"


def test_progress_comes_as_server_sent_events_where_asked(client: TestClient) -> None:
    answer = client.post(
        "/api/v1/adds", content=b'{"id": "a", "title": "Alone"}', headers={"accept": "text/event-stream"}
    )
    assert answer.headers["content-type"].startswith("text/event-stream")
    last = answer.text.strip().split("\n\n")[-1].splitlines()
    assert last[0] == "event: done"
    assert json.loads(last[1].removeprefix("data: "))["added"] == 1


@pytest.mark.parametrize(
    ("kind", "body", "status", "code"),
    [
        ("application/x-ndjson", b"", 422, "source"),
        ("application/x-ndjson", b"not json at all", 422, "source"),
        ("application/json", b"{", 422, "source"),
        ("application/pdf", b"%PDF", 415, "type"),
        ("application/x-ndjson", b"\x00\x01\xff", 422, "source"),
    ],
)
def test_what_holds_no_song_is_refused_before_anything_streams(
    client: TestClient, kind: str, body: bytes, status: int, code: str
) -> None:
    told = error_of(client.post("/api/v1/adds", content=body, headers={"content-type": kind}), status)
    assert told["code"] == code
    assert "/tmp" not in told["message"]
    assert client.get("/api/v1/health").json()["songs"] == len(ROWS)


def test_a_song_from_a_request_names_no_file_of_this_machine(client: TestClient, own: Path) -> None:
    row = {"id": "spy", "title": "Spy", "audio": "/etc/passwd", "path": "/etc/passwd", "file": "/etc/passwd"}
    client.post("/api/v1/adds", content=json.dumps(row))
    [song] = Library.open(own).views.songs(["spy"])
    assert song.audio is None
    assert client.get("/api/v1/songs/spy").json()["local"] is False


def test_a_full_disk_is_said_and_the_server_lives_on(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: Any, **more: Any) -> Any:
        from songkin.store.engine import told_plainly

        with told_plainly("L"):
            raise OSError("LanceError(IO): No space left on device (os error 28)")

    with monkeypatch.context() as patch:
        patch.setattr("songkin.store.state.State._committed", full)
        assert error_of(client.post("/api/v1/exclusions", json={"where": "genre:jazz"}), 507)["code"] == "disk"
        patch.setattr("songkin.store.writer.Writer.upsert", full)
        assert error_of(client.post("/api/v1/adds", content=b'{"id": "a", "title": "A"}'), 507)["code"] == "disk"
    assert found(client, q="rain")
    assert client.post("/api/v1/exclusions", json={"where": "genre:jazz"}).status_code == 201


# -- labels and scores -------------------------------------------------------------------------------------------------


def test_scores_are_given_in_order_with_reasons_where_there_are_none(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = [{"a": "rain-1", "b": "rain-2"}, {"a": "rain-1", "b": "nobody"}]
    first, second = client.post("/api/v1/score", json={"pairs": pairs}).json()["scores"]
    assert 0 <= first["score"] <= 1
    assert (second["score"], "nobody" in second["why"]) == (None, True)
    one = client.get("/api/v1/score", params={"a": "rain-1", "b": "rain-2"}).json()
    assert one["score"] == first["score"]


def test_an_answer_has_the_fields_that_openapi_tells(client: TestClient) -> None:
    answer = Answer.model_validate(client.get("/api/v1/search?q=rain").json())
    assert answer.hits[0].rank == 1


def test_half_a_sign_in_a_tag_breaks_no_answer(client: TestClient, own: Path) -> None:
    Library.add([Song(id="half", title="Half \ud83d moon", description="a half moon over rain")], own)
    assert "Half ? moon" in client.get("/api/v1/songs/half").text.replace("\ufffd", "?")


@pytest.mark.slow
def test_posted_songs_are_labelled(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("songkin_labels", reason="songkin-labels is not installed")
    monkeypatch.undo()  # the heads read the shipped encoder's vectors, not the toy's
    told = client.post("/api/v1/annotate", json={"songs": [ROWS[0], {"id": "bare", "title": "Bare"}, {"no": "song"}]})
    assert told.status_code == 200, told.text
    assert [row["id"] for row in told.json()["songs"]] == ["rain-1", "bare"]
    assert {"genre", "mood", "valence", "p_happy", "note"} <= set(told.json()["songs"][0])
    assert len(told.json()["lost"]) == 1
