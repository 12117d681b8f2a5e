"""How much room an encoder takes on disk."""

from __future__ import annotations

from pathlib import Path

from songkin.encoders import SHIPPED, SHIPPED_NAME, fetch
from songkin.encoders.folder import onnx_file
from songkin.encoders.weights import student_folder

__all__ = ["encoder_bytes"]


def encoder_bytes(name: str | None) -> int:
    """Return the bytes of an encoder's weights and tokenizer; `name` as in `load`: None, a folder, a hub model.

    Of a folder that holds the same weights in several forms, the form that songkin runs counts.
    """
    folder = _folder(name)
    model = onnx_file(folder)
    weights = model.parent.glob(f"{model.name}*") if model else folder.rglob("*.safetensors")
    return sum(path.stat().st_size for path in {*weights, *folder.glob("tokenizer.json")})


def _folder(name: str | None) -> Path:
    if name in (None, SHIPPED_NAME):
        return SHIPPED
    assert name is not None
    student = student_folder(SHIPPED)
    if name == student.name and student.is_dir():
        return student
    place = Path(name).expanduser()
    return place if place.is_dir() else fetch(name)
