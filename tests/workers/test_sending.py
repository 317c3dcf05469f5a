"""A mailing goes out over real SMTP, and the ledger says what the relay said."""

from server.mailings.models import DeliveryState
from tests.sending import Office, people
from tests.smtp_sink import Sink
from workers.transports.smtp import SmtpTransport


def relay(sink: Sink) -> SmtpTransport:
    return SmtpTransport("127.0.0.1", sink.port, tls="none")


async def test_everybody_is_written_to_once(office: Office) -> None:
    mailing_id = await office.start(people(40))
    async with Sink().listening() as sink:
        states = await office.send_all(relay(sink), mailing_id)
    assert states == {DeliveryState.ACCEPTED: 40}
    assert sink.copies == {f"p{number}@example.org": 1 for number in range(1, 41)}
