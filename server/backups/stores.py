"""Where backups are kept: a folder of this machine (or mounted on it), or an S3-compatible store somewhere else."""

import os
import shutil
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from server.core import clock
from server.core.settings import Settings


class Store(Protocol):
    """A flat place of named files."""

    def put(self, name: str, path: Path) -> None:
        """All of the file or nothing, durably."""

    def get(self, name: str, path: Path) -> None:
        """Copy it to `path`. Raises FileNotFoundError."""

    def append(self, name: str, text: str) -> None:
        """Add lines to what is called `name…`."""

    def read(self, name: str) -> str: ...

    def names(self) -> list[str]:
        """In order."""

    def remove(self, names: Iterable[str]) -> None: ...


def store_of(settings: Settings) -> Store:
    """The store the settings name. Raises ValueError where they name none."""
    place = settings.backup_place
    if not place:
        raise ValueError("TAMBOUR_BACKUP_PLACE is empty: name a folder, or s3://bucket/folder.")
    return BucketStore(settings) if place.startswith("s3://") else FolderStore(Path(place))


class FolderStore:
    """A folder. On another disk, please."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder

    def put(self, name: str, path: Path) -> None:
        making = self._folder / f".{name}.making"
        try:
            with path.open("rb") as source, making.open("wb") as target:
                shutil.copyfileobj(source, target, 1 << 20)
                target.flush()
                os.fsync(target.fileno())
            making.replace(self._folder / name)
        finally:
            making.unlink(missing_ok=True)

    def get(self, name: str, path: Path) -> None:
        shutil.copyfile(self._folder / name, path)

    def append(self, name: str, text: str) -> None:
        with (self._folder / name).open("a", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())

    def read(self, name: str) -> str:
        return (self._folder / name).read_text(encoding="utf-8")

    def names(self) -> list[str]:
        return sorted(path.name for path in self._folder.iterdir() if not path.name.startswith("."))

    def remove(self, names: Iterable[str]) -> None:
        for name in names:
            (self._folder / name).unlink(missing_ok=True)


class BucketStore:
    """A bucket of any store that speaks S3."""

    def __init__(self, settings: Settings) -> None:
        from obstore.store import S3Store  # twelve megabytes that most instances never need

        bucket, _, prefix = settings.backup_place.removeprefix("s3://").partition("/")
        endpoint = settings.backup_store_endpoint
        self._store = S3Store(
            bucket,
            prefix=prefix or None,
            endpoint=endpoint or None,
            region=settings.backup_store_region,
            access_key_id=settings.backup_store_id,
            secret_access_key=settings.backup_store_secret.get_secret_value(),
            client_options={"allow_http": endpoint.startswith("http://"), "timeout": timedelta(minutes=10)},
        )

    def put(self, name: str, path: Path) -> None:
        self._store.put(name, path)

    def get(self, name: str, path: Path) -> None:
        with path.open("wb") as file:
            for part in self._store.get(name).stream():
                file.write(part)

    def append(self, name: str, text: str) -> None:
        """Nothing can be added to what a bucket holds: a new object follows it in the order of names."""
        self._store.put(f"{name}.{clock.now():%H%M%S%f}", text.encode())

    def read(self, name: str) -> str:
        return bytes(self._store.get(name).bytes()).decode()

    def names(self) -> list[str]:
        return sorted(one["path"] for part in self._store.list() for one in part)

    def remove(self, names: Iterable[str]) -> None:
        for name in names:
            self._store.delete(name)
