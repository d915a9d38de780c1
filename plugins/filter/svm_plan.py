# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter of role ontap_svm; the decisions are in module_utils/planner."""

from __future__ import annotations

from ansible.errors import AnsibleFilterError

from ..module_utils.planner import svm

NUMBERS = ("owner_id", "group_id", "snapshot_reserve", "autosize_maximum")


def svm_plan(read, **wanted):
    try:
        style = svm.Style(**{key: _typed(key, value) for key, value in wanted.pop("style", {}).items()})
        return svm.plan(read, svm.Wanted(style=style, **wanted))
    except (TypeError, ValueError, KeyError) as error:
        raise AnsibleFilterError(f"svm_plan: {error}") from error


def _typed(key, value):
    """Before ansible-core 2.19 a template gives text where it should give a number or nothing."""
    if value in (None, ""):
        return None
    return int(value) if key in NUMBERS else value


class FilterModule:
    def filters(self):
        return {"svm_plan": svm_plan}
