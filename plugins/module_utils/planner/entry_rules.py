# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a cache entry must be to serve: its size, and its owner and mode where somebody looks at them."""

from __future__ import annotations

from .facts import Entry, FlexVol, Image, Wanted
from .notes import Notes
from .sizes import entry_fault


def serves(entry: Entry, image: Image, flexvol: FlexVol, wanted: Wanted, notes: Notes) -> bool:
    """Whether Cinder's driver can clone volumes from the entry; the reason is noted either way."""
    if _copies_the_label(entry, image):
        notes.add(
            f"{entry.name} in FlexVol {flexvol.name} has the size of the image's file, which begins like "
            f"{image.content_format} and is no raw disk.",
            "Remove it (image_cache with state absent) and upload the image again.",
        )
        return False
    fault = entry_fault(entry, image, wanted.volume_gib)
    if fault:
        notes.add(
            f"{entry.name} in FlexVol {flexvol.name} is not usable: {fault}.",
            "Run image_cache: it makes the entry again.",
        )
        return False
    fault = owner_fault(entry, wanted)
    if fault:
        notes.add(
            f"{entry.name} in FlexVol {flexvol.name} {fault}: with nas_secure_file_operations the driver "
            "may not chmod its clones, and "
            "the volume ends in error.",
            "Run image_cache: it makes the entry again with the right owner.",
        )
        return False
    notes.add(f"{entry.name} is in FlexVol {flexvol.name}.")
    return True


def copyable(entry: Entry, image: Image, wanted: Wanted) -> bool:
    """Whether an entry's content is good to be copied to other FlexVols, whoever owns it."""
    return not _copies_the_label(entry, image) and entry_fault(entry, image, wanted.volume_gib) is None


def _copies_the_label(entry: Entry, image: Image) -> bool:
    """Whether an entry looks like a clone of a file that is not the raw disk that Glance says it is."""
    return image.mislabelled and entry.size == image.size


def owner_fault(entry: Entry, wanted: Wanted) -> str | None:
    """What is wrong with an entry's owner, group or mode; None when right, or when nobody looks at them."""
    faults = []
    if wanted.owner_uid is not None and entry.owner != wanted.owner_uid:
        faults.append(f"belongs to uid {entry.owner} and not {wanted.owner_uid}")
    if wanted.owner_gid is not None and entry.group != wanted.owner_gid:
        faults.append(f"belongs to gid {entry.group} and not {wanted.owner_gid}")
    if wanted.mode is not None and wanted.looks_at_owner and not _same_mode(entry.mode, wanted.mode):
        faults.append(f"has mode {entry.mode} and not {wanted.mode}")
    return " and ".join(faults) or None


def _same_mode(one: str | None, other: str) -> bool:
    try:
        return int(str(one), 8) == int(str(other), 8)
    except ValueError:
        return False
