# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The OpenStack side of a plan, and connections to the simulator, for tests that need ONTAP only."""

from __future__ import annotations

import requests

IMAGE = "22222222-2222-2222-2222-222222222222"
SIZE = 8 * 2**20


class Cloud:
    """One raw image with locations of one's choice, and pools over shares of one's choice."""

    label, project_id = "fake", "p1"

    def __init__(self, shares, *locations):
        self.shares = shares
        self.locations = list(locations)

    def pages(self, service, path, key, **params):
        if key == "images":
            size = {"size": SIZE, "virtual_size": SIZE}
            found = {"id": IMAGE, "name": "img", "status": "active", "disk_format": "raw", **size}
            return [found] if IMAGE in params.get("id", "") else []
        return [{"id": "t1", "name": "enhanced", "extra_specs": {}}]

    def get(self, service, path, **params):
        if path.endswith("/locations"):
            return {"locations": self.locations}
        if path.endswith("get_pools"):
            capabilities = {"storage_protocol": "nfs"}
            return {"pools": [{"name": f"h@b#{one}", "capabilities": capabilities} for one in self.shares]}
        return {}


def location(share_location, url, mountpoint="/mnt"):
    """A location as Glance's file store gives it with a metadata file."""
    metadata = {"type": "nfs", "share_location": share_location, "mountpoint": mountpoint}
    return {"url": url, "metadata": metadata}


def login(sim, svm=None, username=None, password=None):
    """A record of ``ontap:``: the cluster's admin, or an account of an SVM at its own management LIF."""
    return {
        "hostname": sim.svm_host(svm) if username else sim.host,
        "http_port": sim.port,
        "username": username or sim.username,
        "password": password or sim.password,
        "ca_path": sim.ca,
        "vserver": svm,
    }


def send(sim, method, path, body=None):
    """A request of the cluster's admin."""
    session = requests.Session()
    session.trust_env = False
    session.auth, session.verify = sim.auth, sim.ca
    answer = session.request(method, sim.url(path), json=body)
    assert answer.status_code < 400, answer.text
    return answer.json()


def lif(sim, svm, letter="a"):
    return sim.svms[svm][f"{svm}_{letter}"]
