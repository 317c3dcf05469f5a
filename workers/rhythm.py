"""How fast a mail worker breathes."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Rhythm:
    """A lease is renewed several times in its life, so only a dead or frozen worker loses one."""

    lease: timedelta = timedelta(seconds=90)
    renew: float = 15.0
    """How often leases are renewed, and those of the dead swept."""
    look: float = 0.25
    """How often a worker at work looks for what is more pressing."""
    glance: float = 1.0
    """How often one at rest looks by itself: for what becomes due with time, or came while no bell rang."""
    rest: float = 20.0
    """How long an unused line stays open."""
    spare: float = 5.0
    """How long a line waits that the relay does not want while others work."""
    knock: float = 1.0
    """How long after the relay went away it is tried again; each time in vain doubles it."""
    drain: float = 30.0
    """How long a worker that is asked to stop waits for the answers it still expects."""
    patience: timedelta = timedelta(minutes=3)
    """How long the database may stay away before results are given up; one that comes after its lease is written all the same."""
    messages_per_line: int = 100
    buffer: int = 4
    """Claims waiting per line at least: the hand grows while they are used up quickly."""
