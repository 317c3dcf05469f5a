"""The project's own files, as the architecture tests look at them."""

import ast
import gc
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("server", "workers", "bench")


def modules(*rooms: str) -> list[Path]:
    """Every Python module of `rooms`."""
    return sorted(path for room in rooms or ROOMS for path in (ROOT / room).rglob("*.py"))


def named(path: Path) -> str:
    """How a test calls a file."""
    return str(path.relative_to(ROOT))


@cache
def tree(path: Path) -> ast.Module:
    gc.disable()  # Python 3.11 miscounts its depth when what is thrown away meanwhile has a last word
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    finally:
        gc.enable()


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@cache
def tracked() -> list[Path]:
    """Every file that is in the repository, or would be at the next commit."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]
