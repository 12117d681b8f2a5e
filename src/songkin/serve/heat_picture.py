"""A heat map as a picture: the song's words downwards, what they are held against across, sums beside and above."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.extras import need
from songkin.library.heating import Heat, Heated, Warm
from songkin.serve.heat import Layer, attended

__all__ = ["draw"]

MOST_WORDS = 60  # a side of the picture shows; of more, those that count most
WORD_IN, LABEL_IN, BAR_IN, GAP_IN = 0.21, 1.3, 1.0, 1.2  # inches: a word, the words' names, the bars, what is around
WARM, COLD = "#b2182b", "#2166ac"
FONTS = (  # behind matplotlib's own, for scripts it lacks; those that are installed
    "Noto Sans CJK JP",
    "Noto Sans CJK SC",
    "Noto Sans CJK KR",
    "IPAGothic",
    "WenQuanYi Zen Hei",
    "Hiragino Sans",
    "Yu Gothic",
    "Malgun Gothic",
    "Noto Sans Arabic",
    "Noto Sans Hebrew",
    "Noto Sans Devanagari",
    "Noto Sans Thai",
    "Arial Unicode MS",
)


class _Panel(NamedTuple):
    """One matrix to draw: the names of its rows and columns, the rest last, what bars show, and what it is called.

    `of_rows` is None where rows have no sums to show.
    """

    rows: list[str]
    columns: list[str]
    matrix: NDArray[Any]
    of_rows: NDArray[Any] | None
    of_columns: NDArray[Any]
    title: str
    across: str


def draw(heated: Heated, place: Path, layer: Layer) -> tuple[str, ...]:
    """Draw the parts of a song side by side as PNG; return what is to be noted of the picture.

    A part of more than sixty words shows those that count most. MissingExtra where matplotlib is not installed.
    """
    matplotlib, fonts = need("matplotlib", extra="plots"), need("matplotlib.font_manager", extra="plots")
    installed = {font.name for font in fonts.fontManager.ttflist}
    families = ["DejaVu Sans", *(font for font in FONTS if font in installed)]
    panels, image = [_panel(warm, layer) for warm in heated.parts], io.BytesIO()
    with matplotlib.rc_context({"font.family": families, "font.size": 8}), warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        _figure(panels, f"{heated.song.name}  ·  “{heated.query.text}”").savefig(image, format="png", dpi=130)
    place.write_bytes(image.getvalue())
    missing = any("missing from font" in str(warning.message) for warning in told)
    return ("some words are in a script that no installed font has; they are drawn as boxes",) if missing else ()


def _figure(panels: Sequence[_Panel], title: str) -> Any:
    widths = [LABEL_IN + WORD_IN * max(len(panel.columns), 8) + BAR_IN for panel in panels]
    height = GAP_IN + LABEL_IN + BAR_IN + WORD_IN * max((len(panel.rows) for panel in panels), default=1)
    size = (max(sum(widths), 4 * LABEL_IN), height)
    figure: Any = need("matplotlib.figure", extra="plots").Figure(figsize=size, layout="constrained")
    figure.suptitle(_plain(title), fontsize=10)
    if panels:
        subfigures = figure.subfigures(1, len(panels), width_ratios=widths, squeeze=False)[0]
        for subfigure, panel in zip(subfigures, panels, strict=True):
            _fill(subfigure, panel)
    return figure


def _fill(figure: Any, panel: _Panel) -> None:
    """Draw one matrix, the sums of its columns above it and of its rows beside it."""
    rows, columns = len(panel.rows), len(panel.columns)
    ratios = {"width_ratios": [WORD_IN * columns, BAR_IN], "height_ratios": [BAR_IN, WORD_IN * rows]}
    (above, corner), (cells, beside) = figure.subplots(2, 2, **ratios)
    figure.suptitle(panel.title, fontsize=9)
    corner.set_axis_off()
    drawn = cells.imshow(panel.matrix, aspect="auto", interpolation="nearest", **_colours(panel))
    cells.set_xticks(range(columns), [_plain(name) for name in panel.columns], rotation=90)
    cells.set_yticks(range(rows), [_plain(name) for name in panel.rows])
    cells.set_xlabel(panel.across)
    figure.colorbar(drawn, ax=corner, location="bottom", fraction=0.12, ticks=[0, drawn.norm.vmax], format="%.2g")
    above.bar(range(columns), panel.of_columns, color=_signed(panel.of_columns))
    above.set_xlim(-0.5, columns - 0.5)
    if panel.of_rows is None:
        beside.set_axis_off()
    else:
        beside.barh(range(rows), panel.of_rows, color=_signed(panel.of_rows))
        beside.set_ylim(rows - 0.5, -0.5)
    above.set_xticks([])
    beside.set_yticks([])
    for bars in (above, beside):
        bars.spines[["top", "right"]].set_visible(False)


def _colours(panel: _Panel) -> dict[str, Any]:
    """Return the scale of a matrix: full at its strongest words; the rest, which is no word, may lie beyond."""
    words = panel.matrix[:-1, :-1]
    most = float(np.abs(words).max(initial=0)) or float(np.abs(panel.matrix).max(initial=0)) or 1.0
    if panel.matrix.min(initial=0) < 0:
        return {"cmap": "RdBu_r", "vmin": -most, "vmax": most}
    return {"cmap": "Reds", "vmin": 0.0, "vmax": most}


def _panel(warm: Warm, layer: Layer) -> _Panel:
    """Lay a part out, the song's words downwards: cut to those that count most where they are too many."""
    part, view = warm
    own = [*(word.text for word in view.song.words), "the rest"]
    cut = f" (the {MOST_WORDS} words of {len(own) - 1:,} that count most)" if len(own) - 1 > MOST_WORDS else ""
    if isinstance(view, Heat):
        asked = [*(word.text for word in view.request.words), "the rest"]
        down, across = _shown(view.of_song), _shown(view.of_request)
        cells, title = view.matrix.T[np.ix_(down, across)], f"{part.name}: cosine {view.cosine:.2f}{cut}"
        names = [own[at] for at in down], [asked[at] for at in across]
        return _Panel(*names, cells, view.of_song[down], view.of_request[across], title, "request")
    matrix = view.view(layer=layer.layer, head=layer.head)
    shown = _shown(attended(matrix))
    words, title = [own[at] for at in shown], f"{part.name}: attention{cut}"
    return _Panel(words, words, matrix[np.ix_(shown, shown)], None, attended(matrix)[shown], title, "is attended to")


def _shown(values: NDArray[Any]) -> NDArray[np.int64]:
    """Return the places of the words that count most, in their order, and of the rest."""
    words = np.abs(values[:-1])
    most = np.sort(np.argsort(-words, kind="stable")[:MOST_WORDS])
    return np.append(most, len(words))


def _signed(values: NDArray[Any]) -> list[str]:
    return [WARM if value >= 0 else COLD for value in values]


def _plain(text: str) -> str:
    """Return a text that is no formula."""
    return text.replace("$", r"\$")
