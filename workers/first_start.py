"""The first start of a trial: a demonstration town, whole or not at all."""

from pathlib import Path

from sqlalchemy.engine import make_url

from server.cli.opening import Instance, console, opened
from server.core.settings import Settings
from server.municipalities.queries import count_municipalities


async def first_start(configured: Settings) -> dict[str, str]:
    """Open the demonstration town if there is no town yet; gives a one-time link for each of its people.

    A new SQLite database is made beside its place and moved there when it is complete, so that who loses patience and
    starts again finds no half of a town.
    """
    place = _place_of(configured)
    if place is None or place.exists():
        async with opened(configured, migrating=True) as instance:
            return await _open_where_there_is_none(instance)
    making = place.with_name(f"{place.name}.making")
    _remove(making)
    beside = configured.model_copy(update={"database_url": f"sqlite+aiosqlite:///{making}"})
    async with opened(beside, migrating=True) as instance:
        links = await _open_where_there_is_none(instance)
    making.replace(place)
    return links


async def _open_where_there_is_none(instance: Instance) -> dict[str, str]:
    async with instance.database.reading() as session:
        if await count_municipalities(session):
            return {}
    from server.demo.town import open_demonstration  # a large thing that is used once

    with console.status("Playing a year of a small town, so that there is something to look at …"):
        return await open_demonstration(instance.database, instance.secrets, instance.files, instance.settings.url)


def _place_of(configured: Settings) -> Path | None:
    """The file of the database, if it is one."""
    url = make_url(configured.database)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
