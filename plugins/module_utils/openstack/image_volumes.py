# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Image-volumes of Cinder, and what hands one over: manage, an image's location, a delete."""

from __future__ import annotations

from ..failures import EnhancedInstanceError, NotFound
from ..planner.san_facts import NAME_PREFIX, image_volume_name


def named_for(cloud, image_id):
    """Volumes of all projects that bear an image-volume's name for the image; one request
    (administrators).
    """
    return cloud.pages(
        "block_storage",
        "/volumes/detail",
        "volumes",
        all_tenants="1",
        name=image_volume_name(image_id),
    )


def show(cloud, volume_id):
    """One volume, or None when it is gone; one request."""
    try:
        return cloud.get("block_storage", f"/volumes/{volume_id}")["volume"]
    except NotFound:
        return None


def all_marked(cloud, mark):
    """Every volume of our own project that bears the mark; a request a thousand volumes."""
    records = cloud.pages("block_storage", "/volumes/detail", "volumes")
    return [record for record in records if (record.get("metadata") or {}).get(mark)]


def of_images(cloud, mark):
    """(record, image ID) of volumes of our own project that bear the mark, and of those that look like what
    Cinder's cache keeps: read-only and named for an image. A request a thousand volumes of the cloud.
    """
    found = []
    for record in cloud.pages("block_storage", "/volumes/detail", "volumes", all_tenants="1"):
        metadata, name = record.get("metadata") or {}, record.get("name") or ""
        if metadata.get(mark) and project_of(record) == cloud.project_id:
            found.append((record, metadata[mark]))
        elif str(metadata.get("readonly")) == "True" and name.startswith(NAME_PREFIX):
            found.append((record, name[len(NAME_PREFIX) :]))
    return found


def project_of(record):
    """The project that a volume belongs to, as administrators see it."""
    return record.get("os-vol-tenant-attr:tenant_id")


def manage(cloud, pool, lun, name, volume_type, metadata):
    """Cinder adopts a LUN (whole name) of a pool; the record of the volume, which is still in the making.

    One request, and another one where the pool belongs to a cluster, which its name does not tell.
    """
    body = {
        "ref": {"source-name": lun},
        "name": name,
        "description": "An image's content, from which Cinder clones volumes; made by image_cache",
        "volume_type": volume_type,
        "metadata": metadata,
        "bootable": True,
    }
    try:
        answer = cloud.post("block_storage", "/manageable_volumes", {"volume": {"host": pool, **body}})
    except NotFound:
        answer = cloud.post("block_storage", "/manageable_volumes", {"volume": {"cluster": pool, **body}})
    return answer["volume"]


def unmanage(cloud, volume_id):
    """Take a volume's record away from Cinder and leave the LUN."""
    cloud.post("block_storage", f"/volumes/{volume_id}/action", {"os-unmanage": {}})


def volume_of_location(url):
    """The volume's ID in a location cinder://<store>/<ID> or cinder://<ID>, else None."""
    scheme, _colon, rest = (url or "").partition("://")
    return rest.rpartition("/")[2] or None if scheme == "cinder" else None


def location_url(store, volume_id):
    return f"cinder://{store}/{volume_id}"


def add_location(cloud, image_id, store, volume_id):
    """One more place of an image's bytes; the others stay first. Needs show_multiple_locations; one
    request.
    """
    value = {"url": location_url(store, volume_id), "metadata": {"store": store}}
    cloud.patch_image(image_id, [{"op": "add", "path": "/locations/-", "value": value}])


def remove_location(cloud, image_id, index):
    """Take a location away; Glance then deletes the volume behind it. One request."""
    cloud.patch_image(image_id, [{"op": "remove", "path": f"/locations/{index}"}])


def cinder_stores(cloud):
    """[{id, volume_type}] of Glance's stores of type cinder; one request. None where Glance does not tell."""
    try:
        stores = cloud.get("image", "/info/stores/detail").get("stores", [])
    except EnhancedInstanceError as exc:
        if exc.status not in (403, 404, 405):
            raise
        return None
    return [
        {"id": store["id"], "volume_type": (store.get("properties") or {}).get("volume_type")}
        for store in stores
        if store.get("type") == "cinder"
    ]
