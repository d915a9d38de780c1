# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A private volume type for each SAN pool, by which Cinder's scheduler has no choice: POST /volumes takes no
pool. It stays, because Cinder gives the image-volume in its cache the type of the volume that it came from.
"""

from __future__ import annotations

from ..failures import AlreadyExists, WrongInput
from ..planner.throwaway import pool_type_name, pool_type_specs
from .pools import eligible, list_types


def leading_to(cloud, base, wanted, pools):
    """{pool name: volume type} of the wanted pools. One request for the types, and one for each that is made.

    The type ``base`` itself serves where it leads to one pool alone; ``pools`` are all pools of Cinder.
    """
    if len(wanted) == 1 and [one.name for one in eligible(pools, base)] == [wanted[0].name]:
        return {wanted[0].name: base}
    known = {record["name"]: record for record in list_types(cloud)}
    found = {}
    for pool in wanted:
        record = known.get(pool_type_name(pool)) or _make(cloud, base, pool)
        leads = [one.name for one in eligible(pools, record)]
        if leads != [pool.name]:
            raise WrongInput(
                f"Volume type {record['name']!r} is to lead to its pool alone and leads to "
                + (", ".join(leads) or "none"),
                f"cloud {cloud.label}",
                "delete it when no volume has it, or mend its extra specs",
            )
        found[pool.name] = record
    return found


def _make(cloud, base, pool):
    body = {
        "name": pool_type_name(pool),
        "description": "For image_cache: leads to one pool. The image-volumes in it have this type",
        "os-volume-type-access:is_public": False,
        "extra_specs": pool_type_specs(base.get("extra_specs") or {}, pool),
    }
    try:
        return cloud.post("block_storage", "/types", {"volume_type": body})["volume_type"]
    except AlreadyExists:
        # Another run was faster.
        return next(one for one in list_types(cloud) if one["name"] == body["name"])
