"""A notice as somebody reads it aloud on the telephone."""

from server.content.document import Block, Document, Paragraph, Text
from server.content.speech import Speech, to_speech
from server.core.i18n import sentence, translate
from server.notices.content import document_of, summary_of, title_of
from server.notices.renderings.facts import facts_of
from server.notices.schemas import NoticeContent

_CALL = sentence("For more information: {who}")


def phone_script(content: NoticeContent) -> Speech:
    """Title, sentence, facts, text, whom to call: in the order of a call."""
    before = [title_of(content), summary_of(content), *(fact.line(content.language) for fact in facts_of(content))]
    who = ", ".join(words for words in (content.contact_name, content.contact_phone) if words)
    after = translate(sentence(_CALL.msgid, who=who), content.language) if who else ""
    blocks: list[Block] = [_said(words) for words in before if words]
    blocks += document_of(content).blocks
    return to_speech(Document((*blocks, *([_said(after)] if after else ()))))


def _said(words: str) -> Paragraph:
    return Paragraph((Text(words),))
