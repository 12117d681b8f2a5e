"""What players ask first: is the server there, what can it do, may I."""

from __future__ import annotations

from songkin.serve.subsonic.asked import Asked, Payload

__all__ = ["EXTENSIONS", "METHODS", "extensions"]

EXTENSIONS = {
    "apiKeyAuthentication": [1],
    "formPost": [1],
    "songLyrics": [1],
    "sonicSimilarity": [1],
}
ROLES = ("admin", "settings", "upload", "coverArt", "comment", "podcast", "jukebox", "share", "videoConversion")


def ping(asked: Asked) -> Payload:
    """Say that we are there."""
    return {}


def license_(asked: Asked) -> Payload:
    """Say that nobody need pay."""
    return {"license": {"valid": True}}


def extensions() -> Payload:
    """Return what we do beyond Subsonic; answered to everybody."""
    return {"openSubsonicExtensions": [{"name": name, "versions": versions} for name, versions in EXTENSIONS.items()]}


def token_info(asked: Asked) -> Payload:
    """Say whose API key it is."""
    return {"tokenInfo": {"username": asked.name}}


def user(asked: Asked) -> Payload:
    """Describe who asks, whomever they ask about: nobody is shown anybody else."""
    roles = {f"{role}Role": False for role in ROLES}
    may = {"downloadRole": True, "playlistRole": True, "streamRole": True}
    own = {"username": asked.name, "scrobblingEnabled": True, **roles, **may, "folder": [1]}
    return {"user": own}


def scan_status(asked: Asked) -> Payload:
    """Say how many songs there are; nothing is scanned while we answer."""
    return {"scanStatus": {"scanning": False, "count": asked.library.players.count()}}


METHODS = {
    "ping": ping,
    "getLicense": license_,
    "tokenInfo": token_info,
    "getUser": user,
    "getScanStatus": scan_status,
}
