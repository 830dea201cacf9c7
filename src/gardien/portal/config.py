"""The settings of one installation: every environment variable Gardien reads, in one documented object."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from gardien.portal import mail

DatabaseRole = Literal["app", "owner", "sweep", "network", "audit", "backup"]


class SettingRefusedError(ValueError):
    """An environment variable's value cannot be read; the text names the variable, never the value."""

    def __init__(self, variable: str, reason: str) -> None:
        """Say which variable to correct."""
        super().__init__(f"{variable}: {reason}. Correct it, or unset it for the default.")


class Config(BaseModel):
    """Read from `GARDIEN_<FIELD>` (and `DATABASE_URL`), checked, and never changed afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Path = Field(Path(".gardien"), description="The data directory: embedded database, keys, files.")
    database_url: str = Field(
        "",
        alias="DATABASE_URL",
        description="An external PostgreSQL ≥ 15 as role gardien_app; empty: the embedded one.",
    )
    owner_database_url: str = Field(
        "", description="The same database as role gardien_owner, for `gardien migrate` only."
    )
    sweep_database_url: str = Field(
        "", description="The same database as role gardien_sweep, for `gardien sweep` and `gardien restore`."
    )
    backup_database_url: str = Field("", description="The same database as role gardien_backup, for `gardien backup`.")
    database_role: DatabaseRole = Field("app", description="The embedded database's role of this process.")
    database_name: str = Field("gardien", description="The embedded database's name.")
    postgres_bin: Path | None = Field(None, description="A folder with PostgreSQL's server programs, before any other.")
    keys: Path | None = Field(None, description="The folder of key files; empty: `keys` below the data directory.")
    ledger: Path | None = Field(
        None, description="The folder of the erasure ledger; empty: `ledger` below the data directory."
    )
    versions: Path | None = Field(None, description="The folder of commitment versions; empty: the package's own.")
    hosts: str = Field("localhost,127.0.0.1", description="Host names the portal answers to, separated by commas.")
    is_https: bool = Field(default=False, description="True behind TLS: secure cookies with the __Host- prefix, HSTS.")
    is_demo: bool = Field(default=False, description="True for demonstration data: each page says so.")
    proxies: int = Field(0, ge=0, le=9, description="How many proxies stand in front; they say who asks.")
    idle_minutes: int = Field(30, ge=1, le=240, description="A session ends after so many minutes without a request.")
    session_hours: int = Field(12, ge=1, le=24, description="A session ends so many hours after signing in.")
    proof_minutes: int = Field(10, ge=1, le=60, description="Sensitive pages want a proof not older than that.")

    mail_url: Annotated[str, AfterValidator(mail.checked)] = Field(
        "", description="Where mail goes: smtp://, smtps://, or file: for the folder outbox; empty: none is sent."
    )
    mail_from: str = Field("", description="The portal's own address, from which mail is sent; needed with a mail URL.")

    def url(self, role: str) -> str:
        """Return the external database's URL for a role, empty if it has none of its own."""
        own = {"owner": self.owner_database_url, "sweep": self.sweep_database_url, "backup": self.backup_database_url}
        return own.get(role, self.database_url)

    @property
    def keys_folder(self) -> Path:
        """Return the folder of key files."""
        return self.keys or self.home / "keys"

    @property
    def ledger_folder(self) -> Path:
        """Return the folder of the erasure ledger."""
        return self.ledger or self.home / "ledger"

    @property
    def stores(self) -> dict[str, Path]:
        """Return where the holdings lie that are files, by the place that a room declares."""
        return {"file:outbox": self.home / "outbox", "file:demo": self.home / "demo", "file:ledger": self.ledger_folder}

    @property
    def mail_route(self) -> mail.Route | None:
        """Return where mail goes, None for nowhere; raise `SettingRefusedError` if its sender is not named."""
        if self.mail_url and "@" not in self.mail_from:
            raise SettingRefusedError("GARDIEN_MAIL_FROM", "mail needs the portal's own address")
        return mail.route(self.mail_url, self.home / "outbox")


def read(environ: Mapping[str, str] = os.environ) -> Config:
    """Return the settings of `environ`; raise `SettingRefusedError` for a value that cannot be read."""
    variables = {
        field.alias or name: field.alias or f"GARDIEN_{name.upper()}" for name, field in Config.model_fields.items()
    }
    values = {name: environ[variable] for name, variable in variables.items() if environ.get(variable)}
    try:
        config = Config.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise SettingRefusedError(variables[str(first["loc"][0])], first["msg"]) from None
    return config.model_copy(update={"home": config.home.absolute()})
