"""The ledger's statements, in the words both databases understand.

What stands in braces is filled from constants. The conditions on `state` repeat word for word those of the partial
indexes: SQLite uses an index only then.
"""

from functools import cache

# A list of rows as one parameter: the statement stays the same however many there are, and is prepared once.
_ROWS = {
    "{named}": "CAST(value ->> 0 AS bigint) AS id, CAST(value ->> 1 AS int) AS attempt",
    "{written}": "CAST(value ->> 0 AS bigint) AS id, CAST(value ->> 1 AS int) AS attempt, value ->> 2 AS state, {moment} AS next_at, value ->> 4 AS reply, CAST(value ->> 5 AS bigint) AS behind",
    "{barred}": "CAST(value ->> 0 AS bigint) AS municipality_id, value ->> 1 AS address_hash, value ->> 2 AS reason, {moment} AS at",
}  # fmt: skip
_SAID_BY_SQLITE = {
    "{rows}": "json_each(:rows)",
    "{moment}": "value ->> 3",
    "{lock}": "",
    "{order}": "next_at, id",
    "{claimed}": "",
}
_SAID_BY_POSTGRES = {
    "{rows}": "json_array_elements(CAST(:rows AS json)) AS value",
    "{moment}": "CAST(value ->> 3 AS timestamptz)",
    "{lock}": "FOR UPDATE SKIP LOCKED",
    "{order}": "next_at",
    "{claimed}": "RETURNING id, municipality_id, mailing_id, message_id, recipient, address, lane, attempt, tries, doubts",
}


@cache
def in_words_of(words: str, *, is_sqlite: bool) -> str:
    """A statement as this database says it."""
    said = _SAID_BY_SQLITE if is_sqlite else _SAID_BY_POSTGRES
    for name, columns in _ROWS.items():
        words = words.replace(name, f"(SELECT {columns} FROM {{rows}}) AS r")  # noqa: S608  # of constants
    for name, here in said.items():
        words = words.replace(name, here)
    return words


# The lanes are 0 transactional, 1 urgent, 2 ordinary.
DUE = """
SELECT m.id, CASE m.lane WHEN 'urgent' THEN 1 ELSE 2 END, m.municipality_id
FROM mailing AS m
WHERE m.state = 'sending' AND m.lane <> 'transactional' AND (m.worthless_at IS NULL OR m.worthless_at > :now)
AND EXISTS (
  SELECT 1 FROM delivery
  WHERE mailing_id = m.id AND state IN ('queued', 'deferred', 'uncertain') AND next_at <= :now
)
UNION ALL
SELECT DISTINCT 0, 0, municipality_id FROM delivery
WHERE lane = 0 AND state IN ('queued', 'deferred', 'uncertain') AND next_at <= :now
"""

# The plus keeps SQLite from walking every row of the town: the few that wait in the first lane are the index to take.
_WAITING = """
  FROM delivery
  WHERE {of} AND state IN ('queued', 'deferred', 'uncertain') AND next_at <= :now
  ORDER BY {order} LIMIT :room {lock}
"""
_CLAIM = f"""
WITH picked AS (SELECT id {_WAITING})
UPDATE delivery SET state = 'claimed', worker = :worker, lease_until = :lease, attempt = attempt + 1
WHERE id IN (SELECT id FROM picked) {{claimed}}
"""  # noqa: S608  # of constants
# SQLite gives rows one by one, and its thread stands in line for Python's lock at each. So it says what it is about to
# claim beforehand, in the same transaction, as one text.
_SHOW = f"""
SELECT json_group_array(json_array(
  id, municipality_id, mailing_id, message_id, recipient, address, lane, attempt + 1, tries, doubts
)) FROM (SELECT * {_WAITING})
"""  # noqa: S608  # of constants
_OF_MAILING, _OF_FIRST_LANE = "mailing_id = :mailing_id", "lane = 0 AND +municipality_id = :municipality_id"
CLAIM, CLAIM_FIRST = (_CLAIM.replace("{of}", of) for of in (_OF_MAILING, _OF_FIRST_LANE))
SHOW, SHOW_FIRST = (_SHOW.replace("{of}", of) for of in (_OF_MAILING, _OF_FIRST_LANE))

# Marks and results in one stroke; "later" for somebody who has left meanwhile (no next_at) is "never". The rows are named
# by their key: said plainly, the state would lead PostgreSQL through all that is held instead.
WRITE = """
UPDATE delivery SET
  state = CASE WHEN r.state IN ('queued', 'deferred') AND delivery.next_at IS NULL THEN 'cancelled' ELSE r.state END,
  next_at = CASE WHEN r.state = 'sending' OR delivery.next_at IS NULL THEN delivery.next_at ELSE r.next_at END,
  reply = CASE WHEN r.state = 'sending' THEN delivery.reply WHEN delivery.address = '' THEN '' ELSE r.reply END,
  tries = delivery.tries + CASE WHEN r.state = 'deferred' THEN 1 ELSE 0 END,
  doubts = delivery.doubts + CASE WHEN r.state = 'uncertain' THEN 1 ELSE 0 END,
  settled_at = CASE WHEN r.state = 'sending' THEN delivery.settled_at ELSE :now END,
  worker = CASE WHEN r.state = 'sending' THEN delivery.worker END,
  lease_until = CASE WHEN r.state = 'sending' THEN delivery.lease_until END,
  behind = r.behind
FROM {written}
WHERE delivery.id = r.id AND CASE
  WHEN r.state = 'sending' THEN
    delivery.attempt = r.attempt AND delivery.worker = :worker AND delivery.state IN ('claimed', 'sending')
  ELSE (delivery.attempt = r.attempt AND delivery.state = 'sending')
    OR (delivery.attempt = r.attempt AND delivery.state = 'uncertain' AND r.state <> 'uncertain')
    OR (r.state = 'accepted' AND delivery.state IN ('queued', 'claimed', 'deferred', 'uncertain', 'cancelled'))
END
"""

# Which of these are marked, when not everything could be written.
MARKED = """
SELECT delivery.id FROM {named} JOIN delivery ON delivery.id = r.id
WHERE CASE WHEN delivery.state = 'sending' THEN delivery.attempt = r.attempt AND delivery.worker = :worker ELSE FALSE END
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
"""

SWEEP_CLAIMED = """
UPDATE delivery SET state = 'queued', worker = NULL, lease_until = NULL
WHERE state IN ('claimed', 'sending') AND state = 'claimed' AND lease_until < :now
"""

# Unsent for certain: while the one that leads it on its line has no result, a message does not leave.
SWEEP_BEHIND = """
UPDATE delivery SET state = CASE WHEN next_at IS NULL THEN 'cancelled' ELSE 'queued' END,
  worker = NULL, lease_until = NULL, behind = NULL
WHERE state IN ('claimed', 'sending') AND state = 'sending' AND lease_until < :now
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
WHERE state IN ('claimed', 'sending') AND state = 'sending' AND lease_until < :now
"""

RELEASE = """
UPDATE mailing SET state = 'sending', started_at = :now WHERE state = 'scheduled' AND scheduled_at <= :now
"""

# An uncertain row without a next moment is a last word too.
FINISH = """
UPDATE mailing SET state = 'finished', finished_at = :now
WHERE state = 'sending'
  AND NOT EXISTS (
    SELECT 1 FROM delivery WHERE mailing_id = mailing.id
    AND state IN ('queued', 'deferred', 'uncertain') AND next_at IS NOT NULL
  )
  AND NOT EXISTS (SELECT 1 FROM delivery WHERE mailing_id = mailing.id AND state IN ('claimed', 'sending'))
RETURNING id, lane
"""
