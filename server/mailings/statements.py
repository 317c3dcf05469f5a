"""The ledger's statements, in the words both databases understand.

What stands in braces is filled from constants. The conditions on `lease_until` and `next_at` repeat those of the partial
indexes, for SQLite uses an index only then. None of these depends on `state`: a mark changes nothing else that is indexed, so
SQLite touches no index for it, and PostgreSQL writes it into the page where the row stands (a heap-only tuple).
"""

import re
from functools import cache

# A list of rows is one parameter, by its own name: the statement stays the same however many there are, and is prepared once.
_ROWS = {
    "named": "CAST(value ->> 0 AS bigint) AS id, CAST(value ->> 1 AS int) AS attempt",
    "marks": "CAST(value ->> 0 AS bigint) AS id, CAST(value ->> 1 AS int) AS attempt, CAST(value ->> 2 AS bigint) AS behind",
    "results": "CAST(value ->> 0 AS bigint) AS id, CAST(value ->> 1 AS int) AS attempt, value ->> 2 AS state, {moment} AS next_at, value ->> 4 AS reply",
    "barred": "CAST(value ->> 0 AS bigint) AS municipality_id, value ->> 1 AS address_hash, value ->> 2 AS reason, {moment} AS at",
}  # fmt: skip
_SAID_BY_SQLITE = {
    "{rows}": "json_each(:{name})",
    "{moment}": "value ->> 3",
    "{lock}": "",
    "{order}": "next_at, id",
    "{claimed}": "",
}
_SAID_BY_POSTGRES = {
    "{rows}": "json_array_elements(CAST(:{name} AS json)) AS value",
    "{moment}": "CAST(value ->> 3 AS timestamptz)",
    "{lock}": "FOR UPDATE SKIP LOCKED",
    "{order}": "next_at",
    "{claimed}": "RETURNING id, municipality_id, mailing_id, message_id, recipient, address, lane, attempt, tries, doubts",
}
# What stands for `?1`, `?2` … where SQLite does a statement for each row: its columns, then what is the same for all.
MARK_COLUMNS = ("r.id", "r.attempt", "r.behind", ":worker")
SETTLE_COLUMNS = ("r.id", "r.attempt", "r.state", "r.next_at", "r.reply", ":now")


@cache
def in_words_of(words: str, *, is_sqlite: bool) -> str:
    """A statement as this database says it."""
    said = _SAID_BY_SQLITE if is_sqlite else _SAID_BY_POSTGRES
    for name, columns in _ROWS.items():
        rows = said["{rows}"].format(name=name)
        words = words.replace(f"{{{name}}}", f"(SELECT {columns} FROM {rows}) AS r")  # noqa: S608  # of constants
    for name, here in said.items():
        words = words.replace(name, here)
    return words


@cache
def for_each(words: str, columns: tuple[str, ...]) -> str:
    """MARK or SETTLE as SQLite does it for each row: twice as quick as for a list of them."""
    words = re.sub(r"FROM \{\w+\}\n", "", words)
    for place, name in enumerate(columns, 1):
        words = re.sub(rf"{name}\b", f"?{place}", words)
    return words


# The lanes are 0 transactional, 1 urgent, 2 ordinary.
DUE = """
SELECT m.id, CASE m.lane WHEN 'urgent' THEN 1 ELSE 2 END, m.municipality_id
FROM mailing AS m
WHERE m.state = 'sending' AND m.lane <> 'transactional' AND (m.worthless_at IS NULL OR m.worthless_at > :now)
AND EXISTS (
  SELECT 1 FROM delivery
  WHERE mailing_id = m.id AND lease_until IS NULL AND next_at <= :now
)
UNION ALL
SELECT DISTINCT 0, 0, municipality_id FROM delivery
WHERE lane = 0 AND lease_until IS NULL AND next_at <= :now
"""

# The plus keeps SQLite from walking every row of the town: the few that wait in the first lane are the index to take.
_WAITING = """
  FROM delivery
  WHERE {of} AND lease_until IS NULL AND next_at <= :now
  ORDER BY {order} LIMIT :room {lock}
"""
_CLAIM = f"""
WITH picked AS (SELECT id {_WAITING})
UPDATE delivery SET state = 'claimed', worker = :worker, lease_until = :lease, attempt = attempt + 1
WHERE id IN (SELECT id FROM picked) {{claimed}}
"""  # noqa: S608  # of constants
# SQLite gives rows one by one, and each is a call of its library. So it says what it is about to claim beforehand, in the
# same transaction, as one text.
_SHOW = f"""
SELECT json_group_array(json_array(
  id, municipality_id, mailing_id, message_id, recipient, address, lane, attempt + 1, tries, doubts
)) FROM (SELECT * {_WAITING})
"""  # noqa: S608  # of constants
_OF_MAILING, _OF_FIRST_LANE = "mailing_id = :mailing_id", "lane = 0 AND +municipality_id = :municipality_id"
CLAIM, CLAIM_FIRST = (_CLAIM.replace("{of}", of) for of in (_OF_MAILING, _OF_FIRST_LANE))
SHOW, SHOW_FIRST = (_SHOW.replace("{of}", of) for of in (_OF_MAILING, _OF_FIRST_LANE))

MARK = """
UPDATE delivery SET state = 'sending', behind = r.behind
FROM {marks}
WHERE delivery.id = r.id AND delivery.attempt = r.attempt AND delivery.worker = :worker
  AND delivery.state IN ('claimed', 'sending')
"""

# "Later" for somebody who has left meanwhile (no next_at) is "never".
SETTLE = """
UPDATE delivery SET
  state = CASE WHEN r.state IN ('queued', 'deferred') AND delivery.next_at IS NULL THEN 'cancelled' ELSE r.state END,
  next_at = CASE WHEN delivery.next_at IS NOT NULL THEN r.next_at END,
  reply = CASE WHEN delivery.address = '' THEN '' ELSE r.reply END,
  tries = delivery.tries + CASE WHEN r.state = 'deferred' THEN 1 ELSE 0 END,
  doubts = delivery.doubts + CASE WHEN r.state = 'uncertain' THEN 1 ELSE 0 END,
  settled_at = :now, worker = NULL, lease_until = NULL, behind = NULL
FROM {results}
WHERE delivery.id = r.id AND (
  (delivery.attempt = r.attempt AND delivery.state = 'sending')
  OR (delivery.attempt = r.attempt AND delivery.state = 'uncertain' AND r.state <> 'uncertain')
  OR (r.state = 'accepted' AND delivery.state IN ('queued', 'claimed', 'deferred', 'uncertain', 'cancelled'))
)
"""

# One statement, and so one journey, on PostgreSQL.
MARK_AND_SETTLE = f"""
WITH marked AS ({MARK} RETURNING 1), settled AS ({SETTLE} RETURNING 1)
SELECT (SELECT count(*) FROM marked) + (SELECT count(*) FROM settled)
"""  # noqa: S608  # of constants

# Which of these are marked, when not everything could be written.
MARKED = """
SELECT delivery.id FROM {named} JOIN delivery ON delivery.id = r.id
WHERE delivery.state = 'sending' AND delivery.attempt = r.attempt AND delivery.worker = :worker
"""

BAR = """
INSERT INTO suppression (municipality_id, address_hash, reason, at)
SELECT municipality_id, address_hash, reason, at FROM {barred} WHERE true ON CONFLICT DO NOTHING
"""

GIVE_BACK = """
UPDATE delivery SET state = 'queued', worker = NULL, lease_until = NULL FROM {named}
WHERE delivery.id = r.id AND delivery.attempt = r.attempt AND delivery.state = 'claimed'
"""

RENEW = """
UPDATE delivery SET lease_until = :lease FROM {named}
WHERE delivery.id = r.id AND delivery.attempt = r.attempt AND delivery.state IN ('claimed', 'sending')
RETURNING delivery.id
"""

SWEEP_CLAIMED = """
UPDATE delivery SET state = 'queued', worker = NULL, lease_until = NULL
WHERE state = 'claimed' AND lease_until < :now
"""

# Unsent for certain: while the one that leads it on its line has no result, a message does not leave.
SWEEP_BEHIND = """
UPDATE delivery SET state = CASE WHEN next_at IS NULL THEN 'cancelled' ELSE 'queued' END,
  worker = NULL, lease_until = NULL, behind = NULL
WHERE state = 'sending' AND lease_until < :now
  AND EXISTS (
    SELECT 1 FROM delivery AS leader WHERE leader.id = delivery.behind / 32768
    AND leader.attempt = delivery.behind % 32768 AND leader.state = 'sending'
  )
"""

SWEEP_SENDING = """
UPDATE delivery SET state = 'uncertain', doubts = doubts + 1, worker = NULL, lease_until = NULL, settled_at = :now,
  next_at = CASE
    WHEN next_at IS NULL OR doubts + 1 >= :most THEN NULL
    WHEN lane < 2 THEN :now
    ELSE :later END
WHERE state = 'sending' AND lease_until < :now
"""

RELEASE = """
UPDATE mailing SET state = 'sending', started_at = :now WHERE state = 'scheduled' AND scheduled_at <= :now
"""

# An uncertain row without a next moment is a last word too.
FINISH = """
UPDATE mailing SET state = 'finished', finished_at = :now
WHERE state = 'sending'
  AND NOT EXISTS (
    SELECT 1 FROM delivery WHERE mailing_id = mailing.id AND lease_until IS NULL AND next_at IS NOT NULL
  )
  AND NOT EXISTS (SELECT 1 FROM delivery WHERE mailing_id = mailing.id AND lease_until IS NOT NULL)
RETURNING id, lane
"""
