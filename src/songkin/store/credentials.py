"""Who asks an object store: AWS_* variables, a profile of the AWS credentials file, or the machine's own role.

Conventions
-----------
Credentials are never shown, and never kept anywhere. These variables are Amazon's, not songkin's, and read here only.
"""

from __future__ import annotations

import configparser
import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from songkin.errors import SettingsError

__all__ = ["NO_CREDENTIALS", "Credentials", "credentials", "variable"]

NO_CREDENTIALS = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile: ?profile=NAME"
ROLES = (  # one of these says that the machine has a role of its own
    *("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"),
)


class Credentials(NamedTuple):
    """Who asks; `key` '' leaves it to the machine's role."""

    key: str = ""
    secret: str = ""
    token: str = ""

    def __repr__(self) -> str:
        return "Credentials(...)"  # they are never shown


def credentials(shown: str, profile: str, *, own_store: bool) -> Credentials:
    """Return who asks: a profile the address names, else AWS_* variables, else AWS_PROFILE or the default profile."""
    if not profile and (key := variable("AWS_ACCESS_KEY_ID")):
        return Credentials(key, variable("AWS_SECRET_ACCESS_KEY"), variable("AWS_SESSION_TOKEN"))
    named = profile or variable("AWS_PROFILE")
    found = _in_profiles().get(named or "default")
    if found is not None and found.get("aws_access_key_id"):
        names = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
        return Credentials(*(found.get(name, "") for name in names))
    if named:
        cure = f"check {_credentials_file()}, or export its keys as AWS_ACCESS_KEY_ID and so on"
        raise SettingsError(f"{shown}: the profile '{named[:40]}' has no keys; {cure}")
    if own_store and not variable(*ROLES):
        raise SettingsError(f"{shown}: no credentials; {NO_CREDENTIALS}")
    return Credentials()


def _credentials_file() -> Path:
    return Path(variable("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials").expanduser()


def _in_profiles() -> Mapping[str, Mapping[str, str]]:
    """Return the profiles of the credentials file; none where there is none."""
    parser = configparser.RawConfigParser()
    try:
        parser.read(_credentials_file(), encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError, OSError):
        cure = "put it right, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        raise SettingsError(f"{_credentials_file()}: cannot be read as AWS credentials; {cure}") from None
    return {name: dict(parser[name]) for name in parser.sections()}


def variable(*names: str) -> str:
    """Return the first of some variables that says anything."""
    return next((value for name in names if (value := os.environ.get(name, "").strip())), "")
