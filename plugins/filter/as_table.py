# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records as the lines of a table, for the playbooks' output."""

from __future__ import annotations

from ..module_utils.planner.table import table


def as_table(records, columns):
    return table(columns, records)


class FilterModule:
    def filters(self):
        return {"as_table": as_table}
