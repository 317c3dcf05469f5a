"""Pictures as the typesetter takes them: in-memory files must be text, so a picture travels inside an SVG."""

from base64 import b64encode

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_LARGEST = 50_000_000  # pixels: A3 at 300 dots per inch has 17 million
_HEAVIEST = 30_000_000  # bytes: a photograph has five million
_SIZELESS = {0xC4, 0xC8, 0xCC}  # tables, which share the range of the frames


def as_svg(content: bytes) -> bytes:
    """An SVG of the picture's own size that holds it unchanged. Raises ValueError for anything but PNG and JPEG."""
    if content.startswith(_PNG) and content[12:16] == b"IHDR" and len(content) > 24:
        kind, width, height = "png", int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")
    elif content.startswith(_JPEG):
        kind, (width, height) = "jpeg", _jpeg_size(content)
    else:
        raise ValueError("neither PNG nor JPEG")
    if not 0 < width * height <= _LARGEST or len(content) > _HEAVIEST:
        raise ValueError("a picture without a size, or that would fill the memory")
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
    image = f'<image width="{width}" height="{height}" href="data:image/{kind};base64,'
    return (head + image).encode() + b64encode(content) + b'"/></svg>'


def _jpeg_size(content: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in _SIZELESS:
            height, width = content[at + 5 : at + 7], content[at + 7 : at + 9]
            return int.from_bytes(width, "big"), int.from_bytes(height, "big")
        at += 2 + length
    raise ValueError("a JPEG without a frame")
