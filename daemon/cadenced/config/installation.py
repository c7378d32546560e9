"""An installation: the folder with cadenced.toml, pairs.toml, and a user's own roadmaps and templates.

Owns where that folder is, and what `init` writes into it.
"""

import os
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from cadenced.config.problems import ConfigProblems, Problem
from cadenced.config.programme import ProgrammeLoader
from cadenced.config.reading import read_text
from cadenced.config.roadmaps import load_roadmaps
from cadenced.config.settings import Settings, load_settings
from cadenced.core.errors import ConfigError

EXAMPLE = ("cadenced.toml", "pairs.toml")


@dataclass(frozen=True, slots=True)
class Installation:
    """`loader` reads the programme; `templates` are the sources of the user's own, by file name."""

    directory: Path
    settings: Settings
    loader: ProgrammeLoader
    templates: dict[str, str]


def load(directory: Path, before: Installation | None = None) -> Installation:
    """Everything but the programme. With `before`, pairs files that did not change are not parsed again.

    ConfigProblems with every error of the settings and the roadmaps.
    """
    settings: Settings | None = None
    problems: list[Problem] = []
    try:
        settings = load_settings(directory)
    except ConfigProblems as found:
        problems += found.problems
    try:
        roadmaps = load_roadmaps(directory)
    except ConfigProblems as found:
        problems += found.problems
    if problems or settings is None:
        raise ConfigProblems(problems)
    accounts = frozenset(settings.calendars)
    if before is not None and before.loader.accounts == accounts and before.loader.roadmaps == roadmaps:
        loader = before.loader
    else:
        loader = ProgrammeLoader(directory, accounts, roadmaps)
    templates = {path.name: read_text(path) for path in sorted((directory / "templates").glob("*.j2"))}
    return Installation(directory, settings, loader, templates)


def find_directory(option: Path | None) -> Path:
    """--config, else ./config, else the XDG place, else /etc/cadenced. ConfigError that names where it looked."""
    if option is not None:
        if not (option / "cadenced.toml").is_file():
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
        if (place / "cadenced.toml").is_file():
            return place
    looked = ", ".join(map(str, places))
    raise ConfigError(f"there is no cadenced.toml in {looked}. `cadenced init config` writes one, or say --config DIR")


def write_installation(directory: Path) -> list[Path]:
    """Writes the example's files; returns their paths. ConfigError when one is there already: then none is written."""
    paths = [directory / name for name in EXAMPLE]
    for path in paths:
        if path.exists():
            raise ConfigError(f"{path} is there already; move it away, or choose another folder")
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path in paths:
            source = resources.files("cadenced") / "config" / "example" / path.name
            path.write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"cannot write to {directory}: {error.strerror}") from None
    return paths
