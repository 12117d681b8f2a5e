"""What an object store says when it will not, in one line of ours: what is wrong, and the cure.

Conventions
-----------
Both clients write the store's answer into the text of their error: S3's own code, an HTTP status, or why nothing came.
A line never holds what the store repeats of a request, for that may be a key or a token.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from songkin.errors import FullDiskError, LockedError, StoreError
from songkin.store.credentials import NO_CREDENTIALS

__all__ = ["plainly", "told_of"]

GONE = ("NoSuchKey", "NotFound", "404 Not Found", "Not found:", "not found:")
CODE = re.compile(r"<Code>([A-Za-z0-9.]{1,60})</Code>")
SECRETS = re.compile(
    r"<(AWSAccessKeyId|StringToSign|CanonicalRequest|SignatureProvided|Token-0)>.*?(</\1>|$)", re.DOTALL
)
SHOWN = 200  # characters of what nobody foresaw


class Refusal(NamedTuple):
    """What is wrong, with the cure."""

    marks: tuple[str, ...]
    said: str
    kind: type[StoreError] = StoreError


REFUSALS = (  # the first with a mark in the answer counts
    Refusal(
        ("RequestTimeTooSkewed",),
        "this machine's clock is too far from the store's; set the clock right (NTP does), and try again",
    ),
    Refusal(
        ("ExpiredToken", "TokenRefreshRequired", "RequestExpired"),
        "the credentials have expired; sign in again, and set AWS_ACCESS_KEY_ID and AWS_SESSION_TOKEN anew",
    ),
    Refusal(
        ("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "InvalidClientTokenId"),
        "the store does not accept these credentials; check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and the profile",
    ),
    Refusal(("NoSuchBucket",), "there is no such bucket; make it first, or correct the name, endpoint or region"),
    Refusal(
        ("PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraint", "BareRedirect"),
        "the bucket is in another region; set AWS_REGION, or region= in the address",
    ),
    Refusal(
        ("169.254.169.254", "169.254.170.2", "Failed to get AWS credentials", "CredentialsNotLoaded"),
        f"no credentials; {NO_CREDENTIALS}",
    ),
    Refusal(
        ("AccessDenied", "AllAccessDisabled", "AccountProblem", "403 Forbidden", "status: 403", "PermissionDenied"),
        "access is denied; the credentials need s3:ListBucket on the bucket, s3:GetObject, s3:PutObject and "
        "s3:DeleteObject below the path",
    ),
    Refusal(
        ("NotImplemented", "501 Not Impl", "status: 501"),
        "the store does not take conditional writes (If-None-Match, If-Match), without which writers would overwrite "
        "each other; use one that does",
    ),
    Refusal(
        ("QuotaExceeded", "StorageFull", "InsufficientStorage", "status: 507"),
        "the store is full; free some space and run the same command again; what was committed is kept",
        FullDiskError,
    ),
    Refusal(
        ("Commit conflict", "commit conflict", "CommitConflict", "Too many concurrent writers"),
        "somebody else wrote in the same moment; run the same command again; what was committed is kept",
        LockedError,
    ),
    Refusal(
        (
            "SlowDown",
            "ServiceUnavailable",
            "InternalError",
            "status: 503",
            "503 Service",
            "status: 500",
            "500 Internal",
        ),
        "the store is busy or out of order; try again in a while; what was committed is kept",
    ),
    Refusal(
        ("TimedOut", "timed out", "kind: Timeout", "operation timed out", "Timeout"),
        "the store does not answer in time; try again, or allow it more with timeout_s= in the address",
    ),
    Refusal(
        ("kind: Connect", "ConnectError", "error sending request", "Connection refused", "dns error", "Connect,"),
        "the store cannot be reached; check the endpoint and the network, and whether it is running",
    ),
    Refusal(
        (
            "kind: Request",
            "kind: Interrupted",
            "error decoding",
            "connection closed",
            "Connection reset",
            "kind: Decode",
        ),
        "the connection to the store broke off; try again; what was committed is kept",
    ),
)

OF_A_STORE = (
    *("Generic S3 error", 'store: "S3"', "RetryError", "HttpError", "AWS credentials", "HTTP error", "Unauthenticated"),
    *("commit conflict", "Commit conflict", "Too many concurrent writers", "CommitConflict", "PermissionDenied"),
)


def told_of(shown: str, endpoint: str, error: str) -> StoreError | None:
    """Turn what a client says of a store into our error; None where the store itself has nothing against us.

    Two words of the place are enough to know it by: the address without its settings, and the endpoint, if one is set.
    """
    code = CODE.search(error)
    asked = code.group(1) if code else error
    if code is None and not _is_of_a_store(error):
        return None
    for refusal in REFUSALS:
        if any(mark in asked for mark in refusal.marks):
            at = f" at {endpoint}" if endpoint else ""
            return refusal.kind(f"{shown}{at}: {refusal.said}")
    if code is None or asked in GONE:
        return None
    return StoreError(f"{shown}: the store refused ({asked}); its documentation says why")


def _is_of_a_store(error: str) -> bool:
    """Say whether an error is about asking the store, and not about what was found there."""
    return any(mark in error for mark in OF_A_STORE)


def plainly(error: str) -> str:
    """Return what nobody foresaw, short and without what a store repeats of a request."""
    return " ".join(SECRETS.sub("", error).split())[:SHOWN]
