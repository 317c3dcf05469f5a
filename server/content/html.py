"""Document → HTML for the web pages: plain elements, no style, no script; the style sheet knows the elements."""

from markupsafe import Markup, escape

from server.content.document import Document, Image
from server.content.markup import BASE_LEVEL, Dress, Walk
from server.content.pictures import PictureLookup, PictureView, no_picture

__all__ = ["BASE_LEVEL", "PictureView", "to_html"]

# The CSP allows no inline style, so alignment is a class.
_ATTRIBUTES = {
    f"{cell} {alignment}": f' class="align-{alignment}"' for cell in ("th", "td") for alignment in ("center", "right")
}


def to_html(document: Document, *, picture: PictureLookup = no_picture, base_level: int = BASE_LEVEL) -> Markup:
    """The document for a page. `base_level` is the level its highest headings get: 2 under a page's own title."""
    return Walk(Dress(_ATTRIBUTES, _figure), picture, base_level).document(document)


def _figure(image: Image, view: PictureView) -> str:
    size = f' width="{view.width}" height="{view.height}"' if view.width and view.height else ""
    shown = f'<img src="{escape(view.address)}" alt="{escape(image.alternative)}"{size} loading="lazy">'
    caption = f"<figcaption>{escape(image.caption)}</figcaption>" if image.caption else ""
    return f"<figure>{shown}{caption}</figure>"
