# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for Keystone, Glance and Cinder, just enough for a plan: one image, one volume type, many pools.

With the ONTAP simulator behind it a row needs no lab. It answers at once, so what is measured is ours.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

IMAGE = "22222222-2222-4222-8222-222222222222"
PROJECT = "33333333333333333333333333333333"


class Cloud:
    """What the stand-in knows. ``shares`` are those of its pools; ``location`` is the image's."""

    def __init__(self, size, shares, share_location, backend="bench"):
        self.size, self.shares = size, shares
        self.share_location, self.backend = share_location, backend
        self.calls = Counter()
        self.base = ""

    def answer(self, method, path):
        """(body, headers, status) for a request; a path that is not known is 404."""
        if path.rstrip("/") in ("", "/identity", "/identity/v3"):
            version = {"id": "v3.14", "status": "stable"}
            version["links"] = [{"rel": "self", "href": self.base + "/identity/v3/"}]
            return {"version": version}, {}, 200
        if path == "/identity/v3/auth/tokens":
            return {"token": self._token()}, {"X-Subject-Token": "bench"}, 201
        if path.rstrip("/") in ("/image", "/image/v2"):
            link = {"rel": "self", "href": self.base + "/image/v2/"}
            return {"versions": [{"id": "v2.16", "status": "CURRENT", "links": [link]}]}, {}, 200
        if path.rstrip("/") in ("/volume", "/volume/v3"):
            link = {"rel": "self", "href": self.base + "/volume/v3/"}
            one = {
                "id": "v3.0",
                "status": "CURRENT",
                "version": "3.71",
                "min_version": "3.0",
                "links": [link],
            }
            return {"versions": [one]}, {}, 200
        found = self._resource(path)
        return ({"message": f"no {path} here"}, {}, 404) if found is None else (found, {}, 200)

    def _resource(self, path):
        image = {
            "id": IMAGE,
            "name": "bench",
            "status": "active",
            "disk_format": "raw",
            "container_format": "bare",
            "size": self.size,
            "virtual_size": self.size,
            "min_disk": 0,
            "min_ram": 0,
            "visibility": "public",
        }
        share = {"type": "nfs", "share_location": self.share_location, "mountpoint": "/mnt", "id": "bench"}
        kind = {"id": "t1", "name": "bench", "extra_specs": {"volume_backend_name": self.backend}}
        known = {
            "/image/v2/images": {"images": [image]},
            f"/image/v2/images/{IMAGE}": image,
            f"/image/v2/images/{IMAGE}/locations": [
                {"url": f"file:///mnt/glance/{IMAGE}", "metadata": share}
            ],
            "/volume/v3/scheduler-stats/get_pools": {"pools": [self._pool(one) for one in self.shares]},
            "/volume/v3/volumes/detail": {"volumes": []},
            "/volume/v3/types": {"volume_types": [kind]},
            "/volume/v3/types/default": {"volume_type": kind},
            "/volume/v3/types/t1": {"volume_type": kind},
            "/volume/v3/types/t1/encryption": {},
        }
        return known.get(path)

    def _pool(self, share):
        return {
            "name": f"bench@{self.backend}#{share}",
            "capabilities": {
                "storage_protocol": ["NFS", "nfs"],
                "pool_name": share,
                "volume_backend_name": self.backend,
                "free_capacity_gb": 500,
                "total_capacity_gb": 1000,
            },
        }

    def _token(self):
        catalog = [
            {
                "type": kind,
                "name": kind,
                "endpoints": [
                    {
                        "interface": "public",
                        "region": "RegionOne",
                        "region_id": "RegionOne",
                        "url": self.base + path,
                    }
                ],
            }
            for kind, path in (
                ("identity", "/identity/v3"),
                ("image", "/image"),
                ("block-storage", "/volume/v3"),
            )
        ]
        return {
            "methods": ["password"],
            "user": {"id": "u1", "name": "bench", "domain": {"id": "default", "name": "Default"}},
            "project": {"id": PROJECT, "name": "bench", "domain": {"id": "default", "name": "Default"}},
            "roles": [{"id": "r1", "name": "admin"}, {"id": "r2", "name": "service"}],
            "catalog": catalog,
            "issued_at": "2026-01-01T00:00:00.000000Z",
            "expires_at": "2099-01-01T00:00:00.000000Z",
        }


@contextmanager
def serve(cloud: Cloud, folder: Path):
    """The stand-in on a free port of loopback; yields the clouds.yaml (cloud ``bench``) that leads to it."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _serve(self):
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path = self.path.split("?")[0]
            cloud.calls[f"{self.command} {path}"] += 1
            body, headers, status = cloud.answer(self.command, path)
            content = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _serve

        def log_message(self, *_arguments):
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    cloud.base = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    clouds = folder / "clouds.yaml"
    clouds.write_text(
        "clouds:\n  bench:\n    auth: {auth_url: '"
        + cloud.base
        + "/identity/v3', username: bench, password: bench, project_name: bench,"
        " user_domain_id: default, project_domain_id: default}\n    region_name: RegionOne\n"
    )
    try:
        yield clouds
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
