"""Opening an archive somebody sent without trusting a word of it: no path is used, nothing is unpacked on disk, all is bounded."""

import io
import stat
import zipfile
from collections.abc import Iterator

from server.core.i18n import sentence
from server.residents.lists.refusal import NotAList

MOST_MEMBERS = 200
MOST_UNPACKED = 120_000_000
MOST_RATIO = 200
_LISTS = (".csv", ".tsv", ".txt")
_REFUSED = sentence("This archive is not one of a mailing tool: send the list itself, as CSV, XLSX or ODS.")


def open_archive(content: bytes) -> zipfile.ZipFile:
    """The archive, after its directory was judged. Raises NotAList for one that is too big, twisted or encrypted."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError, RecursionError) as error:
        raise NotAList(_REFUSED) from error
    members = archive.infolist()
    names = [member.filename for member in members]
    packed = sum(member.compress_size for member in members)
    unpacked = sum(member.file_size for member in members)
    is_bad = (
        not 0 < len(members) <= MOST_MEMBERS,
        len(set(names)) < len(names),
        packed > len(content),  # members that lie over one another
        unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * max(packed, 10_000),
        any(not _is_plain(member) for member in members),
    )
    if any(is_bad):
        raise NotAList(_REFUSED)
    return archive


def members_of(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    """The lists in the archive of a mailing tool, by name. Raises NotAList."""
    names = sorted(name for name in archive.namelist() if name.lower().endswith(_LISTS))
    if not names:
        raise NotAList(_REFUSED)
    for name in names:
        yield name, read_member(archive, name)


def read_member(archive: zipfile.ZipFile, name: str) -> bytes:
    """As many bytes as the directory says, and not one more. Raises NotAList."""
    size = archive.getinfo(name).file_size
    try:
        with archive.open(name) as member:
            content = member.read(size + 1)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise NotAList(_REFUSED) from error
    if len(content) > size:
        raise NotAList(_REFUSED)
    return content


def _is_plain(member: zipfile.ZipInfo) -> bool:
    """A file under a plain name, readable without a password."""
    name = member.filename.replace("\\", "/")
    mode = member.external_attr >> 16
    is_inside = not name.startswith("/") and ".." not in name.split("/") and ":" not in name and "\x00" not in name
    is_file = not mode or stat.S_IFMT(mode) in {0, stat.S_IFREG, stat.S_IFDIR}
    return is_inside and is_file and not member.flag_bits & 0x1
