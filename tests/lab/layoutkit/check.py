# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is what was seen what the table of layouts says? Bytes, paths and outcomes; never seconds."""

from __future__ import annotations

from .table import CLONES, NOTHING, OURS, SIDES


def layout_faults(layout, sides: dict) -> list[str]:
    """Each difference as a sentence."""
    told = []
    for side in SIDES:
        seen, expected = sides[side], getattr(layout, side)
        where = f"{layout.name}, {side}:"
        if seen["outcome"] != expected:
            told.append(f"{where} {seen['outcome']} instead of {expected}. {seen['error']}".rstrip())
        told += [f"{where} {text}" for text in byte_faults(seen)]
        if expected != NOTHING and len(seen["instances"]) != layout.instances:
            told.append(f"{where} {len(seen['instances'])} instances instead of {layout.instances}.")
    planned = sorted(one["path"] for one in sides[OURS]["plan"])
    if planned != sorted(layout.entries):
        told.append(f"{layout.name}: planned were {planned} instead of {sorted(layout.entries)}.")
    return told


def byte_faults(seen: dict) -> list[str]:
    """Glance's log and the evidence of the instances have to agree."""
    told, whole = [], seen["glance_requests"] * seen["image_bytes"]
    if seen["glance_bytes"] != whole:
        told.append(
            f"{seen['glance_bytes']} bytes in {seen['glance_requests']} downloads, and {whole} were expected."
        )
    downloads = [one for one in seen["instances"] if one["path"] == "download"]
    if seen["outcome"] == CLONES and downloads:
        told.append(
            f"the evidence says that {downloads[0]['name']} was downloaded, and Glance's log that it was not."
        )
    return told
