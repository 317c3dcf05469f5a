"""The rehearsal: this very tree is installed with compose on this machine, used, hurt, lost, brought back and upgraded.

    make rehearse                 needs Docker, compose and the base images; says so where they are missing
    … rehearse.py --if-possible   the same, but a machine without them is no failure
    … rehearse.py stop upgrade    these acts alone, after the installation

Nothing of it touches an installation: it works in a copy of the tree, under a project name and ports of its own, and takes
everything away at the end. Where images cannot be fetched, stand-ins of the same names do.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from deploy.rehearse.compose import Compose, Failed, is_ready, say  # noqa: E402
from deploy.rehearse.outside import look_from_outside, sign_in  # noqa: E402

PEOPLE = 1000
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
        sign_in(link, "alice@saint-aubin.example")
        found["outside"] = look_from_outside(compose, HTTPS)
        found["idle_mb"] = compose.memory()
    for name in names or ACTS:
        found |= ACTS[name](compose)
    found["busy_mb"] = compose.memory()
    found["image_mb"] = compose.image_size()
    found["total_s"] = round(time.monotonic() - began, 1)
    return found


def install(compose: Compose) -> str:
    """`deploy/install`, asked nothing. The one-time link it prints."""
    say("install")
    said = compose.run(
        *("deploy/install", "--domain", "localhost", "--town", "Saint-Aubin", "--insee", "41200"),
        *("--email", "alice@saint-aubin.example", "--relay", "", "--backups", str(compose.tree / "safe")),
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
    sent = compose.figures()["mailings"]["first"] if compose.start_database() else {}
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
    return {"accepted_at_stop": sent.get("accepted"), "up_to_well_s": well_after, "extra_copies_stop": extra}


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


def database_away(compose: Compose) -> dict[str, object]:
    """F10: the database goes for twenty seconds; the health page says so, and everything comes back by itself."""
    say("the database is away")
    compose.compose("stop", "-t", "10", "db")
    compose.wait_for(lambda: "does not answer" in compose.health(), 30, "the health page does not say it")
    time.sleep(15)
    compose.compose("start", "db")
    began = time.monotonic()
    compose.wait_for(compose.is_well, 60, "it is not well again")
    return {"well_after_database_s": round(time.monotonic() - began, 1)}


def lost_and_brought_back(compose: Compose) -> dict[str, object]:
    """F28: a backup; every volume destroyed; brought back from the folder with the private key."""
    say("backup, loss, restoration")
    before = compose.figures()
    began = time.monotonic()
    compose.compose("exec", "-T", "web", "tambour", "backup", "make")
    backup_s = round(time.monotonic() - began, 1)
    compose.compose("down", "-v", "-t", "10")
    began = time.monotonic()
    compose.start_database()
    key = (compose.tree / "secrets" / "backup_private_key").read_text()
    said = compose.compose("run", "--rm", "-T", "--no-deps", "web", "restore", "--key", "-", given=key)
    compose.compose("up", "-d")
    compose.wait_for(compose.is_well, 60, "it is not well after the restoration")
    restored_s = round(time.monotonic() - began, 1)
    if (after := compose.figures()) != before:
        raise Failed(f"what came back is not what was lost:\n{before}\n{after}\n{said}")
    time.sleep(5)
    if compose.arrived("first") + compose.arrived("second"):
        raise Failed("something was sent again after the restoration")
    # The lost instance's own key is in no backup: the new one tries those it makes itself.
    compose.compose("exec", "-T", "web", "tambour", "backup", "make")
    compose.compose("exec", "-T", "web", "tambour", "backup", "verify")
    return {"backup_s": backup_s, "restored_s": restored_s, "sent_again": 0}


def upgraded_while_sending(compose: Compose) -> dict[str, object]:
    """A version whose migration fails changes nothing; a good one replaces this one while a letter leaves (F20)."""
    say("an upgrade that fails, and one that does not, while sending")
    compose.build_version("broken", "op.execute('SELECT * FROM no_such_table')")
    compose.build_version("next", "op.add_column('municipality', sa.Column('rehearsed', sa.Boolean(), nullable=True))")
    compose.script("send", "third")
    if compose.compose("up", "-d", image="tambour-rehearsal:broken", may_fail=True) == "" and not compose.is_well():
        raise Failed("a migration that failed took the old version down")
    if not compose.is_well():
        raise Failed("a migration that failed hurt the old version")
    compose.compose("up", "-d", image="tambour-rehearsal:next")
    compose.wait_for(compose.is_well, 60, "the new version is not well")
    compose.wait_for(lambda: compose.people_reached("third") == PEOPLE, 180, "not everybody was reached")
    figures, extra = compose.figures()["mailings"]["third"], compose.arrived("third") - PEOPLE
    if extra > figures["maybe_twice"]:
        raise Failed(f"the upgrade made {extra} extra copies, the ledger says {figures}")
    return {"extra_copies_upgrade": extra}


ACTS: Mapping[str, Callable[[Compose], dict[str, object]]] = {
    "stop": stopped_in_the_middle,
    "two": two_workers,
    "away": database_away,
    "lost": lost_and_brought_back,
    "upgrade": upgraded_while_sending,
}

if __name__ == "__main__":
    sys.exit(main())
