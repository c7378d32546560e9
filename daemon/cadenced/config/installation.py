"""An installation: the folder with cadenced.toml, pairs.toml, and a user's own roadmaps, templates and languages.

Owns where that folder is, and what `init` writes into it.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from email.utils import parseaddr
from importlib import resources
from pathlib import Path
from typing import ParamSpec, TypeVar

from cadenced.config.problems import ConfigProblems, Problem
from cadenced.config.programme import ProgrammeLoader
from cadenced.config.reading import read_text
from cadenced.config.resolver import Known
from cadenced.config.roadmaps import load_roadmaps
from cadenced.config.settings import Settings, load_settings
from cadenced.core.accounts import ORGANIZER, CalendarAccount, MailAccount, MailboxAccount
from cadenced.core.errors import ConfigError
from cadenced.core.model import Programme
from cadenced.wire.languages import BUILT_IN, SUFFIX, Languages, flaws

P = ParamSpec("P")
T = TypeVar("T")
EXAMPLE = ("cadenced.toml", "pairs.toml")


@dataclass(frozen=True, slots=True)
class Whole:
    """All that must be read before anything can be done, secrets included. `calendars` by name, the organizer's too."""

    programme: Programme
    mail: MailAccount
    calendars: Mapping[str, CalendarAccount]
    mailbox: MailboxAccount | None = None


@dataclass(frozen=True, slots=True)
class Installation:
    """`loader` reads the programme; `templates` are the sources of the user's own, by file name; `languages` are those
    that mails are written in, the user's among them.
    """

    directory: Path
    settings: Settings
    loader: ProgrammeLoader
    templates: dict[str, str]
    languages: Languages = BUILT_IN

    def whole(self, *, secrets: bool = True) -> Whole:
        """Reads the programme and, unless no server is to be asked, every secret: blocking.

        ConfigProblems with all that is wrong.
        """
        problems: list[Problem] = []
        programme = _collected(problems, self.loader.load)
        mail = _collected(problems, self.settings.mail_account, secrets=secrets)
        calendars = _collected(problems, self.settings.calendar_accounts, secrets=secrets)
        organizer = _collected(problems, self.settings.organizer_account, secrets=secrets)
        mailbox = _collected(problems, self.settings.mailbox_account, secrets=secrets)
        if secrets:
            _collected(problems, self.settings.certificates)
        if problems or programme is None or mail is None or calendars is None:
            raise ConfigProblems(problems)
        if mailbox is not None and self.settings.copies:
            mail = replace(mail, copy_to=parseaddr(mail.sender)[1])
        everyone = calendars if organizer is None else {**calendars, ORGANIZER: organizer}
        return Whole(programme, mail, everyone, mailbox)


def load(directory: Path, before: Installation | None = None) -> Installation:
    """Everything but the programme. With `before`, pairs files that did not change are not parsed again.

    ConfigProblems with every error of the settings, roadmaps, templates and catalogues, and then of the programme, too.
    """
    problems: list[Problem] = []
    settings = _collected(problems, load_settings, directory)
    languages = _collected(problems, _load_languages, directory)
    roadmaps = _collected(problems, load_roadmaps, directory, languages or BUILT_IN)
    templates = _collected(problems, _load_templates, directory)
    if settings is None or roadmaps is None or templates is None or languages is None:
        _collected(problems, ProgrammeLoader(directory, Known(None, roadmaps, languages=languages)).load)
        raise ConfigProblems(problems)
    said = settings.defaults
    invites = {"organizer": settings.organizer is not None, "mailbox": settings.mailbox is not None}
    known = Known(frozenset(settings.calendars), roadmaps, said.timezone, said.holidays, **invites, languages=languages)
    sources = {} if before is None else before.loader.sources
    return Installation(directory, settings, ProgrammeLoader(directory, known, sources), templates, languages)


def _collected(problems: list[Problem], read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
    """What is read, or None, its errors being put to the others."""
    try:
        return read(*args, **kwargs)
    except ConfigProblems as found:
        problems += found.problems
        return None


def _load_templates(directory: Path) -> dict[str, str]:
    return {path.name: read_text(path) for path in sorted((directory / "templates").glob("*.j2"))}


def _load_languages(directory: Path) -> Languages:
    """With the catalogues of the user's own. ConfigProblems with every flaw of them."""
    paths = sorted((directory / "locales").glob(f"*{SUFFIX}"))
    sources = {path.stem: read_text(path) for path in paths}
    problems = [Problem(path, line, "", text) for path in paths for line, text in flaws(path.stem, sources[path.stem])]
    if problems:
        raise ConfigProblems(problems)
    return Languages(sources)


def find_directory(option: Path | None) -> Path:
    """--config, else ./config, else the XDG place, else /etc/cadenced. ConfigError that names where it looked."""
    if option is not None:
        if option.is_file():
            raise ConfigError(f"{option} is a file; --config takes the folder that it is in: {option.parent}")
        if not _is_one(option):
            raise ConfigError(f"there is no cadenced.toml in {option}; `cadenced init {option}` writes one")
        return option
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    managed = os.environ.get("CONFIGURATION_DIRECTORY")  # systemd.exec(5)
    places = [
        *([Path(managed.split(":")[0])] if managed else []),
        Path("config"),
        home / "cadenced",
        Path("/etc/cadenced"),
    ]
    for place in places:
        if _is_one(place):
            return place
    looked = ", ".join(map(str, places))
    raise ConfigError(f"there is no cadenced.toml in {looked}. `cadenced init config` writes one, or say --config DIR")


def _is_one(place: Path) -> bool:
    try:
        return (place / "cadenced.toml").is_file()
    except PermissionError:
        return True  # reading it will say so; the next place would be a surprise


def write_installation(directory: Path) -> list[Path]:
    """Writes the example's files; returns their paths. ConfigError when one is there already: then none is written."""
    paths = [directory / name for name in EXAMPLE]
    for path in paths:
        if path.exists():
            raise ConfigError(f"{path} is there already; move it away, or choose another folder")
    try:
        directory.mkdir(parents=True, exist_ok=True)  # readable: a service runs as another user, and no secret is in it
        for path in paths:
            source = resources.files("cadenced") / "config" / "example" / path.name
            with path.open("x", encoding="utf-8") as file:
                file.write(source.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"cannot write to {directory}: {error.strerror}") from None
    return paths
