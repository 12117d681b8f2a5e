"""The garden's scales: tasks, measures and comparisons that judge songkin and its rivals alike."""

from songkin.evaluation.compare import Difference, Interval, compare, interval
from songkin.evaluation.encoders import Comparison, compare_encoders, texts_a_second
from songkin.evaluation.label_report import LabelReport
from songkin.evaluation.labelling import Label, Labeller, Labels, label
from songkin.evaluation.likeness import LikenessReport, Resembling, judge_likeness
from songkin.evaluation.measures import Measure, by_query, measure
from songkin.evaluation.noise import KINDS, NoisyLine, noisy_lines
from songkin.evaluation.report import Report, Rivalry, Spread
from songkin.evaluation.run import Rank, System, passes, run, top
from songkin.evaluation.systems import Bm25, TfIdf, cosine, rank_documents
from songkin.evaluation.tasks import TASKS, Round, Task, first, task

__all__ = [
    "KINDS",
    "TASKS",
    "Bm25",
    "Comparison",
    "Difference",
    "Interval",
    "Label",
    "LabelReport",
    "Labeller",
    "Labels",
    "LikenessReport",
    "Measure",
    "NoisyLine",
    "Rank",
    "Report",
    "Resembling",
    "Rivalry",
    "Round",
    "Spread",
    "System",
    "Task",
    "TfIdf",
    "by_query",
    "compare",
    "compare_encoders",
    "cosine",
    "first",
    "interval",
    "judge_likeness",
    "label",
    "measure",
    "noisy_lines",
    "passes",
    "rank_documents",
    "run",
    "task",
    "texts_a_second",
    "top",
]
