"""Years of villages keep what cadenced promises: calendars full of other things, refusals, leave. See life.py.

Each seed runs in a process of its own. SIMULATION_LIVES="1-200" asks for more of them.
"""

import asyncio
import os
import subprocess
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cadenced.core.busytime import BusyQuery
from cadenced.shell.store import Store
from cadenced.wire.busy import busy_times
from tests.simulation.__main__ import command, seeds_of
from tests.simulation.lives.life import START, live
from tests.simulation.lives.memory import Memory
from tests.simulation.lives.village import village
from tests.simulation.remembered import SINCE, UNTIL

SEEDS = seeds_of(os.environ.get("SIMULATION_LIVES", "1"))
SOME = 25  # days: refusals, moves, appointments and mails happen in them
LONGEST = 600  # seconds for one life, on a machine that does something else beside it
LAST = datetime(2028, 8, 1, tzinfo=UTC)  # a diary knows a hundred weeks, its text more


def lived(seed: int) -> subprocess.CompletedProcess[str]:
    argv, environment = command(seed, "--lives")
    return subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=LONGEST, check=False)


@pytest.fixture(scope="module")
def lives():
    """All of them, as many at once as there are processors."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield {seed: pool.submit(lived, seed) for seed in SEEDS}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_year_of_a_village_keeps_every_vow(seed: int, lives: dict[int, Future[subprocess.CompletedProcess[str]]]):
    done = lives[seed].result()
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_store_in_memory_and_the_real_one_make_the_same_history(tmp_path: Path):
    store = Store.open(tmp_path / "store.db")
    try:
        real, model = (asyncio.run(live(7, each, SOME)) for each in (store, Memory()))
    finally:
        store.close()
    assert real.hash == model.hash
    assert real.writes > 0


def test_a_diary_knows_of_itself_what_the_service_reads_from_its_text():
    for diary in village(3, START).diaries.values():
        query = BusyQuery((SINCE, UNTIL), diary.zone.key)
        read = [(t.start, t.end) for t in busy_times(list(diary.bodies.values()), query).times if not t.tentative]
        known = {(block.start, block.end) for blocks in diary.blocks.values() for block in blocks}
        inside = [(start, end) for start, end in known if start >= SINCE and end <= UNTIL]
        assert inside
        assert all(any(first <= start and end <= last for first, last in read) for start, end in inside)
        assert all(any(start <= first < end for start, end in known) for first, _ in read if first < LAST)
