"""Show a heat map in the terminal: words shaded by what they add, and the words that add most with bars and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from songkin.serve.cli.printing import console, print_notes, print_understood, stamp
from songkin.serve.heat import Layer, attended

if TYPE_CHECKING:
    from rich.text import Text

    from songkin.library.heating import Heated, Warm

__all__ = ["print_heat"]

WORDS_SHOWN = 8
BAR = 12  # characters of the longest bar
EDGES = " .,;:!?…\"'“”‘’«»()[]。、！？—–"  # signs that are left off a word in a list
WARM = ((0.75, "bold white on red"), (0.5, "black on yellow"), (0.25, "underline"))  # from so much of the strongest
COLD = ((0.75, "bold white on blue"), (0.5, "black on cyan"), (0.25, "underline"))


def print_heat(heated: Heated, layer: Layer) -> None:
    """Print each part of the song shaded, and the words of both sides that add most."""
    print_understood(heated.understood)
    out = console()
    for warm in heated.parts:
        out.print(_heading(warm, layer), markup=False)
        out.print(_shaded(warm, layer))
        out.print()
        out.print(_most(warm, layer))
        out.print()
    print_notes(heated.notes)


def _heading(warm: Warm, layer: Layer) -> str:
    from songkin.library.heating import Heat

    at = f" [{stamp(warm.part.start_ms)}]" if warm.part.start_ms is not None else ""
    if isinstance(warm.view, Heat):
        return f"{warm.part.name}{at}: cosine {warm.view.cosine:.2f}"
    told = (("layer", layer.layer), ("head", layer.head))
    named = ", ".join(f"{kind} {number}" for kind, number in told if number) or "mean of all layers and heads"
    return f"{warm.part.name}{at}: attention, {named}"


def _shaded(warm: Warm, layer: Layer) -> Text:
    """Return the song's text with each word as warm as what it adds."""
    from rich.text import Text

    values = _sides(warm, layer)[-1][2][:-1]
    shown, most = Text(warm.part.text), max(map(abs, values), default=0.0)
    for word, value in zip(warm.view.song.words, values, strict=True):
        shown.stylize(_shade(value / most if most else 0.0), word.start, word.end)
    return shown


def _shade(strength: float) -> str:
    """Return the style of a word of a strength in [-1, 1], in colours that every terminal has; '' where it is faint."""
    shades = WARM if strength >= 0 else COLD
    return next((style for least, style in shades if abs(strength) >= least), "")


def _sides(warm: Warm, layer: Layer) -> list[tuple[str, list[str], list[float]]]:
    """Return the name, the words and the values of each side, the song's last; the rest is the last value."""
    from songkin.library.heating import Heat

    view = warm.view
    own = [word.text for word in view.song.words]
    if not isinstance(view, Heat):
        return [("attended to", own, attended(view.view(layer=layer.layer, head=layer.head)).tolist())]
    asked = [word.text for word in view.request.words]
    return [("request", asked, view.of_request.tolist()), (warm.part.name, own, view.of_song.tolist())]


def _most(warm: Warm, layer: Layer) -> Any:
    """Return a table of the words of each side that add most, and of the rest."""
    from rich.table import Table

    table = Table.grid(padding=(0, 1))
    sides = [_summed(*side) for side in _sides(warm, layer)]
    most = max((abs(value) for _, rows in sides for _, value in rows[:WORDS_SHOWN]), default=0.0)
    for name, _ in sides:
        table.add_column(max_width=30, min_width=len(name) + 4)
        table.add_column(justify="right")
        table.add_column(min_width=BAR + 4)
    table.add_row(*(cell for name, _ in sides for cell in (name, "", "")), style="dim")
    for at in range(max(len(rows) for _, rows in sides)):
        table.add_row(
            *(cell for _, rows in sides for cell in (_cells(*rows[at], most) if at < len(rows) else ("",) * 3))
        )
    return table


def _summed(name: str, words: Sequence[str], values: Sequence[float]) -> tuple[str, list[tuple[str, float]]]:
    """Add up words that come several times; the heaviest first, then all others in one row, and the rest."""
    times: dict[str, list[float]] = {}
    for word, value in zip(words, values, strict=False):
        times.setdefault(word.strip(EDGES).casefold() or word, []).append(value)
    ordered = sorted(times, key=lambda word: -abs(sum(times[word])))
    rows = [(_counted(word, len(times[word])), sum(times[word])) for word in ordered[:WORDS_SHOWN]]
    if others := ordered[WORDS_SHOWN:]:
        rows.append((f"{len(others)} other word{'s' * (len(others) > 1)}", sum(sum(times[word]) for word in others)))
    return name, [*rows, ("(no word)", values[-1])]


def _counted(word: str, times: int) -> str:
    return f"{word} ×{times}" if times > 1 else word


def _cells(word: str, value: float, most: float) -> tuple[Any, str, Any]:
    from rich.text import Text

    filled = min(round(BAR * abs(value) / most), BAR) if most else 0
    return Text(word), f"{value:+.3f}", Text("█" * filled, style="red" if value >= 0 else "blue")
