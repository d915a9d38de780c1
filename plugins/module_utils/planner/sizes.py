# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sizes: bytes unless a name says GiB."""

from __future__ import annotations

from .facts import Entry, Image

GIB = 1024**3


def gib_up(size: int) -> int:
    """Whole GiB that hold ``size`` bytes, as Cinder counts an image against a volume (check_virtual_size)."""
    return -(-size // GIB)


def smallest_volume(image: Image) -> int:
    """GiB of the smallest volume that Cinder makes from the image: its content and its own min_disk must
    fit.
    """
    return max(gib_up(max(image.size or 0, image.virtual_size or 0)), image.min_disk or 0, 1)


def content_size(image: Image) -> int | None:
    """Bytes of the image's disk, as a raw file holds them; None when Glance does not tell."""
    return image.size if image.is_raw else image.virtual_size


def human(size: int | None) -> str:
    """``1.5 GiB`` for people; None is unknown."""
    if size is None:
        return "an unknown number of bytes"
    for unit, factor in (("GiB", GIB), ("MiB", 1024**2), ("KiB", 1024)):
        if size >= factor:
            return f"{size / factor:.1f}".replace(".0", "") + " " + unit
    return f"{size} bytes"


def entry_fault(entry: Entry, image: Image, volume_gib: int | None = None) -> str | None:
    """Why a cache entry cannot serve, judged by its size alone; None when it can.

    An entry that we make has exactly the image's size. One that the driver registered after a download is a
    clone of that first volume, so it is whole GiB, larger than the content, and too large for a smaller
    volume: the driver would have to shrink it, fails, and downloads (nfs_base.py, _register_image_in_cache
    and _resize_image_file).
    """
    raw_size = content_size(image)
    if entry.size is None or raw_size is None:
        return None
    if entry.size == raw_size:
        return None
    if entry.size < raw_size:
        return f"it has {entry.size} bytes and the image has {raw_size}"
    if entry.size % GIB:
        return f"it has {entry.size} bytes and the image has {raw_size}"
    if volume_gib is not None and entry.size > volume_gib * GIB:
        return f"Cinder made it for volumes of {entry.size // GIB} GiB and these have {volume_gib}"
    return None
