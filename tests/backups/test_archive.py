"""A backup that is opened lays its files where it was told to, and nothing anywhere else."""

import tarfile
from io import BytesIO
from pathlib import Path

import pytest

from server.backups.archive import ArchiveWriter, Damaged, Manifest, unpack


def test_what_was_laid_in_comes_out(tmp_path: Path) -> None:
    (tmp_path / "picture").write_bytes(b"a picture")
    with ArchiveWriter(tmp_path / "plain", Manifest("now", "0001", "sqlite")) as writer:
        writer.add("files/1/ab/cd", tmp_path / "picture")
    unpack(tmp_path / "plain", tmp_path / "out")
    assert (tmp_path / "out" / "files/1/ab/cd").read_bytes() == b"a picture"


@pytest.mark.parametrize(
    ("name", "kind", "leads_to"),
    [
        ("../beside", tarfile.REGTYPE, ""),
        ("/tmp/anywhere", tarfile.REGTYPE, ""),
        ("files/link", tarfile.SYMTYPE, "/etc/passwd"),
        ("files/hard", tarfile.LNKTYPE, "manifest.json"),
        ("files/pipe", tarfile.FIFOTYPE, ""),
    ],
)
def test_what_no_backup_holds_is_refused(tmp_path: Path, name: str, kind: bytes, leads_to: str) -> None:
    with tarfile.open(tmp_path / "plain", "w") as tar:
        about = tarfile.TarInfo(name)
        about.type, about.linkname = kind, leads_to
        tar.addfile(about, BytesIO())
    with pytest.raises(Damaged, match="is no file of a backup"):
        unpack(tmp_path / "plain", tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir() if path.name != "out"] == ["plain"]
