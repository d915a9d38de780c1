# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter of the roles and playbooks; the decisions are in module_utils/planner/layout.py."""

from __future__ import annotations

from ansible.errors import AnsibleFilterError

from ..module_utils.planner import layout as planner


def layout(variables):
    try:
        return planner.layout(variables)
    except KeyError as error:
        raise AnsibleFilterError(f"layout: a backend or a FlexVol lacks its {error}") from error


class FilterModule:
    def filters(self):
        return {"layout": layout}
