# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the simulator begins with: one cluster of two nodes and aggregates, one SVM, NFS off, no volumes."""

from __future__ import annotations

SVM = "svm_openstack"
AGGREGATE_SIZE = "2TB"


def content(addresses, password_file):
    """The seed file's content; ``password_file`` gives the path of a name's password."""
    lifs = [{"name": f"{SVM}_mgmt", "address": addresses.svm, "service_policy": "default-management"}]
    for number, (name, address) in enumerate(addresses.data_lifs.items(), 1):
        lifs.append(
            {
                "name": name,
                "address": address,
                "node": f"lab-{number:02d}",
                "service_policy": "default-data-files",
            }
        )
    for number, (name, address) in enumerate(addresses.san_lifs.items(), 1):
        lifs.append(
            {
                "name": name,
                "address": address,
                "node": f"lab-{number:02d}",
                "service_policy": "default-data-iscsi",
            }
        )
    return {
        "cluster": {
            "name": "lab",
            "management": addresses.cluster,
            "nodes": ["lab-01", "lab-02"],
            "aggregates": [
                {"name": "aggr1", "node": "lab-01", "size": AGGREGATE_SIZE},
                {"name": "aggr2", "node": "lab-02", "size": AGGREGATE_SIZE},
            ],
        },
        "accounts": [{"name": "admin", "password_file": password_file("ontap_admin")}],
        "svms": [
            {
                "name": SVM,
                "iscsi": True,
                "accounts": [{"name": "vsadmin", "password_file": password_file("ontap_vsadmin")}],
                "lifs": lifs,
            }
        ],
    }
