"""cadenced.toml and the environment → Settings: servers, accounts, defaults, store and service.

Owns the keys of cadenced.toml and where each default comes from. Must never know a pair.
"""

import ipaddress
import os
from datetime import timedelta
from email.headerregistry import Address as MailAddress
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from cadenced.config import grammar
from cadenced.config.problems import ConfigProblems, Problem, line_of
from cadenced.config.reading import explain, parse, read_text
from cadenced.config.secrets import SecretPlaces
from cadenced.core.accounts import CalendarAccount, MailAccount
from cadenced.core.model import Horizon

PREFIX = "CADENCED_"
SHORTEST_HORIZON = timedelta(weeks=6)  # below it a month could begin before its meeting was planned

Duration = Annotated[timedelta, BeforeValidator(lambda v: grammar.duration(v) if isinstance(v, str) else v)]


def _sender(value: Any) -> Any:
    if isinstance(value, str):
        name, address = parseaddr(grammar.one_line(value))
        grammar.address(address)
        return str(MailAddress(name, addr_spec=address)) if address.isascii() else value
    return value


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Secret(Section):
    """A section with a password. In the file itself a `password` is refused."""

    password: str | None = Field(default=None, repr=False)
    password_file: Path | None = None
    password_command: tuple[str, ...] | None = None

    def secret(self, name: str, directory: Path) -> str:
        return SecretPlaces(name, self.password, self.password_file, self.password_command, directory).read()


class Smtp(Secret):
    host: str
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    tls: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    sender: Annotated[str, BeforeValidator(_sender)]
    ca_file: Path | None = None
    plus_addressing: bool = True
    daily_cap: Annotated[int, Field(ge=1, le=50)] = 2

    @model_validator(mode="after")
    def _encrypted(self) -> "Smtp":
        if self.tls == "none" and not is_loopback(self.host):
            raise ValueError(
                f'tls = "none" would send mail and password in clear to {self.host}; use "starttls" or "tls"'
            )
        return self


class Calendar(Secret):
    url: str = ""
    address: str = ""
    username: str = ""
    calendar: str = ""
    ca_file: Path | None = None

    @model_validator(mode="after")
    def _reachable(self) -> "Calendar":
        if not self.url and not self.address:
            raise ValueError("says neither url nor address; one of them tells where the calendar is")
        return self


class Defaults(Section):
    horizon: Duration = timedelta(weeks=10)
    freeze: Duration = timedelta(days=3)
    notice: Duration = timedelta(hours=24)

    @model_validator(mode="after")
    def _long_enough(self) -> "Defaults":
        if self.horizon < SHORTEST_HORIZON:
            raise ValueError("horizon is shorter than 6 weeks; people plan further ahead than that")
        return self


class StorePlace(Section):
    path: Path | None = None


class Service(Section):
    poll: Duration = timedelta(seconds=60)
    coordinator: Annotated[str, BeforeValidator(lambda v: grammar.address(v) if v else v)] = ""
    log: Literal["auto", "plain", "keyvalue", "json"] = "auto"


class Settings(BaseSettings):
    """Every value may come from the environment, which wins: CADENCED_SMTP__PASSWORD, CADENCED_CALENDARS__MAYA__URL.

    A dash in an account's name is an underscore there.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True, hide_input_in_errors=True
    )

    smtp: Smtp
    calendars: dict[str, Calendar] = Field(default_factory=dict)
    defaults: Defaults = Defaults()
    store: StorePlace = StorePlace()
    service: Service = Service()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings

    @model_validator(mode="before")
    @classmethod
    def _dashes(cls, data: Any) -> Any:
        """What the environment says of `my_account` is meant for `my-account`, if there is one."""
        calendars = data.get("calendars") if isinstance(data, dict) else None
        if isinstance(calendars, dict):
            for name in [name for name in calendars if name.replace("_", "-") != name]:
                if isinstance(meant := calendars.get(name.replace("_", "-")), dict):
                    meant.update(calendars.pop(name))
        return data

    def horizon(self) -> Horizon:
        return Horizon(self.defaults.horizon, self.defaults.freeze, self.defaults.notice)

    def mail_account(self, directory: Path) -> MailAccount:
        """With its password read. ConfigError when that can't be."""
        s = self.smtp
        password = s.secret("smtp", directory)
        return MailAccount(s.host, s.port, s.tls, s.sender, s.username, password, _at(directory, s.ca_file))

    def calendar_accounts(self, directory: Path) -> dict[str, CalendarAccount]:
        """By name, with their passwords read. ConfigError naming every one that can't be."""
        found, problems = {}, []
        for name, each in self.calendars.items():
            try:
                password = each.secret(f"calendars.{name}", directory)
            except ConfigProblems:
                raise
            except Exception as error:  # noqa: BLE001 — collected, to tell all at once
                problems.append(Problem("cadenced.toml", 0, "", str(error)))
                continue
            ca_file = _at(directory, each.ca_file)
            found[name] = CalendarAccount(name, each.url, each.address, each.username, password, each.calendar, ca_file)
        if problems:
            raise ConfigProblems(problems)
        return found

    def store_path(self) -> Path:
        """[store] path, else systemd's state folder, else the XDG one."""
        if self.store.path is not None:
            return self.store.path.expanduser()
        if state := os.environ.get("STATE_DIRECTORY"):
            return Path(state.split(":")[0]) / "cadenced.db"
        home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
        return Path(home) / "cadenced" / "cadenced.db"


def load_settings(directory: Path) -> Settings:
    """ConfigProblems with every error, the environment's included."""
    path = directory / "cadenced.toml"
    text = read_text(path)
    data = parse(path, text)
    problems = [Problem(path, line_of(text, p.split(".")), p, _NOT_HERE) for p in _passwords(data)]
    if problems:
        raise ConfigProblems(problems)
    try:
        return Settings(**data)
    except ValidationError as invalid:
        raise ConfigProblems([_placed(p) for p in explain(invalid, Settings, path, text)]) from None


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


_NOT_HERE = (
    "secrets don't belong in the file. Use password_file, password_command, the environment "
    "(CADENCED_SMTP__PASSWORD), or a systemd credential"
)


def _passwords(data: dict[str, Any]) -> list[str]:
    tables = {"smtp": data.get("smtp")}
    if isinstance(calendars := data.get("calendars"), dict):
        tables |= {f"calendars.{name}": each for name, each in calendars.items()}
    return [f"{name}.password" for name, table in tables.items() if isinstance(table, dict) and "password" in table]


def _placed(problem: Problem) -> Problem:
    """A value that the environment gave is named by its variable."""
    variable = PREFIX + problem.path.replace(".", "__").replace("-", "_").upper()
    if variable in os.environ:
        return Problem(f"environment variable {variable}", 0, "", problem.text)
    return problem


def _at(directory: Path, path: Path | None) -> Path | None:
    return None if path is None else directory / path.expanduser()
