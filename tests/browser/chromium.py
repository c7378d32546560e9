"""Debian's Chromium without a window, driven through its DevTools protocol: what a page looks like, and what axe finds.

Owns how it is started and spoken to. Nothing that it opens reaches a network: no name resolves. Must never know a mail.
"""

import asyncio
import base64
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

from cadenced.cli.demo_servers import HOST, Child, running

AXE = Path(__file__).with_name("node_modules") / "axe-core" / "axe.min.js"
PORT_FILE = "DevToolsActivePort"  # in the profile: the port, and the path of the browser's socket
PATIENCE = 60.0  # seconds for a start or an answer: most take less than one
LOOK_EVERY = 0.05  # seconds
TALLEST = 16_000  # px of a picture: what Chromium draws in one piece
ARGUMENTS = (
    "--headless",
    "--remote-debugging-port=0",
    f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {HOST}",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",  # containers have little of it
    "--disable-gpu",
    "--disable-sync",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--no-first-run",
)
AXE_RUN = """
axe.run(document, {{ rules: {rules} }}).then(found => [
  ...found.violations,
  ...found.incomplete.filter(each => each.id === "color-contrast"),  // it could not tell: then nobody can
].flatMap(rule => rule.nodes.map(node => `${{rule.id}}: ${{rule.help}}: ${{node.html.slice(0, 200)}}`)))
"""


def binary() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


@dataclass
class Page:
    """One tab. The methods block; `asked` are the URLs that it asked for since it was opened last."""

    socket: ClientWebSocketResponse
    runner: asyncio.Runner
    session: str
    asked: list[str] = field(default_factory=list)
    _number: int = 0
    _loaded: bool = False

    def open(self, path: Path, *, width: int, dark: bool) -> None:
        """Loads a file into a window of so many CSS pixels, in the light or the dark scheme."""
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self._call("Emulation.setEmulatedMedia", media="screen", features=scheme)
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self._call("Emulation.setDeviceMetricsOverride", **size)
        self.asked.clear()
        self._loaded = False
        self._call("Page.navigate", url=path.as_uri())
        self.runner.run(self._until_loaded())

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression, or of its promise. RuntimeError when it throws."""
        said = self._call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in said:
            raise RuntimeError(json.dumps(said["exceptionDetails"])[:2000])
        return said["result"].get("value")

    def faults(self, *without: str) -> list[str]:
        """What axe-core finds, one line for each element; `without` names rules that don't apply."""
        self.evaluate(AXE.read_text())
        found: list[str] = self.evaluate(AXE_RUN.format(rules=json.dumps({r: {"enabled": False} for r in without})))
        return found

    def sticks_out(self) -> int:
        """By how many pixels the content is wider than the window."""
        wide: int = self.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return wide

    def picture(self) -> bytes:
        """PNG of the whole page, not only of what the window shows."""
        size = self._call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], TALLEST), "scale": 1}
        return base64.b64decode(self._call("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)["data"])

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self.runner.run(self.call(method, parameters))

    async def call(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """The answer to one command. RuntimeError when it fails, TimeoutError when it doesn't come."""
        self._number += 1
        command = {"id": self._number, "method": method, "params": parameters}
        await self.socket.send_json({**command, "sessionId": self.session} if self.session else command)
        while True:
            said = await self._said()
            if said.get("id") == self._number:
                break
        if "error" in said:
            raise RuntimeError(f"{method}: {said['error']}")
        answer: dict[str, Any] = said["result"]
        return answer

    async def _until_loaded(self) -> None:
        while not self._loaded:
            await self._said()

    async def _said(self) -> dict[str, Any]:
        message = await self.socket.receive(timeout=PATIENCE)
        if message.type is not WSMsgType.TEXT:
            raise RuntimeError(f"Chromium hung up: {message}")
        said: dict[str, Any] = json.loads(message.data)
        self._loaded = self._loaded or said.get("method") == "Page.loadEventFired"
        if said.get("method") == "Network.requestWillBeSent":
            self.asked.append(said["params"]["request"]["url"])
        return said


@contextmanager
def page() -> Iterator[Page]:
    """A tab of a browser that is started for it, with a profile that is gone with the block."""
    with tempfile.TemporaryDirectory(prefix="cadenced-chromium-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        rights = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium refuses to sandbox root
        argv = [binary() or "chromium", *ARGUMENTS, *rights, f"--user-data-dir={folder}/profile", "about:blank"]
        environment = {**os.environ, "HOME": name, "DBUS_SESSION_BUS_ADDRESS": "disabled:"}
        with running("chromium", argv, folder, environment) as child, asyncio.Runner() as runner:
            address = _address(child, folder / "profile" / PORT_FILE)
            client, tab = runner.run(_attach(runner, address))
            try:
                yield tab
            finally:
                runner.run(client.close())


def _address(child: Child, file: Path) -> str:
    end = time.monotonic() + PATIENCE
    while not file.exists() or "\n" not in file.read_text():
        child.check()
        if time.monotonic() > end:
            raise TimeoutError(f"Chromium did not start within {PATIENCE:.0f} s")
        time.sleep(LOOK_EVERY)
    port, path = file.read_text().split("\n")[:2]
    return f"ws://{HOST}:{port}{path}"


async def _attach(runner: asyncio.Runner, address: str) -> tuple[ClientSession, Page]:
    client = ClientSession()
    tab = Page(await client.ws_connect(address, max_msg_size=0), runner, "")  # a picture has some megabytes
    targets = (await tab.call("Target.getTargets", {}))["targetInfos"]
    (target,) = (each["targetId"] for each in targets if each["type"] == "page")
    attached = await tab.call("Target.attachToTarget", {"targetId": target, "flatten": True})
    tab.session = attached["sessionId"]
    for domain in ("Page", "Network"):
        await tab.call(f"{domain}.enable", {})
    return client, tab
