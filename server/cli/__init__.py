"""Administration commands: databases, towns, staff, settings. `workers.__main__` adds those that run something."""
