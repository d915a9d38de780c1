# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many volumes still fit into Cinder's pools: the rule of its capacity filter.

Source: cinder/scheduler/filters/capacity_filter.py and sched_utils.py of release 29. Clones take next to no
bytes of a FlexVol, so what counts is what Cinder thinks that it has promised. GiB throughout.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from .facts import Pool


def volumes_that_fit(capabilities: Mapping[str, Any], size: int, thin: bool = True) -> int | None:
    """Volumes of ``size`` GiB, or None where the pool does not say, which Cinder takes for enough.

    ``thin`` is False for a volume type with ``provisioning:type`` thick.
    """
    total, free = capabilities.get("total_capacity_gb"), capabilities.get("free_capacity_gb")
    if not isinstance(total, (int, float)) or not isinstance(free, (int, float)):
        return None
    reserved = float(capabilities.get("reserved_percentage") or 0) / 100
    usable = total - math.floor(total * reserved)
    promised = capabilities.get("provisioned_capacity_gb")
    if not isinstance(promised, (int, float)):
        promised = capabilities.get("allocated_capacity_gb") or 0
    if thin and _yes(capabilities.get("thin_provisioning_support")):
        ratio = _ratio(capabilities.get("max_over_subscription_ratio"))
        room = usable * ratio - promised if ratio >= 1 else 0
    else:
        room = min(free, usable - promised)
    return max(0, int(room // size))


def shortage(pools: Iterable[Pool], number: int, size: int, thin: bool = True) -> str | None:
    """Part of a sentence where ``number`` volumes of ``size`` GiB do not fit into all pools together."""
    found = {pool.name: volumes_that_fit(pool.capabilities, size, thin) for pool in pools}
    fits = list(found.values())
    if not fits or None in fits or sum(fits) >= number:
        return None
    said = ", ".join(f"{count} in {name}" for name, count in sorted(found.items()))
    return f"{number} volumes of {size} GiB are needed and {sum(fits)} fit ({said})"


def _ratio(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return 1.0


def _yes(value: Any) -> bool:
    return str(value).strip().lower() == "true"
