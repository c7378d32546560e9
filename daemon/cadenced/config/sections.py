"""The sections of cadenced.toml, as pydantic models: which keys there are, their bounds and defaults.

Must never know a file, the environment or another section.
"""

import ipaddress
from datetime import timedelta
from email.headerregistry import Address as MailAddress
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cadenced.config import grammar
from cadenced.config.reading import spelt

HORIZONS = (timedelta(weeks=6), timedelta(weeks=104))  # a month must not begin unplanned; years ahead are only noise
POLLS = (timedelta(seconds=1), timedelta(days=1))  # faster is an attack on the server, more rarely misses edits


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _host(text: str) -> str:
    """A server by its name or number: no part of a name is empty, or longer than 63 characters (RFC 1035 §2.3.4)."""
    name = grammar.one_line(text)
    try:
        name.encode("idna")  # as is done to ask for it
    except UnicodeError:
        right = 'write it like "mail.example.org", with 1 to 63 characters between the dots'
        raise ValueError(f'"{name}" is no name of a server; {right}') from None
    return name


def _sender(text: str) -> str:
    """An address, or a name and then the address in angle brackets. The name needs no quotes, whatever is in it."""
    name, bracket, rest = grammar.one_line(text).rpartition("<")
    name, address = parseaddr(text) if '"' in name or not bracket else (name.strip(), rest.removesuffix(">"))
    return str(MailAddress(name, addr_spec=grammar.address(address or text)))


def _url(text: str) -> str:
    """The URL of a server, without a login in it; plain http towards this machine only (RFC 7617 §4)."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("is no URL of a server; write it like https://cloud.example.org/remote.php/dav")
    if parts.username or parts.password:
        raise ValueError("has a login in the URL; the name belongs into username, the password outside this file")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError(f"http would send the password in clear to {parts.hostname}; use https")
    _host(parts.hostname)
    return text


def _basic(text: str) -> str:
    """A name for a login over HTTP, in which a colon ends the name (RFC 7617 §2)."""
    if ":" in text:
        raise ValueError("has a colon, which no login to a calendar server can have; write it as the server lists it")
    return text


Address = Annotated[str, spelt(grammar.address)]
Duration = Annotated[timedelta, spelt(grammar.duration)]
Line = Annotated[str, spelt(grammar.one_line)]
Host = Annotated[str, spelt(_host)]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Login(Section):
    """A section with a login. `password` comes from the environment alone: in the file it is refused."""

    username: str = ""
    password: str | None = Field(default=None, repr=False)
    password_file: Path | None = None
    password_command: Annotated[tuple[str, ...], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _one_place(self) -> "Login":
        if self.password_file is not None and self.password_command is not None:
            raise ValueError("has both a password_file and a password_command; keep one")
        return self


class Smtp(Login):
    host: Host
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    tls: Literal["starttls", "tls", "none"] = "starttls"
    sender: Annotated[str, spelt(_sender)]
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


class Mailbox(Login):
    """Where answers come back to: the IMAP login of the sender's mailbox. `copies`: of what is sent, so that a lost
    reply of the mail server is settled by what arrived. `authserv_id`: by which its server names itself where it says
    whether an author is true (RFC 8601); without it nobody is believed that one is.
    """

    host: Host
    username: Line
    port: Annotated[int, Field(ge=1, le=65535)] = 993
    tls: Literal["tls", "starttls", "none"] = "tls"
    folder: Line = "INBOX"
    ca_file: Path | None = None
    copies: bool = True
    authserv_id: Line = ""

    @model_validator(mode="after")
    def _encrypted(self) -> "Mailbox":
        if self.tls == "none" and not is_loopback(self.host):
            raise ValueError(
                f'tls = "none" would send mail and password in clear to {self.host}; use "tls" or "starttls"'
            )
        return self


class Calendar(Login):
    username: Annotated[str, spelt(_basic)] = ""
    url: Annotated[str, spelt(_url)] = ""
    address: Address = ""
    calendar: str = ""
    read: tuple[Line, ...] | None = None  # calendars whose events keep the person busy; without it all
    ca_file: Path | None = None

    @model_validator(mode="after")
    def _reachable(self) -> "Calendar":
        if not self.url and not self.address:
            raise ValueError("says neither url nor address; one of them tells where the calendar is")
        return self


class Organizer(Calendar):
    """The login that invites people who gave none of their own (RFC 6638). `name` is what they see as the organizer."""

    name: Line | None = None

    @model_validator(mode="after")
    def _nobody(self) -> "Organizer":
        if self.read is not None:
            raise ValueError("is nobody whose calendars could be read; read belongs into [calendars.NAME]")
        return self


class Defaults(Section):
    horizon: Duration = timedelta(weeks=10)
    freeze: Duration = timedelta(days=3)
    notice: Duration = timedelta(hours=24)
    timezone: Annotated[str, spelt(grammar.zone)] | None = None  # of people who name none
    holidays: Annotated[str, spelt(grammar.region)] = ""  # likewise

    @model_validator(mode="after")
    def _plannable(self) -> "Defaults":
        shortest, longest = HORIZONS
        if not shortest <= self.horizon <= longest:
            raise ValueError(f"horizon must be between {shortest.days // 7} and {longest.days // 7} weeks")
        if max(self.freeze, self.notice) >= self.horizon:
            raise ValueError("freeze and notice must be shorter than horizon, or nothing would ever be planned")
        return self


class StorePlace(Section):
    path: Path | None = None


class Service(Section):
    poll: Duration = timedelta(seconds=60)  # how often calendars are looked at
    coordinator: Address = ""  # hears of what needs a human
    log: Literal["auto", "plain", "keyvalue", "json"] = "auto"

    @model_validator(mode="after")
    def _bearable(self) -> "Service":
        if not POLLS[0] <= self.poll <= POLLS[1]:
            raise ValueError("poll must be between 1 second and 1 day")
        return self
