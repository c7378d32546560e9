"""What lies in a folder, to see whether something changed there."""

from pathlib import Path


def files(folder: Path) -> dict[str, tuple[bytes, int]]:
    """By name, the content and when it was written."""
    return {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in folder.iterdir()}
