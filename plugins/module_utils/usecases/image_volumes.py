# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of SAN pools: image-volumes from Cinder, LUN sources from the array, and Glance's part."""

from __future__ import annotations

from ..failures import WrongInput
from ..ontap import luns
from ..openstack import image_volumes as cinder
from ..openstack import services, volumes
from ..planner.cinder_backend import SAN
from ..planner.facts import Source, Unusable
from ..planner.names import volume_file_name
from ..planner.san_facts import IMAGE_OWNER, MARK, Adoption, ImageVolume, SanFacts, lun_path
from ..planner.sizes import GIB


def read(cloud, arrays, survey, scene, records, answers, question):
    """SanFacts of a scene; Cinder: one request an image and one a located volume that it did not list.
    Glance: one. Keystone: one where the internal tenant is named. ONTAP: one for a golden LUN.
    """
    source_lun, named = question.source_lun, question.internal_project
    if source_lun and len(scene.images) > 1:
        raise WrongInput(
            f"source_lun names one LUN, {source_lun}, and {len(scene.images)} images are asked for",
            cure="give one image",
        )
    golden = (_golden(arrays, survey, source_lun),) if source_lun else ()
    tenant = (services.project(cloud, named) or {}).get("id", "") if named else ""
    flexvols = {pool.name: pool.flexvol for pool in scene.pools if pool.flexvol}
    found, sources = {}, {}
    for image, record in zip(scene.images, records, strict=True):
        located = located_ids(answers.get(image.id))
        raw = _records(cloud, image.id, located)
        found[image.id] = tuple(image_volume(one, record, located, cloud.project_id, tenant) for one in raw)
        sources[image.id] = golden + _luns(found[image.id], flexvols)
    return SanFacts(found, sources, adoption(cloud, records, scene.volume_type), tenant)


def check(pools, volume_type, source_lun=None):
    """Raise WrongInput for NFS and SAN pools in one volume type, and for a LUN without a SAN pool."""
    protocols = sorted({pool.protocol for pool in pools})
    san = [pool for pool in pools if pool.protocol in SAN]
    name = (volume_type or {}).get("name")
    if name and san and "nfs" in protocols:
        raise WrongInput(
            f"Volume type {name!r} may use pools of several protocols ({', '.join(protocols)}), and what is "
            "primed for one does not serve the other",
            cure="give each backend a volume type of its own by volume_backend_name",
        )
    if source_lun and not san:
        raise WrongInput(
            f"source_lun is {source_lun}, and no chosen pool holds LUNs"
            + (f" (volume type {name!r} has no SAN backend)" if name else ""),
            cure="name the volume type of a SAN backend, or leave source_lun out",
        )


def located_ids(answer):
    """IDs of the volumes that an answer of glance.locations names."""
    locations = answer[0] if answer else ()
    return {one for one in (cinder.volume_of_location(place["url"]) for place in locations) if one}


def _records(cloud, image_id, located):
    listed = cinder.named_for(cloud, image_id)
    known = {record["id"] for record in listed}
    rest = [cinder.show(cloud, one) for one in sorted(located - known)]
    return listed + [record for record in rest if record]


def image_volume(record, image_record, located, project_id, tenant=""):
    """The planner's view of a volume that may hold the image. Only volumes of our own project (project_id)
    can be ours, and only those of Cinder's internal tenant, where that is known, can be its cache's: anybody
    may write such a name and such metadata.
    """
    owner = cinder.project_of(record)
    metadata = record.get("metadata") or {}
    return ImageVolume(
        id=record["id"],
        pool=volumes.pool_of(record) or "",
        size_gib=record.get("size") or 0,
        status=record.get("status", ""),
        located=record["id"] in located,
        # Cinder makes its own read-only; the flag is shown among the metadata (volume/manager.py).
        cached=str(metadata.get("readonly")) == "True"
        and MARK not in metadata
        and (not tenant or owner == tenant),
        stale=_before(record.get("created_at"), image_record.get("updated_at")),
        owner_fits=metadata.get(IMAGE_OWNER) == image_record.get("owner"),
        marked=metadata.get(MARK) == image_record["id"] and owner == project_id,
    )


def _before(made, changed):
    """Whether a volume is older than the image's last change; times of the same form compare as text."""
    return bool(made and changed) and made[:19] < changed[:19]


def _luns(found, flexvols):
    """Image-volumes as sources of copies. Only those that Glance names: anybody may call a volume so."""
    return tuple(
        Source(
            flexvols[one.pool],
            lun_path(flexvols[one.pool].name, volume_file_name(one.id)),
            "lun",
            one.size_gib * GIB,
        )
        for one in found
        if one.located and one.pool in flexvols and one.status in ("available", "in-use")
    )


def _golden(arrays, survey, path):
    name = luns.volume_of(path, "source_lun")
    homes = [one for one in survey.volumes if one.name == name]
    for flexvol in homes:
        lun = luns.find_lun(arrays.client(flexvol), flexvol.svm, path)
        if lun is not None:
            return Source(flexvol, path, "lun", lun.size)
    where = ", ".join(sorted(one.svm for one in homes)) or "no given SVM"
    return Unusable(f"There is no LUN {path} ({where}).", "Name an existing LUN in source_lun.")


def adoption(cloud, records, volume_type):
    """Whether Glance takes a location cinder://; one request."""
    stores = cinder.cinder_stores(cloud)
    if stores is None:
        return Adoption(
            why_not="Glance shows no stores to this user.",
            cure="Use several stores in Glance (enabled_backends) and a cloud whose user is an "
            "administrator.",
        )
    if not stores:
        return Adoption(
            why_not="Glance has no store of type cinder.",
            cure="Run deploy, which adds one where there is a SAN backend (glance_netapp_cinder_store).",
        )
    if records and not any("locations" in record for record in records):
        return Adoption(
            why_not="Glance's show_multiple_locations is off, so no location can be added to an image.",
            cure="Set it on a Glance API that only operators reach (glance_netapp_cinder_store does).",
        )
    wanted = (volume_type or {}).get("name")
    fitting = [one for one in stores if one.get("volume_type") == wanted]
    open_ones = [one for one in stores if not one.get("volume_type")]
    return Adoption(store=(fitting or open_ones or stores)[0]["id"], why_not="")
