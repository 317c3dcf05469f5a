"""The real-world data that tests are tried on. It lies beside the repository and is never copied into it."""

import csv
import json
import os
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def corpus(name: str) -> Path:
    """The folder or file `name` of the corpora. Where it is absent the test is skipped; under CI that is a failure."""
    path = DATA / name
    if not path.exists():
        reason = f"the corpus {name} is not at {path}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return path


def corpus_json(name: str) -> Any:
    return json.loads(corpus(name).read_text(encoding="utf-8"))


def corpus_table(name: str) -> list[dict[str, str]]:
    """A tab-separated file with a header, read as it is: quotes are signs like others."""
    with corpus(name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def hostile_payloads() -> list[str]:
    """Every payload of every set of scripts smuggled as text."""
    return [
        entry["payload"] for path in sorted(corpus("xss").glob("*.json")) for entry in corpus_json(f"xss/{path.name}")
    ]


def naughty_strings() -> list[str]:
    return [str(string) for string in corpus_json("naughty-strings/blns.json")]
