"""Debian's packages, unpacked into a folder and not installed, so that the machine stays as it was.

Owns how they are fetched, and a view of the file system in which they stand where they belong. Knows none of them.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

DOWNLOAD = 300  # seconds, for fourteen megabytes
MERGED = """\
mount -t overlay overlay -o lowerdir={root}/usr:/usr /usr
mount --bind {folder}/passwd /etc/passwd
mount --bind {folder}/group /etc/group
exec "$@"
"""


def why_not(what: str) -> str:
    """Why Debian's `what` cannot run here, in words; empty when it can."""
    if not Path("/etc/debian_version").exists() or not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        return f"{what} comes from Debian's packages, and this is no Debian: run it on one, or in a container"
    if os.geteuid() != 0:
        return f"{what} has to be started by root, who gives it a user of its own: run `make interop` as root"
    return ""


def why_no_view(what: str) -> str:
    """The same for what needs a Merged view."""
    if reason := why_not(what):
        return reason
    trial = subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False)
    return f"{what} needs a view of its own of the file system (unshare --mount), which is refused here" * (
        trial.returncode != 0
    )


@dataclass(frozen=True)
class Merged:
    """The packages' files below `root`, seen as part of /usr, with users of their own, by what is started in it alone.

    For programs that look for each other at fixed places.
    """

    folder: Path
    root: Path

    def inside(self, *argv: str) -> list[str]:
        """The command, so that it sees them. It keeps the process: its signals arrive."""
        script = MERGED.format(root=self.root, folder=self.folder)
        return ["unshare", "--mount", "sh", "-euc", script, "sh", *argv]


def merged(folder: Path, packages: Sequence[str], users: Mapping[str, int], groups: Mapping[str, int]) -> Merged:
    """Each user has a group of its name and number; `groups` are more. They come first: a machine that has the packages
    knows the same names by numbers of its own.
    """
    root = unpack(folder, packages)
    people = [f"{name}:x:{number}:{number}::/nonexistent:/usr/sbin/nologin\n" for name, number in users.items()]
    theirs = [f"{name}:x:{number}:\n" for name, number in {**users, **groups}.items()]
    (folder / "passwd").write_text("".join(people) + Path("/etc/passwd").read_text())
    (folder / "group").write_text("".join(theirs) + Path("/etc/group").read_text())
    return Merged(folder, root)


def unpack(folder: Path, packages: Sequence[str]) -> Path:
    """Fetches the packages, and what they need and this machine lacks, through apt; installs nothing. Their root."""
    cache, root = folder / "debs", folder / "unpacked"
    (cache / "partial").mkdir(parents=True)
    apt = ["apt-get", "-q", "-y", "-o", "APT::Sandbox::User=root", "-o", f"Dir::Cache::archives={cache}"]
    fetch = [*apt, "-o", "Debug::NoLocking=1", "install", "--download-only", "--reinstall", "--no-install-recommends"]
    try:
        run([*fetch, *packages])
    except RuntimeError:  # a fresh machine has no list of packages yet, or an old one
        run([*apt, "update"])
        run([*fetch, *packages])
    for deb in sorted(cache.glob("*.deb")):
        run(["dpkg-deb", "--extract", str(deb), str(root)])
    return root


def run(argv: Sequence[str], environment: Mapping[str, str] | None = None, said: str = "") -> str:
    """What it says. RuntimeError with its last words when it fails."""
    done = subprocess.run(
        argv, input=said, env=environment, capture_output=True, text=True, timeout=DOWNLOAD, check=False
    )
    if done.returncode:
        raise RuntimeError(
            f"{' '.join(argv)} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        )
    return done.stdout
