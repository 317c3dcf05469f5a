"""What an administrator may set, by environment variable (`TAMBOUR_…`) or in `.env`. Documented in docs/settings.md.

A secret need not stand in the environment: `TAMBOUR_SMTP_PASSWORD_FILE` names the file that holds it, and so for the
others. What is given directly goes before what a file says.
"""

import os
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from sqlalchemy.engine import make_url

_PREFIX = "TAMBOUR_"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=_PREFIX, env_file=".env", extra="ignore")

    home: Path = Field(Path("var"), description="Folder of everything that must survive a restart.")
    host: str = Field("127.0.0.1", description="Address the web server listens on.")
    port: int = Field(8000, description="Port the web server listens on.")
    base_url: str = Field(
        "", description="Address residents type, without a final slash. Empty: made of host and port."
    )
    database_url: str = Field("", description="postgresql+asyncpg://… ; empty: SQLite in the home folder.")
    database_password: SecretStr = Field(
        SecretStr(""), description="Password of the database, where its address has none."
    )
    database_pool: int = Field(10, description="Most connections this process keeps to PostgreSQL.")
    trusted_proxies: str = Field("127.0.0.1", description="Addresses whose X-Forwarded headers are believed.")

    smtp_host: str = Field("", description="Mail relay. Empty: the local catcher, which sends nothing outside.")
    smtp_port: int = Field(587, description="Port of the relay.")
    smtp_tls: Literal["starttls", "implicit", "none"] = Field(
        "starttls", description="How the relay is reached; `none` is refused unless the relay is on this machine."
    )
    smtp_allow_cleartext: bool = Field(False, description="Accept a relay on another machine without TLS.")
    smtp_username: str = Field("", description="Account at the relay, if it wants one.")
    smtp_password: SecretStr = Field(SecretStr(""), description="Password at the relay.")
    smtp_direct: bool = Field(False, description="Without a relay: deliver to each provider's own hosts (MX).")
    smtp_paces: bool = Field(True, description="The relay itself holds back what providers do not take so fast.")
    smtp_private_relays: bool = Field(False, description="Towns may name relays on private networks.")
    smtp_per_town_daily: int = Field(0, description="Most messages of one town a day, urgent ones apart; 0: no limit.")
    smtp_per_town_hourly: int = Field(0, description="The same for an hour.")
    quiet_hours: str = Field("21-7", description="Hours of the town in which only urgent mail leaves; empty: none.")
    dns_servers: str = Field("", description="DNS servers asked instead of the machine's own, separated by commas.")
    metrics: Literal["local", "token", "off"] = Field(
        "local", description="Who may read /metrics: this machine, who has the token, or nobody."
    )
    metrics_token: SecretStr = Field(SecretStr(""), description="The token of `token`, sent as a bearer's.")
    smtp_connections: int = Field(4, description="Connections kept open to the relay by one mail worker.")
    smtp_data_timeout: float = Field(600.0, description="Seconds to wait for the answer after a message (RFC 5321).")
    catcher_port: int = Field(0, description="SMTP port of the local catcher; 0: any free one.")

    backup_place: str = Field(
        "", description="Folder, or s3://bucket/folder, of the nightly backups. Empty: none is made."
    )
    backup_keys: str = Field("", description="Public keys (age1…) whose owners can open backups, separated by spaces.")
    backup_hour: int = Field(2, ge=0, le=23, description="Hour of the night, in France, from which the backup is made.")
    backup_keep: int = Field(14, ge=1, description="How many backups are kept.")
    backup_store_endpoint: str = Field("", description="Address of an S3-compatible store; empty: Amazon’s.")
    backup_store_region: str = Field("fr-par", description="Region of that store.")
    backup_store_id: str = Field("", description="Account at that store.")
    backup_store_secret: SecretStr = Field(SecretStr(""), description="Password of that account.")

    kit_folder: Path | None = Field(None, description="Folder for a sealed copy of each town’s paper for a cut.")
    kit_password: SecretStr = Field(SecretStr(""), description="What opens these copies.")

    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")

    @property
    def way_out(self) -> Literal["relay", "direct", "catcher"]:
        """How mail leaves, where a town has no relay of its own."""
        return "relay" if self.smtp_host else "direct" if self.smtp_direct else "catcher"

    @property
    def url(self) -> str:
        """The address of the instance, without a final slash."""
        return (
            self.base_url.rstrip("/") or f"http://{'localhost' if self.host == '127.0.0.1' else self.host}:{self.port}"
        )

    @property
    def database(self) -> str:
        """The SQLAlchemy address of the database."""
        if not self.database_url:
            return f"sqlite+aiosqlite:///{self.home.resolve() / 'tambour.sqlite3'}"
        url, password = make_url(self.database_url), self.database_password.get_secret_value()
        if password and not url.password:
            url = url.set(password=password)
        return url.render_as_string(hide_password=False)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # pydantic calls it by name
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, dotenv_settings, _NamedFiles(settings_cls)


class _NamedFiles(PydanticBaseSettingsSource):
    """`TAMBOUR_…_FILE`: a secret that the machine hands over as a file, as containers and systemd do."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        path = os.environ.get(f"{_PREFIX}{field_name.upper()}_FILE", "")
        value = Path(path).read_text(encoding="utf-8").strip() if path else None
        return value, field_name, False

    def __call__(self) -> dict[str, Any]:
        found = {name: self.get_field_value(field, name)[0] for name, field in Settings.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
