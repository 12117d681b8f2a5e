"""songkin token: the tokens by which programs and players ask in a user's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from songkin.serve.cli import options
from songkin.serve.cli.printing import console, print_json, print_notes

if TYPE_CHECKING:
    from songkin.library import Library
    from songkin.library.tokens import Token, Tokens

EXAMPLES = (
    "songkin token create phone --user anna",
    "songkin token create car-stereo --user anna --players",
    "songkin token list",
    "songkin token revoke phone",
)
ACTIONS = ("create", "list", "revoke")
ONCE = "write the token down now: it is kept as a digest, and never shown again"
OPEN = "the password is kept in the open, since the players' protocol needs it; it opens /rest and nothing else"


def run(
    action: Annotated[str, typer.Argument(metavar="create|list|revoke", help="What to do.")] = "list",
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="What the token is called.")] = None,
    user: Annotated[
        str | None,
        typer.Option("--user", metavar="NAME", help="In whose name the token asks; SONGKIN_USER otherwise."),
    ] = None,
    players: Annotated[
        bool,
        typer.Option("--players", help="Make a password besides, for players that sign in by name and password."),
    ] = False,
    json_out: options.JsonOut = False,
    library: options.LibraryPlace = None,
) -> None:
    """Make, list or revoke the tokens by which programs and players ask this library in a user's name."""
    if action not in ACTIONS:
        raise typer.BadParameter(f"'{action}' is none of {', '.join(ACTIONS)}")
    if (name is None) != (action == "list"):
        raise typer.BadParameter("name the token to create or revoke; list takes no name")
    if action != "create" and (user is not None or players):
        raise typer.BadParameter("--user and --players go with create")
    from songkin.library import Library

    opened = Library.open(library, user=user)
    if action == "create":
        _create(opened, name or "", players=players, json_out=json_out)
    elif action == "revoke":
        _revoke(opened.tokens, name or "", json_out=json_out)
    else:
        _list(opened.tokens.all(), json_out=json_out)


def _create(library: Library, name: str, *, players: bool, json_out: bool) -> None:
    made = library.tokens.create(name, user=library.user, players=players)
    if json_out:
        print_json(made._asdict())
        return
    console().print(made.token, markup=False, soft_wrap=True)
    if made.password:
        console().print(f"password for players, user name '{made.name}': {made.password}", markup=False, soft_wrap=True)
    print_notes((ONCE, OPEN) if made.password else (ONCE,))


def _revoke(tokens: Tokens, name: str, *, json_out: bool) -> None:
    gone = tokens.revoke(name)
    if json_out:
        print_json({"revoked": gone.name})
    else:
        console().print(f"revoked: {gone.name}", markup=False, soft_wrap=True)


def _list(listed: list[Token], *, json_out: bool) -> None:
    if json_out:
        print_json({"tokens": [token._asdict() for token in listed]})
    elif not listed:
        console().print("There are no tokens.")
    else:
        console().print(_table(listed))


def _table(listed: list[Token]) -> Any:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    for name in ("token", "asks for", "players", "made"):
        table.add_column(name)
    for token in listed:
        made = token.created_at[:16].replace("T", " ")
        table.add_row(
            Text(token.name), Text(token.user or "nobody in particular"), "yes" if token.players else "", made
        )
    return table
