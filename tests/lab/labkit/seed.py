# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the simulator begins with: one cluster of two nodes and aggregates, two SVMs, NFS off, no volumes."""

from __future__ import annotations

SVM = "svm_openstack"
IMAGES_SVM = "svm_images"  # for layouts whose images lie in another SVM than the volumes
NODES = ("lab-01", "lab-02")
AGGREGATE_SIZE = "2TB"


def content(addresses, password_file):
    """The seed file's content; ``password_file`` gives the path of a name's password."""
    return {
        "cluster": {
            "name": "lab",
            "management": addresses.cluster,
            "nodes": list(NODES),
            "aggregates": [
                {"name": f"aggr{number}", "node": node, "size": AGGREGATE_SIZE}
                for number, node in enumerate(NODES, 1)
            ],
        },
        "accounts": [{"name": "admin", "password_file": password_file("ontap_admin")}],
        "svms": [
            {
                "name": SVM,
                "iscsi": True,
                "accounts": [{"name": "vsadmin", "password_file": password_file("ontap_vsadmin")}],
                "lifs": [
                    *_lifs(SVM, addresses.svm, addresses.data_lifs),
                    *_data_lifs(addresses.san_lifs, "default-data-iscsi"),
                ],
            },
            {"name": IMAGES_SVM, "lifs": _lifs(IMAGES_SVM, addresses.images_svm, addresses.images_lifs)},
        ],
    }


def _lifs(svm, management, data):
    """A management LIF, and NFS LIFs."""
    return [
        {"name": f"{svm}_mgmt", "address": management, "service_policy": "default-management"},
        *_data_lifs(data, "default-data-files"),
    ]


def _data_lifs(addresses, policy):
    """LIFs on the nodes in turn."""
    return [
        {"name": name, "address": address, "node": NODES[number % len(NODES)], "service_policy": policy}
        for number, (name, address) in enumerate(addresses.items())
    ]
