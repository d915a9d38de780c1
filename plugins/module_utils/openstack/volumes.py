# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Volumes of Cinder: lists, single writes, the project's quota."""

from __future__ import annotations

from ..failures import EnhancedInstanceError

# Marks of the volumes that `instances` made; metadata values hold 255 characters.
MARK_NAME = "enhanced_instance_name"
MARK_IMAGE = "enhanced_instance_image"
MARK_POOL = "enhanced_instance_pool"
MARK_PATH = "enhanced_instance_path"
MARK_VERDICT = "enhanced_instance_verdict"
MARK_EVIDENCE = "enhanced_instance_evidence"


def list_all(cloud):
    """Every volume of the project; a request per thousand."""
    return cloud.pages("block_storage", "/volumes/detail", "volumes")


def list_of_image(cloud, image_id, project_id=None):
    """The volumes that we made from an image; with project_id as administrator, whose answer names the
    pools.
    """
    params = {"metadata": f"{{'{MARK_IMAGE}': '{image_id}'}}"}
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


def set_metadata(cloud, volume_id, metadata):
    """Add these keys; values are cut to Cinder's 255 characters."""
    values = {key: str(value)[:255] for key, value in metadata.items()}
    return cloud.post("block_storage", f"/volumes/{volume_id}/metadata", {"metadata": values})


def delete(cloud, volume_id):
    cloud.delete("block_storage", f"/volumes/{volume_id}")


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
    """host@backend#pool where this user sees it (administrators do), else None."""
    return volume.get("os-vol-host-attr:host")


def image_of(volume):
    """The ID of the image that a volume was made from, or None."""
    return (volume.get("volume_image_metadata") or {}).get("image_id") or (volume.get("metadata") or {}).get(
        MARK_IMAGE
    )
