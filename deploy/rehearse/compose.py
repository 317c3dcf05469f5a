"""A compose project of its own for the rehearsal: started, asked, and taken away."""

import contextlib
import json
import os
import shutil
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PROJECT = "tambour-rehearsal"
BASES = ("python:3.13-slim-trixie", "postgres:17-trixie", "caddy:2", "debian:trixie-slim")

_REVISION = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", "{head}", None, None


def upgrade() -> None:
    {change}


def downgrade() -> None:
    pass
"""


class Failed(Exception):
    """The rehearsal found something that is not as promised."""


def say(act: str) -> None:
    print(f"— {act}", file=sys.stderr, flush=True)


def is_ready() -> str:
    """What is missing on this machine; nothing if the rehearsal can begin."""
    if shutil.which("docker") is None or _quiet("docker", "info"):
        return "no container engine answers."
    if shutil.which("docker-compose") is None and _quiet("docker", "compose", "version"):
        return "there is no compose."
    missing = [name for name in BASES if _quiet("docker", "image", "inspect", name) and _quiet("docker", "pull", name)]
    return f"these base images are neither here nor to be had: {', '.join(missing)}." if missing else ""


class Compose:
    """The tree of the last commit, copied, and what is done with it."""

    def __init__(self, scratch: Path, https: int) -> None:
        self.tree = scratch / "tambour"
        self.tree.mkdir(mode=0o755)
        scratch.chmod(0o755)
        files = subprocess.run(
            ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, check=True, capture_output=True
        ).stdout
        for name in files.decode().split("\0"):
            if name and (ROOT / name).is_file():
                target = self.tree / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, target)
        secrets = self.tree / "secrets"
        secrets.mkdir()
        (secrets / "db_password").write_text("a password of the rehearsal")
        self._https, self.disk = https, scratch / "disk"
        self._command = ["docker-compose"] if shutil.which("docker-compose") else ["docker", "compose"]
        self._environment = {
            **os.environ,
            "COMPOSE_FILE": "docker-compose.yml:deploy/rehearse/stand-ins.yml",
            "COMPOSE_PROJECT_NAME": PROJECT,
            "REHEARSAL_PASSWORD": "a password of the rehearsal",
            "MTA_RELAY": "[sink]:2525",
            "TAMBOUR_SMTP_CONNECTIONS": "2",
            "TAMBOUR_QUIET_HOURS": "",  # whoever rehearses at night rehearses too
            "HTTP_PORT": str(https - 363),
            "HTTPS_PORT": str(https),
        }

    @contextlib.contextmanager
    def small_disk(self, megabytes: int) -> Iterator[Path]:
        """Volumes of what is started now lie on a disk of their own, backups on a smaller one. Needs root."""
        before = self._environment
        backups = self.disk / "backups"
        self._mount(self.disk, megabytes)
        self._mount(backups, 200)
        try:
            for name in ("database", "files"):
                (self.disk / name).mkdir()
            for name in ("database", "files", "backups"):
                os.chown(self.disk / name, 10001, 10001)
            files = f"{before['COMPOSE_FILE']}:deploy/rehearse/small-disk.yml"
            places = {"SMALL_DISK": str(self.disk), "BACKUP_FOLDER": str(backups)}
            self._environment = before | places | {"COMPOSE_FILE": files}
            yield self.disk
        finally:
            self.compose("down", "-v", "-t", "5", may_fail=True)
            self._environment = before
            self.run("umount", "-l", str(backups))
            self.run("umount", "-l", str(self.disk))

    def _mount(self, place: Path, megabytes: int) -> None:
        place.mkdir()
        self.run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place))

    def run(self, *command: str, given: str = "", may_fail: bool = False, image: str = "") -> str:
        environment = self._environment | ({"TAMBOUR_IMAGE": image} if image else {})
        done = subprocess.run(
            command, cwd=self.tree, env=environment, input=given, text=True, capture_output=True, timeout=600
        )
        if done.returncode and not may_fail:
            raise Failed(f"{' '.join(command)} said:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        return done.stdout

    def compose(self, *words: str, given: str = "", may_fail: bool = False, image: str = "") -> str:
        return self.run(*self._command, *words, given=given, may_fail=may_fail, image=image)

    def refused(self, *words: str) -> str:
        """What compose, or a command in a container, says when it does not do as it was told."""
        try:
            self.compose(*words)
        except Failed as failure:
            return str(failure)
        raise Failed(f"{' '.join(words)} was to be refused")

    def script(self, *words: str) -> str:
        source = (ROOT / "deploy/rehearse/letter.py").read_text()
        return self.compose(
            *("run", "--rm", "-T", "--no-deps", "-v", f"{self.tree}/bench:/app/bench:ro"),
            *("--entrypoint", "python", "web", "-", *words),
            given=source,
        )

    def sql(self, statement: str) -> str:
        return self.compose("exec", "-T", "db", "psql", "-U", "tambour", "-d", "tambour", "-tAc", statement).strip()

    def has_finished(self, subject: str) -> bool:
        """In every town."""
        return self.sql(f"SELECT count(*) FROM mailing WHERE subject = '{subject}' AND state <> 'finished'") == "0"

    def figures(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.script("figures").strip().splitlines()[-1])
        return found

    def health(self) -> str:
        return self.page("/health")

    def page(self, path: str, sent: bytes | None = None) -> str:
        """What a browser is shown; the answer to what it sends, if it sends something."""
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        try:
            with urllib.request.urlopen(
                f"https://localhost:{self._https}{path}", sent, timeout=5, context=trusting
            ) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as error:
            return error.read().decode(errors="replace")
        except OSError as error:
            return str(error)

    def ledgers(self) -> str:
        """What the ledgers say, if there is a database to ask."""
        try:
            return json.dumps(self.figures(), indent=1)
        except Failed:
            return "the ledgers do not answer"

    def is_well(self) -> bool:
        return '"status":"ok"' in self.health()

    def start_database(self) -> None:
        self.compose("up", "-d", "db", "sink")
        self.wait_for(
            lambda: "accepting" in self.compose("exec", "-T", "db", "pg_isready", may_fail=True), 60, "no database"
        )

    def wait_for(self, what: Callable[[], bool], seconds: float, otherwise: str) -> None:
        deadline = time.monotonic() + seconds
        while not what():
            if time.monotonic() > deadline:
                queue = self.compose("exec", "-T", "mta", "postqueue", "-p", may_fail=True)[-2000:]
                found = (self.health(), self.ledgers(), queue, self.compose("ps"))
                raise Failed("\n".join((f"{otherwise} ({seconds:.0f} s)", *found)))
            time.sleep(0.3)

    def _sunk(self, subject: str) -> list[str]:
        lines = self.compose("exec", "-T", "sink", "cat", "/var/lib/tambour/files/sunk.tsv", may_fail=True)
        return [line.split("\t")[0] for line in lines.splitlines() if line.endswith(f"\t{subject}")]

    def arrived(self, subject: str) -> int:
        return len(self._sunk(subject))

    def people_reached(self, subject: str) -> int:
        return len(set(self._sunk(subject)))

    def build_version(self, name: str, change: str) -> None:
        """An image like ours with one more migration."""
        folder = self.tree / f"version-{name}"
        folder.mkdir()
        versions = sorted(path.name[:4] for path in (self.tree / "alembic/versions").glob("[0-9]*.py"))
        (folder / "9999_rehearsal.py").write_text(_REVISION.format(head=versions[-1], change=change))
        (folder / "Dockerfile").write_text("FROM tambour:latest\nCOPY 9999_rehearsal.py /app/alembic/versions/\n")
        self.run("docker", "build", "-q", "-t", f"{PROJECT}:{name}", str(folder))

    def memory(self) -> dict[str, int]:
        """Megabytes of each container, without what the kernel could forget of the files it read."""
        lines = self.run("docker", "stats", "--no-stream", "--format", "{{.Name}} {{.MemUsage}}").splitlines()
        ours = [line.split()[:2] for line in lines if PROJECT in line]
        return {
            name[len(PROJECT) + 1 :]: round(_bytes(used) / 1e6)
            for name, used in ours
            if "sink" not in name and "_run_" not in name
        }

    def most_memory(self, is_over: Callable[[], bool], seconds: float, otherwise: str) -> dict[str, int]:
        """The most each container took until it is over, while pages are asked for."""
        most: dict[str, int] = {}

        def looked() -> bool:
            self.page("/")
            most.update({name: max(used, most.get(name, 0)) for name, used in self.memory().items()})
            return is_over()

        self.wait_for(looked, seconds, otherwise)
        return most

    def image_size(self) -> dict[str, int]:
        """Ours, and what of it is the base."""
        sizes = {
            name: self.run("docker", "image", "inspect", "-f", "{{.Size}}", name) for name in ("tambour", BASES[0])
        }
        return {name: int(size) // 1_000_000 for name, size in sizes.items()}

    def logs(self) -> str:
        return self.compose("logs", "--tail=25", may_fail=True)

    def take_away(self) -> None:
        self.compose("down", "-v", "-t", "5", "--remove-orphans", may_fail=True)
        for name in ("broken", "next"):
            self.run("docker", "image", "rm", f"{PROJECT}:{name}", may_fail=True)


def _bytes(written: str) -> float:
    """As the engine writes it: 115.3MiB."""
    units = {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "B": 1}
    unit = next(unit for unit in units if written.endswith(unit))
    return float(written.removesuffix(unit)) * units[unit]


def _quiet(*command: str) -> int:
    return subprocess.run(command, capture_output=True).returncode
