"""Colours that can be read: WCAG contrast, and the nearest shade of a town's colour that stands out on its paper."""

import colorsys
import re

WHITE = "#ffffff"
BLACK = "#000000"

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_STEPS = 24  # halvings: finer than one of the 256 values of a channel


def contrast(a: str, b: str) -> float:
    """The WCAG contrast ratio of two colours, 1 (the same) to 21 (black on white)."""
    lighter, darker = sorted((luminance(a), luminance(b)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """How light a colour is to the eye, 0 to 1: what a black-and-white copier sees."""
    red, green, blue = (_linear(channel) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def readable_on(colour: str, paper: str, ratio: float = 4.5) -> str:
    """`colour`, made darker on light paper or lighter on dark paper just enough to reach `ratio`; its hue is kept."""
    if contrast(colour, paper) >= ratio:
        return colour.lower()
    far = BLACK if contrast(BLACK, paper) > contrast(WHITE, paper) else WHITE
    if contrast(far, paper) < ratio:
        raise ValueError(f"nothing reaches a contrast of {ratio} on {paper}")
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    near, goal = lightness, 0.0 if far == BLACK else 1.0
    for _ in range(_STEPS):
        middle = (near + goal) / 2
        if contrast(_hex(colorsys.hls_to_rgb(hue, middle, saturation)), paper) >= ratio:
            goal = middle
        else:
            near = middle
    return _hex(colorsys.hls_to_rgb(hue, goal, saturation))


def _channels(colour: str) -> tuple[float, float, float]:
    if not _HEX.fullmatch(colour):
        raise ValueError(f"a colour is written #rrggbb, not {colour!r}")
    return int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _hex(channels: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)
