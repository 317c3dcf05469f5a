"""How many messages of a town a way out takes a day and an hour, counted in the database; what is over leaves later."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from server.core.database import WriteSession
from server.mailings import paces
from server.mailings.ledger import Claim
from server.mailings.models import Lane
from server.mailings.paces import Quota

PutOff = tuple[int, int, datetime]


class TownQuotas:
    """What was counted and given back unsent, because the relay was down, is not counted again in the same span."""

    def __init__(self, quota: Quota) -> None:
        self._quota = quota
        self._counted: dict[int, datetime] = {}
        self._written: dict[int, datetime] = {}

    @property
    def are_limited(self) -> bool:
        return bool(self._quota.per_day or self._quota.per_hour)

    async def within(
        self, session: WriteSession, claims: Sequence[Claim], now: datetime
    ) -> tuple[list[Claim], list[PutOff]]:
        """Those that may leave now, and the others with their moment. What is pressing counts, and always leaves."""
        self._counted = {row_id: until for row_id, until in self._counted.items() if until > now}
        self._written = {}
        admitted, later = [], []
        by_town: defaultdict[int, list[Claim]] = defaultdict(list)
        for claim in claims:
            if claim.id in self._counted:
                admitted.append(claim)
            else:
                by_town[claim.municipality_id].append(claim)
        for municipality_id, theirs in sorted(by_town.items()):
            theirs.sort(key=lambda claim: claim.lane)
            drawn = await paces.draw_quota(session, municipality_id, len(theirs), self._quota, now)
            self._written.update((claim.id, drawn.until) for claim in theirs[: drawn.granted])
            for place, claim in enumerate(theirs):
                if place < drawn.granted or claim.lane < Lane.ORDINARY.rank:
                    admitted.append(claim)
                else:
                    later.append((claim.id, claim.attempt, drawn.again))
        return admitted, later

    def keep(self) -> None:
        """What was counted last is in the database."""
        self._counted |= self._written

    def spend(self, claim: Claim) -> None:
        """It was sent, or at least tried."""
        self._counted.pop(claim.id, None)
