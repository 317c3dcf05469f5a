"""Documentation that cannot fall behind: every setting and every dependency is explained, and nothing else is."""

import re
import tomllib

import pytest

from server.core.settings import Settings
from tests.architecture.sources import ROOT

SETTINGS = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
HEADING = re.compile(r"^### `(TAMBOUR_[A-Z_]+)`", re.MULTILINE)
LISTED = re.compile(r"^\| `([A-Za-z0-9._-]+)` \|", re.MULTILINE)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_a_setting_is_documented(name: str) -> None:
    assert f"TAMBOUR_{name.upper()}" in HEADING.findall(SETTINGS)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_a_setting_says_what_it_is(name: str) -> None:
    assert Settings.model_fields[name].description


def test_no_setting_is_documented_that_does_not_exist() -> None:
    assert {name.removeprefix("TAMBOUR_").lower() for name in HEADING.findall(SETTINGS)} == set(Settings.model_fields)


def test_each_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = sorted({re.split(r"[^A-Za-z0-9._-]", word)[0] for word in wanted})
    explained = LISTED.findall((ROOT / "docs/dependencies.md").read_text(encoding="utf-8"))
    assert sorted(explained) == names
