"""The tasks by name: what each asks, by which measures it is judged, and where its material comes from."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from songkin.errors import QueryError
from songkin.evaluation.tasks import (
    captions,
    descriptions,
    feedback,
    forgotten,
    known_lines,
    labels,
    melscribe,
    negation,
    requests,
    retold,
    similar,
    stories,
    themes,
)
from songkin.evaluation.tasks.rounds import Round, whole

__all__ = ["ALIASES", "TASKS", "Task", "task"]


class Task(NamedTuple):
    """One task. The first measure is the one systems are compared by; `test` is the file of a melscribe task.

    `open` makes the rounds of a task that compares encoders and nothing else; `big` ones take many minutes.
    """

    name: str
    says: str
    measures: tuple[str, ...]
    test: str = ""
    open: Callable[[], list[Round]] | None = None
    big: bool = False

    @property
    def reads(self) -> bool:
        """Whether encoders can be compared on it."""
        return bool(self.test or self.open)

    def rounds(self, *, quick: bool = False) -> list[Round]:
        """Return the rounds that encoders are compared on, each document as the texts they read; `quick`: one draw."""
        if self.open:
            return self.open()
        return [whole(drawn) for drawn in melscribe.rounds(self.test, (0,) if quick else None)]


TASKS: Mapping[str, Task] = MappingProxyType(
    {
        own.name: own
        for own in (
            Task(
                "melscribe-mc",
                "captions to the descriptors drawn from them (Epure et al. 2024)",
                melscribe.MEASURES,
                "mc",
            ),
            Task(
                "melscribe-mc-reco",
                "requests made of those captions to the same kind of sets",
                melscribe.MEASURES,
                "mc_reco",
            ),
            Task(
                "known-lines",
                "lines of your own library, misspelt, cut and misheard, to their songs",
                known_lines.MEASURES,
            ),
            Task(
                "labels",
                "genre, mood, features and explicit from words alone, by artists never learnt from",
                labels.MEASURES,
            ),
            Task("themes", "themes that a language model read in songs, told from words alone", themes.MEASURES),
            Task("similar-genre", "chart songs to songs of their genre by other artists", similar.GENRE),
            Task("similar-colisten", "chart songs to songs by artists whom the same people hear", similar.COLISTEN),
            Task(
                "feedback",
                "what else listeners play, by artists they said nothing of, from a few songs they like",
                feedback.MEASURES,
            ),
            Task(
                "captions",
                "what musicians wrote of held-out clips, to descriptors drawn from it",
                captions.MEASURES,
                open=captions.rounds,
            ),
            Task(
                "retold",
                "captions and requests of ours for held-out clips, to descriptors drawn from them",
                retold.MEASURES,
                open=retold.rounds,
            ),
            Task(
                "descriptions",
                "held-out descriptions of ours to the tags that fit",
                descriptions.MEASURES,
                open=descriptions.rounds,
            ),
            Task("requests", "held-out requests of ours to the tags that fit", requests.MEASURES, open=requests.rounds),
            Task(
                "negation",
                "requests that say what they do not want: what fits, or the same with that in it",
                negation.MEASURES,
                open=negation.rounds,
            ),
            Task(
                "stories",
                "held-out requests of ours for public-domain songs, to their words",
                stories.MEASURES,
                open=stories.rounds,
            ),
            Task(
                "forgotten",
                "people's requests for chart songs whose name they forgot, to their words",
                forgotten.MEASURES,
                open=forgotten.rounds,
                big=True,
            ),
        )
    }
)
ALIASES: Mapping[str, str] = MappingProxyType({"colisten": "similar-colisten"})


def task(name: str) -> Task:
    """Return the task of that name; QueryError names the nearest."""
    asked = name.strip().casefold().replace("_", "-")
    asked = ALIASES.get(asked, asked)
    if asked in TASKS:
        return TASKS[asked]
    near = difflib.get_close_matches(asked, TASKS, 1, 0.5)
    cure = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(TASKS)}"
    raise QueryError(f"no task is called '{name}'; {cure}")
