"""Real-world data written by nobody on this project: read from beside it, never copied into it."""

import os
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def corpus(name: str) -> Path:
    """The folder or file `name` of the corpora. A test that needs an absent one is skipped, but fails where CI=true."""
    path = DATA / name
    if not path.exists():
        reason = f"the corpus {name} is not beside the project ({path})"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return path
