"""A notice as an article: of a bulletin, of a letter on paper, or alone in large print."""

from collections.abc import Mapping
from dataclasses import replace

from server.content.markdown import parse
from server.content.printing import to_print
from server.content.typography import set_typography
from server.core.i18n import sentence, translate
from server.municipalities.models import Municipality
from server.municipalities.paper import issuer_of, style_of
from server.notices.content import document_of, summary_of, title_of
from server.notices.models import NoticeKind
from server.notices.pictures import on_paper
from server.notices.renderings.facts import contact_words, facts_of
from server.notices.schemas import NoticeContent
from server.press.issue import Article, PaperIssue

_NUMBER = sentence("Notice no. {number}")


def article_of(content: NoticeContent, pictures: Mapping[str, bytes], topic: str = "") -> Article:
    """Everything of it in the words printed."""
    return Article(
        title=title_of(content),
        topic=topic,
        summary=summary_of(content),
        facts=tuple((fact.label, fact.value) for fact in facts_of(content)),
        blocks=tuple(to_print(document_of(content), picture=on_paper(pictures))),
        signed=signature_of(content),
        contact=contact_words(content),
    )


def easy_article(article: Article, content: NoticeContent) -> Article:
    """It says its easy words and nothing else, if it has some."""
    if not content.easy_read:
        return article
    words = set_typography(parse(content.easy_read), content.language)
    return replace(article, blocks=tuple(to_print(words)), summary="")


def signature_of(content: NoticeContent) -> str:
    """Who signed an act, and in which capacity."""
    is_act = content.kind is NoticeKind.OFFICIAL_ACT
    return ", ".join(word for word in (content.author_name, content.author_title) if word) if is_act else ""


def large_print_of(
    content: NoticeContent,
    number: str,
    municipality: Municipality,
    pictures: Mapping[str, bytes],
    *,
    is_easy: bool = False,
) -> PaperIssue:
    """The notice alone, for `press.editions`: its title is that of the sheet."""
    article = article_of(content, pictures)
    article = easy_article(article, content) if is_easy else article
    return PaperIssue(
        title=article.title,
        issuer=issuer_of(municipality),
        number=translate(sentence(_NUMBER.msgid, number=number), content.language),
        articles=(replace(article, title=""),),
        easy_read_by=content.easy_read_by if is_easy else "",
        pictures=pictures,
        language=content.language,
        style=style_of(municipality),
    )
