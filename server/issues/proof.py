"""The proof of a letter, to be read and signed on paper: its editorial and its notices in order, their lines numbered."""

from server.content.markdown import parse
from server.content.printing import to_print
from server.content.typography import set_typography, typeset
from server.core.database import ReadSession
from server.core.files import FileStore
from server.core.i18n import sentence, translate
from server.core.templating import format_moment
from server.issues.content import issue_content
from server.issues.models import Issue
from server.municipalities.paper import style_of
from server.municipalities.queries import get_municipality
from server.notices.pictures import paper_pictures
from server.notices.renderings import proof_section
from server.press.proof import Proof, Section

_NUMBER = sentence("Letter no. {number}")
_VERSION = sentence("version {revision}")
_SAVED = sentence("saved on {when}")


async def issue_proof(session: ReadSession, files: FileStore, issue: Issue) -> Proof:
    """What an approval of the issue as it is now would be bound to."""
    municipality = await get_municipality(session, issue.municipality_id)
    content = await issue_content(session, issue)
    pictures: dict[str, bytes] = {}
    sections = []
    for item in content.items:
        shown = await paper_pictures(session, files, issue.municipality_id, item.content)
        pictures |= shown
        sections.append(proof_section(item.content, shown))
    editorial = set_typography(parse(content.editorial, "editorial"), content.language)
    title = typeset(content.title, content.language)
    return Proof(
        municipality.name,
        title,
        translate(sentence(_NUMBER.msgid, number=issue.number), content.language),
        translate(sentence(_VERSION.msgid, revision=issue.revision), content.language),
        content.content_hash,
        translate(sentence(_SAVED.msgid, when=format_moment(issue.updated_at)), content.language),
        (Section(title, blocks=tuple(to_print(editorial)), contact=content.editorial_by), *sections),
        pictures,
        content.language,
        style_of(municipality),
    )
