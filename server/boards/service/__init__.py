"""Use cases of the boards: what stands, what is planned, rounds and their return, certificates, acts."""

from server.boards.service.acts import lay_out, note_copy, put_acts_online, put_away
from server.boards.service.boards import NO_PHOTO, Photo, add_board, change_board, remove_board, store_photo
from server.boards.service.certificates import (
    ask_certificate,
    draft_certificate,
    drop_certificate,
    issue_certificate,
)
from server.boards.service.planning import (
    Outlook,
    change_days,
    end_posting,
    end_postings_of_notice,
    foresee,
    plan_postings,
    preset_for,
    prolong_postings_of_notice,
    propose_boards,
    propose_plan,
)
from server.boards.service.presets import add_preset, change_preset, restore_preset
from server.boards.service.register import note_what_was_seen
from server.boards.service.returning import Keyed, key_return, warnings_of
from server.boards.service.rounds import drop_round, is_outdated, make_round, remake_round

__all__ = [
    "NO_PHOTO",
    "Keyed",
    "Outlook",
    "Photo",
    "add_board",
    "add_preset",
    "ask_certificate",
    "change_board",
    "change_days",
    "change_preset",
    "draft_certificate",
    "drop_certificate",
    "drop_round",
    "end_posting",
    "end_postings_of_notice",
    "foresee",
    "is_outdated",
    "issue_certificate",
    "key_return",
    "lay_out",
    "make_round",
    "note_copy",
    "note_what_was_seen",
    "plan_postings",
    "preset_for",
    "prolong_postings_of_notice",
    "propose_boards",
    "propose_plan",
    "put_acts_online",
    "put_away",
    "remake_round",
    "remove_board",
    "restore_preset",
    "store_photo",
    "warnings_of",
]
