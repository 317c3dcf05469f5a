"""The ledger's statements, in the words both databases understand. `{rows}` and `{lock}` are filled from constants.

The conditions on `state` repeat word for word those of the partial indexes: SQLite uses an index only then.
"""

# A list of rows as one parameter: the statement stays the same however many there are, and is prepared once.
ROWS_POSTGRES = (
    "json_to_recordset(CAST(:rows AS json)) AS r(id bigint, attempt int, state text, next_at timestamptz, reply text)"
)
ROWS_SQLITE = (
    "(SELECT value ->> '$.id' AS id, value ->> '$.attempt' AS attempt, value ->> '$.state' AS state,"
    " value ->> '$.next_at' AS next_at, value ->> '$.reply' AS reply FROM json_each(:rows)) AS r"
)

# The lanes are 0 transactional, 1 urgent, 2 ordinary.
DUE = """
SELECT m.id, CASE m.lane WHEN 'urgent' THEN 1 ELSE 2 END
FROM mailing AS m
WHERE m.state = 'sending' AND m.lane <> 'transactional' AND EXISTS (
  SELECT 1 FROM delivery
  WHERE mailing_id = m.id AND state IN ('queued', 'deferred', 'uncertain') AND next_at <= :now
)
UNION ALL
SELECT 0, 0 WHERE EXISTS (
  SELECT 1 FROM delivery WHERE lane = 0 AND state IN ('queued', 'deferred', 'uncertain') AND next_at <= :now
)
"""

CLAIM = """
WITH picked AS (
  SELECT id FROM delivery
  WHERE mailing_id = :mailing_id AND state IN ('queued', 'deferred', 'uncertain') AND next_at <= :now
  ORDER BY next_at LIMIT :room {lock}
)
UPDATE delivery SET state = 'claimed', worker = :worker, lease_until = :lease, attempt = attempt + 1
WHERE id IN (SELECT id FROM picked)
RETURNING id, municipality_id, mailing_id, message_id, recipient, address, lane, attempt, tries, doubts
"""

CLAIM_FIRST = """
WITH picked AS (
  SELECT id FROM delivery
  WHERE lane = 0 AND state IN ('queued', 'deferred', 'uncertain') AND next_at <= :now
  ORDER BY next_at LIMIT :room {lock}
)
UPDATE delivery SET state = 'claimed', worker = :worker, lease_until = :lease, attempt = attempt + 1
WHERE id IN (SELECT id FROM picked)
RETURNING id, municipality_id, mailing_id, message_id, recipient, address, lane, attempt, tries, doubts
"""

MARK = """
UPDATE delivery SET state = 'sending', lease_until = :lease FROM {rows}
WHERE delivery.id = r.id AND delivery.attempt = r.attempt AND delivery.worker = :worker
  AND delivery.state IN ('claimed', 'sending')
RETURNING delivery.id
"""

# "Later" for somebody who has left meanwhile (no next_at) is "never".
SETTLE = """
UPDATE delivery SET
  state = CASE WHEN r.state IN ('queued', 'deferred') AND delivery.next_at IS NULL THEN 'cancelled' ELSE r.state END,
  next_at = CASE WHEN delivery.next_at IS NULL THEN NULL ELSE r.next_at END,
  reply = CASE WHEN delivery.address = '' THEN '' ELSE r.reply END,
  tries = delivery.tries + CASE WHEN r.state = 'deferred' THEN 1 ELSE 0 END,
  doubts = delivery.doubts + CASE WHEN r.state = 'uncertain' THEN 1 ELSE 0 END,
  settled_at = :now, worker = NULL, lease_until = NULL
FROM {rows}
WHERE delivery.id = r.id AND (
  (delivery.attempt = r.attempt AND delivery.state = 'sending')
  OR (delivery.attempt = r.attempt AND delivery.state = 'uncertain' AND r.state <> 'uncertain')
  OR (r.state = 'accepted' AND delivery.state IN ('queued', 'claimed', 'deferred', 'uncertain', 'cancelled'))
)
"""

GIVE_BACK = """
UPDATE delivery SET state = 'queued', worker = NULL, lease_until = NULL FROM {rows}
WHERE delivery.id = r.id AND delivery.attempt = r.attempt AND delivery.state = 'claimed'
"""

RENEW = """
UPDATE delivery SET lease_until = :lease FROM {rows}
WHERE delivery.id = r.id AND delivery.attempt = r.attempt AND delivery.state IN ('claimed', 'sending')
"""

SWEEP_CLAIMED = """
UPDATE delivery SET state = 'queued', worker = NULL, lease_until = NULL
WHERE state IN ('claimed', 'sending') AND state = 'claimed' AND lease_until < :now
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
