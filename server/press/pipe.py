"""The words between the press and its typesetter: a line of JSON, then files, each of a length told before."""

import json
from collections.abc import Mapping, Sequence
from typing import IO, Any

_LENGTH = 4


def send(stream: IO[bytes], head: Mapping[str, Any], files: Sequence[bytes]) -> None:
    """Write one message."""
    line = json.dumps({**head, "sizes": [len(file) for file in files]}).encode()
    stream.write(len(line).to_bytes(_LENGTH, "big") + line)
    for file in files:
        stream.write(file)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[dict[str, Any], list[bytes]]:
    """Read one message. Raises EOFError when the other side is gone."""
    head = json.loads(_exactly(stream, int.from_bytes(_exactly(stream, _LENGTH), "big")))
    return head, [_exactly(stream, size) for size in head.pop("sizes")]


def _exactly(stream: IO[bytes], size: int) -> bytes:
    content = stream.read(size)
    if len(content) != size:
        raise EOFError
    return content
