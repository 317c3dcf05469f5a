"""`tambour doctor` on the instance itself: what is wrong is named, with what to do; a database that is away too (F29)."""

from pathlib import Path

import pytest

from server.core.database import Database
from server.core.secrets import load_secrets
from server.core.settings import Settings
from server.instance.doctor import in_english, look_over
from server.mailings.alignment import Finding, Verdict
from server.mailings.heartbeats import beat


def verdicts(found: list[Finding]) -> dict[str, Verdict]:
    return {one.check: one.verdict for one in found}


async def test_a_new_instance_is_told_what_it_lacks(database: Database, tmp_path: Path) -> None:
    load_secrets(tmp_path)
    configured = Settings(home=tmp_path, base_url="https://info.example.fr")
    found = verdicts(await look_over(configured, database))
    assert {name for name, verdict in found.items() if verdict is Verdict.WRONG} - {"disk"} == {"workers", "backups"}
    await beat(database, [("m1", "mail", ""), ("c1", "clock", "")])
    found = verdicts(await look_over(configured, database))
    assert {name for name, verdict in found.items() if verdict is Verdict.WRONG} - {"disk"} == {"backups"}
    (tmp_path / "keys" / "instance.key").chmod(0o644)
    assert verdicts(await look_over(configured, database))["keys"] is Verdict.WRONG


@pytest.mark.parametrize("content", [b"no database at all, but bytes " * 200, b""])
async def test_a_corrupted_database_is_said_with_the_way_to_the_backup(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "tambour.sqlite3"
    path.write_bytes(content)
    load_secrets(tmp_path)
    database = Database(f"sqlite+aiosqlite:///{path}")
    configured = Settings(home=tmp_path, backup_place="/mnt/backups")
    said = [in_english(one) for one in await look_over(configured, database) if one.check == "database"]
    await database.close()
    assert len(said) == 1
    assert ("/mnt/backups" in said[0]) if content else ("tambour migrate" in said[0])
