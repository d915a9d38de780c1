# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The throwaway volume by which Cinder downloads and converts an image once: when, and which one counts.

Cinder's driver registers a downloaded image in the cache of the FlexVol that the volume came to
(nfs_base.py, copy_image_to_volume), before the volume becomes available. On SAN Cinder itself keeps a clone
of the volume for its image-volume cache (volume/manager.py, _create_image_cache_volume_entry), one a pool.
Two runs at once find each other's volume by its mark and wait for the older one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .facts import DOWNLOAD, Decision, Image, Pool, Wanted

_LEAVING = ("deleting", "error_deleting")


@dataclass(frozen=True)
class Throwaway:
    """A marked volume. ``created`` is Cinder's text, which sorts by time; ``pool`` is empty until it is
    scheduled. ``for_pool`` is the SAN pool that it is meant for, empty for an entry on NFS.
    """

    id: str
    image_id: str
    status: str
    created: str = ""
    pool: str = ""
    for_pool: str = ""

    @property
    def ended(self) -> bool:
        """Cinder lets it be deleted."""
        return self.status in ("available", "error")


def wants_one(image: Image, pairs: Sequence[tuple[Pool, Decision]], wanted: Wanted) -> bool:
    """Whether a download through Cinder is the way for an image.

    Only where the array can bring the image to none of the FlexVols: otherwise the throwaway volume may
    become a clone in the wrong one, because Cinder chooses the pool. An encrypted volume leaves no entry.
    """
    known = [decision for pool, decision in pairs if pool.flexvol is not None and pool.protocol == "nfs"]
    return (
        bool(known)
        and image.status == "active"
        and not image.mislabelled  # Cinder refuses what is not what Glance calls it
        and not wanted.encrypted
        and all(decision.path == DOWNLOAD and decision.fits for decision in known)
    )


def wants_one_in_pool(image: Image, decision: Decision, wanted: Wanted) -> bool:
    """Whether a download through Cinder leaves an image-volume in a SAN pool, whatever the image's format."""
    return (
        image.status == "active"
        and not image.mislabelled
        and not wanted.encrypted
        and decision.path == DOWNLOAD
        and decision.fits
    )


def pool_type_name(pool: Pool) -> str:
    """The private volume type that leads to one pool; names hold 255 characters."""
    return f"enhanced_instance_pool {pool.name}"[:255]


def pool_type_specs(extra_specs: Mapping[str, str], pool: Pool) -> dict[str, str]:
    """The extra specs of a volume type, narrowed to one SAN pool.

    The pool's own name is the capability ``pool_name`` (dataontap/block_cmode.py, _get_pool_stats).
    """
    narrowed = {"pool_name": pool.capabilities.get("pool_name") or pool.name.partition("#")[2]}
    backend = pool.capabilities.get("volume_backend_name")
    if backend:
        narrowed["volume_backend_name"] = backend
    return {**extra_specs, **narrowed}


def is_leftover(one: Throwaway, made: float | None, now: float, quiet: float) -> bool:
    """Whether a run that lives would have removed it long ago; times in seconds."""
    return one.ended and made is not None and now - made > quiet


def elder(found: Iterable[Throwaway], image_id: str) -> Throwaway | None:
    """The one of an image's that counts: the oldest that is neither leaving nor in error."""
    own = [
        one
        for one in found
        if one.image_id == image_id and one.status not in _LEAVING and one.status != "error"
    ]
    return min(own, key=lambda one: (one.created, one.id), default=None)
