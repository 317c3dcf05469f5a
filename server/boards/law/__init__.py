"""Rules of law as data: presets of display, the wording of certificates, the surface of free expression."""

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def read(name: str) -> Any:
    """The rules of `law/<name>.json`."""
    return json.loads((Path(__file__).parent / f"{name}.json").read_text(encoding="utf-8"))
