# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for Keystone and Cinder, just enough to list what there is and to delete it."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class Cloud:
    """Users, projects and volume types by name, each with its description; lists and deletes them."""

    def __init__(self, users=(), types=(), volumes=(), project=""):
        self.kinds = {
            "users": {name: {"description": text} for name, text in dict(users).items()},
            "types": {name: {"description": text} for name, text in dict(types).items()},
            "projects": {"owners": {"description": project}},
            "domains": {"default": {}},
        }
        self.volumes = list(volumes)
        self.base = ""

    def answer(self, method, path, query):
        if path in ("/identity", "/identity/v3", "/volume", "/volume/v3"):
            path = path.removesuffix("/v3")
            link = [{"rel": "self", "href": f"{self.base}{path}/v3/"}]
            version = {"id": "v3.14", "status": "stable", "links": link}
            if path == "/volume":
                version = {"id": "v3.0", "status": "CURRENT", "version": "3.71", "min_version": "3.0"}
                return {"versions": [{**version, "links": link}]}, 200
            return {"version": version}, 200
        words = path.split("/")[3:]
        if words == ["auth", "tokens"]:
            return {"token": self._token()}, 201
        if words == ["volumes", "detail"]:
            return {"volumes": self.volumes}, 200
        found = self.kinds.get(words[0], {})
        records = [{"id": name.encode().hex(), "name": name, **one} for name, one in found.items()]
        single = {"types": "volume_type"}.get(words[0], words[0][:-1])
        if len(words) > 1:
            named = [one for one in records if words[1] in (one["id"], one["name"])]
            if named and method == "DELETE":
                found.pop(named[0]["name"])
            return ({single: named[0]}, 204 if method == "DELETE" else 200) if named else ({}, 404)
        wanted = query.get("name")
        return {f"{single}s": [one for one in records if not wanted or one["name"] in wanted]}, 200

    def _token(self):
        domain = {"id": "default", "name": "Default"}
        urls = {"identity": "/identity/v3", "block-storage": "/volume/v3"}
        return {
            "methods": ["password"],
            "user": {"id": "admin", "name": "admin", "domain": domain},
            "project": {"id": "p", "name": "admin", "domain": domain},
            "roles": [{"id": "r", "name": "admin"}],
            "catalog": [
                {
                    "type": kind,
                    "name": kind,
                    "endpoints": [{"interface": "public", "region_id": "one", "url": self.base + path}],
                }
                for kind, path in urls.items()
            ],
            "expires_at": "2099-01-01T00:00:00.000000Z",
        }


@contextmanager
def serving(cloud, folder):
    """The stand-in on a free port of loopback; yields the clouds.yaml (cloud ``stub``) that leads to it."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self):
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = urlsplit(self.path)
            body, status = cloud.answer(self.command, parts.path.rstrip("/"), parse_qs(parts.query))
            content = b"" if status == 204 else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("X-Subject-Token", "token")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = _serve

        def log_message(self, *_arguments):
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    cloud.base = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    auth = {
        "auth_url": f"{cloud.base}/identity/v3",
        "username": "admin",
        "password": "x",
        "project_name": "admin",
        "user_domain_id": "default",
        "project_domain_id": "default",
    }
    clouds = folder / "clouds.yaml"
    clouds.write_text(json.dumps({"clouds": {"stub": {"auth": auth, "region_name": "one"}}}))
    try:
        yield clouds
    finally:
        server.shutdown()
        server.server_close()
