# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.openstack_ontap.enhanced_instance.plugins.filter import as_table


def test_findings_of_all_hosts_with_the_cures_of_broken_ones_and_the_notes_of_good_ones():
    hostvars = {
        "cinder-1": {"cinder_netapp_findings": [{"check": "pools", "ok": False, "cure": "look"}]},
        "localhost": {
            "ontap_svm_findings": [{"check": "NFS", "ok": True, "cure": "switch on"}],
            "enhanced_instance_findings": [
                {"check": "no download", "ok": True, "cure": "", "note": "old"},
                {"check": "room", "ok": False, "cure": "make room", "note": "old"},
            ],
        },
        "other": {},
    }
    assert as_table.findings(hostvars) == [
        {"host": "cinder-1", "check": "pools", "ok": False, "cure": "look"},
        {"host": "localhost", "check": "NFS", "ok": True, "cure": ""},
        {"host": "localhost", "check": "no download", "ok": True, "cure": "old"},
        {"host": "localhost", "check": "room", "ok": False, "cure": "make room"},
    ]


def test_nearly_full_is_the_drivers_threshold():
    pools = [
        {"flexvol": "a", "size": 1000, "available": 200},
        {"flexvol": "b", "size": 1000, "available": 201},
    ]
    assert as_table.nearly_full(pools) == ["a"]
