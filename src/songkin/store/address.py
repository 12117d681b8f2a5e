"""Where a library in an object store lies, and how it is reached: `s3://bucket/path?setting=value`, and AWS_*.

Conventions
-----------
A setting in the address wins over its variable. Credentials never stand in the address (`songkin.store.credentials`).
LanceDB and we are told the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from songkin.errors import SettingsError
from songkin.store.credentials import Credentials, credentials, variable

__all__ = ["SCHEME", "Address", "is_bucket"]

SCHEME = "s3://"
KNOWN = ("endpoint", "region", "profile", "allow_http", "anonymous", "virtual_hosted", "timeout_s", "retries", "cache")
TIMEOUT_S = 30.0  # of one request, its body included
CONNECT_S = 5.0
RETRIES = 3
RETRYING_S = 30.0  # after so long no request is begun again
REGION = "us-east-1"  # where none is named; most other stores do not mind


def is_bucket(place: object) -> bool:
    """Say whether a place is the address of an object store."""
    return isinstance(place, str) and place.startswith(SCHEME)


class Address(NamedTuple):
    """An address with every setting in force; `endpoint` '' is Amazon's own; `cache` '' = none."""

    shown: str
    bucket: str
    path: str
    endpoint: str
    region: str
    allow_http: bool
    anonymous: bool
    virtual_hosted: bool
    timeout_s: float
    retries: int
    cache: str
    credentials: Credentials

    @classmethod
    def of(cls, place: str) -> Address:
        """Read an address; SettingsError where it means nothing, holds a secret, or would go unencrypted unasked."""
        split = urlsplit(place)
        shown = f"{SCHEME}{split.netloc.rpartition('@')[2]}{split.path.rstrip('/')}"
        if "@" in split.netloc:
            raise SettingsError(f"{shown}: credentials do not belong in the address; set AWS_ACCESS_KEY_ID and so on")
        path = split.path.strip("/")
        if not split.netloc or not path or split.fragment:
            raise SettingsError(f"{shown}: is no place for a library; name one as s3://BUCKET/PATH")
        said = _said(split.query, shown)
        endpoint = said.get("endpoint") or variable("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
        plain = _yes(said.get("allow_http") or variable("AWS_ALLOW_HTTP"))
        _check_endpoint(shown, endpoint, plain=plain)
        anonymous = _yes(said.get("anonymous") or variable("AWS_SKIP_SIGNATURE"))
        profile = said.get("profile", "")
        return cls(
            shown=shown,
            bucket=split.netloc,
            path=path,
            endpoint=endpoint.rstrip("/"),
            region=said.get("region") or variable("AWS_REGION", "AWS_DEFAULT_REGION") or REGION,
            allow_http=plain,
            anonymous=anonymous,
            virtual_hosted=_yes(said.get("virtual_hosted", "")),
            timeout_s=_number(said, "timeout_s", TIMEOUT_S, shown),
            retries=int(_number(said, "retries", RETRIES, shown)),
            cache=said.get("cache", ""),
            credentials=Credentials() if anonymous else credentials(shown, profile, own_store=bool(endpoint)),
        )

    def settings(self) -> dict[str, str]:
        """Return what both clients are told, by the names that LanceDB and obstore share."""
        told = {"aws_region": self.region, "allow_http": _word(self.allow_http)}
        told |= {"aws_virtual_hosted_style_request": _word(self.virtual_hosted)}
        told |= {"aws_endpoint": self.endpoint} if self.endpoint else {}
        told |= {"aws_skip_signature": "true"} if self.anonymous else {}
        names = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
        return told | {name: value for name, value in zip(names, self.credentials, strict=True) if value}

    @property
    def connect_s(self) -> float:
        """How long a connection may take to come about."""
        return min(CONNECT_S, self.timeout_s)

    @property
    def retrying_s(self) -> float:
        """After how long no request is begun again."""
        return min(RETRYING_S, self.timeout_s * (self.retries + 1))


def _said(query: str, shown: str) -> dict[str, str]:
    """Return the settings an address names."""
    said = dict(parse_qsl(query))
    for name in said:
        if name not in KNOWN:
            secret = any(part in name.lower() for part in ("key", "secret", "token", "password"))
            cure = "credentials come from AWS_* variables or a profile" if secret else f"it takes {', '.join(KNOWN)}"
            raise SettingsError(f"{shown}: '{name[:40]}' is no setting of an address; {cure}")
    return said


def _check_endpoint(shown: str, endpoint: str, *, plain: bool) -> None:
    """Refuse an endpoint that is none, or one that would send everything unencrypted where nobody said it may."""
    if not endpoint:
        return
    split = urlsplit(endpoint)
    if split.scheme not in ("http", "https") or not split.hostname:
        raise SettingsError(f"{shown}: the endpoint {_without_user(endpoint)!r} is no address; https://HOST:PORT is")
    if split.username or split.password:
        raise SettingsError(f"{shown}: credentials do not belong in the endpoint; set AWS_ACCESS_KEY_ID and so on")
    if split.scheme == "http" and not plain:
        cure = "use https, or say that it is meant, as for a store on this machine: AWS_ALLOW_HTTP=true"
        raise SettingsError(f"{shown}: the endpoint {endpoint} is not encrypted; {cure}")


def _without_user(endpoint: str) -> str:
    return endpoint.rpartition("@")[2][:80]


def _yes(text: str) -> bool:
    return text.lower() in ("true", "1", "yes")


def _word(truth: bool) -> str:
    return "true" if truth else "false"


def _number(said: Mapping[str, str], name: str, otherwise: float, shown: str) -> float:
    """Read a number above 0, or 0 for retries."""
    text = said.get(name, "")
    try:
        number = float(text) if text else otherwise
    except ValueError:
        number = -1.0
    if not (0 if name == "retries" else 0.1) <= number <= 3600:
        raise SettingsError(
            f"{shown}: {name}={text[:20]} is no number between 0 and 3600; leave it out for {otherwise:g}"
        )
    return number
