"""A round in the words printed: its sheet, and the cover list of its pack."""

from collections.abc import Collection, Mapping, Sequence

from server.boards.kinds import LineAction, SheetFormat
from server.boards.models import Board, BoardRound
from server.boards.queries.rounds import SheetLine, SheetStop
from server.boards.words import ACTIONS
from server.core.i18n import sentence, sentences, speaking
from server.core.templating import format_day
from server.municipalities.models import Municipality
from server.press.roundsheet import CoverList, Group, Line, RoundSheet, Stop, Words

_SIGNS = {LineAction.REMOVE: "✕", LineAction.KEEP: "=", LineAction.POST: "+"}


def round_sheet(
    municipality: Municipality, made: BoardRound, stops: Sequence[SheetStop], pictures: Collection[str], language: str
) -> RoundSheet:
    """`pictures` are the names of the thumbnails there are."""
    with speaking(language):
        return RoundSheet(
            town=municipality.name,
            title=str(sentence("Round no. {number}", number=made.number)),
            subtitle=f"{format_day(made.on_day, 'EEEE d MMMM y')} · {_counted(stops)}",
            words=Words(
                hour=str(sentence("Hour")),
                initials=str(sentence("Initials")),
                remarks=str(sentence("Remarks")),
                nothing=str(sentence("Nothing to do: look whether all is well.")),
                how=str(
                    sentence(
                        "At each board: take down, leave, put up; tick what is done as printed. Write T beside a number for torn, M for missing, N for not done."
                    )
                ),
            ),
            stops=tuple(_stop(stop, pictures) for stop in stops),
            language=language,
        )


def cover_list(
    municipality: Municipality,
    made: BoardRound,
    stops: Sequence[SheetStop],
    troubles: Mapping[tuple[int, SheetFormat], str],
    posters: Mapping[SheetFormat, int],
    language: str,
) -> CoverList:
    """What lies in the pack; `troubles` are posters that could not be set, and why."""
    with speaking(language):
        to_post = [(stop.board, one) for stop in stops for one in stop.lines if one.line.action is LineAction.POST]
        failed = {
            f"{one.sheet.number} “{one.sheet.title}”": troubles[wanted]
            for _board, one in to_post
            if (wanted := (one.sheet.posting.notice_id, one.sheet.posting.format)) in troubles
        }
        return CoverList(
            town=municipality.name,
            title=str(sentence("Pack of round no. {number}", number=made.number)),
            subtitle=f"{format_day(made.on_day, 'EEEE d MMMM y')} · {_counted(stops)}",
            trays=(
                (str(sentence("Paper")), str(sentence("Posters")), str(sentence("Sheets"))),
                *_trays(to_post, posters),
            ),
            rows=(
                (str(sentence("Board")), str(sentence("Poster")), str(sentence("Format")), str(sentence("Sheets"))),
                *(
                    (board.name, f"{one.sheet.number} {one.sheet.title}", _size(one), str(one.sheet.posting.sheets))
                    for board, one in to_post
                ),
            ),
            notes=tuple(
                str(sentence("Cannot be printed: {what}. {why}", what=what, why=why)) for what, why in failed.items()
            ),
            language=language,
        )


def _trays(to_post: Sequence[tuple[Board, SheetLine]], posters: Mapping[SheetFormat, int]) -> list[tuple[str, ...]]:
    sheets = {
        size: sum(one.sheet.posting.sheets for _board, one in to_post if one.sheet.posting.format is size)
        for size in SheetFormat
    }
    return [(size.value.upper(), str(posters.get(size, 0)), str(count)) for size, count in sheets.items() if count]


def _stop(stop: SheetStop, pictures: Collection[str]) -> Stop:
    board = stop.board
    about = [board.location, board.keys, board.in_charge]
    groups = [
        Group(
            str(ACTIONS[action]),
            _SIGNS[action],
            tuple(_line(one, pictures) for one in stop.lines if one.line.action is action),
        )
        for action in LineAction
    ]
    return Stop(board.name, " · ".join(word for word in about if word), tuple(one for one in groups if one.lines))


def _line(one: SheetLine, pictures: Collection[str]) -> Line:
    posting = one.sheet.posting
    about = [f"{posting.sheets} × {_size(one)}", one.sheet.number]
    if one.line.action is not LineAction.REMOVE:
        about.append(str(sentence("until {day}", day=format_day(posting.last_on, "d MMM"))))
    if one.is_replacement:
        about.append(str(sentence("in place of the one that hangs: its text has changed")))
    picture = f"p{posting.notice_id}-{posting.format.value}"
    return Line(one.line.number, one.sheet.title, " · ".join(about), picture if picture in pictures else "")


def _size(one: SheetLine) -> str:
    return one.sheet.posting.format.value.upper()


def _counted(stops: Sequence[SheetStop]) -> str:
    lines = sum(len(stop.lines) for stop in stops)
    boards = sentences("{count} board", "{count} boards", count=len(stops))
    to_do = sentences("{count} thing to do", "{count} things to do", count=lines)
    return f"{boards}, {to_do}"
