"""From copies and doors to the sheets of a round."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from server.core.database import ReadSession
from server.core.i18n import translate
from server.municipalities.queries import get_municipality, list_places
from server.postal.doors import read_door
from server.postal.walking import Side
from server.press.rounds import RoundLine, RoundSheet, RoundSide
from server.printruns import queries
from server.printruns.audience import Map
from server.printruns.models import PrintBatch, PrintCopy, PrintRun
from server.printruns.words import EDITIONS, NO_SECTOR, WITHOUT_NUMBER
from server.residents.models import Channel, Edition, Resident
from server.streets.arranging import walks_of
from server.streets.models import AddressPoint
from server.streets.queries import all_doors
from server.streets.walks import Stretch, door_key
from server.streets.words import SIDES

_Carried = tuple[PrintCopy, Resident]
_Passed = tuple[Stretch, AddressPoint]


async def sheets_of(
    session: ReadSession,
    municipality_id: int,
    run_id: int,
    *,
    language: str,
    batch_id: int | None = None,
    only_missing: bool = False,
) -> list[RoundSheet]:
    """The sheets of every round of a run, in the order of the sectors; of one batch, of missing copies alone. Raises NotFound."""
    run = await queries.get_run(session, municipality_id, run_id)
    town = await get_municipality(session, municipality_id)
    names = {place.id: place.name for place in await list_places(session, municipality_id)}
    walk = Map.of(await walks_of(session, municipality_id))
    doors: dict[int | None, list[_Passed]] = {}
    for door in await all_doors(session, municipality_id) if run.to_every_box and not only_missing else []:
        stretch = walk.walks.stretch_of(door.street_id, door.number)
        doors.setdefault(stretch.sector_id, []).append((stretch, door))
    copies = await queries.list_copies(
        session, municipality_id, run_id, channel=Channel.HAND, only_missing=only_missing
    )
    carried: dict[int | None, list[_Carried]] = {}
    for copy, resident in copies:
        if resident is not None and copy.batch_id is not None:
            carried.setdefault(copy.batch_id, []).append((copy, resident))
    sheets: list[RoundSheet] = []
    for batch in await queries.list_batches(session, municipality_id, [run_id]):
        if batch.channel is Channel.HAND and batch_id in {None, batch.id}:
            sector = names.get(batch.sector_id or 0) or translate(NO_SECTOR, language)
            sheet = _Sheet(run, batch, walk, language)
            sides = sheet.by_side(doors.get(batch.sector_id, []))
            sheets += sheet.made(f"{town.name}, {town.phone}", sector, sides, carried.get(batch.id, []))
    return sheets


class _Sheet:
    """What the sheets of one batch have in common."""

    def __init__(self, run: PrintRun, batch: PrintBatch, walk: Map, language: str) -> None:
        self.run, self.batch, self.walk, self.language = run, batch, walk, language

    def made(self, issuer: str, sector: str, sides: list[RoundSide], carried: list[_Carried]) -> Iterator[RoundSheet]:
        """The sheet of all letterboxes, and one by name for those who subscribed or need another edition."""
        batch = self.batch
        if sides:
            yield RoundSheet(issuer, self.run.title, sector, sides, batch.copies, batch.reserve, language=self.language)
            carried = [one for one in carried if one[0].edition is not Edition.STANDARD]
        if carried:
            yield RoundSheet(
                issuer,
                self.run.title,
                sector,
                self.by_name(carried),
                len(carried),
                0 if sides else batch.reserve,
                batch.large_print,
                batch.easy_read,
                is_by_name=True,
                language=self.language,
            )

    def by_name(self, carried: Iterable[_Carried]) -> list[RoundSide]:
        """Each copy a line, in the order of their numbers: that of the walk."""
        sides = []
        for (street, side), group in groupby(carried, key=self._side_of):
            lines = [self._named(copy, resident) for copy, resident in group]
            sides.append(RoundSide(street, side, lines))
        return sides

    def by_side(self, doors: Iterable[_Passed]) -> list[RoundSide]:
        """Each side of a street a line with all its numbers; doors with something to know follow one by one."""
        ranks = self.walk.ranks
        walk = sorted(doors, key=lambda one: door_key(ranks, one[0], one[1].number, one[1].repetition))
        sides = []
        for (street, side), group in groupby(walk, key=lambda one: (one[0].street.name, self._side(one[1].number))):
            sides.append(RoundSide(street, side, list(self._lines([door for _, door in group]))))
        return sides

    def _lines(self, doors: list[AddressPoint]) -> Iterator[RoundLine]:
        plain = [door for door in doors if not door.note and not door.refused]
        if plain:
            boxes = sum(door.boxes for door in plain)
            yield RoundLine(" · ".join(_number_and_boxes(door, self.language) for door in plain), boxes, boxes)
        for door in doors:
            if door.note or door.refused:
                bring = max(door.boxes - door.refused, 0)
                yield RoundLine(_number(door, self.language), door.boxes, bring, refused=door.refused, note=door.note)

    def _named(self, copy: PrintCopy, resident: Resident) -> RoundLine:
        door = read_door(resident.address_street)
        number = f"{door.number or ''} {door.repetition.lower()}".strip() or "–"
        edition = "" if copy.edition is Edition.STANDARD else translate(EDITIONS[copy.edition], self.language)
        about = ", ".join(part for part in (resident.name, resident.address_inside, resident.address_outside) if part)
        return RoundLine(number, 1, 1, name=f"{about} – {edition}" if edition else about, note=f"n° {copy.number}")

    def _side_of(self, carried: _Carried) -> tuple[str, str]:
        door = read_door(carried[1].address_street)
        stretch = self.walk.find(door)
        street = stretch.street.name if stretch else door.street
        return street, self._side(door.number) if stretch else carried[1].post_town

    def _side(self, number: int) -> str:
        words = WITHOUT_NUMBER if not number else SIDES[Side.ODD if number % 2 else Side.EVEN]
        return translate(words, self.language)


def _number(door: AddressPoint, language: str) -> str:
    return f"{door.number or translate(WITHOUT_NUMBER, language)} {door.repetition.lower()}".strip()


def _number_and_boxes(door: AddressPoint, language: str) -> str:
    return _number(door, language) + (f" (×{door.boxes})" if door.boxes != 1 else "")
