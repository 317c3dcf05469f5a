"""What a certificate says: only what is recorded, and gaps as gaps. Raises Invalid where the records do not cover the days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from server.boards import law
from server.boards.evidence import Display, Span, Statement, read_register
from server.boards.kinds import CertificateKind, RegisterKind
from server.boards.models import Board, Certificate
from server.boards.queries.boards import get_board
from server.boards.queries.postings import list_of_notice, statements_of
from server.boards.queries.proofs import acts_of_notice, papers_of_notice
from server.core import clock
from server.core.database import ReadSession
from server.core.errors import Invalid
from server.core.i18n import Message, sentence, speaking
from server.core.templating import format_day, format_time
from server.municipalities.models import Municipality
from server.notices.models import Publication
from server.press.papers import CertificatePaper

_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class BoardProof:
    """What the register says of one notice on one board."""

    board: Board
    display: Display
    posted_at: datetime | None
    replaced_on: tuple[date, ...] = ()
    """The days on which a sheet with a changed text took its place."""


@dataclass(frozen=True)
class Proof:
    """Why a certificate may be issued: the days proved, the gaps, and what else is printed."""

    period: Span
    days: int
    boards: Sequence[BoardProof] = ()
    posted_at: datetime | None = None
    file_key: str = ""

    def gaps(self) -> list[tuple[Board, Span]]:
        return [(one.board, gap) for one in self.boards for gap in one.display.gaps_in(self.period)]


async def prove(session: ReadSession, municipality_id: int, asked: Certificate) -> Proof:
    """Raises Invalid with what is not covered."""
    period = Span(asked.first_on, asked.last_on)
    if asked.last_on > clock.today():
        raise Invalid({"last_on": sentence("This last day is still to come: nothing proves it yet.")})
    match asked.kind:
        case CertificateKind.DISPLAY | CertificateKind.URGENT:
            boards = [await _on_board(session, municipality_id, asked.notice_id, one) for one in asked.board_ids]
            return _shown(period, boards)
        case CertificateKind.PAPER:
            papers = await papers_of_notice(session, municipality_id, asked.notice_id)
            if not any(one.laid_on <= period.first and period.last <= (one.taken_on or date.max) for one in papers):
                raise Invalid({"first_on": sentence("No record says that it was laid out on paper all these days.")})
            return Proof(period, period.days)
        case CertificateKind.ONLINE:
            acts = await acts_of_notice(session, municipality_id, asked.notice_id)
            for act in acts:
                until = clock.day_of(act.ended_at) - _A_DAY if act.ended_at else date.max
                if clock.day_of(act.posted_at) <= period.first and period.last <= until:
                    return Proof(period, period.days, posted_at=act.posted_at, file_key=act.file_key)
            raise Invalid({"first_on": sentence("It was not online all these days.")})


async def _on_board(session: ReadSession, municipality_id: int, notice_id: int, board_id: int) -> BoardProof:
    board = await get_board(session, municipality_id, board_id, even_removed=True)
    sheets = await list_of_notice(session, municipality_id, notice_id)
    ids = [one.posting.id for one in sheets if one.posting.board_id == board_id]
    said = await statements_of(session, municipality_id, ids)
    return BoardProof(
        board, together([read_register(one) for one in said.values()]), _first_posted(said), _replaced(said)
    )


def _first_posted(said: Mapping[int, Sequence[Statement]]) -> datetime | None:
    return min((one.at for many in said.values() for one in many if one.kind is RegisterKind.POSTED), default=None)


def _replaced(said: Mapping[int, Sequence[Statement]]) -> tuple[date, ...]:
    posted = [one for many in said.values() for one in many if one.kind is RegisterKind.POSTED and one.revision]
    in_order = pairwise(sorted(posted, key=lambda one: (one.at, one.order)))
    return tuple(later.day for earlier, later in in_order if (later.revision or 0) > (earlier.revision or 0))


def together(displays: Sequence[Display]) -> Display:
    """Several sheets of one notice on one board, one after another: the days on which any of them hung."""
    spans: list[Span] = []
    for span in sorted((one for display in displays for one in display.spans), key=lambda one: one.first):
        if spans and span.first <= spans[-1].last + _A_DAY:
            spans[-1] = Span(spans[-1].first, max(spans[-1].last, span.last))
        else:
            spans.append(span)
    return Display(tuple(spans), any(one.is_hanging for one in displays))


def _shown(period: Span, boards: Sequence[BoardProof]) -> Proof:
    """A day counts if it hung on every board named."""
    if not boards:
        raise Invalid({"board_ids": sentence("Choose at least one board.")})
    for one in boards:
        first, last = one.display.first_day, one.display.seen_on
        if first is None or last is None:
            raise Invalid({"board_ids": sentence("No round has put it up on “{board}” yet.", board=one.board.name)})
        if period.first < first or period.last > last:
            field = "first_on" if period.first < first else "last_on"
            raise Invalid({field: _covered(one.board, first, last)})
    missing = {
        gap.first + at * _A_DAY for one in boards for gap in one.display.gaps_in(period) for at in range(gap.days)
    }
    days = period.days - len(missing)
    if not days:
        raise Invalid({"first_on": sentence("On none of these days did it hang on all of these boards.")})
    return Proof(period, days, boards)


def _covered(board: Board, first: date, last: date) -> Message:
    return sentence(
        "Recorded rounds cover “{board}” from {first} to {last} only.",
        board=board.name,
        first=f"{first:%d/%m/%Y}",
        last=f"{last:%d/%m/%Y}",
    )


def paper_of(
    asked: Certificate, proof: Proof, public: Publication, municipality: Municipality, address: str
) -> CertificatePaper:
    """The certificate in the words of the law, which are French. `address` is where acts are read."""
    words = law.read("certificates")
    with speaking("fr"):
        said = {
            "mayor": municipality.mayor_name,
            "capacity": municipality.mayor_title or "maire",
            "of_town": of_town(municipality.name),
            "department": municipality.department,
            "nature": words["nature"].get(public.kind.value, words["nature"]["other"]),
            "number": public.number,
            "date": format_day(public.first_published_at),
            "subject": public.title,
            "places": _listed([_place(one.board) for one in proof.boards], words["and"]),
            "first": format_day(proof.period.first),
            "last": format_day(proof.period.last),
            "days": _counted(words["days"], proof.days),
            "interruption": _interruption(words, proof),
            "hours": _listed([_hour(words, one) for one in proof.boards], words["and"]),
            "address": address,
            "posted": format_day(proof.posted_at) if proof.posted_at else "",
        }
        return CertificatePaper(
            town=municipality.name,
            address=", ".join(municipality.address.splitlines()),
            title=words["title"][asked.kind.value],
            number=asked.number or "",
            body=words["body"][asked.kind.value].format(**said) + _replacements(words, proof),
            rows=_rows(words, proof),
            basis=words["basis"][asked.kind.value].format(hash=proof.file_key),
            done=words["done"].format(town=municipality.name, day=format_day(clock.today())),
            signer=", ".join(word for word in (municipality.mayor_name, municipality.mayor_title) if word),
            signature=words["signature"],
            day=clock.today().timetuple()[:3],
        )


def of_town(name: str) -> str:
    """« de Blois », « d’Orléans », « du Mans », « des Sables-d’Olonne »."""
    for article, joined in (("Les ", "des "), ("Le ", "du ")):
        if name.startswith(article):
            return joined + name.removeprefix(article)
    return f"d’{name}" if name[:1].lower() in "aàâeéèêiîoôuy" else f"de {name}"


def _rows(words: Mapping[str, Sequence[str]], proof: Proof) -> tuple[tuple[str, ...], ...]:
    return (
        tuple(words["columns"]),
        *(
            (
                one.board.name,
                format_day(one.display.first_day),
                format_day(one.display.seen_on),
                str(sum(part.days for part in one.display.shown_in(proof.period))),
            )
            for one in proof.boards
        ),
    )


def _interruption(words: Mapping[str, str], proof: Proof) -> str:
    gaps = [
        words["gap_day" if gap.days == 1 else "gap"].format(
            place=board.name, first=format_day(gap.first), last=format_day(gap.last)
        )
        for board, gap in proof.gaps()
    ]
    return words["except"].format(gaps=" ; ".join(gaps)) if gaps else words["without"]


def _replacements(words: Mapping[str, str], proof: Proof) -> str:
    """Nobody certifies one text for another."""
    said = [
        words["replaced"].format(place=one.board.name, day=format_day(day))
        for one in proof.boards
        for day in one.replaced_on
        if proof.period.first <= day <= proof.period.last
    ]
    return "".join(said)


def _place(board: Board) -> str:
    return f"au panneau « {board.name} »" + (f" ({board.location})" if board.location else "")


def _hour(words: Mapping[str, str], one: BoardProof) -> str:
    if one.posted_at is None:
        return one.board.name
    return words["hour"].format(day=format_day(one.posted_at), hour=format_time(one.posted_at), place=one.board.name)


def _listed(words: Sequence[str], joint: str) -> str:
    return joint.join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _counted(forms: Sequence[str], count: int) -> str:
    return forms[count > 1].format(count=count)
