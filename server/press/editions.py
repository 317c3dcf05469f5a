"""Large print and easy reading: the words of an issue or of one notice in 18 pt, one column, no italics, lines far apart."""

from dataclasses import replace

from server.press import process
from server.press.issue import PaperIssue, issue_data, shown_pictures
from server.press.pages import Pages, for_a_screen, set_pages
from server.press.sheet import Sheet

_SECONDS = 40.0


async def print_large(issue: PaperIssue, *, with_coupon: bool = False) -> tuple[bytes, int]:
    """The PDF/UA and the number of its pages. Who read an easy text over is printed under the title. Raises PressError."""
    made = await process.compile_sheet(_sheet(issue, with_coupon=with_coupon))
    return made.pdf, made.facts["pages"]


async def preview_large(issue: PaperIssue, *, with_coupon: bool = False) -> Pages:
    """Its pages to look at. Raises PressError."""
    shown = replace(issue, pictures=for_a_screen(issue.pictures))
    return (await set_pages(_sheet(shown, with_coupon=with_coupon)))[0]


def _sheet(issue: PaperIssue, *, with_coupon: bool) -> Sheet:
    data = issue_data("letter", issue) | {"large": True, "window": False, "address": []}
    if not with_coupon:
        data["coupon"] = None
    return Sheet("letter", data, shown_pictures("letter", issue), style=issue.style, seconds=_SECONDS)
