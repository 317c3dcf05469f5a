"""What lies around the suite proper, by its nature; `make test` runs all of it.

The suite proper holds every promise of every room, on both databases. What is named here takes long because of what it is,
never because it is written badly: then it is mended.
"""

from pathlib import Path

TESTS = Path(__file__).parent
NATURES: dict[str, tuple[str, ...]] = {
    "browser": ("browser/",),
    # Starts processes and kills, starves or floods them; plays an attack to its end.
    "drill": (
        *("drills/", "workers/test_crashes.py", "workers/test_quick.py", "press/test_process.py"),
        *("residents/test_list_bombing.py", "accounts/test_limits.py"),
    ),
    # Walks real data and hostile inputs at length.
    "corpus": (
        *("content/test_bombs.py", "content/test_hostile_text.py", "notices/test_hostile_pages.py"),
        *("press/test_extremes.py", "postal/test_round_trip.py", "postal/test_lines.py"),
    ),
    # Walks every route, every page in each language, every migration.
    "walk": ("architecture/test_routes.py", "architecture/test_translations.py", "architecture/test_migrations.py"),
    # Lives a year, brings a backup back, moves a town from one instance to another.
    "long": (
        *("backups/", "hosting/test_errands.py", "boards/test_year.py"),
        *("demo/test_first_start.py", "demo/test_town.py"),
    ),
}


def nature_of(path: Path) -> str | None:
    """Which of them a file is of; None: of the suite proper."""
    inside = path.relative_to(TESTS).as_posix()
    return next((nature for nature, places in NATURES.items() if inside.startswith(places)), None)
