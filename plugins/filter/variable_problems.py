# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with the operator's variables; they are listed in planner/operator_variables.py."""

from __future__ import annotations

from ansible.errors import AnsibleFilterError

from ..module_utils.planner import operator_variables


def variable_problems(values, required=(), names=()):
    try:
        return operator_variables.problems(values, required, names)
    except KeyError as error:
        raise AnsibleFilterError(f"variable_problems: {error} is no variable of ours") from error


def variables_of(names, playbook):
    try:
        return operator_variables.used_by(playbook, names)
    except KeyError as error:
        raise AnsibleFilterError(f"variables_of: {error} is no playbook with variables of its own") from error


class FilterModule:
    def filters(self):
        return {"variable_problems": variable_problems, "variables_of": variables_of}
