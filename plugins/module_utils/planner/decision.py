# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The flowchart: one pure function from facts to the path an image takes to a pool.

    entry in the FlexVol's image cache?            yes -> cache_clone
    the image's file in the same FlexVol?          yes -> image_clone   (clone into the cache, then clones)
    a copy inside the cluster possible?            yes -> copy_offload  (copy into the cache, then clones)
    otherwise                                          -> download

Each no leaves a reason and, where something can be done about it, a cure. What holds for every pool is here;
the rest is asked of the pool's protocol.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from . import nfs_path, san_path
from .copy_rules import Engines
from .facts import DOWNLOAD, Case, Decision, Entry, Image, Pool, Source, Unusable, Wanted
from .notes import Notes
from .sizes import smallest_volume

ANYTHING = Wanted()

# Storage protocol as Cinder reports it, in small letters -> the decision for its pools.
BY_PROTOCOL = {"nfs": nfs_path.decide, "iscsi": san_path.decide, "fc": san_path.decide}


def decide(
    image: Image,
    pool: Pool,
    entry: Entry | None,
    sources: Iterable[Source | Unusable],
    engines: Engines,
    wanted: Wanted = ANYTHING,
    **san: Any,
) -> Decision:
    """The path for one image into one pool. ``engines`` maps (cluster, SVM) to what it offers; ``san`` is
    what
    a Case has for SAN pools.
    """
    notes = Notes()
    fits = _fits(image, wanted, notes)
    if _never_cloned(pool, wanted, notes):
        return notes.decision(DOWNLOAD, fits=fits)
    case = Case(image, pool, entry, tuple(sources), engines, wanted, **san)
    return replace(BY_PROTOCOL[pool.protocol](case, notes), fits=fits)


def _fits(image: Image, wanted: Wanted, notes: Notes) -> bool:
    if image.status != "active":
        notes.add(
            f"Image {image.name} is {image.status}, and only an active image gives a volume.",
            "Wait for the upload to end, or upload it again.",
        )
        return False
    least = smallest_volume(image)
    if wanted.volume_gib is not None and wanted.volume_gib < least:
        notes.add(
            f"Image {image.name} needs a volume of {least} GiB and {wanted.volume_gib} GiB are asked for: "
            "Cinder refuses it.",
            f"Ask for a volume_size of {least} or more.",
        )
        return False
    return True


def _never_cloned(pool: Pool, wanted: Wanted, notes: Notes) -> bool:
    """Cases in which Cinder or its driver downloads whatever lies on the array."""
    if wanted.encrypted:
        notes.add(
            "The volume type encrypts: Cinder never clones an image into an encrypted volume.",
            "Use a volume type without encryption; ONTAP encrypts the FlexVol itself (NVE, NAE).",
        )
        return True
    if pool.protocol not in BY_PROTOCOL:
        notes.add(
            f"Pool {pool.name} speaks {pool.protocol or 'no protocol that Cinder tells'}, and only NFS, "
            "iSCSI and FC pools of Cinder's NetApp driver clone images on the array.",
            "Use a volume type on an NFS backend of the NetApp driver.",
        )
        return True
    if pool.flexvol is None and pool.protocol == "nfs":
        notes.add(
            pool.why_no_flexvol or f"No FlexVol was found behind pool {pool.name}.",
            "Give the connection of the SVM that serves %s in ontap." % (pool.share or pool.name),
        )
        return True
    return False
