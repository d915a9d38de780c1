# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same API calls as `instances` makes for its servers, by a bare threaded HTTP client: the limit.

It checks nothing, knows no retry and gathers no evidence. Four threads send; one thread polls with one list
request for all volumes and one for all servers. A server is asked for as soon as its volume is there.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import requests
import yaml

THREADS = 4
POLL = 0.5  # seconds between two polls
LIMIT = 1800.0


class Bare:
    """One project, by the entry of a clouds.yaml."""

    def __init__(self, clouds_file, cloud):
        with open(clouds_file, encoding="utf-8") as file:
            entry = yaml.safe_load(file)["clouds"][cloud]
        self.requests = 0
        self._lock = threading.Lock()
        self._local = threading.local()
        self._token, self._urls = None, {}
        self._log_in(entry)

    def _log_in(self, entry):
        auth = entry["auth"]
        domain = {"id": auth.get("user_domain_id", "default")}
        body = {
            "auth": {
                "identity": {
                    "methods": ["password"],
                    "password": {
                        "user": {"name": auth["username"], "password": auth["password"], "domain": domain}
                    },
                },
                "scope": {"project": {"name": auth["project_name"], "domain": domain}},
            }
        }
        answer = self._send("POST", auth["auth_url"] + "/auth/tokens", json=body)
        self._token = answer.headers["X-Subject-Token"]
        for service in answer.json()["token"]["catalog"]:
            for endpoint in service["endpoints"]:
                if endpoint["interface"] == "public":
                    self._urls[service["type"]] = endpoint["url"].rstrip("/")

    def _send(self, method, url, **options):
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
            self._local.session.trust_env = False
        headers = {"OpenStack-API-Version": "volume 3.59", "X-OpenStack-Nova-API-Version": "2.37"}
        if self._token:
            headers["X-Auth-Token"] = self._token
        with self._lock:
            self.requests += 1
        answer = self._local.session.request(method, url, headers=headers, timeout=120, **options)
        answer.raise_for_status()
        return answer

    def volume(self, method, path, **options):
        return self._send(method, self._urls["block-storage"] + path, **options)

    def compute(self, method, path, **options):
        return self._send(method, self._urls["compute"] + path, **options)

    def boot(self, names, image, flavor, network, volume_type, gib=1):
        """Volumes and servers of these names; returns when all are ACTIVE. Raises RuntimeError."""
        waiting, building, done = {}, {}, set()
        deadline = time.monotonic() + LIMIT

        def make_volume(name):
            body = {"name": name, "size": gib, "imageRef": image, "volume_type": volume_type}
            waiting[self.volume("POST", "/volumes", json={"volume": body}).json()["volume"]["id"]] = name

        def make_server(name, volume):
            device = {
                "boot_index": 0,
                "uuid": volume,
                "source_type": "volume",
                "destination_type": "volume",
                "delete_on_termination": True,
            }
            body = {
                "name": name,
                "flavorRef": flavor,
                "networks": [{"uuid": network}],
                "block_device_mapping_v2": [device],
            }
            answer = self.compute("POST", "/servers", json={"server": body}).json()
            building[answer["server"]["id"]] = name

        with ThreadPoolExecutor(THREADS) as pool:
            calls = [pool.submit(make_volume, name) for name in names]
            while len(done) < len(names):
                time.sleep(POLL)
                for call in [call for call in calls if call.done()]:
                    calls.remove(call)
                    call.result()
                if time.monotonic() > deadline:
                    raise RuntimeError(f"only {len(done)} of {len(names)} were there after {LIMIT:.0f} s")
                if waiting:
                    for one in self.volume("GET", "/volumes/detail").json()["volumes"]:
                        if one["id"] in waiting and one["status"] == "available":
                            calls.append(pool.submit(make_server, waiting.pop(one["id"]), one["id"]))
                        elif one["id"] in waiting and one["status"].startswith("error"):
                            raise RuntimeError(f"volume {one['id']} is in {one['status']}")
                if building:
                    for one in self.compute("GET", "/servers/detail").json()["servers"]:
                        if one["id"] in building and one["status"] == "ACTIVE":
                            done.add(building.pop(one["id"]))
                        elif one["id"] in building and one["status"] == "ERROR":
                            raise RuntimeError(f"server {one['name']} is in ERROR")

    def find(self, service, path, key, name):
        """The ID of what bears a name."""
        send = {"compute": self.compute, "network": self._network, "image": self._image}[service]
        found = [one["id"] for one in send("GET", path).json()[key] if one["name"] == name]
        if not found:
            raise RuntimeError(f"there is no {name} in {path}")
        return found[0]

    def _network(self, method, path, **options):
        return self._send(method, self._urls["network"] + "/v2.0" + path, **options)

    def _image(self, method, path, **options):
        return self._send(method, self._urls["image"] + "/v2" + path, **options)

    def need_network(self, name, cidr):
        """A network of the project with one subnet, made when there is none of that name."""
        there = self._network("GET", f"/networks?name={name}").json()["networks"]
        if not there:
            made = self._network("POST", "/networks", json={"network": {"name": name}}).json()["network"]
            subnet = {"network_id": made["id"], "ip_version": 4, "cidr": cidr, "enable_dhcp": False}
            self._network("POST", "/subnets", json={"subnet": subnet})

    def clear(self, prefix):
        """Remove every server and volume whose name begins so, and wait until they are gone."""
        deadline = time.monotonic() + LIMIT
        asked = set()
        while time.monotonic() < deadline:
            servers = self._named(self.compute("GET", "/servers?limit=1000").json()["servers"], prefix)
            volumes = self._named(self.volume("GET", "/volumes/detail?limit=1000").json()["volumes"], prefix)
            if not servers and not volumes:
                return
            with ThreadPoolExecutor(THREADS) as pool:
                new = [one["id"] for one in servers if one["id"] not in asked]
                list(pool.map(lambda one: self.compute("DELETE", f"/servers/{one}"), new))
                free = [
                    one["id"]
                    for one in volumes
                    if one["id"] not in asked and one["status"] in ("available", "error")
                ]
                list(pool.map(self._delete_volume, free))
                asked.update(new, free)
            time.sleep(1.0)
        raise RuntimeError(f"what begins with {prefix!r} was not gone after {LIMIT:.0f} s")

    def _delete_volume(self, identity):
        try:
            self.volume("DELETE", f"/volumes/{identity}")
        except requests.HTTPError as error:
            # Nova deletes what was made with delete_on_termination at the same time.
            if error.response.status_code not in (400, 404):
                raise

    @staticmethod
    def _named(records, prefix):
        return [one for one in records if (one.get("name") or "").startswith(prefix)]
