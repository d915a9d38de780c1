# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter of role ontap_svm; the decisions are in module_utils/planner."""

from __future__ import annotations

from ansible.errors import AnsibleFilterError

from ..module_utils.planner import svm


def svm_plan(read, **wanted):
    try:
        # Before ansible-core 2.19 a template gives an empty text where it should give nothing.
        style = {key: None if value == "" else value for key, value in wanted.pop("style", {}).items()}
        style = svm.Style(**style)
        return svm.plan(read, svm.Wanted(style=style, **wanted))
    except (TypeError, ValueError, KeyError) as error:
        raise AnsibleFilterError(f"svm_plan: {error}") from error


class FilterModule:
    def filters(self):
        return {"svm_plan": svm_plan}
