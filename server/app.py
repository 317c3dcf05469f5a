"""The composition root of the web: the only module that knows every feature."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.types import ASGIApp

from server.accounts import account_pages, audit_pages, staff_pages, token_pages, visit_pages
from server.accounts import pages as accounts_pages
from server.boards import api as boards_api
from server.boards import pages as boards_pages
from server.core.database import Database
from server.core.files import FileStore
from server.core.secrets import Secrets
from server.core.settings import Settings
from server.coverage import pages as coverage_pages
from server.desk import pages as desk_pages
from server.frontpage import pages as frontpage_pages
from server.hosting import account_pages as operator_account_pages
from server.hosting import door_pages, errand_pages, message_pages, opening_pages
from server.hosting import pages as hosting_pages
from server.instance import health, metrics
from server.instance import pages as instance
from server.invitations import pages as invitations_pages
from server.issues import api as issues_api
from server.issues import column_pages, sending_pages, signing_pages
from server.issues import pages as issues_pages
from server.issues import paper_pages as issue_paper_pages
from server.issues import public_pages as letters_pages
from server.mailings import api as mailings_api
from server.mailings import catcher_pages, dkim_pages, domain_pages, queue_pages, relay_pages
from server.mailings import pages as mailings_pages
from server.municipalities import api as municipalities_api
from server.municipalities import look_pages, paper_pages, place_pages
from server.municipalities import pages as municipalities_pages
from server.municipalities.dependencies import town_finder
from server.notices import api as notices_api
from server.notices import pages as notices_pages
from server.printruns import letter_pages as printruns_letter_pages
from server.printruns import pages as printruns_pages
from server.prints import pages as prints_pages
from server.residents import api as residents_api
from server.residents import pages as residents_pages
from server.streets import completion_pages, walk_pages
from server.streets import pages as streets_pages
from server.urgent import following_pages, reach_pages, witness_pages, wording_pages
from server.urgent import pages as urgent_pages
from server.urgent import public_pages as urgent_public_pages
from server.urgent.banner import with_banners
from server.web import look
from server.web.description import REFUSALS, Described, Door
from server.web.errors import install_errors
from server.web.freshness import Freshness
from server.web.security import Security
from server.web.static_files import static_files
from server.web.tenancy import Tenancy

PAGES: tuple[APIRouter, ...] = (
    account_pages.router,
    accounts_pages.router,
    audit_pages.router,
    boards_pages.router,
    domain_pages.router,
    completion_pages.router,
    coverage_pages.router,
    desk_pages.router,
    dkim_pages.router,
    frontpage_pages.router,
    invitations_pages.public_router,
    invitations_pages.router,
    issues_pages.router,
    column_pages.router,
    issue_paper_pages.router,
    letters_pages.router,
    look.router,
    look_pages.router,
    mailings_pages.router,
    municipalities_pages.public_router,
    municipalities_pages.router,
    notices_pages.router,
    paper_pages.router,
    place_pages.router,
    printruns_pages.router,
    printruns_letter_pages.router,
    prints_pages.router,
    queue_pages.router,
    relay_pages.router,
    residents_pages.public_router,
    residents_pages.router,
    sending_pages.router,
    signing_pages.router,
    staff_pages.router,
    streets_pages.router,
    token_pages.router,
    visit_pages.router,
    walk_pages.router,
    urgent_public_pages.public_router,
    wording_pages.router,
    urgent_pages.router,
    reach_pages.router,
    witness_pages.router,
    following_pages.router,
)
OWN: tuple[APIRouter, ...] = (
    instance.router,
    health.router,
    metrics.router,
    catcher_pages.router,
    door_pages.router,
    operator_account_pages.router,
    hosting_pages.router,
    opening_pages.router,
    errand_pages.router,
    message_pages.router,
)
API: tuple[APIRouter, ...] = (
    boards_api.router,
    issues_api.router,
    mailings_api.router,
    municipalities_api.router,
    notices_api.router,
    residents_api.router,
)


App = TypeVar("App", bound=FastAPI)


@dataclass(frozen=True)
class Web:
    """The towns' application and the instance's own: routes alone, not yet of any instance."""

    towns: FastAPI
    own: FastAPI


def compose() -> Web:
    """Every town's pages and API, and the instance's own few pages. Reading the routes takes time: once is enough."""
    towns = _installed(Described)
    _take_as_they_are(towns, PAGES)
    for router in API:
        towns.include_router(router, prefix="/api/v1", responses=REFUSALS)
    own = _installed(Door)
    own.towns = towns
    _take_as_they_are(own, OWN)
    own.mount("/static", static_files(), name="static")
    return Web(towns, own)


def _take_as_they_are(app: FastAPI, routers: Iterable[APIRouter]) -> None:
    """Pages. `include_router` would make each route a second time with all it depends on: 6 MB, and a third of a second."""
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute):
                route.include_in_schema = False
            app.router.routes.append(route)


def create_app(
    database: Database, *, secrets: Secrets, files: FileStore, settings: Settings, web: Web | None = None
) -> ASGIApp:
    """The whole web of one instance."""
    web = web or compose()
    for app in (web.towns, web.own):
        app.state.database = database
        app.state.secrets = secrets
        app.state.files = files
        app.state.settings = settings
    tenancy = Tenancy(web.towns, web.own, with_banners(town_finder(database), database))
    return Security(Freshness(tenancy), is_https=settings.url.startswith("https:"))


def _installed(kind: type[App]) -> App:
    app = kind(
        title="Tambour",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        generate_unique_id_function=lambda route: route.name,
    )
    install_errors(app)
    return app
