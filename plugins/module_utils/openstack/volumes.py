# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Volumes of Cinder: lists, single writes, the project's quota."""

from __future__ import annotations

import datetime

from ..failures import EnhancedInstanceError, NotFound
from ..planner.san_facts import image_volume_name
from ..planner.throwaway import Throwaway

# Marks of the volumes that `instances` made; metadata values hold 255 characters.
MARK_NAME = "enhanced_instance_name"
MARK_IMAGE = "enhanced_instance_image"
MARK_POOL = "enhanced_instance_pool"
MARK_PATH = "enhanced_instance_path"
MARK_VERDICT = "enhanced_instance_verdict"
MARK_EVIDENCE = "enhanced_instance_evidence"
# The volume's own ID, before it gets its server: Cinder gives the marks of a backed-up volume to whatever
# volume the backup is restored to (cinder/backup/driver.py, _restore_vol_meta).
MARK_VOLUME = "enhanced_instance_volume"
# Marks of the throwaway volume by which Cinder downloads an image for image_cache.
THROWAWAY, THROWAWAY_IMAGE = "enhanced_instance_throwaway", "enhanced_instance_throwaway_image"
THROWAWAY_POOL = "enhanced_instance_throwaway_pool"


def list_all(cloud):
    """Every volume of the project; a request per thousand."""
    return cloud.pages("block_storage", "/volumes/detail", "volumes")


def list_of_image(cloud, image_id, since, project_id=None):
    """The volumes that we made from an image since a time (ISO 8601, Cinder's clock); with project_id as
    administrator, whose answer names the pools.
    """
    params = {"metadata": f"{{'{MARK_IMAGE}': '{image_id}'}}", "created_at": f"gte:{since}"}
    if project_id is not None:
        params.update(all_tenants="1", project_id=project_id)
    return cloud.pages("block_storage", "/volumes/detail", "volumes", **params)


def create(cloud, name, size_gib, image_id, volume_type, availability_zone, metadata):
    body = {"name": name, "size": size_gib, "imageRef": image_id, "metadata": metadata}
    if volume_type:
        body["volume_type"] = volume_type
    if availability_zone:
        body["availability_zone"] = availability_zone
    return cloud.post("block_storage", "/volumes", {"volume": body})["volume"]


def throwaways(cloud):
    """The throwaway volumes of all projects; one request.

    Cinder's image-volume cache clones a volume with its metadata: what bears an image-volume's name is none.
    """
    params = {"metadata": f"{{'{THROWAWAY}': 'image_cache'}}", "all_tenants": "1"}
    found = cloud.pages("block_storage", "/volumes/detail", "volumes", **params)
    marked = [one for one in found if (one.get("metadata") or {}).get(THROWAWAY)]
    return [
        _throwaway(one)
        for one in marked
        if one.get("name") != image_volume_name(one["metadata"].get(THROWAWAY_IMAGE, ""))
    ]


def throwaway(cloud, volume_id):
    """One of them again; raises NotFound when it is gone."""
    return _throwaway(cloud.get("block_storage", f"/volumes/{volume_id}")["volume"])


def create_throwaway(cloud, name, size_gib, image_id, volume_type, pool=""):
    """A marked volume of the image; ``pool`` names the SAN pool that the volume type leads to."""
    marks = {THROWAWAY: "image_cache", THROWAWAY_IMAGE: image_id}
    if pool:
        marks[THROWAWAY_POOL] = pool
    return _throwaway(create(cloud, name, size_gib, image_id, volume_type, None, marks), marks)


def _throwaway(volume, marks=None):
    marks = volume.get("metadata") or marks or {}
    return Throwaway(
        id=volume["id"],
        image_id=marks.get(THROWAWAY_IMAGE, ""),
        status=volume.get("status") or "creating",
        created=volume.get("created_at") or "",
        pool=pool_of(volume) or "",
        for_pool=marks.get(THROWAWAY_POOL, ""),
    )


def newest_by_image(cloud, image_ids, since=None):
    """{image ID: when the newest volume of it that there is was made, in seconds since the epoch}.

    Of all projects, a request per thousand volumes, newest first, and no further than needed: until each
    image was met, or to ``since``.
    """
    found = {}
    params = {"all_tenants": "1", "sort": "created_at:desc"}
    for batch in cloud.batches("block_storage", "/volumes/detail", "volumes", **params):
        for volume in batch:
            image_id, made = image_of(volume), moment(volume.get("created_at"))
            if image_id in image_ids and made is not None:
                found.setdefault(image_id, made)
        oldest = moment(batch[-1].get("created_at")) if batch else None
        if len(found) == len(image_ids) or (since is not None and oldest is not None and oldest < since):
            break
    return found


def set_metadata(cloud, volume_id, metadata):
    """Add these keys; values are cut to Cinder's 255 characters."""
    values = {key: str(value)[:255] for key, value in metadata.items()}
    return cloud.post("block_storage", f"/volumes/{volume_id}/metadata", {"metadata": values})


def delete(cloud, volume_id):
    cloud.delete("block_storage", f"/volumes/{volume_id}")


def delete_if_there(cloud, volume_id):
    """Delete a volume that another run may delete at the same moment; one request more where Cinder refuses
    it, for what is on its way out or gone is fine and what stays is not.
    """
    try:
        delete(cloud, volume_id)
    except EnhancedInstanceError as failure:
        if failure.status == 404:
            return
        if failure.status not in (400, 409) or not _leaves(cloud, volume_id):
            raise


def _leaves(cloud, volume_id):
    try:
        return cloud.get("block_storage", f"/volumes/{volume_id}")["volume"]["status"] == "deleting"
    except NotFound:
        return True


def why_error(cloud, volume_id):
    """Cinder's own message about a volume in error, or an empty text; never a failure itself."""
    try:
        messages = cloud.get("block_storage", "/messages", resource_uuid=volume_id, limit=1).get(
            "messages", []
        )
    except EnhancedInstanceError:
        return ""
    return messages[0].get("user_message", "") if messages else ""


def quota(cloud, project_id):
    """{name: {limit, in_use, reserved}} of the project; limit -1 is none."""
    return cloud.get("block_storage", f"/os-quota-sets/{project_id}", usage="true").get("quota_set", {})


def pool_of(volume):
    """The pool's name where this user sees it (administrators do), else None.

    It is host@backend#pool, or cluster@backend#pool of hosts that serve it together, as Cinder's scheduler
    names its pools (cinder/scheduler/host_manager.py).
    """
    return volume.get("cluster_name") or volume.get("os-vol-host-attr:host")


def marked_name(volume):
    """The name of the instance that a volume was made for, or None: copied marks are none."""
    metadata = volume.get("metadata") or {}
    own = metadata.get(MARK_VOLUME, volume["id"]) == volume["id"]
    return metadata.get(MARK_NAME) if own else None


def image_of(volume):
    """The ID of the image that a volume was made from, or None."""
    return (volume.get("volume_image_metadata") or {}).get("image_id") or (volume.get("metadata") or {}).get(
        MARK_IMAGE
    )


def moment(text):
    """Cinder's time, which is UTC without saying so, in seconds since the epoch."""
    try:
        return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc).timestamp()
    except (TypeError, ValueError):
        return None
