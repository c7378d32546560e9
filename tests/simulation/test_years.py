"""Short years of the town keep what cadenced promises, and one seed is one history.

Each seed runs in a process of its own: reruns in one process diverge. SIMULATION_SEEDS="1-50" asks for more of them;
`python -m tests.simulation` runs whole years.
"""

import os
import subprocess
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.simulation.__main__ import command, seeds_of

SEEDS = seeds_of(os.environ.get("SIMULATION_SEEDS", "1-2"))
YEAR = 80  # days, in which as much happens as in so many of a whole year, and everything once
AGAIN = 30  # days: long enough for edits, faults and a kill or two
LONGEST = 900  # seconds for one history, on a machine that does something else beside it


def live(seed: int, days: int | None = None) -> subprocess.CompletedProcess[str]:
    argv, environment = command(seed, "--year", str(YEAR), *(["--days", str(days)] if days else []))
    return subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=LONGEST, check=False)


@pytest.fixture(scope="module")
def histories():
    """All of them, as many at once as there are processors."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield {seed: pool.submit(live, seed) for seed in SEEDS}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_year_keeps_every_promise(seed: int, histories: dict[int, Future[subprocess.CompletedProcess[str]]]):
    done = histories[seed].result()
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_same_seed_is_the_same_history_to_the_last_byte():
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(live, (11, 11), (AGAIN, AGAIN))
    assert one.returncode == 0, one.stdout + one.stderr
    assert _hash(one) == _hash(other)


def test_another_seed_is_another_history():
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(live, (11, 12), (3, 3))
    assert _hash(one) != _hash(other)


def _hash(done: subprocess.CompletedProcess[str]) -> str:
    return done.stdout.split()[2]
