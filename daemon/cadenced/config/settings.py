"""cadenced.toml and the environment → Settings: servers, accounts, defaults, store and service.

Owns which source wins, where passwords are asked for, and where the store stands. Must never know a pair.
"""

import os
import ssl
from collections.abc import Mapping
from dataclasses import replace
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, PrivateAttr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from cadenced.config import grammar
from cadenced.config.lines import line_of
from cadenced.config.problems import ConfigProblems, Problem
from cadenced.config.reading import explain, parse, read_text, spelt
from cadenced.config.secrets import SecretPlaces
from cadenced.config.sections import Calendar, Defaults, Login, Mailbox, Organizer, Service, Smtp, StorePlace
from cadenced.core.accounts import ORGANIZER, CalendarAccount, MailAccount, MailboxAccount
from cadenced.core.errors import ConfigError
from cadenced.core.model import Horizon

PREFIX = "CADENCED_"
FILE = "cadenced.toml"


def _flaw(certificates: Path) -> str:
    """Why nothing can be trusted by this file, or nothing."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(certificates)
    except ssl.SSLError:
        return "holds no certificates in PEM, which begin with -----BEGIN CERTIFICATE-----"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return ""


def _account(text: str) -> str:
    if text == ORGANIZER:
        raise ValueError(f"is what [{ORGANIZER}] is called; name this calendar otherwise")
    return grammar.identifier(text)


class Settings(BaseSettings):
    """Every value may come from the environment, which wins: CADENCED_SMTP__PASSWORD, CADENCED_CALENDARS__MAYA__URL.
    A variable that is empty says nothing.

    A dash in an account's name is an underscore there. Passwords are read when an account is asked for, not before.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    smtp: Smtp
    calendars: dict[Annotated[str, spelt(_account)], Calendar] = Field(default_factory=dict)
    organizer: Organizer | None = None
    mailbox: Mailbox | None = None
    defaults: Defaults = Defaults()
    store: StorePlace = StorePlace()
    service: Service = Service()
    _directory: Path = PrivateAttr(Path())  # that relative paths are relative to

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
        """What the environment says of `my_account` is meant for `my-account`."""
        calendars = data.get("calendars")
        if isinstance(calendars, dict):
            for name in [name for name in calendars if name.replace("_", "-") in calendars.keys() - {name}]:
                if isinstance(meant := calendars[name.replace("_", "-")], dict):
                    meant.update(calendars.pop(name))
        return data

    def horizon(self) -> Horizon:
        return Horizon(self.defaults.horizon, self.defaults.freeze, self.defaults.notice)

    def mail_account(self, *, secrets: bool = True) -> MailAccount:
        """With its password read, unless nothing is to be sent: blocking. ConfigProblems when that can't be."""
        s = self.smtp
        try:
            password = self._password("smtp", s) if secrets else ""
        except ConfigError as error:
            raise ConfigProblems([self._missing("smtp", error)]) from None
        return MailAccount(s.host, s.port, s.tls, s.sender, s.username, password, self._path(s.ca_file))

    def calendar_accounts(self, *, secrets: bool = True) -> dict[str, CalendarAccount]:
        """By name, with their passwords read, unless no server is to be asked: blocking.

        ConfigProblems naming every one that can't be.
        """
        found: dict[str, CalendarAccount] = {}
        problems: list[Problem] = []
        for name, each in self.calendars.items():
            try:
                found[name] = self._calendar_account(name, each, secrets=secrets)
            except ConfigProblems as error:
                problems += error.problems
        if problems:
            raise ConfigProblems(problems)
        return found

    def mailbox_account(self, *, secrets: bool = True) -> MailboxAccount | None:
        """The one of [mailbox], likewise; None where there is none, and nobody reads what people answer."""
        if (said := self.mailbox) is None:
            return None
        try:
            password = self._password("mailbox", said) if secrets else ""
        except ConfigError as error:
            raise ConfigProblems([self._missing("mailbox", error)]) from None
        place = said.host, said.port, said.tls, said.username, password
        return MailboxAccount(*place, self._path(said.ca_file), said.folder, said.authserv_id)

    @property
    def copies(self) -> bool:
        """Whether the mailbox gets a copy of what is sent."""
        return self.mailbox is not None and self.mailbox.copies

    def organizer_account(self, *, secrets: bool = True) -> CalendarAccount | None:
        """The one of [organizer], which is named ORGANIZER, likewise; None where there is none."""
        if self.organizer is None:
            return None
        return replace(self._calendar_account(ORGANIZER, self.organizer, secrets=secrets), shown=self.organizer_name())

    def organizer_name(self) -> str:
        """What people who are invited see as the organizer: the one that sends the mails, unless it is named."""
        named = self.organizer.name if self.organizer is not None else None
        return named or parseaddr(self.smtp.sender)[0] or "cadenced"

    def _calendar_account(self, name: str, login: Calendar, *, secrets: bool) -> CalendarAccount:
        where = (login.url, login.address, login.username)
        account = CalendarAccount(name, *where, calendar=login.calendar, read=login.read)
        try:
            password = self._password(account.section, login) if secrets else ""
        except ConfigError as error:
            raise ConfigProblems([self._missing(account.section, error)]) from None
        return replace(account, password=password, ca_file=self._path(login.ca_file))

    def certificates(self) -> None:
        """Whether every ca_file can be used: blocking. ConfigProblems naming those that can't."""
        named = {"smtp": self.smtp.ca_file} | {f"calendars.{name}": c.ca_file for name, c in self.calendars.items()}
        named |= {"mailbox": self.mailbox.ca_file} if self.mailbox else {}
        named |= {ORGANIZER: self.organizer.ca_file} if self.organizer else {}
        paths = {section: path for section, said in named.items() if (path := self._path(said)) is not None}
        wrong = {path: _flaw(path) for path in set(paths.values())}
        problems = [
            self._missing(section, ConfigError(f"{section}: ca_file: {path} {wrong[path]}"))
            for section, path in paths.items()
            if wrong[path]
        ]
        if problems:
            raise ConfigProblems(problems)

    def store_path(self) -> Path:
        """[store] path, else systemd's state folder (systemd.exec(5)), else the XDG one."""
        if (path := self._path(self.store.path)) is not None:
            return path
        if state := os.environ.get("STATE_DIRECTORY"):
            return Path(state.split(":")[0]) / "cadenced.db"
        home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
        return Path(home) / "cadenced" / "cadenced.db"

    def _missing(self, section: str, error: ConfigError) -> Problem:
        """A password or certificate that can't be had, at the section that wants it."""
        path = self._directory / FILE
        text = str(error).removeprefix(f"{section}").removeprefix(": ").removeprefix(".")
        return Problem(path, line_of(read_text(path), section.split(".")), section, text)

    def _password(self, name: str, login: Login) -> str:
        """Empty where there is no login."""
        places = SecretPlaces(name, login.password, login.password_file, login.password_command, self._directory)
        found = places.read()
        if found is None and login.username:
            raise ConfigError(f"{name}: has a username, but no password: {_ways(name)}")
        return found or ""

    def _path(self, path: Path | None) -> Path | None:
        return None if path is None else self._directory / path.expanduser()


def load_settings(directory: Path) -> Settings:
    """ConfigProblems with every error, the environment's included."""
    path = directory / FILE
    text = read_text(path)
    data = parse(path, text)
    problems = [
        Problem(path, line_of(text, [*name.split("."), "password"]), f"{name}.password", f"{_NOT_HERE}; {_ways(name)}")
        for name in _take_out_passwords(data)
    ]
    try:
        settings = Settings(**data)
    except ValidationError as invalid:
        problems += [_placed(problem, data) for problem in explain(invalid, Settings, path, text)]
    except SettingsError as error:
        problems.append(Problem("environment", 0, "", f"{error}; name the single value instead: {PREFIX}SMTP__HOST"))
    if problems:
        raise ConfigProblems(problems)
    settings._directory = directory  # noqa: SLF001 — its own module; as a field it would be a key of the file
    ours = parseaddr(settings.smtp.sender)[1].lower()
    if settings.mailbox is not None and settings.service.coordinator.lower() == ours:
        words = "is the mailbox that cadenced reads itself, where nobody would see it; name a human's own address"
        raise ConfigProblems([Problem(path, line_of(text, ["service", "coordinator"]), "service.coordinator", words)])
    return settings


_NOT_HERE = "secrets don't belong in this file"


def _ways(name: str) -> str:
    return (
        "say password_file (chmod 600) or password_command, or give it in the environment "
        f"({_variable(f'{name}.password')}) or as systemd credential {name}.password"
    )


def _variable(path: str) -> str:
    return PREFIX + path.replace(".", "__").replace("-", "_").upper()


def _take_out_passwords(data: dict[str, Any]) -> list[str]:
    """The sections that have one, which then have none."""
    tables: dict[str, Any] = {name: data.get(name) for name in ("smtp", "mailbox", ORGANIZER)}
    if isinstance(calendars := data.get("calendars"), dict):
        tables |= {f"calendars.{name}": each for name, each in calendars.items()}
    found = [name for name, table in tables.items() if isinstance(table, dict) and "password" in table]
    for name in found:
        del tables[name]["password"]
    return found


def _placed(problem: Problem, data: Mapping[str, Any]) -> Problem:
    """A value that the environment gave is named by its variable."""
    variable = _variable(problem.path)
    given = sorted(name for name, value in os.environ.items() if value and name.upper().startswith(f"{variable}__"))
    if os.environ.get(variable):
        return Problem(f"environment variable {variable}", 0, "", problem.text)
    if given and not _has(data, problem.path):
        return Problem(f"environment variable {given[0]}", 0, problem.path, problem.text)
    return problem


def _has(data: Any, path: str) -> bool:
    for part in path.split("."):
        if not isinstance(data, dict) or part not in data:
            return False
        data = data[part]
    return True
