# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every address and port of the lab, from one prefix (``EIC_NET``), so that several labs fit side by side."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from .failure import LabError

DEFAULT_NET = "127.10"
PORTS = {
    "keystone": 25000,
    "glance": 29292,
    "placement": 28778,
    "cinder": 28776,
    "nova": 28774,
    "neutron": 29696,
    "mariadb": 23306,
    "rabbitmq": 25672,
}
ONTAP_PORT = 28443

# Which client ONTAP sees is told by the folder that is mounted, as each service would have its own host.
_CLIENTS = (("/var/lib/glance", 1), ("/var/lib/cinder", 2), ("/var/lib/nova", 3))


@dataclass(frozen=True)
class Addresses:
    """The addresses of one lab; ``net`` is the first half of an IPv4 loopback address, such as ``127.10``."""

    net: str = DEFAULT_NET

    def __post_init__(self):
        octet = re.fullmatch(r"127\.(\d{1,3})", self.net)
        if not octet or not 1 <= int(octet.group(1)) <= 254:
            raise LabError(
                f"EIC_NET is {self.net!r}, but the lab lives on loopback only: "
                "set it to 127.N with N from 1 to 254."
            )

    @property
    def number(self):
        """The lab's own number, for what cannot be told apart by address."""
        return int(self.net.split(".")[1])

    @property
    def api(self):
        return f"{self.net}.0.1"

    @property
    def cluster(self):
        """Cluster management LIF of the simulator."""
        return f"{self.net}.1.1"

    @property
    def svm(self):
        """Management LIF of the data SVM."""
        return f"{self.net}.1.10"

    @property
    def data_lifs(self):
        """NFS LIFs of the data SVM."""
        return {f"nfs_{letter}": f"{self.net}.1.{last}" for last, letter in enumerate("abcd", 11)}

    @property
    def images_svm(self):
        """Management LIF of the second SVM, which keeps images apart from volumes."""
        return f"{self.net}.1.30"

    @property
    def images_lifs(self):
        """NFS LIFs of the second SVM."""
        return {"img_a": f"{self.net}.1.31", "img_b": f"{self.net}.1.32"}

    @property
    def san_lifs(self):
        """iSCSI LIFs of the data SVM. Nobody logs in to them: there is no kernel initiator in the lab."""
        return {"iscsi_a": f"{self.net}.1.21", "iscsi_b": f"{self.net}.1.22"}

    @property
    def plain(self):
        """The server of the generic NFS export."""
        return f"{self.net}.3.1"

    @property
    def epmd_port(self):
        """Erlang's port mapper also listens on 127.0.0.1, hence a port per lab."""
        return 24400 + self.number

    @property
    def erlang_port(self):
        """Between RabbitMQ and its tools; RabbitMQ checks it on the host name only, hence a port per lab."""
        return 24700 + self.number

    def is_ontap(self, host):
        return host.startswith(f"{self.net}.1.")

    def client_for(self, target):
        """The NFS client that mounts ``target`` (a path), as the export policy sees it."""
        for folder, last in _CLIENTS:
            if target == folder or target.startswith(folder + "/"):
                return f"{self.net}.2.{last}"
        return f"{self.net}.2.9"

    def url(self, service, path=""):
        return f"http://{self.api}:{PORTS[service]}{path}"

    def listeners(self, only_ontap=False):
        """(who, address, port) of all that the lab listens on."""
        found = [("ontap-sim", host, ONTAP_PORT) for host in (self.cluster, self.svm, self.images_svm)]
        if not only_ontap:
            found += [(who, self.api, port) for who, port in PORTS.items()]
            found += [("rabbitmq", self.api, self.erlang_port), ("rabbitmq", "127.0.0.1", self.epmd_port)]
        return found


def from_environment():
    return Addresses(os.environ.get("EIC_NET") or DEFAULT_NET)
