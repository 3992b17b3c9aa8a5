"""A headless Chromium, driven over its debugging socket with the standard library alone."""

import base64
import json
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 30  # seconds


def browser_path() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Browser:
    """One page of a browser.

    Attributes:
        events: What the browser reported: console, errors, requests.
    """

    def __init__(self, program: str) -> None:
        self.folder = tempfile.mkdtemp()
        self.events: list[dict] = []
        self.count = 0
        self.process = subprocess.Popen(
            [
                program,
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--remote-debugging-port=0",
                f"--user-data-dir={self.folder}",
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.socket = self._connected()

    def __enter__(self) -> "Browser":
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def open(self, path: Path, *, width: int = 1200, dark: bool = False) -> None:
        """Open a file and wait until it has been drawn."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=900,
            deviceScaleFactor=1,
            mobile=False,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.call("Page.navigate", url=path.as_uri())
        ready = f"document.readyState == 'complete' && location.href == '{path.as_uri()}'"
        end = time.monotonic() + PATIENCE
        while not self.run(ready):
            assert time.monotonic() < end, "the page does not load"
            time.sleep(0.05)
        frames = "new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))"
        self.run(f"{frames}.then(() => true)")

    def run(self, script: str) -> object:
        """Run a script in the page and return its value."""
        found = self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def press(self, *keys: str) -> None:
        """Press keys, one after another, on what has the focus."""
        for key in keys:
            text = {"text": key} if len(key) == 1 else {}
            code = {"Tab": 9, "ArrowDown": 40, "ArrowRight": 39, "End": 35, "Enter": 13}.get(key)
            extra = {"windowsVirtualKeyCode": code} if code else {}
            self.call("Input.dispatchKeyEvent", type="keyDown", key=key, **text, **extra)
            self.call("Input.dispatchKeyEvent", type="keyUp", key=key, **extra)

    def call(self, method: str, **parameters: object) -> dict:
        self.count += 1
        message = {"id": self.count, "method": method, "params": parameters}
        self._send(json.dumps(message).encode())
        while True:
            answer = json.loads(self._receive())
            if answer.get("id") == self.count:
                assert "error" not in answer, answer
                return answer["result"]
            self.events.append(answer)

    def _connected(self) -> socket.socket:
        port_file = Path(self.folder, "DevToolsActivePort")
        end = time.monotonic() + PATIENCE
        while not (port_file.exists() and "\n" in port_file.read_text()):
            assert time.monotonic() < end, "the browser does not start"
            time.sleep(0.05)
        port = int(port_file.read_text().split()[0])
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
            targets = json.load(answer)
        url = next(one for one in targets if one["type"] == "page")["webSocketDebuggerUrl"]
        connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            f"GET {url.split(str(port), 1)[1]} HTTP/1.1",
            f"Host: 127.0.0.1:{port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
        ]
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            answer += connection.recv(1)
        return connection

    def _send(self, data: bytes) -> None:
        size = len(data)
        head = bytes([128 | min(size, 126)]) if size < 126 else b"\xfe" + struct.pack(">H", size)
        assert size < 65536
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(data))
        self.socket.sendall(b"\x81" + head + mask + masked)

    def _receive(self) -> bytes:
        message = b""
        while True:
            first, second = self._read(2)
            size = second & 127
            if size == 126:
                (size,) = struct.unpack(">H", self._read(2))
            elif size == 127:
                (size,) = struct.unpack(">Q", self._read(8))
            message += self._read(size)
            if first & 128:
                return message

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = self.socket.recv(size - len(data))
            assert part, "the browser hung up"
            data += part
        return data
