"""Secrets: from a file that only its owner can read, a command, the environment, or systemd's credentials.

Never from the TOML. Owns where a password may stand. Must never know what it opens, nor let one into a message.
"""

import os
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cadenced.core.errors import ConfigError

COMMAND_TAKES = 10  # seconds: a password manager that asks a person would wait for ever
LONGEST = 4096  # characters: app passwords have 16, tokens a few hundred


@dataclass(frozen=True, slots=True)
class SecretPlaces:
    """Where one password may be. `name` is how a person calls it: "smtp" or "calendars.maya"."""

    name: str
    value: str | None  # from the environment
    file: Path | None
    command: Sequence[str] | None
    directory: Path  # that a relative file is relative to

    def read(self) -> str | None:
        """The password, or None when no place is named. ConfigError when a place is named and does not give one."""
        if self.value is not None:
            return self.value
        if self.file is not None:
            return self._from_file(self.directory / self.file.expanduser())
        if self.command is not None:
            return self._from_command(self.command)
        folder = os.environ.get("CREDENTIALS_DIRECTORY")
        credential = Path(folder) / f"{self.name}.password" if folder else None
        return self._text(credential) if credential is not None and credential.exists() else None

    def _from_file(self, path: Path) -> str:
        try:
            mode = path.stat().st_mode
        except OSError as error:
            raise ConfigError(f"{self.name}.password_file: {path} cannot be read: {error.strerror}") from None
        if stat.S_IMODE(mode) & (stat.S_IRWXG | stat.S_IRWXO):
            found = f"others can read {path} (mode {stat.S_IMODE(mode):04o})"
            raise ConfigError(f"{self.name}.password_file: {found}; run  chmod 600 {path}")
        return self._text(path)

    def _text(self, path: Path) -> str:
        try:
            return self._line(path.read_text(encoding="utf-8"), str(path))
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{self.name}: the password in {path} cannot be read: {error}") from None

    def _from_command(self, command: Sequence[str]) -> str:
        where = f"{self.name}.password_command: {command[0] if command else '(empty)'}"
        try:
            done = subprocess.run(
                list(command),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=COMMAND_TAKES,
                check=False,
                text=True,
            )
        except subprocess.TimeoutExpired:
            raise ConfigError(f"{where} did not end within {COMMAND_TAKES} seconds") from None
        except (OSError, IndexError, ValueError) as error:
            raise ConfigError(f"{where} cannot be run: {error}") from None
        if done.returncode:
            raise ConfigError(f"{where} ended with {done.returncode}: {done.stderr.strip()[:200]}")
        return self._line(done.stdout, where)

    def _line(self, text: str, where: str) -> str:
        line = text.splitlines()[0] if text.strip() else ""
        if not line or len(line) > LONGEST:
            raise ConfigError(f"{where}: gives no password: its first line is {'too long' if line else 'empty'}")
        return line
