# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control endpoint's client, for tests."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
from urllib.parse import urlencode


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class ControlError(RuntimeError):
    def __init__(self, status, body):
        super().__init__(body.get("reason", str(body)))
        self.status, self.body = status, body


class Control:
    """The control endpoint's client; every method raises ControlError with the endpoint's reason."""

    def __init__(self, path):
        self.path = path

    def request(self, method, path, body=None):
        connection = _UnixConnection(self.path)
        try:
            connection.request(
                method, path, None if body is None else json.dumps(body), {"Content-Type": "application/json"}
            )
            answer = connection.getresponse()
            content = json.loads(answer.read() or b"{}")
        finally:
            connection.close()
        if answer.status >= 400:
            raise ControlError(answer.status, content)
        return content

    def health(self):
        return self.request("GET", "/health")

    def mount(self, server, path, client, version="4.1"):
        return self.request(
            "GET",
            "/mount?" + urlencode({"server": server, "path": path, "client": client, "version": version}),
        )

    def set(self, **switches):
        return self.request("PUT", "/switches", switches)

    def reset(self):
        self.request("DELETE", "/switches")
        self.request("DELETE", "/faults")

    @contextlib.contextmanager
    def switched(self, **switches):
        """These switches inside the block, the ones before after it."""
        before = {
            name: item["value"] for name, item in self.request("GET", "/switches").items() if name in switches
        }
        self.set(**switches)
        try:
            yield
        finally:
            self.set(**before)

    def fault(self, **rule):
        return self.request("POST", "/faults", rule)

    def clear_faults(self):
        return self.request("DELETE", "/faults")

    def takeover(self, seconds):
        return self.request("POST", "/takeover", {"seconds": seconds})

    def fill(self, volume, free):
        return self.request("POST", f"/volumes/{volume}", {"free": free})

    def volume_state(self, volume, state):
        return self.request("POST", f"/volumes/{volume}", {"state": state})

    def restart(self, seconds=0.5):
        return self.request("POST", "/restart", {"seconds": seconds})

    def advance(self, seconds):
        return self.request("POST", "/clock", {"advance": seconds})

    def version(self, text):
        return self.request("POST", "/version", {"version": text})

    def audit(self, since=0):
        return self.request("GET", f"/audit?since={since}")

    def audit_summary(self):
        return self.request("GET", "/audit/summary")
