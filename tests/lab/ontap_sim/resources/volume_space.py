# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a volume's space and files look (facts B4): from the file system behind it."""

from __future__ import annotations

import os


def usable(size, record):
    return size * (100 - record.get("space", {}).get("snapshot", {}).get("reserve_percent", 0)) // 100


def space(sim, record):
    size = record["size"]
    total = usable(size, record)
    if record["is_svm_root"] or record["state"] != "online":
        available = total if record["is_svm_root"] else 0
        used = 1 << 20
    else:
        flexvol = sim.flexvol(record["uuid"])
        available = min(total, flexvol.available())
        used = max(0, total - available)
    percent = used * 100 // total if total else 0
    reserve = size - total
    return {
        "size": size,
        "afs_total": total,
        "filesystem_size": size,
        "available": available,
        "used": used,
        "percent_used": percent,
        "available_percent": 100 - percent,
        "physical_used": used,
        "used_by_afs": used,
        "over_provisioned": 0,
        "metadata": 0,
        "total_footprint": used,
        "fractional_reserve": 0,
        "full_threshold_percent": record.get("space", {}).get("full_threshold_percent", 98),
        "nearly_full_threshold_percent": record.get("space", {}).get("nearly_full_threshold_percent", 95),
        "logical_space": {
            "enforcement": False,
            "reporting": False,
            "available": available,
            "used": used,
            "used_by_afs": used,
            "used_percent": percent,
            **record.get("space", {}).get("logical_space", {}),
        },
        "snapshot": {
            "reserve_size": reserve,
            "used": 0,
            "autodelete_enabled": False,
            **record.get("space", {}).get("snapshot", {}),
        },
    }


def files(sim, record):
    maximum = max(96, record["size"] // 32768)
    if record["is_svm_root"] or record["state"] != "online":
        return {"maximum": maximum, "used": 96}
    state = os.statvfs(sim.flexvol(record["uuid"]).mount_point)
    return {"maximum": maximum, "used": state.f_files - state.f_ffree}
