"""The commands of `tambour` that need no worker, gathered."""

import typer
from pydantic import SecretStr
from rich.table import Column, Table

from server.cli import addresses, backups, boards, hosting, mail, operators, staff, towns
from server.cli.opening import bring_up_to_date, carry_out, console
from server.core.settings import Settings, settings

app = typer.Typer(
    help="Tambour: a municipality informs its residents through channels it owns.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(towns.app, name="town")
for name, command in (
    ("overview", hosting.overview),
    ("import", hosting.bring_many),
    ("suspend", hosting.suspend),
    ("resume", hosting.resume),
    ("export", hosting.export),
    ("arrive", hosting.arrive),
    ("delete", hosting.delete),
):
    towns.app.command(name=name)(command)
app.add_typer(staff.app, name="staff")
app.add_typer(operators.app, name="operator")
app.add_typer(addresses.app, name="addresses")
app.add_typer(backups.app, name="backup")
app.command(name="restore")(backups.bring_back)
app.add_typer(boards.app, name="boards")
app.command(name="queue")(mail.show_queue)
app.command(name="pace")(mail.pace)

SECRET = "••••••••"  # noqa: S105  what is shown instead of one


@app.command()
def migrate() -> None:
    """Give the database the shape this version expects."""
    carry_out(bring_up_to_date)


@app.command(name="settings")
def show_settings() -> None:
    """Show every setting, its value here, and what it means. docs/settings.md says more."""
    given = settings()
    variable = Column("Variable", no_wrap=True)  # a name on two lines cannot be copied
    table = Table(variable, "Here", "What it is", box=None, pad_edge=False, header_style="bold")
    for name, field in Settings.model_fields.items():
        value = getattr(given, name)
        shown = SECRET if isinstance(value, SecretStr) and value.get_secret_value() else str(value)
        table.add_row(f"TAMBOUR_{name.upper()}", shown, field.description)
    console.print(table)
