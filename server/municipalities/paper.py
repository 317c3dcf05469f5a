"""How a town's printed products look: the one place where its style sheet becomes what the press is given."""

from server.municipalities.models import Municipality
from server.press.style import Style


def style_of(municipality: Municipality) -> Style:
    """The faces and margins chosen in the settings."""
    return Style(municipality.paper_titles, municipality.paper_reading, municipality.paper_margin_mm)
