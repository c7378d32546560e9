"""Reads the configuration for the daemon, again and again, and writes into the log what is right and yet may be wrong.

Must never know what is done with it.
"""

import structlog

from cadenced.config import Installation, load
from cadenced.config.problems import grouped
from cadenced.service.parts import Loaded

log = structlog.get_logger("cadenced")


class Loading:
    """Blocking, and ConfigProblems, each time it is called. Files that did not change are not parsed again; a warning
    is logged when it is new.
    """

    def __init__(self, installation: Installation) -> None:
        self._last = installation
        self._warned: set[str] = set()

    def __call__(self) -> Loaded:
        self._last = load(self._last.directory, self._last)
        loaded = Loaded.of(self._last)
        names = {name: person.name for name, person in loaded.people.items()}
        warnings = grouped(loaded.programme.warnings, names)
        for warning in (each for each in warnings if each not in self._warned):
            log.warning("the configuration is right, but look at this", warning=warning)
        self._warned = set(warnings)
        return loaded
