"""Tasks of open texts: only what is held out is asked, sets are drawn as told, a song is its passages."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songkin.datasets import songkin_texts
from songkin.datasets.holdout import VALID, pair_key, split_of
from songkin.errors import QueryError
from songkin.evaluation import Round, System, Task, TfIdf, rank_documents, run
from songkin.evaluation.tasks import captions, descriptions, forgotten, negation, requests, retold, stories
from songkin.evaluation.tasks.captions import Track, drawn_set, unsaid_set
from songkin.evaluation.tasks.sets import Asked, round_of

HELD = [str(n) for n in range(200) if split_of(str(n)) == VALID]
TRAINED = [str(n) for n in range(200) if split_of(str(n)) != VALID]
ASPECTS = ("slow piano", "rainy mood", "brushed drums", "low fidelity", "no singer")
CAPTION = "A slow piano over brushed drums. It has a rainy mood"


def test_captions_ask_for_held_out_tracks_alone_by_sentence_and_whole() -> None:
    others = [Track(TRAINED[0], "Slow piano music. Nothing else", ASPECTS)]
    said, unsaid = captions.rounds_of([*others, *(Track(name, CAPTION, ASPECTS) for name in HELD[:2])])
    assert list(said.requests) == [f"{name}-{n}" for name in HELD[:2] for n in (0, 1)]
    assert set(said.kinds.values()) == {"said"}
    assert list(unsaid.requests.values()) == [CAPTION, CAPTION]
    assert set(unsaid.kinds.values()) == {"unsaid"}
    for texts in unsaid.documents.values():
        assert set(texts[0].split(", ")) == {"low fidelity", "no singer"}


def test_a_sentence_that_was_trained_on_is_not_asked() -> None:
    said, unsaid = captions.rounds_of([Track(name, CAPTION, ASPECTS) for name in (HELD[0], TRAINED[0])])
    assert not said.requests
    assert list(unsaid.requests.values()) == [CAPTION]


def test_equal_seeds_draw_equal_sets() -> None:
    tracks = [Track(name, CAPTION, ASPECTS) for name in HELD]
    assert captions.rounds_of(tracks) == captions.rounds_of(tracks)


@given(st.integers(0, 999))
def test_a_drawn_set_names_what_is_said_and_at_most_as_much_that_is_not(seed: int) -> None:
    drawn = drawn_set(CAPTION, ASPECTS, Random(seed))
    said = [aspect for aspect in drawn if aspect in CAPTION]
    assert len(said) >= 1
    assert len(drawn) - len(said) <= 2
    assert len(set(drawn)) == len(drawn)
    assert drawn_set("nothing of it", ASPECTS, Random(seed)) == []
    assert unsaid_set(CAPTION, ASPECTS[:4], Random(seed)) == []


def test_equal_sets_are_one_document_and_others_fill_up() -> None:
    drawn = round_of(
        [Asked("a", "x", ("slow", "sad")), Asked("b", "y", ("slow", "sad"))], [("one",), ("two",)], total=2
    )
    assert len(drawn.documents) == 2
    assert drawn.judgements["a"] == drawn.judgements["b"]
    assert drawn.documents["set-0"] == ("slow, sad",)


def test_what_was_retold_of_held_out_tracks_is_asked_among_the_sets_of_others() -> None:
    told = [{"id": name, "c": CAPTION, "r": "slow piano, please"} for name in (HELD[0], TRAINED[0], HELD[0], "gone")]
    tracks = [Track(name, CAPTION, (*ASPECTS[1:], f"slow piano {name}", "slow piano")) for name in (HELD[0], *TRAINED)]
    as_captions, as_requests = retold.rounds_of(tracks, told, sets=30)
    assert list(as_captions.requests) == [f"{HELD[0]}-c-0", f"{HELD[0]}-c-1"]
    assert set(as_captions.requests.values()) == {CAPTION}
    assert set(as_requests.kinds.values()) == {"request"}
    assert len(as_requests.documents) == 30
    assert as_requests.ceiling == 1


def test_descriptions_are_split_by_their_text() -> None:
    rows = [{"text": name, "tags": [f"tag {name}"]} for name in (*HELD, *TRAINED)]
    (drawn,) = descriptions.rounds_of({"a.jsonl": rows}, sets=40)
    assert sorted(drawn.requests.values()) == sorted(HELD)
    assert len(drawn.documents) == 40
    assert drawn.ceiling == 1


def asked(n: int = 200) -> list[requests.Request]:
    return [requests.Request(k, f"wish {k}", ("slow", f"tag {k}"), ("drums",) if k % 2 else ()) for k in range(n)]


def test_requests_are_split_by_pairs_of_lines_as_training_splits_them() -> None:
    (drawn,) = requests.rounds_of(asked())
    numbers = [int(text.split()[1]) for text in drawn.requests.values()]
    assert numbers
    assert all(split_of(f"requests.jsonl:{number // 2}") == VALID for number in numbers)
    assert all(number ^ 1 in numbers for number in numbers)
    assert pair_key("requests.jsonl", 7) == "requests.jsonl:3"


def test_negation_sets_what_fits_against_the_same_with_what_is_not_wanted() -> None:
    (drawn,) = negation.rounds_of({requests.FILE: asked(), requests.DENYING: asked()})
    numbers = {name: int(name.partition(":")[2]) for name in drawn.requests}
    assert all(number % 2 == 0 for number in numbers.values())  # lines count from 1, and odd numbers name something
    assert {name.partition(":")[0] for name in numbers} == {requests.FILE, requests.DENYING}
    name = next(iter(drawn.requests))
    assert drawn.documents[f"{name}-wrong"] == ("slow, drums",)
    assert drawn.documents[f"{name}-right"] == (f"slow, tag {numbers[name] - 1}",)
    assert drawn.candidates[name] == {f"{name}-wrong", f"{name}-right"}


def test_only_candidates_are_ranked_and_a_tie_does_not_win() -> None:
    drawn = Round(
        0,
        {"w": ("slow drums",), "r": ("slow flute",), "other": ("slow harp harp",)},
        {"tie": "slow", "right": "harp flute"},
        {"tie": {"r": 1.0}, "right": {"r": 1.0}},
        candidates={"tie": {"w", "r"}, "right": {"w", "r"}},
    )
    rival = System("tf-idf", "", lambda own: rank_documents(own.documents, TfIdf))
    report = run("toy", [drawn], [rival], ["hit@1"])
    assert report.by_request("tf-idf", "hit@1") == {"tie": 0.0, "right": 1.0}


def test_stories_ask_for_held_out_songs_among_all_by_their_passages() -> None:
    told = [{"id": name, "requests": ["one wish", "another"]} for name in (HELD[0], TRAINED[0], "gone")]
    (drawn,) = stories.rounds_of(told, {HELD[0]: "the sea is wide\n\nthe boat is small", TRAINED[0]: "a hill"})
    assert list(drawn.documents) == [HELD[0], TRAINED[0]]
    assert [next(iter(wanted)) for wanted in drawn.judgements.values()] == [HELD[0], HELD[0]]
    assert "sea" in " ".join(drawn.documents[HELD[0]])
    with pytest.raises(QueryError, match="public_domain_songs"):
        stories.rounds_of(told, {})


def test_forgotten_songs_are_met_by_artist_and_title_and_need_words() -> None:
    songs = [
        {"track_id": 1, "title": "Tide - 2009 Remaster", "artist": "The Gulls", "lyrics": "the tide is coming in"},
        {"track_id": 2, "title": "Tide", "artist": "Gulls", "lyrics": "the tide is coming in"},
        {"track_id": 3, "title": "Mute", "artist": "Gulls", "lyrics": None},
    ]
    wishes = [
        {"query_id": "a", "query": "that one about water", "song": "Tide", "artist": "gulls"},
        {"query_id": "b", "query": "no words", "song": "Mute", "artist": "gulls"},
        {"query_id": "c", "query": "unknown", "song": "Other", "artist": "nobody"},
    ]
    (drawn,) = forgotten.rounds_of(wishes, songs)
    assert drawn.judgements == {"a": {"1": 1.0, "2": 1.0}}
    assert drawn.documents["3"] == ()
    with pytest.raises(QueryError, match="tot_music"):
        forgotten.rounds_of(wishes[2:], songs)


def test_our_own_texts_make_rounds_with_every_wanted_set_there() -> None:
    if songkin_texts.CORPUS.packaged is None:
        pytest.skip("songkin does not run from its repository, where its texts lie")
    for made in (descriptions.rounds, requests.rounds, negation.rounds):
        (drawn,) = made()
        assert len(drawn.requests) > 20
        assert all(wanted.keys() <= drawn.documents.keys() for wanted in drawn.judgements.values())
    assert len(descriptions.rounds()[0].documents) == 458


def test_a_task_writes_sets_as_one_text(monkeypatch: pytest.MonkeyPatch) -> None:
    told = Round(0, {"a": ("slow", "piano"), "b": ()}, {}, {})
    monkeypatch.setattr("songkin.evaluation.tasks.melscribe.rounds", lambda test, seeds=None: [told])
    (drawn,) = Task("m", "", ("hit@1",), test="mc").rounds(quick=True)
    assert drawn.documents == {"a": ("slow, piano",), "b": ("",)}
