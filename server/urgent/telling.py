"""An urgent notice for machines and for the telephone: CAP, plain text, what the switchboard reads out."""

from server.content.markdown import parse
from server.content.plaintext import to_plain_text
from server.core.database import ReadSession
from server.core.i18n import sentence, speaking
from server.core.templating import format_moment
from server.municipalities.models import Municipality
from server.municipalities.queries import list_places
from server.urgent import queries
from server.urgent.cap import CapMessage, Earlier
from server.urgent.content import notice_of
from server.urgent.models import UrgentNotice, UrgentState
from server.urgent.words import KINDS

_WIDTH = 72


async def cap_message(session: ReadSession, municipality: Municipality, urgent: UrgentNotice, web: str) -> CapMessage:
    """The message as CAP tells it; `web` is where people read more."""
    matter = await queries.messages_of_matter(session, municipality.id, urgent.root_id)
    earlier = [
        Earlier(one.uid, one.sent_at)
        for one in matter
        if one.state is UrgentState.SENT and one.sent_at is not None and one.id < urgent.id
    ]
    names = {place.id: place.name for place in await list_places(session, municipality.id)}
    content = notice_of(urgent)
    with speaking(urgent.language):
        places = ", ".join(names[one] for one in urgent.place_ids if one in names)
        return CapMessage(
            identifier=urgent.uid,
            sender=municipality.sender_address,
            sender_name=municipality.sender_name or municipality.name,
            sent_at=urgent.sent_at or urgent.created_at,
            message_type=urgent.message_type,
            kind=urgent.kind,
            is_exercise=urgent.is_exercise,
            earlier=earlier,
            language=urgent.language,
            event=str(KINDS[urgent.kind]),
            headline=content.title,
            description=content.summary,
            instruction=instruction_text(urgent),
            area=urgent.where_text or places or municipality.name,
            expires_at=urgent.until_at,
            insee_code=municipality.insee_code,
            contact=urgent.contact_phone,
            web=web,
        )


def instruction_text(urgent: UrgentNotice) -> str:
    """What to do, without marks."""
    return to_plain_text(parse(urgent.instruction), _WIDTH).strip()


def plain_words(municipality: Municipality, messages: list[UrgentNotice]) -> str:
    """What holds now, for answering machines, panels and other sites: lines of words, and a line when there is nothing."""
    blocks = [str(municipality.name)]
    if not messages:
        blocks.append(str(sentence("No urgent notice at this moment.")))
    return "\n\n".join([*blocks, *map(_plain, messages)]) + "\n"


def _plain(urgent: UrgentNotice) -> str:
    with speaking(urgent.language):
        lines = [notice_of(urgent).title, urgent.what]
        if urgent.where_text:
            lines.append(str(sentence("Where: {words}", words=urgent.where_text)))
        if urgent.until_at is not None:
            lines.append(str(sentence("Until: {moment}", moment=format_moment(urgent.until_at))))
        lines += [str(sentence("What to do")), instruction_text(urgent)]
        lines.append(str(sentence("Telephone: {phone}", phone=urgent.contact_phone)))
        return "\n".join(lines)
