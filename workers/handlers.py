"""What the clock looks after, and how each printed product is made. A feature adds its line here."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from server.accounts.audit import forget_old_entries
from server.accounts.service import forget_expired
from server.boards.pack import PACK, make_pack
from server.boards.service import put_acts_online
from server.core import clock
from server.core.database import Database, WriteSession
from server.core.files import FileStore
from server.core.limits import forget_windows_before
from server.core.secrets import Secrets
from server.core.settings import Settings
from server.issues.chores import send_due_issues
from server.mailings import upkeep
from server.mailings.signing import forget_retired_keys
from server.notices.service import expire_due
from server.printruns.counter_letters import COUPONS, ONE_LETTER, make_coupons, make_letter
from server.printruns.letters import LETTERS, make_letters
from server.printruns.printing import LABELS, ROUNDS, make_labels, make_rounds
from server.prints.products import Recipe
from server.prints.service import forget_prints
from server.residents.erasure import forget_long_gone, forget_requests
from server.residents.import_work import advance_imports
from server.residents.importing import forget_imports
from server.residents.printed_forms import FORMS, make_forms
from server.residents.retention import ask_the_silent
from server.urgent.dossier import DOSSIER, look_after_dossiers, make_dossier
from server.urgent.kit import KIT, make_kit
from server.urgent.names import UNREACHED, make_unreached
from server.urgent.service import end_due
from workers.clock import Chore
from workers.published_keys import begin_with_published_keys
from workers.resolver import Resolver
from workers.witnesses import look_into_witnesses

_LONGEST_LIMIT = timedelta(days=2)


def writing(use_case: Callable[[WriteSession], Awaitable[None]]) -> Callable[[Database, Secrets], Awaitable[None]]:
    """A use case that needs nothing but a session, as a chore."""

    async def run(database: Database, _secrets: Secrets) -> None:
        async with database.writing() as session:
            await use_case(session)

    return run


async def _forget_limit_windows(session: WriteSession) -> None:
    await forget_windows_before(session, clock.now() - _LONGEST_LIMIT)


async def _expire_notices(session: WriteSession) -> None:
    await expire_due(session, clock.now())


async def _empty_log(database: Database, _secrets: Secrets) -> None:
    await database.empty_log()


async def _forget_long_gone(database: Database, secrets: Secrets) -> None:
    is_more = True
    while is_more:
        async with database.writing() as session:
            is_more = await forget_long_gone(session, secrets)


CHORES: tuple[Chore, ...] = (
    Chore("release scheduled mailings", writing(upkeep.release_scheduled), every=1),
    Chore("end urgent notices", writing(end_due), every=5),
    Chore("end mailings that are too late", writing(upkeep.end_worthless), every=5),
    Chore("expire notices", writing(_expire_notices), every=60),
    Chore("finish mailings", writing(upkeep.finish_mailings), every=1),
    Chore("freeze figures", writing(upkeep.freeze_figures), every=3600),
    Chore("forget single messages", writing(upkeep.forget_single_messages), every=3600),
    Chore("forget ledgers", writing(upkeep.forget_ledgers), every=3600),
    Chore("forget replaced keys", writing(forget_retired_keys), every=3600),
    Chore("forget dead workers", writing(upkeep.forget_dead_workers), every=3600),
    Chore("forget old sessions and links", writing(forget_expired), every=3600),
    Chore("forget the old trail", writing(forget_old_entries), every=3600),
    Chore("forget requests nobody confirmed", writing(forget_requests), every=3600),
    Chore("forget those who left long ago", _forget_long_gone, every=3600),
    Chore("advance imports", advance_imports, every=1),
    Chore("forget imports", writing(forget_imports), every=3600),
    Chore("empty the database's log", _empty_log, every=3600),
    Chore("forget limit windows", writing(_forget_limit_windows), every=3600),
)

RECIPES: dict[str, Recipe] = {
    DOSSIER: make_dossier,
    FORMS: make_forms,
    KIT: make_kit,
    PACK: make_pack,
    ROUNDS: make_rounds,
    LABELS: make_labels,
    UNREACHED: make_unreached,
    LETTERS: make_letters,
    ONE_LETTER: make_letter,
    COUPONS: make_coupons,
}
"""Product → how its jobs are made."""


def chores_with(files: FileStore, settings: Settings, resolver: Resolver) -> tuple[Chore, ...]:
    """Those that need more of the instance than its database and its keys."""

    async def put_acts(database: Database, _secrets: Secrets) -> None:
        await put_acts_online(database, files)

    async def send_planned(database: Database, secrets: Secrets) -> None:
        await send_due_issues(database, secrets, files, settings.url)

    async def forget(database: Database, _secrets: Secrets) -> None:
        await forget_prints(database, files)

    async def ask_again(database: Database, secrets: Secrets) -> None:
        await ask_the_silent(database, secrets, settings.url)

    async def look_for_records(database: Database, secrets: Secrets) -> None:
        await begin_with_published_keys(database, secrets, resolver)

    async def lay_down_dossiers(database: Database, _secrets: Secrets) -> None:
        await look_after_dossiers(database, files, settings.kit_folder, settings.kit_password.get_secret_value())

    async def look_for_arrivals(database: Database, secrets: Secrets) -> None:
        await look_into_witnesses(database, secrets, settings)

    return (
        Chore("look into witness mailboxes", look_for_arrivals, every=5),
        Chore("send planned letters", send_planned, every=5),
        Chore("paper for a cut", lay_down_dossiers, every=600),
        Chore("put acts online", put_acts, every=30),
        Chore("look for published keys", look_for_records, every=60),
        Chore("forget old prints", forget, every=3600),
        Chore("ask those not heard of for long", ask_again, every=3600),
    )
