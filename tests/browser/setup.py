"""Chromium and npm's packages, for `make browser`: put where they are missing, if that is possible here.

`python -m tests.browser.setup check` says why it is not, in words, or nothing.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.browser.chromium import AXE, binary

FOLDER = Path(__file__).parent
LOCK = FOLDER / "package-lock.json"
INSTALLED = FOLDER / "node_modules" / ".package-lock.json"  # npm's own note of what it put there
DEBIAN = {"chromium": "chromium", "npm": "npm"}  # program and package
TRIES = 3  # a registry may stumble


def missing() -> str:
    """What the tests lack, in words; empty when they can run."""
    lacks = [name for name in ("chromium", "node") if not _there(name)]
    if not (AXE.exists() and INSTALLED.stat().st_mtime >= LOCK.stat().st_mtime):
        lacks.append("npm's packages")
    return f"{' and '.join(lacks)} missing: run `make browser`" if lacks else ""


def make_ready() -> str:
    """Puts what is missing; why that can't be done, in words, or nothing."""
    absent = [package for name, package in DEBIAN.items() if not _there(name)]
    if absent:
        if not Path("/etc/debian_version").exists() or os.geteuid() != 0:
            return f"make browser needs {' and '.join(absent)}: install them (on Debian, root does so by itself)"
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        _run("apt-get", "-qq", "update", environment=environment)
        _run("apt-get", "-qq", "-y", "install", "--no-install-recommends", *absent, environment=environment)
    if missing():
        _run("npm", "ci", "--loglevel=error")
    return missing()


def _there(name: str) -> bool:
    return (binary() if name == "chromium" else shutil.which(name)) is not None


def _run(*argv: str, environment: dict[str, str] | None = None) -> None:
    for attempt in range(TRIES):
        done = subprocess.run(argv, cwd=FOLDER, env=environment, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return
        said = f"{' '.join(argv)} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        print(f"attempt {attempt + 1} of {TRIES}: {said}", file=sys.stderr)
    sys.exit(said)


if __name__ == "__main__":
    if sys.argv[1:] != ["check"]:
        sys.exit("usage: python -m tests.browser.setup check")
    sys.exit(make_ready() or 0)
