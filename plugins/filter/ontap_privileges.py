# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter of role ontap_svm; the decisions are in module_utils/planner/rights.py."""

from __future__ import annotations

from ansible.errors import AnsibleFilterError

from ..module_utils.planner import rights


def ontap_privileges(known, purposes, of_svm=False, version=None):
    unknown = sorted(set(purposes) - set(known))
    if unknown:
        raise AnsibleFilterError(
            f"ontap_privileges: there is no purpose {', '.join(unknown)}; there are {', '.join(known)}"
        )
    number = tuple(int((version or {}).get(part) or 0) for part in ("generation", "major", "minor"))
    merged = rights.merged(*(known[purpose] for purpose in purposes))
    return rights.for_account(merged, of_svm, number if any(number) else ())


class FilterModule:
    def filters(self):
        return {"ontap_privileges": ontap_privileges}
