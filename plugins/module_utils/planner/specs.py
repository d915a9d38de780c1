# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which pools a volume type may use: the rule of Cinder's capabilities filter, without asking its scheduler.

Source: cinder/scheduler/filters/capabilities_filter.py and extra_specs_ops.py of release 29.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

# Cinder reads a bare "=" as "at least".
_NUMBERS: dict[str, Callable[[float, float], bool]] = {
    "=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
}
_TEXTS: dict[str, Callable[[str, str], bool]] = {
    "s==": operator.eq,
    "s!=": operator.ne,
    "s<": operator.lt,
    "s<=": operator.le,
    "s>": operator.gt,
    "s>=": operator.ge,
}
_YES = ("1", "t", "true", "on", "y", "yes")


def pool_fits(extra_specs: Mapping[str, str], capabilities: Mapping[str, Any]) -> str | None:
    """None when the pool may be used, else the first requirement that it misses, as a sentence's part."""
    for key in sorted(extra_specs):
        requirement = extra_specs[key]
        scope = key.split(":")
        if len(scope) > 1 and scope[0] != "capabilities":
            continue  # belongs to a driver (netapp:..., provisioning:...), the filter leaves it alone
        if scope[0] == "capabilities":
            scope = scope[1:]
        value: Any = capabilities
        for step in scope:
            if not isinstance(value, Mapping) or step not in value:
                return f"the pool reports no capability {key}"
            value = value[step]
        values = value if isinstance(value, list) else [value]
        if not any(spec_matches(one, requirement) for one in values):
            return f"{key} must be {requirement} and the pool says {value}"
    return None


def spec_matches(value: Any, requirement: str | None) -> bool:
    """One value against one requirement such as ``<is> True``, ``>= 5``, ``<or> a <or> b`` or plain text."""
    if requirement is None:
        return value is None
    words = str(requirement).split()
    sign = words[0] if words else ""
    if sign == "<or>":
        return value in words[1::2]
    if sign not in ("<in>", "<is>") and sign not in _NUMBERS and sign not in _TEXTS:
        return value == requirement
    if value is None or len(words) < 2:
        return False
    wanted = words[1]
    if sign == "<is>":
        return _truth(value) is _truth(wanted)
    if sign == "<in>":
        return wanted in str(value)
    if sign in _TEXTS:
        return _TEXTS[sign](value, wanted) if isinstance(value, str) else False
    try:
        return _NUMBERS[sign](float(value), float(wanted))
    except (TypeError, ValueError):
        return False


def _truth(value: Any) -> bool:
    return str(value).strip().lower() in _YES
