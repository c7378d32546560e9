"""The daemon's part of the mailbox: reads what came, and waits until something may have come.

Owns how long it waits after a failure, and when a human hears of it. Must never know what a mail says.
"""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from cadenced.core.errors import AccessError, ConfigError, TemporaryError
from cadenced.inbox.inbox import ALERT
from cadenced.service.parts import Parts

log = structlog.get_logger("cadenced")

IDLE = 1500.0  # seconds that one wait may take: servers cut who idles for thirty minutes (RFC 2177)
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 900.0  # seconds after a failure, doubling
REFUSED = 300.0  # seconds until a login that was refused is tried again: sooner locks accounts
PATIENCE = 3  # failures in a row until a human hears that the mailbox can't be reached
NOTHING = 3600.0  # seconds between looks whether there is a mailbox now


@dataclass
class Reading:
    """`news` and `mail` are called when a pair has something new, and when there is something to send."""

    parts: Parts
    news: Callable[[], None]
    mail: Callable[[], None]
    _failures: int = 0

    async def round(self) -> float:
        """The seconds until there may be more to do. Raises only StoreError."""
        inbox = self.parts.inbox
        if inbox is None:
            return NOTHING
        try:
            took = await inbox.run_once()
            self._failures = 0
            if took.outcomes:
                log.info("mail read", **took.outcomes)
            if took.news:
                self.news()
            if took.replies:
                self.mail()
            if not took.more:
                await inbox.mailbox.wait(inbox.account, IDLE)
        except TemporaryError as error:
            return await self._unreached(str(error))
        except (AccessError, ConfigError) as error:
            await self._tell(str(error))
            return REFUSED
        return 0.0

    async def end(self) -> None:
        """Ends a wait, at once: for another configuration, or for good."""
        await self.parts.mailbox.close()

    async def _unreached(self, why: str) -> float:
        self._failures += 1
        if self._failures == PATIENCE:
            await self._tell(why)
        return min(FIRST_PAUSE * (1 << min(self._failures - 1, 10)), LONGEST_PAUSE)

    async def _tell(self, why: str) -> None:
        log.warning("the mailbox does not work", problem=why)
        text = f"What people answer by mail is not read: {why}"
        await self.parts.store.raise_alert(ALERT, text, self.parts.clock.now())


async def read_once(parts: Parts) -> str:
    """For one pass: reads all that came. What kept it from that, or nothing."""
    if parts.inbox is None:
        return ""
    try:
        more = True
        while more:
            more = (await parts.inbox.run_once()).more
    except (TemporaryError, AccessError, ConfigError) as error:
        return str(error)
    return ""
