"""Questions about residents: topics (`topics`), people (`people`), audiences in figures and rows (`audience`), requests."""

from server.residents.queries.audience import (
    PaperCopy,
    Reach,
    count_audience,
    email_audience,
    not_paused,
    paper_audience,
    paper_counts,
    paper_readers,
    reach,
)
from server.residents.queries.people import (
    RecordedConsent,
    ResidentFilter,
    ResidentLine,
    chosen_places,
    current_wants,
    find_by_email,
    find_resident,
    get_resident,
    list_consents,
    list_residents,
    place_ids_of,
)
from server.residents.queries.requests import count_to_check, find_request, get_paper_request, list_to_check
from server.residents.queries.topics import count_by_topic, get_topic, list_all_topics, list_topics

__all__ = [
    "PaperCopy",
    "Reach",
    "RecordedConsent",
    "ResidentFilter",
    "ResidentLine",
    "chosen_places",
    "count_audience",
    "count_by_topic",
    "count_to_check",
    "current_wants",
    "email_audience",
    "find_by_email",
    "find_request",
    "find_resident",
    "get_paper_request",
    "get_resident",
    "get_topic",
    "list_all_topics",
    "list_consents",
    "list_residents",
    "list_to_check",
    "list_topics",
    "not_paused",
    "paper_audience",
    "paper_counts",
    "paper_readers",
    "place_ids_of",
    "reach",
]
