"""`python -m tests.explore`: walks every scene to its end, some minutes each, and prints what it saw."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor

from tests.explore.scenes import SMALL, WHOLE
from tests.explore.search import Walk, walked

LIMIT = 2_000_000  # states of one scene: some 4 GB
ENOUGH = 1_000_000  # states of all scenes together


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.explore", description=__doc__)
    parser.add_argument("--scene", help="only those whose name has this in it")
    parser.add_argument("--states", type=int, default=LIMIT, help="of one scene at most")
    parser.add_argument("--jobs", type=int, default=2, help="processes at once")
    args = parser.parse_args()
    scenes = [scene for scene in (*SMALL, *WHOLE) if not args.scene or args.scene in scene.name]
    walks = []
    with ProcessPoolExecutor(args.jobs, max_tasks_per_child=1) as pool:
        for walk in pool.map(walked, scenes, [args.states] * len(scenes)):
            print(walk, flush=True)
            walks.append(walk)
    states, seconds = sum(walk.states for walk in walks), sum(walk.seconds for walk in walks)
    transitions = sum(walk.transitions for walk in walks)
    print(f"all: {states:,} states, {transitions:,} transitions, {seconds:.0f} s of one core")
    faults = [*lacking(walks, everything=not args.scene)]
    for fault in faults:
        print(fault)
    return 1 if faults else 0


def lacking(walks: Sequence[Walk], *, everything: bool) -> Iterator[str]:
    """Why these walks prove too little, in words. `everything`: they are all there are."""
    for walk in walks:
        if walk.broken:
            yield f"{walk.scene.name}: {walk.broken}"
        elif not walk.whole:
            yield f"{walk.scene.name}: not walked to its end"
    states = sum(walk.states for walk in walks)
    if everything and states < ENOUGH:
        yield f"{states:,} states, fewer than {ENOUGH:,}"


if __name__ == "__main__":
    sys.exit(main())
