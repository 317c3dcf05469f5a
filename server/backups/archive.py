"""A backup as a file: a tar of tables, files and keys with a manifest at its end, sealed.

The manifest names every member with its checksum, and how many rows each table has: what is opened is compared with it.
"""

import gzip
import json
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from hashlib import file_digest
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Self

FORMAT = 1
_MANIFEST = "manifest.json"


class Damaged(ValueError):
    """The backup is not what its manifest says; the sentence says where."""


@dataclass
class Manifest:
    """What a backup holds."""

    made_at: str
    revision: str
    """The shape of the database it was made from."""
    engine: str
    format: int = FORMAT
    rows: dict[str, int] = field(default_factory=dict)
    columns: dict[str, list[str]] = field(default_factory=dict)
    members: dict[str, str] = field(default_factory=dict)
    """Name → SHA-256."""


class ArchiveWriter:
    """Adds members one after another, and the manifest at the end."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self._file = path.open("wb")
        self._tar = tarfile.TarFile(fileobj=self._file, mode="w", format=tarfile.PAX_FORMAT)
        self.manifest = manifest

    def add(self, name: str, path: Path) -> None:
        with path.open("rb") as file:
            self.manifest.members[name] = file_digest(file, "sha256").hexdigest()
        self._tar.add(path, name, recursive=False, filter=_anonymous)

    def move_in(self, name: str, path: Path) -> None:
        self.add(name, path)
        path.unlink()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_more: object) -> None:
        """A full disk says so once more when the file is closed; what was first is what is told."""
        try:
            if kind is None:
                self._finish()
                self._file.close()
        finally:
            with suppress(OSError):
                self._file.close()

    def _finish(self) -> None:
        content = json.dumps(asdict(self.manifest), ensure_ascii=False, indent=1, sort_keys=True).encode()
        about = tarfile.TarInfo(_MANIFEST)
        about.size, about.mode = len(content), 0o600
        self._tar.addfile(about, BytesIO(content))
        self._tar.close()


def unpack(archive: Path, folder: Path) -> Manifest:
    """Lay the members out in `folder`, each compared with its checksum. Raises Damaged."""
    try:
        with tarfile.open(archive) as tar:
            _lay_out(tar, folder)
        given: dict[str, Any] = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    except (tarfile.TarError, OSError, ValueError) as error:
        raise Damaged(f"The backup cannot be read: {error}") from error
    if given.get("format") != FORMAT:
        raise Damaged(f"The backup has the form {given.get('format')}, which this version cannot read.")
    manifest = Manifest(**given)
    for name, wanted in manifest.members.items():
        path = folder / name
        if not path.is_file() or _digest(path) != wanted:
            raise Damaged(f"{name} in the backup is not what it was when it was laid there.")
    return manifest


def _lay_out(tar: tarfile.TarFile, folder: Path) -> None:
    """Files within `folder`, and nothing else: Python's own filter for that came with 3.11.4, and Debian 12 has 3.11.2."""
    for member in tar:
        path = folder / member.name
        source = tar.extractfile(member) if member.isfile() else None
        if source is None or not path.resolve().is_relative_to(folder.resolve()):
            raise tarfile.TarError(f"{member.name} is no file of a backup")
        path.parent.mkdir(parents=True, exist_ok=True)
        with source, path.open("xb") as target:
            shutil.copyfileobj(source, target)


def table_member(name: str) -> str:
    return f"tables/{name}.jsonl.gz"


def read_table(folder: Path, name: str) -> Iterator[str]:
    """The lines of a table of an unpacked backup."""
    with gzip.open(folder / table_member(name), "rt", encoding="utf-8") as file:
        yield from file


def total(rows: Mapping[str, int]) -> int:
    return sum(rows.values())


def checksum_line(path: Path, name: str) -> str:
    """As `sha256sum` writes it, so that anybody can check a copy without us."""
    return f"{_digest(path)}  {name}\n"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(_binary(file), "sha256").hexdigest()


def _binary(file: IO[bytes]) -> Any:
    return file


def _anonymous(about: tarfile.TarInfo) -> tarfile.TarInfo:
    """Who owned a file on the old machine means nothing on the new one."""
    about.uid = about.gid = 0
    about.uname = about.gname = ""
    return about
