"""What an administrator fears: a disk that is full, a database that is damaged, a machine that is gone."""

import contextlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from deploy.rehearse.compose import Compose, Failed, say
from deploy.rehearse.mailing import PEOPLE, complete, under_way

ALICE = "alice@saint-aubin.example"
_JOURNAL = 20
"""Seconds after which what was done stands in the journal beside the backups: it is written every fifteen."""
_SQL = ("exec", "-T", "db", "psql", "-U", "tambour", "-d", "tambour", "-tAc")
_TOO_MUCH = "CREATE TABLE filling AS SELECT repeat('x', 900) FROM generate_series(1, 300000)"
_DATA = "/var/lib/postgresql/data/pgdata"


def lost_and_brought_back(compose: Compose) -> dict[str, object]:
    """F28, F29: a backup in the midst of a letter; it ends, another leaves, somebody goes and somebody is erased; the
    database is damaged; every volume is destroyed, and brought back from the folder with the private key.
    """
    say("backup, damage, loss, restoration")
    with under_way(compose, "during"):
        began = time.monotonic()
        # By its name: the clock makes one of its own on an instance's first day, sooner or later than ours.
        name = compose.compose("exec", "-T", "web", "tambour", "backup", "make").split(":")[0]
        backup_s = round(time.monotonic() - began, 1)
        found: dict[str, object] = {"backup_s": backup_s, "arrived_before_backup": compose.arrived("during")}
    found |= complete(compose, "during")
    compose.script("send", "since")
    found |= complete(compose, "since")
    links = json.loads(compose.script("part").strip().splitlines()[-1])
    before = compose.figures()
    time.sleep(_JOURNAL)
    found |= damaged(compose)
    compose.compose("down", "-v", "-t", "10")
    return found | _brought_back(compose, name, before, links)


def damaged(compose: Compose) -> dict[str, object]:
    """F29: first a table, then what PostgreSQL needs to start. Both are said in words, with the way out."""
    table = compose.sql("SELECT pg_relation_filepath('consent')")
    _overwrite(compose, table)
    compose.wait_for(compose.is_well, 60, "it is not well again")
    of_table = compose.refused("exec", "-T", "web", "tambour", "backup", "make")
    if "could not be read" not in of_table or "could not be read" not in compose.health():
        raise Failed(f"of a damaged table it says: {of_table}\n{compose.health()}")
    _overwrite(compose, "global/pg_control")
    compose.wait_for(lambda: "does not answer" in compose.health(), 30, "the health page does not say it")
    of_all = compose.refused("exec", "-T", "web", "tambour", "doctor")
    if "last backup" not in of_all:
        raise Failed(f"of a damaged database the doctor says: {of_all}")
    return {"of_a_damaged_table": " ".join(of_table.split()), "of_a_damaged_database": " ".join(of_all.split())}


def _overwrite(compose: Compose, file: str) -> None:
    """Eight kilobytes of noise at the beginning of a file of the database, which is stopped for it."""
    compose.compose("stop", "-t", "20", "db")
    noise = f"dd if=/dev/urandom of={_DATA}/{file} bs=8192 count=1 conv=notrunc"
    compose.compose("run", "--rm", "-T", "--no-deps", "--entrypoint", "sh", "db", "-c", noise)
    compose.compose("start", "db")


def _brought_back(compose: Compose, name: str, before: dict[str, Any], links: dict[str, str]) -> dict[str, object]:
    began = time.monotonic()
    compose.start_database()
    key = (compose.tree / "secrets" / "backup_private_key").read_text()
    said = compose.compose("run", "--rm", "-T", "--no-deps", "web", "restore", name, "--key", "-", given=key)
    compose.compose("up", "-d")
    compose.wait_for(compose.is_well, 60, "it is not well after the restoration")
    restored_s = round(time.monotonic() - began, 1)
    after = compose.figures()
    # It was under way when the backup was made: whoever runs the instance looks at it before it may go on.
    if after["mailings"]["during"]["state"] != "paused":
        raise Failed(f"a letter of yesterday goes on by itself: {after}\n{said}")
    after["mailings"]["during"]["state"] = before["mailings"]["during"]["state"]
    if after != before:
        raise Failed(f"what came back is not what was lost:\n{before}\n{after}\n{said}")
    time.sleep(10)
    if again := [title for title in after["mailings"] if compose.arrived(title)]:
        raise Failed(f"these were sent again after the restoration: {again}")
    _follow(compose, links)
    # The lost instance's own key is in no backup: the new one tries those it makes itself.
    compose.compose("exec", "-T", "web", "tambour", "backup", "make")
    compose.compose("exec", "-T", "web", "tambour", "backup", "verify")
    return {"restored_s": restored_s, "sent_again": 0}


def _follow(compose: Compose, links: dict[str, str]) -> None:
    """Links in letters from before the loss: who left has left, and somebody else can still do it."""
    if "<form" in compose.page(links["leaver"]) or "<form" not in compose.page(links["reader"]):
        raise Failed("links in letters from before do not say how things are")
    left = compose.figures()["left"]
    compose.page(links["reader"], b"List-Unsubscribe=One-Click")
    if compose.figures()["left"] != left + 1:
        raise Failed("a link in a letter from before no longer lets anybody leave")


def disk_full(compose: Compose) -> dict[str, object]:
    """F09: the disks of database, files and backups get full while a letter leaves, and are freed; then that of the backups."""
    say("a disk that gets full")
    compose.compose("down", "-v", "-t", "10")
    with compose.small_disk(600) as disk:
        compose.compose("up", "-d")
        compose.wait_for(compose.is_well, 60, "it is not well on a small disk")
        add = ("tambour", "town", "add", "--name", "Saint-Aubin", "--email", ALICE, "--phone", "")
        compose.compose("exec", "-T", "web", *add, "--administrator", "Alice", "--administrator-email", ALICE)
        compose.script("people", str(PEOPLE))
        with contextlib.ExitStack() as full:
            with under_way(compose, "full"):
                full.enter_context(_filled(disk))
                full.enter_context(_filled(disk / "backups"))
                sent = compose.arrived("full")
            refusal = compose.refused(*_SQL, _TOO_MUCH)
            if "No space left" not in refusal:
                raise Failed(f"on a full disk the database says: {refusal}")
            time.sleep(20)
            said = compose.health()
            if "the disk is full" not in said:
                raise Failed(f"on a full disk the health page says: {said}")
        began = time.monotonic()
        compose.wait_for(compose.is_well, 120, "it is not well again")
        found: dict[str, object] = {
            "arrived_before_full": sent,
            "health_on_a_full_disk": said,
            "well_after_full_disk_s": round(time.monotonic() - began, 1),
        }
        return found | complete(compose, "full") | _backup_without_room(compose, disk / "backups")


def _backup_without_room(compose: Compose, backups: Path) -> dict[str, object]:
    before = _laid(backups)  # the clock makes one of its own as soon as an instance runs
    with _filled(backups):
        refusal = compose.refused("exec", "-T", "web", "tambour", "backup", "make")
        made = _laid(backups) - before
        if made or "No space left" not in refusal or "backup failed" not in compose.health():
            raise Failed(f"a backup on a full disk left {made} and said: {refusal}\n{compose.health()}")
    compose.compose("exec", "-T", "web", "tambour", "backup", "make")
    compose.compose("exec", "-T", "web", "tambour", "backup", "verify")
    return {"backup_on_a_full_disk": refusal.splitlines()[-1]}


def _laid(backups: Path) -> set[str]:
    return {path.name for path in backups.iterdir() if "tambour-" in path.name}


@contextlib.contextmanager
def _filled(folder: Path) -> Iterator[None]:
    """To the last block, until the end."""
    path = folder / "filling"
    with path.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            with contextlib.suppress(OSError):
                while file.write(bytes(size)) == size:
                    pass
    try:
        yield
    finally:
        path.unlink()
