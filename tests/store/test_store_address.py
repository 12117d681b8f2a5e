"""The address of a library in an object store: what it takes, what wins, what it refuses, and that it keeps secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from bucket_server import without_amazon
from songkin.errors import SettingsError
from songkin.store.address import Address, is_bucket


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    without_amazon(monkeypatch, tmp_path)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAOFNOBODY")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "neverseen")


@pytest.mark.parametrize(
    ("place", "answer"),
    [("s3://b/songs", True), ("/home/me/songs", False), (Path("s3://b/songs"), False), ("gs://b/songs", False)],
)
def test_only_the_text_of_an_s3_address_is_a_bucket(place: object, answer: bool) -> None:
    assert is_bucket(place) is answer


def test_an_address_alone_is_amazons_encrypted_and_of_a_default_region() -> None:
    told = Address.of("s3://music/my/songs/")
    assert (told.bucket, told.path, told.shown) == ("music", "my/songs", "s3://music/my/songs")
    assert (told.endpoint, told.region, told.allow_http) == ("", "us-east-1", False)
    assert told.settings()["aws_access_key_id"] == "AKIAOFNOBODY"


def test_what_the_address_says_wins_over_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://one.example")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert Address.of("s3://b/p").endpoint == "https://one.example"
    told = Address.of("s3://b/p?endpoint=https://two.example:9000/&region=home&timeout_s=7&retries=0")
    assert (told.endpoint, told.region) == ("https://two.example:9000", "home")
    assert (told.timeout_s, told.connect_s, told.retries, told.retrying_s) == (7, 5, 0, 7)


def test_an_endpoint_without_encryption_must_be_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match=r"http://h:1 is not encrypted; .*AWS_ALLOW_HTTP=true"):
        Address.of("s3://b/p?endpoint=http://h:1")
    assert Address.of("s3://b/p?endpoint=http://h:1&allow_http=true").allow_http
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    assert Address.of("s3://b/p?endpoint=http://h:1").allow_http


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("s3://", "s3://: is no place for a library; name one as s3://BUCKET/PATH"),
        ("s3://bucket", "s3://bucket: is no place for a library"),
        ("s3://bucket/", "is no place for a library"),
        ("s3://b/p?colour=red", "'colour' is no setting of an address; it takes endpoint, region"),
        ("s3://b/p?secret_key=hunter2", "credentials come from AWS_* variables or a profile"),
        ("s3://me:hunter2@b/p", "s3://b/p: credentials do not belong in the address"),
        ("s3://b/p?endpoint=https://me:hunter2@h", "credentials do not belong in the endpoint"),
        ("s3://b/p?endpoint=ftp://h", "the endpoint 'ftp://h' is no address"[:25]),
        ("s3://b/p?timeout_s=soon", "timeout_s=soon is no number between 0 and 3600; leave it out for 30"),
        ("s3://b/p?retries=-1", "retries=-1 is no number"),
    ],
)
def test_a_wrong_address_is_told_with_its_cure_and_without_secrets(place: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Address.of(place)
    assert said in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_profile_has_its_keys_in_amazons_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "credentials"
    file.write_text(
        "[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = a\n\n"
        "[band]\naws_access_key_id = AKIABAND\naws_secret_access_key = b%20c\naws_session_token = t\n[empty]\n"
    )
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    assert Address.of("s3://b/p").credentials.key == "AKIAOFNOBODY"
    assert tuple(Address.of("s3://b/p?profile=band").credentials) == ("AKIABAND", "b%20c", "t")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    assert Address.of("s3://b/p").credentials.key == "AKIADEFAULT"
    monkeypatch.setenv("AWS_PROFILE", "band")
    assert Address.of("s3://b/p").credentials.key == "AKIABAND"
    with pytest.raises(SettingsError, match="the profile 'empty' has no keys"):
        Address.of("s3://b/p?profile=empty")


def test_a_file_of_profiles_that_is_none_is_told_without_its_content(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "torn").write_text("aws_secret_access_key = hunter2\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "torn"))
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(SettingsError, match="cannot be read as AWS credentials") as caught:
        Address.of("s3://b/p")
    assert "hunter2" not in str(caught.value)


def test_at_amazon_a_machine_may_have_a_role_and_elsewhere_somebody_must_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    assert Address.of("s3://b/p").credentials.key == ""
    with pytest.raises(SettingsError, match=r"s3://b/p: no credentials; set AWS_ACCESS_KEY_ID"):
        Address.of("s3://b/p?endpoint=https://h")
    assert Address.of("s3://b/p?endpoint=https://h&anonymous=true").settings()["aws_skip_signature"] == "true"


def test_credentials_are_never_shown() -> None:
    told = Address.of("s3://b/p")
    assert "neverseen" not in repr(told)
    assert "AKIA" not in repr(told)
