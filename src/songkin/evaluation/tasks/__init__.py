"""Tasks: what may be found, what is asked, and what is wanted. One task a file."""

from songkin.evaluation.tasks import known_lines, melscribe
from songkin.evaluation.tasks.rounds import Round, first, whole
from songkin.evaluation.tasks.task import ALIASES, TASKS, Task, task

__all__ = ["ALIASES", "TASKS", "Round", "Task", "first", "known_lines", "melscribe", "task", "whole"]
