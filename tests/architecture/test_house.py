"""The rules of the house that no tool knows."""

import ast
import re
from pathlib import Path

from tests.architecture.sources import ROOT, functions, modules, named, tracked, tree
from tests.natures import NATURES, TESTS

MAX_LINES = 300
MAX_FUNCTION = 40
TEXT_ENDINGS = {
    *{".py", ".md", ".toml", ".txt", ".html", ".css", ".js", ".typ", ".json", ".po", ".mako", ".cfg", ".yml", ".sh", ""}
}


def test_a_module_says_what_it_is_for() -> None:
    """One sentence on top."""
    assert [named(path) for path in modules() if not ast.get_docstring(tree(path))] == []


def test_the_plan_names_every_room() -> None:
    plan = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = [path.parent.name for path in (ROOT / "server").glob("*/__init__.py")]
    assert [room for room in rooms if f"\n  {room}/ " not in plan] == []


def test_what_lies_around_the_suite_proper_is_there() -> None:
    """A file that was renamed would join the suite proper unseen."""
    assert [place for places in NATURES.values() for place in places if not (TESTS / place).exists()] == []


def test_a_module_is_small() -> None:
    """Longer than this, it is two modules."""
    lines = {named(path): path.read_text(encoding="utf-8").count("\n") for path in [*modules(), *modules("tests")]}
    assert {name: count for name, count in lines.items() if count > MAX_LINES} == {}


def test_a_function_fits_on_a_page() -> None:
    lines = {
        f"{named(path)} {function.name}": 1 + (function.end_lineno or 0) - function.lineno
        for path in modules()
        for function in functions(path)
    }
    assert {name: count for name, count in lines.items() if count > MAX_FUNCTION} == {}


def test_only_the_database_and_its_pen_commit() -> None:
    """A use case returns to commit and raises to roll back; nobody else decides."""
    found = [
        f"{named(path)}:{node.lineno} .{node.func.attr}()"
        for path in modules("server", "workers")
        if named(path) not in {"server/core/database.py", "server/core/sqlite_hand.py"}
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr in {"commit", "rollback"}
    ]
    assert not found


def test_tables_and_routes_keep_their_annotations() -> None:
    """FastAPI and SQLModel read annotations at run time: postponed ones would be text."""
    found = [
        named(path)
        for path in modules("server")
        for node in tree(path).body
        if isinstance(node, ast.ImportFrom) and node.module == "__future__"
    ]
    assert not found


def _text_files() -> list[Path]:
    return [path for path in tracked() if path.suffix in TEXT_ENDINGS and path != Path(__file__)]


def test_the_day_of_a_moment_is_the_town_s() -> None:
    """Between midnight and two in the morning the day of a moment in UTC is yesterday."""
    of_utc = re.compile(r"(_at|moment|now\(\))\.date\(\)")
    assert [named(path) for path in modules() if of_utc.search(path.read_text(encoding="utf-8"))] == []


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    data = {"common_passwords.txt", "LICENSE"}
    found = [
        f"{named(path)}:{number}"
        for path in _text_files()
        if path.name not in data and path.suffix != ".txt"
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if later.search(line)
    ]
    assert not found


def test_no_file_names_a_registry_or_a_machine() -> None:
    """Where libraries come from is the business of whoever installs them."""
    hosts = ("pypi" + ".org", "python" + "hosted.org", "index" + "-url", "extra" + "-index", "npm" + "js.org")
    paths = ("/" + "work/", "/" + "root/", "/home" + "/", "/opt/" + "wheels")
    found = [
        f"{named(path)}: {word}"
        for path in _text_files()
        for word in (*hosts, *paths)
        if word in path.read_text(encoding="utf-8", errors="replace")
    ]
    assert not found
