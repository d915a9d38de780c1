# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cloud of a few instances on loopback, over HTTP, to try whole playbooks and the SDK on."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PROJECT = "0" * 32
MARK_NAME = "enhanced_instance_name"


class Cloud:
    """``with Cloud() as cloud``: ``servers`` and ``volumes`` by ID; ``silent`` requests get no answer."""

    def __init__(self):
        self.servers, self.volumes, self.asked, self.silent = {}, {}, [], set()
        cloud = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _serve(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else {}
                path = self.path.partition("?")[0].rstrip("/")
                cloud.asked.append((self.command, path))
                while (self.command, path) in cloud.silent:
                    time.sleep(0.1)
                status, answer, headers = cloud.answer(self.command, path, body)
                text = b"" if answer is None else json.dumps(answer).encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(text))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = do_DELETE = _serve  # the names that http.server calls

            def log_message(self, *_unused):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_unused):
        self.silent.clear()
        self.server.shutdown()
        self.server.server_close()

    @property
    def arguments(self):
        """The argument ``cloud`` of a module."""
        login = {"username": "u", "password": "p", "project_name": "demo"}
        domains = {"user_domain_name": "Default", "project_domain_name": "Default"}
        return {"auth": {"auth_url": self.url + "/identity/v3", **login, **domains}}

    def instance(self, name):
        """A server with its volume."""
        number = len(self.servers) + 1
        server, volume = (f"{kind}-0000-0000-0000-{number:012d}" for kind in ("0000000a", "0000000b"))
        self.servers[server] = {"id": server, "name": name, "status": "ACTIVE"}
        self.servers[server]["os-extended-volumes:volumes_attached"] = [{"id": volume}]
        self.volumes[volume] = {
            "id": volume,
            "name": name,
            "status": "in-use",
            "metadata": {MARK_NAME: name},
            "attachments": [{"server_id": server}],
        }

    def names(self):
        return sorted(one["name"] for one in self.servers.values())

    def answer(self, method, path, body):
        """(status, JSON or None, headers)."""
        if path == "/identity/v3":
            link = [{"rel": "self", "href": self.url + "/identity/v3/"}]
            return 200, {"version": {"id": "v3.14", "status": "stable", "links": link}}, {}
        if path == "/identity/v3/auth/tokens":
            return 201, self._token(), {"X-Subject-Token": "t"}
        if path in ("/compute/v2.1", "/volume/v3"):
            link = [{"rel": "self", "href": self.url + path + "/"}]
            known = {"status": "CURRENT", "version": "2.96", "min_version": "2.1", "links": link}
            if path == "/volume/v3":
                known = {**known, "version": "3.71", "min_version": "3.0"}
            return 200, {"version": {"id": path.rpartition("/")[2] + ".0", **known}}, {}
        kind, _slash, identity = path.rpartition("/")
        if path == "/compute/v2.1/servers/detail":
            return 200, {"servers": list(self.servers.values())}, {}
        if path == "/volume/v3/volumes/detail":
            return 200, {"volumes": list(self.volumes.values())}, {}
        if (method, kind) == ("DELETE", "/compute/v2.1/servers"):
            gone = self.servers.pop(identity)
            for one in gone["os-extended-volumes:volumes_attached"]:
                self.volumes[one["id"]].update(status="available", attachments=[])
            return 204, None, {}
        if (method, kind) == ("DELETE", "/volume/v3/volumes"):
            del self.volumes[identity]
            return 202, None, {}
        return 404, {"error": {"message": f"no {method} {path}"}}, {}

    def _token(self):
        catalog = [
            {
                "type": kind,
                "name": kind,
                "id": kind,
                "endpoints": [
                    {"id": kind, "interface": "public", "region": "R", "region_id": "R", "url": url}
                ],
            }
            for kind, url in (
                ("compute", self.url + "/compute/v2.1"),
                ("block-storage", self.url + "/volume/v3"),
                ("identity", self.url + "/identity"),
            )
        ]
        domain = {"id": "default", "name": "Default"}
        return {
            "token": {
                "methods": ["password"],
                "user": {"id": "u", "name": "u", "domain": domain},
                "project": {"id": PROJECT, "name": "demo", "domain": domain},
                "roles": [{"id": "r", "name": "member"}],
                "issued_at": "2026-01-01T00:00:00.000000Z",
                "expires_at": "2099-01-01T00:00:00.000000Z",
                "catalog": catalog,
            }
        }
