"""Every table of the instance, gathered for migrations and tests: importing this module fills the metadata."""

from sqlmodel import SQLModel

from server.accounts import models as accounts
from server.backups import models as backups
from server.boards import models as boards
from server.core import limits
from server.issues import models as issues
from server.mailings import models as mailings
from server.municipalities import models as municipalities
from server.notices import models as notices
from server.printruns import models as printruns
from server.prints import models as prints
from server.residents import form_models as forms
from server.residents import import_models as imports
from server.residents import models as residents
from server.streets import models as streets
from server.urgent import models as urgent

__all__ = [
    "accounts",
    "backups",
    "boards",
    "forms",
    "imports",
    "issues",
    "limits",
    "mailings",
    "metadata",
    "municipalities",
    "notices",
    "printruns",
    "prints",
    "residents",
    "streets",
    "urgent",
]

metadata = SQLModel.metadata
