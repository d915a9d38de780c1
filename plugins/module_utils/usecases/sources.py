# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where an image's bytes lie on the arrays: Glance's locations followed to files in FlexVols."""

from __future__ import annotations

import posixpath

from ..openstack import images as glance
from ..planner.facts import Source, Unusable
from ..planner.shares import longest_junction, parse_share_location, path_inside


def of_image(cloud, arrays, survey, record) -> tuple:
    """A Source or an Unusable for each location of an image record.

    One request to Glance, one to ONTAP for each file.
    """
    if record.get("status") == "deleted":
        return ()
    locations, why_not, cure = glance.locations(cloud, record)
    if not locations:
        return (Unusable(why_not, cure),)
    return tuple(_source(arrays, survey, record, location) for location in locations)


def _source(arrays, survey, record, location):
    """One location of an image as a file in a FlexVol, or why it is not one."""
    name, url, metadata = record.get("name") or record["id"], location["url"], location.get("metadata") or {}
    if not url.startswith(("file:", "filesystem:")):
        return Unusable(
            f"A location of image {name} is {url.split(':')[0]}, not a file on an NFS export.",
            "Keep the image in a Glance file store on an ONTAP export.",
        )
    if str(metadata.get("type", "")).lower() != "nfs" or not metadata.get("share_location"):
        return Unusable(
            f"The location {url} of image {name} says nothing of an NFS share.",
            "Give Glance's store a filesystem_store_metadata_file (id, type nfs, share_location, "
            "mountpoint) and upload the image again: metadata reaches new images only.",
        )
    inside = path_inside(url, metadata.get("mountpoint") or "/nowhere")
    if inside is None:
        return Unusable(
            f"The location {url} of image {name} is not below its mountpoint {metadata.get('mountpoint')}.",
            "Make mountpoint in Glance's metadata file the folder where the export is mounted.",
        )
    try:
        share = parse_share_location(metadata["share_location"])
    except ValueError as exc:
        return Unusable(str(exc), "Mend share_location in Glance's metadata file and upload the image again.")
    home = arrays.svm_of(survey, share.host)
    if home is None:
        return Unusable(
            f"Image {name} is at {share}, whose address is no LIF of the given ONTAP connections.",
            f"Give the connection of the SVM that serves {share.host} in ontap.",
        )
    found = longest_junction(posixpath.join(share.path, inside), survey.volumes_of(*home))
    if found is None or not found[1]:
        return Unusable(
            f"No volume of SVM {home[1]} is mounted at {share.path}.", "Mount it, or mend share_location."
        )
    flexvol, path = found
    entry = arrays.look(flexvol, path)
    if entry is None:
        return Unusable(
            f"There is no file {path} in FlexVol {flexvol.name}, where Glance says image {name} is.",
            "Check mountpoint and share_location in Glance's metadata file.",
        )
    return Source(flexvol, path, "image", entry.size)
