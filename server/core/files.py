"""The file store: bytes kept under the hash of their content, one folder per municipality. Nothing else touches it."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path

_KEY = 64  # a SHA-256 in letters
_LATELY = 3600.0  # seconds


def free_space(folder: Path) -> int:
    """Bytes left where `folder` lies, or will lie, or on the fullest disk that is mounted in it."""
    here = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    inside = folder.iterdir() if here == folder else ()
    return min(shutil.disk_usage(one).free for one in (here, *inside))


class FileStore:
    """Immutable files on disk. The same bytes are stored once per municipality; a key says nothing about a name."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._sizes: dict[int, tuple[float, int]] = {}

    def put(self, municipality_id: int, content: bytes) -> str:
        """Store `content` durably and return its key."""
        key = self.key_of(content)
        path = self._path(municipality_id, key)
        if path.exists():
            path.touch()  # younger again: `remove_old` leaves it to whoever stores it now
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, temporary = tempfile.mkstemp(dir=path.parent)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        return key

    @staticmethod
    def key_of(content: bytes) -> str:
        """Under which it is found, stored already or not."""
        return sha256(content).hexdigest()

    def get(self, municipality_id: int, key: str) -> bytes:
        """The bytes under `key`. Raises FileNotFoundError."""
        return self._path(municipality_id, key).read_bytes()

    def remove(self, municipality_id: int, key: str) -> None:
        self._path(municipality_id, key).unlink(missing_ok=True)

    def is_older(self, municipality_id: int, key: str, *, than: datetime) -> bool:
        """Whether it is there, and nobody stored the same bytes since."""
        path = self._path(municipality_id, key)
        return path.exists() and path.stat().st_mtime < than.timestamp()

    def remove_old(self, municipality_id: int, key: str, *, before: datetime) -> None:
        """Remove it unless somebody stored the same bytes since `before`."""
        if self.is_older(municipality_id, key, than=before):
            self.remove(municipality_id, key)

    def everything(self) -> Iterator[tuple[str, Path]]:
        """Every file with its name below the root, for who keeps copies."""
        for path in sorted(self.root.glob("*/??/*")):
            if path.is_file() and len(path.name) == _KEY:
                yield str(path.relative_to(self.root)), path

    def size(self, municipality_id: int) -> int:
        """How many bytes a municipality's files take."""
        held = 0
        with suppress(FileNotFoundError), os.scandir(self.root / str(municipality_id)) as folders:
            for folder in folders:
                with os.scandir(folder) as files:
                    held += sum(file.stat().st_size for file in files)
        self._sizes[municipality_id] = (time.monotonic(), held)
        return held

    def size_lately(self, municipality_id: int) -> int:
        """The same, an hour old at most: who asks it of hundreds of municipalities would look at every file of all."""
        at, held = self._sizes.get(municipality_id, (None, 0))
        return held if at is not None and time.monotonic() - at < _LATELY else self.size(municipality_id)

    def count(self, municipality_id: int) -> int:
        """How many files a municipality has."""
        return sum(1 for _ in self._all_of(municipality_id))

    def _all_of(self, municipality_id: int) -> Iterator[Path]:
        return (path for path in (self.root / str(municipality_id)).glob("??/*") if path.is_file())

    def _path(self, municipality_id: int, key: str) -> Path:
        if len(key) != _KEY or not set(key) <= set("0123456789abcdef"):
            raise FileNotFoundError(key)
        return self.root / str(municipality_id) / key[:2] / key
