"""An issue as paper: the same words as the mail, with the cover, the columns of the groups, and who is responsible."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from server.content.document import Image, walk
from server.content.markdown import parse
from server.content.printing import to_print
from server.content.typography import set_typography
from server.core import clock
from server.core.database import ReadSession
from server.core.files import FileStore
from server.core.i18n import sentence, speaking
from server.core.templating import format_day, format_moment
from server.issues.content import GroupColumn, IssueContent, LetterItem, issue_content, typed_content
from server.issues.letter import agenda_of
from server.issues.models import Issue
from server.issues.schemas import IssueDraft
from server.municipalities.models import Municipality
from server.municipalities.paper import issuer_of, logo_of, style_of
from server.municipalities.queries import get_municipality
from server.notices.content import document_of
from server.notices.pictures import on_paper, paper_pictures
from server.notices.renderings import article_of, easy_article
from server.press.issue import Article, Cover, PaperIssue
from server.residents import queries as residents
from server.residents.models import Edition

_EDITORIAL = sentence("Editorial")
_EXPRESSION = sentence("Free expression of the council’s groups")
_RECEIVED = sentence("Text received on {moment}.")
_NOT_RECEIVED = sentence("Text not received.")
_NUMBER = sentence("No. {number}")
_DIRECTOR = sentence("Responsible for the publication: {who}.")
_PUBLISHER = sentence("Published and printed by {address}.")
_LITTER = sentence("Do not drop it in the street.")


async def paper_issue(
    session: ReadSession,
    files: FileStore,
    issue: Issue,
    edition: Edition = Edition.STANDARD,
    draft: IssueDraft | None = None,
) -> PaperIssue:
    """What the press is given, of what was saved or of a `draft`. The easy edition takes the easy words of the notices
    that have some.
    """
    content = await (typed_content(session, issue, draft) if draft else issue_content(session, issue))
    town = await get_municipality(session, issue.municipality_id)
    topics = {topic.id: topic.name for topic in await residents.list_topics(session, town.id)}
    pictures: dict[str, bytes] = {}
    for item in content.items:
        pictures |= await paper_pictures(session, files, town.id, item.content)
    logo = await logo_of(files, town)
    with speaking(issue.language):
        made = _composed(content, issue, town, topics, pictures)
    made = replace(made, issuer=replace(made.issuer, logo=logo))
    return in_easy_words(made, content) if edition is Edition.EASY_READ else made


def _composed(
    content: IssueContent, issue: Issue, town: Municipality, topics: Mapping[int, str], pictures: Mapping[str, bytes]
) -> PaperIssue:
    month = format_day(issue.sent_at or issue.scheduled_at or clock.today(), "MMMM y")
    editorial = Article(
        str(_EDITORIAL), blocks=_blocks(content.editorial, content.language), signed=content.editorial_by
    )
    return PaperIssue(
        title=content.title,
        issuer=issuer_of(town),
        number=str(sentence(_NUMBER.msgid, number=issue.number)),
        date=month[:1].upper() + month[1:],
        editorial=editorial if content.editorial else None,
        articles=tuple(_article(item, topics, pictures, content.topic_ids) for item in content.items),
        agenda=tuple((event["when"], event["title"], event["where"]) for event in agenda_of(content)),
        groups=tuple(_column(one, content.language) for one in content.columns),
        cover=_cover(content.items, pictures),
        imprint=tuple(_imprint(town)),
        pictures=pictures,
        language=content.language,
        style=style_of(town),
    )


def in_easy_words(made: PaperIssue, content: IssueContent) -> PaperIssue:
    """The articles whose notice has easy words say those, and nothing else; who read them over is told once."""
    told = [easy_article(article, item.content) for article, item in zip(made.articles, content.items, strict=True)]
    readers = dict.fromkeys(item.content.easy_read_by for item in content.items if item.content.easy_read_by)
    return replace(made, articles=tuple(told), easy_read_by=", ".join(readers))


def _article(
    item: LetterItem, topics: Mapping[int, str], pictures: Mapping[str, bytes], asked: Iterable[int]
) -> Article:
    """A notice. It stands under its first topic that is not the whole letter's."""
    named = [topics[one] for one in item.content.topic_ids if one in topics and one not in set(asked)]
    return article_of(item.content, pictures, named[0] if named else "")


def _column(column: GroupColumn, language: str) -> Article:
    """A group's words as they came, and when; or that none came."""
    came = sentence(_RECEIVED.msgid, moment=format_moment(column.received_at))
    return Article(
        title=column.name,
        topic=str(_EXPRESSION),
        blocks=_blocks(column.text or str(_NOT_RECEIVED), language),
        signed=column.signed,
        contact=str(came) if column.received_at else "",
    )


def _cover(items: Iterable[LetterItem], pictures: Mapping[str, bytes]) -> Cover | None:
    """The first picture that an article shows."""
    find = on_paper(pictures)
    for item in items:
        for block in walk(document_of(item.content).blocks):
            if isinstance(block, Image) and (view := find(block.source)):
                return Cover(view.address, block.alternative, block.caption)
    return None


def _imprint(town: Municipality) -> Iterable[str]:
    if town.publication_director:
        yield str(sentence(_DIRECTOR.msgid, who=town.publication_director))
    address = ", ".join(line for line in (town.name, issuer_of(town).address_line) if line)
    yield f"{sentence(_PUBLISHER.msgid, address=address)} {_LITTER}"


def _blocks(markdown: str, language: str) -> tuple[Mapping[str, Any], ...]:
    return tuple(to_print(set_typography(parse(markdown), language)))
