"""Waiting for what another task does, in looks and not in seconds."""

import asyncio
from collections.abc import Awaitable, Callable

LOOKS = 1500  # until a wait is given up


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(LOOKS):
        if await true():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{true.__name__} never came")
