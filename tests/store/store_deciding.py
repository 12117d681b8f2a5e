"""A process that decides: it keeps decisions one after the other, says each once it is kept, drops every fourth."""

from __future__ import annotations

import sys
from itertools import count

from songkin.store.state import Decision, State
from songkin.store.tables import Tables


def main(place: str, user: str, times: int) -> None:
    state = State(Tables.open(place))
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(times) if times else count():
        decision = Decision(user, "exclusion", f"{user}:{number}")
        state.keep(decision)
        if number % 4 == 3:
            state.drop(decision)
        else:
            print(decision.name, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
