"""`python -m tests.simulation`: years of the town, each seed in a process of its own.

python -m tests.simulation --seeds 1-50       many histories
python -m tests.simulation --seeds 7 --trace  one of them, with all that happens
python -m tests.simulation --lives --seeds 1-200  years of villages with full calendars, much leaner (lives/)
"""

import argparse
import asyncio
import gc
import os
import shutil
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 — where there is one: the store syncs every commit, and a disk takes its time


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", default="1-4", help='as in "1-50" or "3,7"')
    parser.add_argument("--days", type=int, help="stop after so many days, instead of after the whole year")
    parser.add_argument("--year", type=int, default=365, help="days of the town's year, in which everything happens")
    parser.add_argument("--trace", action="store_true", help="print everything that happens")
    parser.add_argument("--lives", action="store_true", help="villages instead of the town")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    seeds = seeds_of(args.seeds)
    if args.here:
        return _life(seeds[0], args) if args.lives else _here(seeds[0], args)
    return asyncio.run(_all(seeds, args))


def seeds_of(text: str) -> list[int]:
    """The numbers of "1-4,9"."""
    spans = [part.partition("-") for part in text.split(",")]
    return [n for first, _, last in spans for n in range(int(first), int(last or first) + 1)]


def command(seed: int, *options: str) -> tuple[list[str], dict[str, str]]:
    """How one seed is run: the command and its environment, where even the order of sets follows the seed."""
    argv = [sys.executable, "-m", "tests.simulation", "--here", "--seeds", str(seed), *options]
    return argv, {**os.environ, "PYTHONHASHSEED": str(seed)}


async def _all(seeds: list[int], args: argparse.Namespace) -> int:
    gate, failed = asyncio.Semaphore(args.jobs), []
    options = ["--year", str(args.year)] + (["--days", str(args.days)] if args.days else [])
    options += [option for option, wanted in (("--trace", args.trace), ("--lives", args.lives)) if wanted]

    async def one(seed: int) -> None:
        async with gate:
            argv, environment = command(seed, *options)
            if await (await asyncio.create_subprocess_exec(*argv, env=environment)).wait():
                failed.append(seed)

    await asyncio.gather(*(one(seed) for seed in seeds))
    if failed:
        print(f"{len(failed)} of {len(seeds)} failed: {','.join(map(str, sorted(failed)))}")
    return 1 if failed else 0


def _here(seed: int, args: argparse.Namespace) -> int:
    from tests.simulation.run import BrokenPromiseError, simulate  # noqa: PLC0415 — the parent needs none of it

    gc.set_threshold(50_000, 20, 100)  # a year makes few cycles and keeps much: looking for them is a fifth of it
    began = time.process_time()
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        try:
            year = timedelta(days=args.year)
            history = simulate(seed, Path(folder), args.days, year=year, aloud=args.trace)
        except BrokenPromiseError as broken:
            print(broken, f"replay: python -m tests.simulation --seeds {seed} --trace", sep="\n", flush=True)
            shutil.rmtree(folder, ignore_errors=True)
            os._exit(1)  # what is left of a broken world would only complain
    took = time.process_time() - began
    print(f"seed {seed}: {history.hash} in {took:.1f} s: {history}", flush=True)
    os._exit(0)  # a year cut short leaves tasks that wait for ever, on which the interpreter's own end has crashed


def _life(seed: int, args: argparse.Namespace) -> int:
    from tests.simulation.lives.life import YEAR, BrokenVowError, live  # noqa: PLC0415 — likewise
    from tests.simulation.lives.memory import Memory  # noqa: PLC0415

    gc.set_threshold(50_000, 20, 100)
    began = time.process_time()
    try:
        lived = asyncio.run(live(seed, Memory(), args.days or YEAR, aloud=args.trace))
    except BrokenVowError as broken:
        print(broken, f"replay: python -m tests.simulation --lives --seeds {seed} --trace", sep="\n", flush=True)
        return 1
    took = time.process_time() - began
    print(f"life {seed}: {lived.hash} in {took:.1f} s: {lived}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
