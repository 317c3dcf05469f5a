"""One message over one line, begun and finished at a stroke."""

from server.mailings.policies import Answer
from workers.transports.contract import Line, Parcel


async def carry(line: Line, parcel: Parcel, ahead: Parcel | None = None) -> Answer:
    return await line.begin(parcel) or await line.finish(ahead)
