# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the playbooks show: records as lines, findings of all hosts, FlexVols that are nearly full."""

from __future__ import annotations

from ..module_utils.planner.table import table

# Below this share of free space the driver starts to remove entries (thres_avl_size_perc_start's default).
CLEANING_PERCENT = 20

# Facts in which the roles' verify tasks, and those of the playbook, note what they found.
FINDINGS = (
    "ontap_svm_findings",
    "glance_netapp_findings",
    "cinder_netapp_findings",
    "enhanced_instance_findings",
)


def as_table(records, columns):
    return table(columns, records)


def findings(hostvars):
    """Findings of all hosts, as the roles' verify tasks noted them: broken ones with their cure, good ones
    with what is worth knowing all the same."""
    return [
        {
            "host": host,
            "check": finding["check"],
            "ok": finding["ok"],
            "cure": finding.get("note") or "" if finding["ok"] else finding["cure"],
        }
        for host in hostvars
        for name in FINDINGS
        for finding in hostvars[host].get(name) or []
    ]


def nearly_full(pools):
    """Names of FlexVols with so little free space that the driver cleans its cache."""
    return [pool["flexvol"] for pool in pools if pool["available"] * 100 <= pool["size"] * CLEANING_PERCENT]


class FilterModule:
    def filters(self):
        return {"as_table": as_table, "findings": findings, "nearly_full": nearly_full}
