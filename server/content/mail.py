"""Document → HTML for a mail: one column, styles in the tags, pictures embedded or absent, never remote.

No colour is set, so that a reader's dark scheme stays readable.
"""

from markupsafe import Markup, escape

from server.content.document import Document, Image
from server.content.markup import BASE_LEVEL, Dress, Walk
from server.content.pictures import PictureLookup, PictureView, no_picture

# A mail is one column of this many pixels.
COLUMN = 600

_CELL = "padding:6px 8px 6px 0;border-bottom:1px solid #767676;vertical-align:top"
_STYLES_BY_ELEMENT = {
    "h2": "margin:28px 0 10px;font-size:22px;line-height:1.25",
    "h3": "margin:24px 0 8px;font-size:19px;line-height:1.3",
    "h4": "margin:20px 0 6px;font-size:17px;line-height:1.3",
    "p": "margin:0 0 16px",
    "ul": "margin:0 0 16px;padding:0 0 0 24px",
    "ol": "margin:0 0 16px;padding:0 0 0 28px",
    "ul nested": "margin:6px 0 0;padding:0 0 0 24px",
    "ol nested": "margin:6px 0 0;padding:0 0 0 28px",
    "li": "margin:0 0 6px",
    "blockquote": "margin:0 0 16px;padding:0 0 0 14px;border-left:3px solid #767676",
    "table": "margin:0 0 16px;border-collapse:collapse;width:100%;font-size:16px;line-height:1.4",
    "hr": "margin:24px 0;border:0;border-top:1px solid #767676",
} | {
    f"{cell} {alignment}": f"{_CELL};text-align:{alignment}"
    for cell in ("th", "td")
    for alignment in ("left", "center", "right")
}
_ATTRIBUTES = {element: f' style="{style}"' for element, style in _STYLES_BY_ELEMENT.items()}
_FIGURE = "margin:0 0 16px;font-size:15px"
_IMAGE = "max-width:100%;height:auto;border:0"

# Every style that can stand in a mail: a test finds any other.
STYLES = frozenset([*_STYLES_BY_ELEMENT.values(), _FIGURE, _IMAGE])


def to_mail_html(document: Document, *, picture: PictureLookup = no_picture, base_level: int = BASE_LEVEL) -> Markup:
    """The document for a mail's HTML part. The lookup answers with `cid:` addresses; any other is not shown."""

    def embedded(source: str) -> PictureView | None:
        view = picture(source)
        return view if view and view.address.startswith("cid:") else None

    return Walk(Dress(_ATTRIBUTES, _picture), embedded, base_level).document(document)


def _picture(image: Image, view: PictureView) -> str:
    width = f' width="{min(view.width, COLUMN)}"' if view.width else ""
    shown = f'<img src="{escape(view.address)}" alt="{escape(image.alternative)}"{width} style="{_IMAGE}">'
    caption = f"<br>{escape(image.caption)}" if image.caption else ""
    return f'<p style="{_FIGURE}">{shown}{caption}</p>'
