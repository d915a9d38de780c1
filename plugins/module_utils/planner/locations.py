# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One location of an image, as Glance tells it, to a path on an NFS server, or why it leads to none."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .facts import Unusable
from .shares import parse_share_location, path_inside

METADATA_CURE = (
    "Mend Glance's metadata file (filesystem_store_metadata_file of the store: id, type nfs, share_location "
    "nfs://host/path, mountpoint) and upload the image again: metadata reaches new images only."
)


@dataclass(frozen=True)
class Place:
    """A file on an NFS server: ``path`` from the server's root. ``share`` is where Glance has it mounted."""

    host: str
    path: str
    share: str


def place_of(image_name: str, location: Mapping[str, Any]) -> Place | Unusable:
    """Where the file of a location {url, metadata} lies: share_location + (path of the URL below
    mountpoint).
    """
    url, metadata = location["url"], location.get("metadata") or {}
    if not url.startswith(("file:", "filesystem:")):
        return Unusable(
            f"A location of image {image_name} is {url.split(':')[0]}{_of_store(metadata)}, not a file on "
            "an NFS export.",
            "Keep the image in a Glance file store on an ONTAP export.",
        )
    if str(metadata.get("type", "")).lower() != "nfs" or not metadata.get("share_location"):
        return Unusable(
            f"The location {url}{_of_store(metadata)} of image {image_name} says nothing of an NFS share.",
            METADATA_CURE,
        )
    inside = path_inside(url, metadata.get("mountpoint") or "/nowhere")
    if inside is None:
        return Unusable(
            f"The location {url} of image {image_name} is not below its mountpoint "
            f"{metadata.get('mountpoint')}.",
            "Make mountpoint in Glance's metadata file the folder where the export is mounted. "
            + METADATA_CURE,
        )
    try:
        share = parse_share_location(metadata["share_location"])
    except ValueError as exc:
        return Unusable(str(exc), METADATA_CURE)
    return Place(share.host, posixpath.join(share.path, inside), str(share))


def _of_store(metadata: Mapping[str, Any]) -> str:
    return f" (store {metadata['store']})" if metadata.get("store") else ""
