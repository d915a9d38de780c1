# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP face of the stand-in: log-in, addresses, pages and status codes of the API of AWX 24.6."""

from __future__ import annotations

import base64
import json
import secrets
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

from awx_lab.kinds import KINDS
from awx_lab.rules import Refusal, survey_spec
from awx_lab.store import Store

VERSION = "24.6.1"
PAGE = 25


class AwxServer:
    """One AWX on a free port of the loopback address; use it as a context manager."""

    def __init__(self, playbooks, username="admin", password=None):
        self.store = Store(playbooks)
        self.username = username
        self.password = password or secrets.token_urlsafe(12)
        self.tokens = {}
        self.requests = []
        self.lock = threading.Lock()
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"awx": self}))

    @property
    def url(self):
        return f"http://127.0.0.1:{self.http.server_port}"

    @property
    def writes(self):
        """Requests since the last look that would change something, except for log-in and log-out."""
        return [(m, p) for m, p in self.requests if m not in ("GET", "HEAD") and "/tokens/" not in p]

    def environment(self):
        """What the modules of awx.awx read to reach this server."""
        return {
            "CONTROLLER_HOST": self.url,
            "CONTROLLER_USERNAME": self.username,
            "CONTROLLER_PASSWORD": self.password,
        }

    def __enter__(self):
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_exception):
        self.http.shutdown()
        self.http.server_close()


class Handler(BaseHTTPRequestHandler):
    awx: AwxServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_arguments):
        """Silent: tests look at AwxServer.requests."""

    def do_GET(self):
        self._answer("GET")

    def do_POST(self):
        self._answer("POST")

    def do_PATCH(self):
        self._answer("PATCH")

    def do_DELETE(self):
        self._answer("DELETE")

    def _answer(self, method):
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length) if length else b""
        address = urlsplit(self.path)
        with self.awx.lock:
            self.awx.requests.append((method, address.path))
            try:
                status, body = self._route(method, address, raw)
            except Refusal as refusal:
                status, body = refusal.status, refusal.body
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("X-API-Product-Name", "AWX")
        self.send_header("X-API-Product-Version", VERSION)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _route(self, method, address, raw):
        parts = address.path.strip("/").split("/")
        if parts[:2] != ["api", "v2"] or not address.path.endswith("/"):
            raise Refusal({"detail": "The requested resource could not be found."}, 404)
        try:
            data = json.loads(raw) if raw else {}
        except ValueError as error:
            raise Refusal({"detail": f"JSON parse error - {error}"}) from None
        parts = parts[2:]
        if parts == ["ping"]:
            return 200, {"version": VERSION, "ha": False}
        if parts[:1] == ["tokens"]:
            return self._token(method, parts[1:])
        self._require_token()
        if parts[:1] == ["project_updates"]:
            return 200, self.awx.store.project_update(int(parts[1]))
        if parts[:1] != ["unified_job_templates"] and parts[0] not in KINDS:
            raise Refusal({"detail": "The requested resource could not be found."}, 404)
        if len(parts) == 1:
            return self._list(method, parts[0], dict(parse_qsl(address.query)), data)
        if not parts[1].isdigit():
            raise Refusal({"detail": "Not found."}, 404)
        return self._item(method, parts[0], int(parts[1]), parts[2:], data)

    def _token(self, method, rest):
        wanted = base64.b64encode(f"{self.awx.username}:{self.awx.password}".encode()).decode()
        if self.headers.get("Authorization") != f"Basic {wanted}":
            raise Refusal({"detail": "Invalid username/password."}, 401)
        if method == "POST":
            number = len(self.awx.tokens) + 1
            self.awx.tokens[number] = secrets.token_urlsafe(16)
            return 201, {"id": number, "token": self.awx.tokens[number], "scope": "write"}
        self.awx.tokens.pop(int(rest[0]), None)
        return 204, None

    def _require_token(self):
        given = self.headers.get("Authorization", "")
        if not given.startswith("Bearer ") or given[7:] not in self.awx.tokens.values():
            raise Refusal({"detail": "Authentication credentials were not provided."}, 401)

    def _list(self, method, name, query, data):
        store = self.awx.store
        if method == "GET":
            page, size = int(query.pop("page", 1)), int(query.pop("page_size", PAGE))
            return 200, _page(f"/api/v2/{name}/", query, store.find(name, query), page, size)
        if method == "POST" and name in KINDS and name != "workflow_approval_templates":
            return 201, store.show(name, store.create(name, data))
        raise Refusal({"detail": f'Method "{method}" not allowed.'}, 405)

    def _item(self, method, name, number, rest, data):
        store = self.awx.store
        item = store.get(name, number)
        if rest == ["survey_spec"] and KINDS[name].survey:
            return self._survey(method, name, number, data)
        if rest == ["update"] and name == "projects" and method == "POST":
            update = store.start_update(item)
            return 202, {**update, "url": f"/api/v2/project_updates/{update['id']}/"}
        if rest == ["create_approval_template"] and method == "POST":
            return 201, store.show("workflow_approval_templates", store.approval(number, data))
        if rest:
            return self._links(method, name, number, rest[0], data)
        if method == "GET":
            return 200, store.show(store.kind_of(name, number), item)
        if method == "PATCH":
            return 200, store.show(name, store.change(name, number, data))
        if method == "DELETE":
            store.delete(name, number)
            return 204, None
        raise Refusal({"detail": f'Method "{method}" not allowed.'}, 405)

    def _survey(self, method, name, number, data):
        surveys = self.awx.store.surveys
        if method == "POST":
            survey_spec(data)
            surveys[name, number] = data
        elif method == "DELETE":
            surveys[name, number] = {}
        else:
            return 200, surveys.get((name, number), {})
        return 200, None

    def _links(self, method, name, number, link, data):
        store = self.awx.store
        if method == "POST":
            store.link(name, number, link, data)
            return 204, None
        target = KINDS[name].links.get(link)
        if target is None:
            raise Refusal({"detail": "The requested resource could not be found."}, 404)
        items = [store.show(target, store.get(target, one)) for one in store.linked(name, number, link)]
        return 200, _page(f"/api/v2/{name}/{number}/{link}/", {}, items, 1, PAGE)


def _page(path, query, items, page, size):
    following = f"{path}?{urlencode({**query, 'page': page + 1})}" if len(items) > page * size else None
    shown = items[(page - 1) * size : page * size]
    return {"count": len(items), "next": following, "previous": None, "results": shown}
