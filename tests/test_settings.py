"""Settings: who wins, and what an unusable value is told."""

from __future__ import annotations

import logging
import subprocess
import sys
from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from songkin import settings
from songkin.errors import SettingsError
from songkin.settings import Settings


@pytest.fixture(autouse=True)
def clean_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder with empty platform folders and without SONGKIN_* variables."""
    for name in settings.SETTINGS:
        monkeypatch.delenv(f"SONGKIN_{name.upper()}", raising=False)
    monkeypatch.setattr("platformdirs.user_config_path", lambda *a, **k: tmp_path / "config")
    monkeypatch.setattr("platformdirs.user_data_path", lambda *a, **k: tmp_path / "data")
    (tmp_path / "work").mkdir()
    (tmp_path / "config").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path


def test_all_names_are_there() -> None:
    assert all(hasattr(settings, name) for name in settings.__all__)
    assert tuple(setting.name for setting in fields(Settings)) == tuple(settings.SETTINGS)


def test_nothing_given_means_the_defaults(clean_place: Path) -> None:
    assert Settings.load() == Settings(
        library=str(clean_place / "data" / "library"), encoder=None, threads=None, runtime=None, data=None, seed=0
    )


def test_file_beats_default_environment_beats_file_flag_beats_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("songkin.toml").write_text("threads = 2\nseed = 2\nencoder = 'two'\n", encoding="utf-8")
    monkeypatch.setenv("SONGKIN_THREADS", "3")
    monkeypatch.setenv("SONGKIN_SEED", "3")
    found = Settings.load(seed=4)
    assert (found.encoder, found.threads, found.seed) == ("two", 3, 4)


def test_an_empty_variable_and_a_flag_of_none_are_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONGKIN_ENCODER", "")
    assert Settings.load(threads=None).encoder is None


def test_the_working_folder_is_asked_before_the_configuration_folder(clean_place: Path) -> None:
    (clean_place / "config" / "songkin.toml").write_text("seed = 7\nlibrary = 'mine'\n", encoding="utf-8")
    assert Settings.load().seed == 7
    assert Settings.load().library == str(clean_place / "config" / "mine")
    Path("songkin.toml").write_text("threads = 1\n", encoding="utf-8")
    assert Settings.load().seed == 0


@pytest.mark.parametrize(
    ("given", "library"),
    [(Path("a/b"), "a/b"), ("~/songs", "/home/me/songs")],
)
def test_a_library_is_a_folder(monkeypatch: pytest.MonkeyPatch, given: object, library: str) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert Settings.load(library=given).library == library


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        (
            "thread = 2",
            "songkin.toml: there is no setting 'thread'; did you mean 'threads'? Settings: library, encoder",
        ),
        ("threads = 0", "songkin.toml: threads is 0; it takes a whole number from 1"),
        ("threads = true", "songkin.toml: threads is True; it takes a whole number from 1"),
        ("seed = 1.5", "songkin.toml: seed is 1.5; it takes a whole number from 0"),
        ("library = ['a']", "songkin.toml: library is ['a']; it takes a folder on this machine"),
        ("library = 'gs://b/songs'", "songkin.toml: library is 'gs://b/songs'; it takes a folder on this machine"),
        ("encoder = ''", "songkin.toml: encoder is ''; it takes the name of an encoder"),
        ("runtime = 'abacus'", "songkin.toml: runtime is 'abacus'; it takes onnxruntime or openvino"),
        ("threads 2", "songkin.toml: cannot be read as TOML: "),
    ],
)
def test_a_bad_file_is_told_with_file_key_value_and_cure(toml: str, said: str) -> None:
    Path("songkin.toml").write_text(toml, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        Settings.load()
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


def test_a_bad_variable_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONGKIN_THREADS", "many")
    with pytest.raises(SettingsError, match="SONGKIN_THREADS is 'many'; it takes a whole number from 1"):
        Settings.load()
    assert Settings.load(threads=2).threads == 2


def test_an_unknown_variable_is_only_logged(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv("SONGKIN_LIBARY", "x")
    with caplog.at_level(logging.WARNING):
        Settings.load()
    assert "SONGKIN_LIBARY is no setting; did you mean 'library'?" in caplog.text


def test_settings_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings.load().seed = 2  # type: ignore[misc]


def test_importing_the_settings_imports_nothing_heavy() -> None:
    code = "import sys, songkin.settings; print({'pydantic', 'platformdirs', 'numpy'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
