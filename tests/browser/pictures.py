"""Pictures of every mail, for people to look at: `python -m tests.browser.pictures FOLDER`.

One PNG for each width and scheme, and an index.html that shows them side by side.
"""

import sys
from html import escape
from itertools import product
from pathlib import Path

from tests.browser.chromium import page
from tests.browser.mails import samples

LOOKS = tuple(product((600, 320), ("light", "dark")))
INDEX = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Every mail</title>
<style>body {{ font: 14px sans-serif; background: #888 }} figure {{ display: flex; gap: 8px; align-items: start }}
figcaption {{ width: 220px; color: #fff }}</style>{}</html>"""


def draw(folder: Path) -> None:
    """Writes them; what was there stays, save what has the same name."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    with page() as tab:
        for sample in samples():
            mail = folder / f"{sample.name}.html"
            mail.write_text(sample.html)
            names = [f"{sample.name}-{width}-{scheme}.png" for width, scheme in LOOKS]
            for name, (width, scheme) in zip(names, LOOKS, strict=True):
                tab.open(mail.resolve(), width=width, dark=scheme == "dark")
                (folder / name).write_bytes(tab.picture())
            caption = f"<figcaption>{escape(sample.name)}<br>{escape(sample.composed.subject)}</figcaption>"
            images = "".join(f"<img alt='' src='{name}'>" for name in names)
            rows.append(f"<figure>{caption}{images}</figure>")
    (folder / "index.html").write_text(INDEX.format("\n".join(rows)))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tests.browser.pictures FOLDER")
    draw(Path(sys.argv[1]))
