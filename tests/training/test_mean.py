"""recipes/encoder/mean.py: the mean of networks, weight by weight, with what each was made by."""

from __future__ import annotations

import importlib.util
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest
from small_networks import SHAPES, network_in

if any(find_spec(package) is None for package in ("torch", "onnx")):
    pytest.skip("needs pip install 'songkin[train]'", allow_module_level=True)

import torch
from safetensors.torch import load_file, save_file

MEAN = Path(__file__).parents[2] / "recipes" / "encoder" / "mean.py"
SHAPE = "a bag of words beside it"


@pytest.fixture
def mean() -> ModuleType:
    if not MEAN.is_file():
        pytest.skip("needs songkin's repository")
    spec = importlib.util.spec_from_file_location("mean", MEAN)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def trained(folder: Path, shape: str = SHAPE, *, plus: float = 0.0) -> Path:
    network_in(folder, SHAPES[shape])
    tensors = {name: tensor + plus for name, tensor in load_file(folder / "model.safetensors").items()}
    save_file(tensors, folder / "model.safetensors")
    for file in ("recipe.toml", "checksums.json"):
        (folder / file).write_text(f"{folder.name} {file}")
    return folder


def test_weights_are_averaged_and_what_made_each_lies_numbered_beside(mean: ModuleType, tmp_path: Path) -> None:
    one, other = trained(tmp_path / "one"), trained(tmp_path / "other", "counting denials", plus=1.0)
    out = tmp_path / "out"
    out.mkdir()
    mean.mean_of([one, other], out)
    before, after = (load_file(folder / "model.safetensors") for folder in (one, out))
    assert all(torch.allclose(after[name], before[name] + 0.5, atol=1e-6) for name in before)
    assert (out / "network.json").read_bytes() == (other / "network.json").read_bytes()
    assert (out / "1" / "recipe.toml").read_text() == "one recipe.toml"
    mean.copy_beside(out, tmp_path / "shipped")
    assert (tmp_path / "shipped" / "2" / "checksums.json").read_text() == "other checksums.json"


def test_networks_of_other_shapes_have_no_mean(mean: ModuleType, tmp_path: Path) -> None:
    folders = [trained(tmp_path / "one"), trained(tmp_path / "other", "wider inside")]
    with pytest.raises(SystemExit, match="2 shapes"):
        mean.mean_of(folders, tmp_path)
