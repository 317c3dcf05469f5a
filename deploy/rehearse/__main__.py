"""The rehearsal: this very tree is installed with compose on this machine, used, hurt, lost, brought back and upgraded.

    make rehearse                             needs Docker, compose and the base images; says so where they are missing
    python -m deploy.rehearse --if-possible   the same, but a machine without them is no failure
    python -m deploy.rehearse stop upgrade    these acts alone, after the installation

Nothing of it touches an installation: it works in a copy of the tree, under a project name and ports of its own, and takes
everything away at the end. Where images cannot be fetched, stand-ins of the same names do.
"""

import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from deploy.rehearse.compose import Compose, Failed, is_ready, say
from deploy.rehearse.losses import ALICE, disk_full, lost_and_brought_back
from deploy.rehearse.mailing import PEOPLE, complete, slow, under_way
from deploy.rehearse.outside import look_from_outside, sign_in
from deploy.rehearse.tools import checked_by_tools

TOWNS, RESIDENTS = 300, 120_000
AWAY = 60
_HANG_UP = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND random() < 0.5
"""
HTTPS = 18443


def main() -> int:
    if reason := is_ready():
        print(f"No rehearsal here: {reason}")
        return 0 if "--if-possible" in sys.argv else 1
    with tempfile.TemporaryDirectory(prefix="tambour-rehearsal-") as scratch:
        compose = Compose(Path(scratch), HTTPS)
        try:
            print(json.dumps(rehearse(compose, [name for name in ACTS if name in sys.argv]), ensure_ascii=False))
        except Failed as failure:
            print(f"REHEARSAL FAILED: {failure}", file=sys.stderr)
            print(compose.logs(), file=sys.stderr)
            return 1
        finally:
            compose.take_away()
    return 0


def rehearse(compose: Compose, names: Sequence[str]) -> dict[str, object]:
    """The installation, then these acts in order, or all of them; what was measured."""
    found: dict[str, object] = {}
    began = time.monotonic()
    link = install(compose)
    found["install_s"] = round(time.monotonic() - began, 1)
    compose.script("people", str(PEOPLE))
    if not names:
        sign_in(link, ALICE)
        found["outside"] = look_from_outside(compose, HTTPS)
    for name in names or ACTS:
        found |= (seen := ACTS[name](compose))
        say(f"  {seen}")
    found["image_mb"] = compose.image_size()
    found["total_s"] = round(time.monotonic() - began, 1)
    return found


def install(compose: Compose) -> str:
    """`deploy/install`, asked nothing. The one-time link it prints."""
    say("install")
    said = compose.run(
        *("deploy/install", "--domain", "localhost", "--town", "Saint-Aubin", "--insee", "41200"),
        *("--email", ALICE, "--relay", "", "--backups", str(compose.tree / "safe")),
    )
    links = [word for word in said.split() if "/desk/welcome/" in word]
    if not links:
        raise Failed(f"the installation printed no link:\n{said}")
    return links[0]


def stopped_in_the_middle(compose: Compose) -> dict[str, object]:
    """A letter to a thousand; everything is stopped while it leaves, and started again (F20)."""
    say("a letter to a thousand, stopped in the middle")
    compose.script("send", "first")
    compose.wait_for(lambda: compose.arrived("first") > 0, 60, "nothing arrives")
    # All that is ours; the sink is the rest of the world, and goes on.
    compose.compose("stop", "-t", "10", "proxy", "web", "worker", "mta", "db")
    compose.start_database()
    sent = compose.figures()["mailings"]["first"]
    began = time.monotonic()
    compose.compose("up", "-d")
    compose.wait_for(compose.is_well, 60, "it is not well again")
    well_after = round(time.monotonic() - began, 1)
    compose.wait_for(lambda: compose.people_reached("first") == PEOPLE, 300, "not everybody was reached")
    compose.wait_for(lambda: compose.figures()["mailings"]["first"]["state"] == "finished", 60, "it never finishes")
    after = compose.figures()["mailings"]["first"]
    extra = compose.arrived("first") - PEOPLE
    if extra or after["maybe_twice"] or after["accepted"] != PEOPLE:
        raise Failed(f"{extra} extra copies, the ledger says {after}")
    return {"accepted_at_stop": sent["accepted"], "up_to_well_s": well_after, "extra_copies_stop": extra}


def two_workers(compose: Compose) -> dict[str, object]:
    say("two workers")
    compose.compose("up", "-d", "--scale", "worker=2")
    began = time.monotonic()
    compose.script("send", "second")
    compose.wait_for(lambda: compose.people_reached("second") == PEOPLE, 180, "not everybody was reached")
    seconds, extra = time.monotonic() - began, compose.arrived("second") - PEOPLE
    if extra:
        raise Failed(f"two workers made {extra} extra copies")
    return {"two_workers_s": round(seconds, 1), "extra_copies_two_workers": extra}


def hung_up(compose: Compose) -> dict[str, object]:
    """F11: while a letter leaves the database is killed, started again, and hangs up again and again on whoever it happens
    to be.
    """
    say("the database is killed, and hangs up in the midst of everything")
    with under_way(compose, "hung"):
        compose.compose("kill", "db")
        sent = compose.arrived("hung")
        compose.start_database()
    cut = 0
    for _ in range(30):
        if compose.arrived("hung") < PEOPLE:
            cut += int(compose.sql(_HANG_UP))
            time.sleep(random.uniform(0, 0.5))
    return {"arrived_before_kill": sent, "lines_cut": cut} | complete(compose, "hung")


def database_away(compose: Compose) -> dict[str, object]:
    """F10: while a letter leaves the database goes for a while; the health page says so, and everything comes back by itself."""
    say("the database is away")
    with under_way(compose, "away"):
        compose.compose("stop", "-t", "10", "db")
        sent, began = compose.arrived("away"), time.monotonic()
    compose.wait_for(lambda: "does not answer" in compose.health(), 30, "the health page does not say it")
    time.sleep(max(0, AWAY - (time.monotonic() - began)))
    compose.compose("start", "db")
    began = time.monotonic()
    compose.wait_for(compose.is_well, 60, "it is not well again")
    well_after = round(time.monotonic() - began, 1)
    return {"arrived_before_away": sent, "well_after_database_s": well_after} | complete(compose, "away")


def upgraded_while_sending(compose: Compose) -> dict[str, object]:
    """A version whose migration fails changes nothing; a good one replaces this one while a letter leaves (F20)."""
    say("an upgrade that fails, and one that does not, while sending")
    compose.build_version("broken", "op.execute('SELECT * FROM no_such_table')")
    compose.build_version("next", "op.add_column('municipality', sa.Column('rehearsed', sa.Boolean(), nullable=True))")
    here = compose.figures()
    with slow(compose):
        compose.script("send", "third")
        compose.compose("up", "-d", image="tambour-rehearsal:broken", may_fail=True)
        if not compose.is_well():
            raise Failed("a migration that failed hurt the old version")
        sent = compose.arrived("third")
        compose.compose("up", "-d", image="tambour-rehearsal:next")
        compose.wait_for(compose.is_well, 60, "the new version is not well")
    found: dict[str, object] = {"arrived_before_upgrade": sent}
    return found | complete(compose, "third", here["residents"] - here["left"])


def weighed(compose: Compose) -> dict[str, object]:
    """What each container takes: when nobody asks for anything, and while letters leave and pages are asked for."""
    say("weighed, with one town and with three hundred")
    found: dict[str, object] = {}
    for towns, letters in ((1, ()), (TOWNS, ("10",))):
        if towns > 1:
            compose.script("crowd", str(towns), str(RESIDENTS))
        compose.compose("restart", "-t", "10", "web", "worker", "db")
        compose.wait_for(compose.is_well, 120, "it is not well again")
        time.sleep(30)
        found[f"idle_mb_{towns}"] = compose.memory()
        compose.script("send", f"weighed {towns}", *letters)
        found[f"busy_mb_{towns}"] = compose.most_memory(
            partial(compose.has_finished, f"weighed {towns}"), 400, "it never finishes"
        )
    return found


ACTS: Mapping[str, Callable[[Compose], dict[str, object]]] = {
    "tools": checked_by_tools,
    "stop": stopped_in_the_middle,
    "two": two_workers,
    "hung": hung_up,
    "away": database_away,
    "lost": lost_and_brought_back,
    "upgrade": upgraded_while_sending,
    "weigh": weighed,
    "full": disk_full,
}

if __name__ == "__main__":
    sys.exit(main())
