"""A letter to everybody while something happens to it, and what became of it."""

import contextlib
from collections.abc import Iterator

from deploy.rehearse.compose import Compose, Failed

PEOPLE = 1000


@contextlib.contextmanager
def under_way(compose: Compose, title: str) -> Iterator[None]:
    """Some have the letter, and Postfix stands still until the end: a thousand mails leave before a command is typed."""
    mta = compose.compose("ps", "-q", "mta").strip()
    compose.script("send", title)
    compose.wait_for(lambda: compose.arrived(title) > 0, 60, "nothing arrives")
    compose.run("docker", "pause", mta)
    try:
        yield
    finally:
        compose.run("docker", "unpause", mta)


@contextlib.contextmanager
def slow(compose: Compose) -> Iterator[None]:
    """Postfix gets a tenth of a processor: a letter to a thousand takes as long as one to thousands."""
    mta = compose.compose("ps", "-q", "mta").strip()
    compose.run("docker", "update", "--cpus", "0.1", mta)
    try:
        yield
    finally:
        compose.run("docker", "update", "--cpus", "2", mta)


def complete(compose: Compose, title: str, people: int = PEOPLE) -> dict[str, object]:
    """Everybody was reached, and nobody more often than the ledger thinks possible."""
    compose.wait_for(lambda: compose.people_reached(title) == people, 300, "not everybody was reached")
    compose.wait_for(lambda: compose.figures()["mailings"][title]["state"] == "finished", 60, "it never finishes")
    figures, extra = compose.figures()["mailings"][title], compose.arrived(title) - people
    if extra > figures["maybe_twice"] or figures["accepted"] != people:
        raise Failed(f"{extra} extra copies, the ledger says {figures}")
    return {f"extra_copies_{title}": extra}
