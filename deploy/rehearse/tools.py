"""What is installed without Docker, and what watches it, looked over by the tools of those who made the formats."""

import re
import shutil
from pathlib import Path

from deploy.rehearse.compose import Compose, Failed, say

MOST_EXPOSED = 1.5
"""Of ten: what `systemd-analyze security` may say of a unit at most."""
_PROGRAM = "/usr/local/lib/tambour/.venv/bin/tambour"


def checked_by_tools(compose: Compose) -> dict[str, object]:
    """The units by systemd-analyze, the rules by promtool. (Caddy and Postfix check theirs while their images are built.)"""
    say("units and rules, by their own tools")
    found: dict[str, object] = {}
    if shutil.which("systemd-analyze"):
        found["exposed"] = _look_at_units(compose)
    if shutil.which("promtool"):
        compose.run("promtool", "check", "rules", "deploy/alerts.yml")
        found["rules"] = "SUCCESS"
    return found or {"exposed": "neither systemd-analyze nor promtool is here"}


def _look_at_units(compose: Compose) -> float:
    """The worst score. The program they start is not installed on this machine: another stands in for it."""
    folder = compose.tree / "units"
    folder.mkdir()
    for unit in (compose.tree / "deploy" / "systemd").iterdir():
        (folder / unit.name).write_text(unit.read_text().replace(_PROGRAM, "/bin/true"))
    units = sorted(map(str, folder.iterdir()))
    compose.run("systemd-analyze", "verify", "--man=no", *units)
    scores = [_score(compose, Path(unit)) for unit in units]
    if max(scores) > MOST_EXPOSED:
        raise Failed(f"the units are exposed by {scores}")
    return max(scores)


def _score(compose: Compose, unit: Path) -> float:
    said = compose.run("systemd-analyze", "security", "--offline=true", "--no-pager", str(unit))
    score = re.search(r"exposure level for \S+: ([\d.]+)", said)
    if score is None:
        raise Failed(f"systemd-analyze says nothing of {unit.name}: {said[-300:]}")
    return float(score[1])
