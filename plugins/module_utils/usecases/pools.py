# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pools with what is behind them, for people and for queries."""

from __future__ import annotations

from ..openstack import image_volumes, volumes
from ..openstack import pools as cinder_pools
from ..planner.cinder_backend import SAN
from ..planner.names import mount_directory
from ..planner.san_facts import MARK
from . import homes, plan


def report(cloud, arrays, question):
    """One record a pool; one listing a FlexVol beside the survey, and one of volumes where there are SAN
    pools.
    """
    pools, _type, _encrypted, _warnings = plan.choose_pools(cloud, question)
    survey = arrays.survey(abilities=False)
    pools = [homes.locate(arrays, survey, pool) for pool in pools]
    if question.pool_query:
        pools = cinder_pools.select(pools, query=question.pool_query)
    held = _image_volumes(cloud) if any(pool.protocol in SAN for pool in pools) else {}
    flexvols = plan.flexvols_of(pools)
    listed = arrays.read_all(flexvols, arrays.cache_files)
    cached = {flexvol.uuid: files for flexvol, files in zip(flexvols, listed, strict=True)}
    return [dict(_record(pool, cached), image_volumes=held.get(pool.name, [])) for pool in pools]


def _image_volumes(cloud):
    """{pool name: records} of the image-volumes that image_cache made, or Cinder's own cache."""
    found = {}
    for one, image_id in image_volumes.of_images(cloud, MARK):
        record = {
            "id": one["id"],
            "image_id": image_id,
            "size": one.get("size"),
            "status": one.get("status"),
        }
        found.setdefault(volumes.pool_of(one), []).append(record)
    return found


def _record(pool, cached):
    flexvol = pool.flexvol
    return dict(
        cinder_pools.record(pool),
        flexvol_uuid=flexvol.uuid if flexvol else None,
        junction_is_name=bool(flexvol and flexvol.junction == "/" + flexvol.name),
        size=flexvol.size if flexvol else None,
        available=flexvol.available if flexvol else None,
        why_no_flexvol=pool.why_no_flexvol,
        directory=mount_directory(pool.share) if pool.share else None,
        entries=[plan.entry_record(entry) for entry in cached.get(flexvol.uuid, ())] if flexvol else [],
    )
