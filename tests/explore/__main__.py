"""`python -m tests.explore`: walks every scene to its end, some minutes each, and prints what it saw."""

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor

from tests.explore.scenes import SMALL, WHOLE
from tests.explore.search import walked

LIMIT = 400_000  # states of one scene: some 200 MB
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
    cut = [walk.scene.name for walk in walks if not walk.whole]
    few = not args.scene and states < ENOUGH
    if cut:
        print(f"not walked to the end: {', '.join(cut)}")
    if few:
        print(f"fewer than {ENOUGH:,} states")
    return 1 if cut or few or any(walk.broken for walk in walks) else 0


if __name__ == "__main__":
    sys.exit(main())
