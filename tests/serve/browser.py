"""A browser for tests: Debian's chromium, asked through chromedriver in the words of the W3C's WebDriver."""

from __future__ import annotations

import base64
import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
)
SOFTWARE_GL = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader")
WAIT_S = 60.0


def missing() -> str:
    """Return what is not installed of the browser and its driver; '' = nothing."""
    return ", ".join(name for name in ("chromium", "chromedriver") if shutil.which(name) is None)


class Browser:
    """One browser with a fresh profile; a context manager that ends it."""

    def __init__(self, folder: Path, *flags: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.downloads = folder / "downloads"
        self.downloads.mkdir(parents=True)
        driver = [str(shutil.which("chromedriver")), f"--port={self.port}"]
        self.driver = subprocess.Popen(driver, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        options = {
            "binary": shutil.which("chromium"),
            "args": [*FLAGS, *flags, f"--user-data-dir={folder / 'profile'}"],
            "prefs": {
                "download.default_directory": str(self.downloads),
                "download.prompt_for_download": False,
                "profile.default_content_setting_values.automatic_downloads": 1,
            },
        }
        wanted = {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        try:
            self._awake()
            self.session = "/session"
            told = self._call("POST", "", {"capabilities": {"alwaysMatch": wanted}})
        except BaseException:
            self._end()
            raise
        self.session = f"/session/{told['sessionId']}"

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            self._call("DELETE", "")
        finally:
            self._end()

    def _end(self) -> None:
        self.driver.terminate()
        self.driver.wait(timeout=WAIT_S)

    def _awake(self) -> None:
        began = time.monotonic()
        while True:
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert time.monotonic() - began < WAIT_S, "chromedriver does not answer"
            time.sleep(0.05)

    def _call(self, how: str, path: str, body: dict[str, Any] | None = None) -> Any:
        address = f"http://127.0.0.1:{self.port}{self.session}{path}"
        sent = None if how != "POST" else json.dumps(body or {}).encode()
        request = urllib.request.Request(address, sent, {"Content-Type": "application/json"}, method=how)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as refused:
            with refused:
                raise AssertionError(json.load(refused)["value"]["message"]) from None

    def open(self, page: Path | str) -> None:
        """Open a file from disk, or an address, and forget what was logged before."""
        self.log()
        self._call("POST", "/url", {"url": page if isinstance(page, str) else page.as_uri()})

    def reload(self) -> None:
        """Load the page anew, and wait until it is the new one that is there."""
        self.run("window.left = true")
        self.tool("Page.reload")
        self.until("!window.left && document.readyState === 'complete'")

    def run(self, script: str, *given: Any) -> Any:
        """Run the body of an asynchronous function in the page; return what it returns."""
        body = f"return (async () => {{ {script} }}).apply(null, arguments)".replace("async () =>", "async function ()")
        return self._call("POST", "/execute/sync", {"script": body, "args": list(given)})

    def until(self, script: str) -> Any:
        """Ask until an expression is true; return its value."""
        began = time.monotonic()
        while True:
            if told := self.run(f"return {script};"):
                return told
            assert time.monotonic() - began < WAIT_S, f"never true: {script}"
            time.sleep(0.05)

    def log(self) -> list[str]:
        """Return the warnings and errors of the page since they were last asked for."""
        lines = self._call("POST", "/se/log", {"type": "browser"})
        return [line["message"] for line in lines if line["level"] in ("WARNING", "SEVERE")]

    def size(self, wide: int, tall: int, *, density: float = 1.0, touch: bool = False) -> None:
        """Give the page so many CSS pixels."""
        metrics = {"width": wide, "height": tall, "deviceScaleFactor": density, "mobile": touch}
        self.tool("Emulation.setDeviceMetricsOverride", **metrics)
        self.tool("Emulation.setTouchEmulationEnabled", enabled=touch, maxTouchPoints=2)

    def light(self, scheme: str) -> None:
        """Prefer `light` or `dark`, as a user's system does."""
        self.tool("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def tool(self, command: str, **parameters: Any) -> Any:
        """Send a command of Chromium's own protocol."""
        return self._call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def act(self, *sources: dict[str, Any]) -> None:
        """Let mouse, fingers or keys act, each a source of WebDriver actions."""
        self._call("POST", "/actions", {"actions": list(sources)})

    def mouse(self, *steps: tuple[str, int, int]) -> None:
        """Move, press (`down`) and let go (`up`) the mouse at places in the window."""
        actions: list[dict[str, Any]] = []
        for what, x, y in steps:
            actions.append({"type": "pointerMove", "duration": 20, "x": x, "y": y})
            if what != "move":
                actions.append({"type": f"pointer{what.capitalize()}", "button": 0})
        self.act({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": actions})

    def keys(self, *keys: str) -> None:
        """Press keys one after another, by WebDriver's signs for those that are no letter."""
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self.act({"type": "key", "id": "keys", "actions": actions})

    def picture(self, place: Path) -> None:
        """Write what is seen as PNG."""
        place.write_bytes(base64.b64decode(self._call("GET", "/screenshot")))
