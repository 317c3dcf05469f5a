"""What an administrator may set, by environment variable (`TAMBOUR_…`) or in `.env`. Documented in docs/settings.md."""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="TAMBOUR_", env_file=".env", extra="ignore")

    home: Path = Field(Path("var"), description="Folder of everything that must survive a restart.")
    host: str = Field("127.0.0.1", description="Address the web server listens on.")
    port: int = Field(8000, description="Port the web server listens on.")
    base_url: str = Field(
        "", description="Address residents type, without a final slash. Empty: made of host and port."
    )
    database_url: str = Field("", description="postgresql+asyncpg://… ; empty: SQLite in the home folder.")
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
    smtp_connections: int = Field(4, description="Connections kept open to the relay by one mail worker.")
    smtp_data_timeout: float = Field(600.0, description="Seconds to wait for the answer after a message (RFC 5321).")
    catcher_port: int = Field(0, description="SMTP port of the local catcher; 0: any free one.")

    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")

    @property
    def url(self) -> str:
        """The address of the instance, without a final slash."""
        return (
            self.base_url.rstrip("/") or f"http://{'localhost' if self.host == '127.0.0.1' else self.host}:{self.port}"
        )

    @property
    def database(self) -> str:
        """The SQLAlchemy address of the database."""
        return self.database_url or f"sqlite+aiosqlite:///{self.home.resolve() / 'tambour.sqlite3'}"


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
