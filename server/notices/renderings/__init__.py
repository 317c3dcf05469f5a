"""One notice, everywhere: the same frozen words as a page, a mail, a poster, a bulletin item, a voice on the telephone."""

from server.notices.renderings.article import article_of, easy_article, large_print_of
from server.notices.renderings.facts import Fact, contact_words, facts_of, posted_words
from server.notices.renderings.mail import MailSection, mail_section, mail_weight, render_notice_mail
from server.notices.renderings.paper import (
    PosterChoice,
    PosterDraft,
    SlipChoice,
    far_poster,
    poster_of,
    proof_of,
    proof_section,
)
from server.notices.renderings.shelf import ON_SCREEN, PaperShelf
from server.notices.renderings.speech import phone_script
from server.notices.renderings.web import web_body, web_section
from server.notices.wording import validity_words, when_words

__all__ = [
    "ON_SCREEN",
    "Fact",
    "MailSection",
    "PaperShelf",
    "PosterChoice",
    "PosterDraft",
    "SlipChoice",
    "article_of",
    "contact_words",
    "easy_article",
    "facts_of",
    "far_poster",
    "large_print_of",
    "mail_section",
    "mail_weight",
    "phone_script",
    "posted_words",
    "poster_of",
    "proof_of",
    "proof_section",
    "render_notice_mail",
    "validity_words",
    "web_body",
    "web_section",
    "when_words",
]
