"""A sent letter for a page: the same content as the mail, dressed for the web."""

from typing import Any

from fastapi import Request
from markupsafe import Markup

from server.content.html import to_html
from server.content.markdown import parse
from server.content.typography import set_typography
from server.core.database import ReadSession
from server.issues.content import issue_content
from server.issues.letter import agenda_of
from server.issues.models import Issue
from server.notices.content import summary_of, title_of
from server.notices.renderings import web_section
from server.web.templates import path_for


async def letter_for_the_web(session: ReadSession, request: Request, issue: Issue) -> dict[str, Any]:
    """What the archive's page shows of a letter."""
    content = await issue_content(session, issue)
    editorial = set_typography(parse(content.editorial, "editorial"), content.language)
    sections = [
        {
            "number": item.number,
            "title": title_of(item.content),
            "summary": summary_of(item.content),
            "html": web_section(item.content, lambda picture_id: path_for(request, "picture", picture_id=picture_id)),
        }
        for item in content.items
    ]
    return {
        "issue": issue,
        "editorial": to_html(editorial) if content.editorial else Markup(),
        "sections": sections,
        "agenda": agenda_of(content),
        "columns": [
            (one, to_html(set_typography(parse(one.text, "text"), content.language)) if one.text else Markup())
            for one in content.columns
        ],
    }
