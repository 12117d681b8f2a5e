"""Sound alone: convolutions over timbre and chroma, and a residual network in place of a pre-trained ResNet."""

from __future__ import annotations

from typing import Any

from songkin.training.deepplaylist.cells import AUDIO, Stand
from songkin.training.deepplaylist.figures import losses
from songkin.training.deepplaylist.tabling import WORTH, constants_of, worth
from songkin.training.markdown import joined, picture, size, table

__all__ = ["page", "run"]

FIGURE = "audio_loss.png"
ENCODERS = {"cnn": "AudioEmbeddingCNN", "residual": "residual network, begun anew"}


def run(stand: Stand) -> dict[str, Any]:
    """Train both encoders on the first split, of pairs whose songs both have sound."""
    how = stand.agenda.splits[0]
    cells = {name: stand.train(AUDIO, how, f"audio-{name}", {"pairs": {"audio": name}}) for name in ENCODERS}
    losses(stand.out / FIGURE, {ENCODERS[name]: cell.epochs for name, cell in cells.items()})
    return {"split": how, "encoders": {name: cell.measured for name, cell in cells.items()}}


def page(told: dict[str, Any]) -> str:
    """Write the table."""
    rows = [(ENCODERS[name], *worth(own["test"], own["test"]["order"])) for name, own in told["encoders"].items()]
    first = next(iter(told["encoders"].values()))
    return joined(
        [
            f"## Sound, {told['split']} split: {size(first['rows']['train'])} pairs trained on, "
            f"{size(first['rows']['test'])} tested",
            table(["encoder", *WORTH], [*rows, *constants_of(first["test"])]),
            picture(FIGURE, "train and validation loss over epochs"),
        ]
    )
