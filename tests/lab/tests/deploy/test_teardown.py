# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last play of teardown, on a stand-in for Keystone and Cinder: what deploy made goes, and no more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from labkit import paths, venvs

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.planner import deployment

CACHE = paths.Cache(paths.cache_root(), venvs.base_python()[1])
CHECKOUT = Path(__file__).resolve().parents[4]
TENANT = "Owns Cinder's image-volumes"
VARIABLES = {
    "enhanced_instance_admin_cloud": "stub",
    "enhanced_instance_ontap": [{"hostname": "svm.example.com", "vserver": "svm1"}],
    "enhanced_instance_backends": [
        {"name": "ontap_nfs", "volume_type": "enhanced"},
        {"name": "ontap_iscsi", "protocol": "iscsi", "volume_type": "gold"},
    ],
    "enhanced_instance_flexvols": [
        {"name": "cinder_a", "lif": "192.0.2.11", "glance_directory": "glance"},
        {"name": "san_a", "backend": "ontap_iscsi"},
    ],
    "enhanced_instance_locations_user": "reader",
    "enhanced_instance_internal_user": "owner",
    "enhanced_instance_internal_project": "owners",
    "enhanced_instance_teardown_backend": True,
    "__pools": {"pools": [{"name": "a@ontap_iscsi#san_a", "protocol": "iscsi"}]},
}


class Cloud:
    """Users, projects and volume types by name, each with its description; lists and deletes them."""

    def __init__(self, users, types):
        self.kinds = {
            "users": {name: {"description": text} for name, text in users.items()},
            "types": {name: {"description": text} for name, text in types.items()},
            "projects": {"owners": {"description": TENANT}},
            "domains": {"default": {}},
        }
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
            return {"volumes": []}, 200
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


@pytest.fixture
def serve(tmp_path, monkeypatch):
    """Start a stand-in, and let clouds.yaml lead to it."""
    servers = []

    def start(cloud):
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
        servers.append(server)
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
        clouds = tmp_path / "clouds.yaml"
        clouds.write_text(json.dumps({"clouds": {"stub": {"auth": auth, "region_name": "one"}}}))
        monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(clouds))

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def tear_down(folder, *options):
    plays = yaml.safe_load((CHECKOUT / "playbooks/teardown.yml").read_text())
    book = folder / "last.json"
    book.write_text(json.dumps(plays[-1:]))
    for part in ("tasks", "vars"):
        if not (folder / part).exists():
            (folder / part).symlink_to(CHECKOUT / "playbooks" / part)
    command = Path(sys.executable).parent / "ansible-playbook"
    interpreter = f"ansible_python_interpreter={sys.executable}"
    done = subprocess.run(
        [command, book, "-e", json.dumps(VARIABLES), "-e", interpreter, *options],
        capture_output=True,
        text=True,
        env=dict(os.environ, ANSIBLE_COLLECTIONS_PATH=str(CACHE.checkout()), ANSIBLE_NOCOLOR="1"),
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


OURS = {
    "reader": deployment.USER_DESCRIPTION,
    "owner": f"{TENANT}; has no password",
}
OUR_TYPES = dict.fromkeys(("enhanced", "gold"), deployment.TYPE_DESCRIPTION)
POOL_TYPE = {"enhanced_instance_pool a@ontap_iscsi#san_a": None}


def test_what_deploy_made_goes(tmp_path, serve):
    cloud = Cloud({**OURS, "cinder": None}, {**OUR_TYPES, **POOL_TYPE, "other": None})
    serve(cloud)
    tear_down(tmp_path, "--check")
    assert len(cloud.kinds["users"]) == 3
    tear_down(tmp_path)
    assert {kind: list(names) for kind, names in cloud.kinds.items()} == {
        "users": ["cinder"],
        "types": ["other"],
        "projects": [],
        "domains": ["default"],
    }
    assert "changed=0" in tear_down(tmp_path)


def test_users_and_volume_types_that_were_there_before_stay(tmp_path, serve):
    """deploy adopts them: the user of image locations may be the one of Cinder itself."""
    cloud = Cloud({"reader": "Cinder", "owner": ""}, {"enhanced": "", "gold": None, **POOL_TYPE})
    serve(cloud)
    tear_down(tmp_path)
    assert list(cloud.kinds["users"]) == ["reader", "owner"]
    assert list(cloud.kinds["types"]) == ["enhanced", "gold"]


def test_a_limit_does_not_lead_around_the_confirmation(tmp_path):
    hosts = tmp_path / "hosts"
    hosts.write_text("[cinder]\nhere ansible_connection=local\n[glance]\nhere\n")
    command = Path(sys.executable).parent / "ansible-playbook"
    variables = json.dumps({**VARIABLES, "enhanced_instance_become": False})
    done = subprocess.run(
        [command, CHECKOUT / "playbooks/teardown.yml", "-i", hosts, "--limit", "cinder", "-e", variables],
        capture_output=True,
        text=True,
        env=dict(os.environ, ANSIBLE_COLLECTIONS_PATH=str(CACHE.checkout()), ANSIBLE_NOCOLOR="1"),
        check=False,
    )
    assert done.returncode != 0
    assert "Name localhost in the limit as well" in done.stdout
    assert "See what the running service reads" not in done.stdout
