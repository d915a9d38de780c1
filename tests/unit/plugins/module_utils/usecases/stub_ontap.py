# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client of ONTAP that answers from a few numbers, and counts what it is asked: for clusters of any
size.
"""

from __future__ import annotations

import re
import threading
from collections import Counter

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils import failures

GIB = 1024**3


class StubClient:
    """A cluster's account, or with ``refused`` paths one that sees less. SVM k has ``each`` FlexVols."""

    def __init__(self, svms=1, each=1, entries=(), refused=(), nodes=(), peers=()):
        self.host = "cluster"
        self.svms = [f"svm{number}" for number in range(1, svms + 1)]
        self.each = each
        self.entries = dict(entries)  # FlexVol name -> names of files in its root
        self.refused, self.nodes, self.peers = refused, nodes, peers
        self.asked = Counter()
        self.on_busy = None
        self._lock = threading.Lock()

    @property
    def requests(self):
        return sum(self.asked.values())

    def close(self):
        """Nothing is open."""

    def get(self, path, query=None):
        kind = "look at a file" if "/files/" in path else path
        with self._lock:
            self.asked[kind] += 1
        if kind in self.refused:
            raise failures.NotAuthorized("not authorized for that command", status=403, code="6")
        if path == "/cluster":
            return {"uuid": "c1", "version": {"generation": 9, "major": 17}}
        if query.get("return_metadata"):
            return {"type": "file", "size": GIB}
        raise AssertionError(path)

    def collection(self, path, query=None):
        with self._lock:
            self.asked[re.sub(r"/volumes/[^/]+/files", "/volumes/{uuid}/files", path)] += 1
        if path in self.refused:
            raise failures.NotAuthorized("not authorized for that command", status=403, code="6")
        if path.endswith("/files"):
            names = self.entries.get(path.split("/")[-2], ())
            return [{"name": name, "type": "file", "size": GIB} for name in names]
        return getattr(self, "_" + path.strip("/").replace("/", "_"))(query or {})

    def read(self, path, query):
        with self._lock:
            self.asked["first bytes"] += 1
        return bytes(query["length"])

    def _storage_volumes(self, query):
        return [
            {
                "uuid": f"{svm}-{number}",
                "name": f"vol{number}",
                "svm": {"name": svm},
                "nas": {"path": f"/vol{number}"},
                "space": {"size": 100 * GIB, "available": 80 * GIB},
                "aggregates": [{"name": f"aggr{number % 2 + 1}"}],
            }
            for svm in self.svms
            if query.get("svm.name") in (None, svm)
            for number in range(1, self.each + 1)
        ]

    def _network_ip_interfaces(self, query):
        return [
            {"ip": {"address": f"10.0.0.{number}"}, "name": svm, "svm": {"name": svm}, "state": "up"}
            for number, svm in enumerate(self.svms, 1)
        ]

    def _protocols_nfs_services(self, query):
        return [{"svm": {"name": svm}, "enabled": True, "vstorage_enabled": True} for svm in self.svms]

    def _cluster_nodes(self, query):
        return list(self.nodes)

    def _storage_aggregates(self, query):
        return [
            {"name": f"aggr{number}", "node": {"name": "n1"}, "home_node": {"name": f"n{number}"}}
            for number in (1, 2)
        ]

    def _svm_peers(self, query):
        return [
            {
                "svm": {"name": one},
                "peer": {"svm": {"name": other}},
                "state": state,
                "applications": list(uses),
            }
            for one, other, state, uses in self.peers
        ]

    def _storage_qtrees(self, query):
        return [{"name": "", "volume": {"uuid": "svm1-1"}}, {"name": "q1", "volume": {"uuid": "svm1-1"}}]
